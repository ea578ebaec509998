import { StreamError, type StreamErrorCode, type StreamErrorDetails } from '../../lib/errors.js';

/** Why an operation on a durable stream failed: the toolkit's own codes, and the protocol's. */
export type DurableErrorCode =
  | StreamErrorCode
  /** 404: there is no such stream; after a while also one whose TTL is over. */
  | 'stream_not_found'
  /** 410 on anything but a read: deleted, but kept for the forks that stand on it. */
  | 'stream_gone'
  /** 410 on a read: the offset is older than what is kept, or the stream is deleted. */
  | 'retention_gone'
  /** 409 on create: the stream is there with another configuration. */
  | 'stream_exists'
  /** 409: `Stream-Seq` is not greater than the last one. */
  | 'seq_conflict'
  /** 409: the body is of another media type than the stream. */
  | 'content_type_mismatch'
  /** 409 with `Stream-Closed`: nothing can be appended any more. */
  | 'stream_closed'
  /** 403 with `Producer-Epoch`: another producer has taken over. */
  | 'stale_epoch'
  /** 409 with `Producer-Expected-Seq`: an earlier batch is missing. */
  | 'sequence_gap'
  /** 400 on a read: the offset is none of this server's. */
  | 'invalid_offset'
  /** 413: one append is too large. */
  | 'payload_too_large'
  /** 405 or 501: the server does not offer the operation. */
  | 'not_supported'
  /** A body, an event or a header that is not what the protocol says. */
  | 'parse_error'
  /** The server's position went back: the stream was deleted and made again, or has lost data. */
  | 'offset_regression'
  /** A response was consumed a second time. */
  | 'stream_consumed'
  /** The connection broke while an append without a producer was under way: it may be stored, or not. */
  | 'outcome_unknown'
  /** What was appended waits for more than the limits of the queue. */
  | 'queue_full'
  /** The handle, producer or response was closed by its owner. */
  | 'already_closed'
  /** A subscription is held by another worker, or this one was fenced. */
  | 'already_claimed'
  | 'no_pending_work'
  | 'fenced'
  | 'lease_lost'
  | 'subscription_exists'
  | 'subscription_not_found'
  | 'webhook_invalid';

/** What is known of a failure beyond {@link StreamErrorDetails}. */
export interface DurableErrorDetails<Code extends string = DurableErrorCode> extends StreamErrorDetails<Code> {
  /** Resume here: the last offset whose data has been delivered; of a closed stream its final offset. */
  readonly offset?: string | undefined;
}

/** The protocol says no. Programs read `code`; `status` is `statusCode` under the name that other clients give it. */
export class DurableStreamError extends StreamError<DurableErrorCode> {
  override readonly name: string = 'DurableStreamError';
  readonly offset: string | undefined;

  constructor(message: string, details: DurableErrorDetails) {
    super(message, details);
    this.offset = details.offset;
  }

  get status(): number | undefined {
    return this.statusCode;
  }
}

/**
 * No answer, or one that HTTP itself explains: network, timeouts, 401, 403, 429, 5xx, and a 400 or another 4xx to which the protocol gives no
 * meaning of its own. `status` is missing without an answer.
 */
export class FetchError extends StreamError {
  override readonly name: string = 'FetchError';
  readonly offset: string | undefined;

  constructor(message: string, details: DurableErrorDetails<string>) {
    super(message, details);
    this.offset = details.offset;
  }

  get status(): number | undefined {
    return this.statusCode;
  }
}

/** `Stream-Seq` is not greater than the last one that was accepted: another writer was first. */
export class SeqConflictError extends DurableStreamError {
  override readonly name: string = 'SeqConflictError';
}

/** The data at this offset is no longer kept. Reading from `-1` gives what is left. */
export class RetentionGoneError extends DurableStreamError {
  override readonly name: string = 'RetentionGoneError';
}

/** The response is one-shot, and something has begun to consume it. */
export class StreamConsumedError extends DurableStreamError {
  override readonly name: string = 'StreamConsumedError';
}

/** The stream is closed for good; `offset` is its end. */
export class StreamClosedError extends DurableStreamError {
  override readonly name: string = 'StreamClosedError';
}

/** There is no such stream. */
export class StreamNotFoundError extends DurableStreamError {
  override readonly name: string = 'StreamNotFoundError';
}

/** Another producer of the same id has taken over with a higher epoch. */
export class StaleEpochError extends DurableStreamError {
  override readonly name: string = 'StaleEpochError';
  /** The server's epoch now. */
  readonly currentEpoch: number;

  constructor(message: string, details: DurableErrorDetails & { readonly currentEpoch: number }) {
    super(message, details);
    this.currentEpoch = details.currentEpoch;
  }
}

/** The server waits for an earlier sequence number of this producer. */
export class SequenceGapError extends DurableStreamError {
  override readonly name: string = 'SequenceGapError';
  readonly expectedSeq: number;
  readonly receivedSeq: number | undefined;

  constructor(
    message: string,
    details: DurableErrorDetails & { readonly expectedSeq: number; readonly receivedSeq: number | undefined },
  ) {
    super(message, details);
    this.expectedSeq = details.expectedSeq;
    this.receivedSeq = details.receivedSeq;
  }
}
