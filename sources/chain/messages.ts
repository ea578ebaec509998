import type { Malformed } from '../../lib/decode.js';
import type { EventStreamerError } from './errors.js';

/** Where an event was found. */
export interface EventMeta {
  readonly blockNumber: number;
  readonly transactionHash: string;
  readonly logIndex: number;
  /** The contract. */
  readonly address: string;
  /** ISO 8601, of the block; `undefined` where the service does not say. */
  readonly timestamp: string | undefined;
}

/** The same under the wire's names, flat beside the parameters. */
export interface FlatMeta {
  readonly block_number: number;
  readonly transaction_hash: string;
  readonly log_index: number;
  readonly address: string;
  readonly timestamp?: string | null | undefined;
}

/** Parameters by name: integers as decimal text, addresses and bytes as hex text, tuples and arrays as JSON. */
export type EventArgs = Readonly<Record<string, unknown>>;

/**
 * One event as the service sends it, flat, and the same apart: `args` and `meta`. A parameter that has the name of a field of the wire (`address`,
 * `timestamp`) covers it in the flat view, or is covered by it: the wire leaves it to the service.
 */
export type ChainEvent<Args extends EventArgs = EventArgs> = Omit<FlatMeta, keyof Args> &
  Args & {
    readonly args: Args;
    readonly meta: EventMeta;
  };

/** Events by the name of their event, in the order of the chain. */
export type EventsByName = Readonly<Record<string, readonly ChainEvent[]>>;

/** A batch of events, as it came over one connection. */
export interface ReceivedBatch {
  readonly type: 'event_batch';
  /** Unique per delivery attempt. */
  readonly responseId: string;
  readonly subscriptionId: number;
  /** The connection that it came over: acknowledgments go there. */
  readonly connectionId: string;
  /** Opaque; resume after this batch. */
  readonly resumeToken: string;
  /** What is acknowledged; the response id where the service leaves it out. */
  readonly batchId: string;
  /** How many events, as the service says. */
  readonly batchSize: number;
  /** ISO 8601. */
  readonly timestamp: string;
  readonly events: EventsByName;
}

/** A batch with the duty to say what became of it. */
export interface EventBatch extends ReceivedBatch {
  /** Handled: it is acknowledged to the service with the next bulk call, and the position may pass it. Once; later calls do nothing. */
  ack(): void;
}

/** The service is there. */
export interface StreamingHeartbeat {
  readonly type: 'heartbeat';
  readonly connectionId: string;
  readonly subscriptionId: number;
  /** ISO 8601. */
  readonly timestamp: string;
}

/** The service says that something is wrong. What the stream does about it is the policy's business. */
export interface StreamingError {
  readonly type: 'error';
  readonly connectionId: string;
  readonly subscriptionId: number;
  /** `CONNECTION_LOST`, `RATE_LIMITED`, ...; see `ChainNoticeCode` */
  readonly errorCode: string;
  readonly errorMessage: string;
  /** ISO 8601. */
  readonly timestamp: string;
  /** As the service says, or `true`. */
  readonly recoverable: boolean;
  /** The same as an error, classified. */
  readonly error: EventStreamerError;
}

/** A message that this version does not know: passed on, never an error. */
export interface UnknownChainMessage {
  readonly type: 'unknown';
  readonly value: unknown;
}

/** Everything that a stream of the service can say. */
export type ChainMessage<Batch extends ReceivedBatch = EventBatch> =
  Batch | StreamingHeartbeat | StreamingError | Malformed | UnknownChainMessage;
