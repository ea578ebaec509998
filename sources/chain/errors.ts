import { StreamError, type StreamErrorCode, type StreamErrorDetails } from '../../lib/errors.js';

/** What the service says in an `error` message, and what its clients say of a connection that is gone. */
export type ChainNoticeCode =
  | 'CONNECTION_LOST'
  | 'SUBSCRIPTION_NOT_FOUND'
  | 'CIRCUIT_BREAKER_OPEN'
  | 'RATE_LIMITED'
  | 'PROCESSING_STOPPED'
  | 'INVALID_RESUME_TOKEN'
  | 'STREAM_ERROR';

/** Why something with the Event Streamer failed: the toolkit's own codes, and the service's in small letters. */
export type ChainErrorCode =
  | StreamErrorCode
  /** 404, or the service's word for it: there is no such subscription. */
  | 'subscription_not_found'
  /** 404 on a chain. */
  | 'chain_not_found'
  /** 404 on a circuit breaker. */
  | 'breaker_not_found'
  /** 400 or 422: what was sent is not what the service takes. */
  | 'invalid_request'
  /** The service no longer knows this connection. */
  | 'connection_lost'
  /** The service's own RPC breaker is open. */
  | 'circuit_breaker_open'
  /** The service has stopped working on the subscription. */
  | 'processing_stopped'
  /** The token cannot be resumed from, and neither can what the service has stored. */
  | 'invalid_resume_token'
  /** An `error` message with a code that this version does not know. */
  | 'stream_error'
  /** More acknowledgments wait for the service than the limit allows. */
  | 'ack_backlog_full'
  /** An ABI, or a part of it, that cannot be. */
  | 'invalid_abi'
  /** The ABI holds no such event. */
  | 'event_not_found'
  /** A log that is not what its event says. */
  | 'invalid_log';

/** What is known of a failure beyond {@link StreamErrorDetails}. */
export interface ChainErrorDetails extends StreamErrorDetails<string> {
  /** What was being done, as in `create subscription`. */
  readonly operation?: string | undefined;
}

/** The base of all failures of this door. Programs read `code`; `status` and `body` are `statusCode` and `responseBody` under short names. */
export class EventStreamerError extends StreamError {
  override readonly name: string = 'EventStreamerError';
  readonly operation: string | undefined;

  constructor(message: string, details: ChainErrorDetails) {
    super(message, details);
    this.operation = details.operation;
  }

  get status(): number | undefined {
    return this.statusCode;
  }

  get body(): string | undefined {
    return this.responseBody;
  }
}

/** No connection, one that broke, a 5xx, or a chain or breaker that is not there (its `statusCode` is 404). */
export class EventStreamerConnectionError extends EventStreamerError {
  override readonly name: string = 'EventStreamerConnectionError';
}

/** 401 or 403. */
export class EventStreamerAuthError extends EventStreamerError {
  override readonly name: string = 'EventStreamerAuthError';
}

/** No answer, or no byte, within its limit. */
export class EventStreamerTimeoutError extends EventStreamerError {
  override readonly name: string = 'EventStreamerTimeoutError';
}

/** 400, 422 and other 4xx: the request itself is wrong. */
export class EventStreamerValidationError extends EventStreamerError {
  override readonly name: string = 'EventStreamerValidationError';
}

/** A subscription that is not there, or cannot be what was asked of it; `operation` says what that was. */
export class EventStreamerSubscriptionError extends EventStreamerError {
  override readonly name: string = 'EventStreamerSubscriptionError';
}

/** An ABI, an event or a type in it that cannot be; `path` leads to the place, as in `abi[3].inputs[0].type`. */
export class AbiParsingError extends EventStreamerValidationError {
  override readonly name: string = 'AbiParsingError';
  readonly path: string;

  constructor(message: string, details: { readonly path: string; readonly code?: 'invalid_abi' | 'event_not_found' }) {
    super(message, { errorType: 'fatal_error', code: details.code ?? 'invalid_abi' });
    this.path = details.path;
  }
}

/** A log that does not fit its event; `path` is the parameter, as in `orders[2].maker`, or `topics` or `data`. */
export class AbiDecodingError extends EventStreamerValidationError {
  override readonly name: string = 'AbiDecodingError';
  readonly path: string;

  constructor(message: string, details: { readonly path: string }) {
    super(message, { errorType: 'fatal_error', code: 'invalid_log' });
    this.path = details.path;
  }
}
