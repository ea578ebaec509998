import { randomUUID } from 'node:crypto';
import type { RawLog } from '../chain-source.js';
import type { Connection, SentBatch } from './connections.js';
import { logValues } from './log-values.js';
import type { Range } from './places.js';
import { makeToken } from './resume-tokens.js';
import type { ServiceState } from './state.js';

/** Events by name, as they go into a message. */
export type BatchEvents = Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>;

export interface BatchWriterOptions {
  readonly state: ServiceState;
  readonly now: () => number;
  /** Whether batches have a `batch_id`: without it the `response_id` is acknowledged. */
  readonly batchIds: boolean;
}

/** The messages of a stream. */
export interface Messages {
  /** A batch of the chain, noted with its connection. */
  batch(connection: Connection, logs: readonly RawLog[], range: Range): string;
  /** A batch of any events, from nowhere. */
  loose(connection: Connection, events: BatchEvents): string;
  heartbeat(connection: Connection): string;
  error(connection: Connection, error: ErrorNotice): string;
}

/** What an `error` message says. */
export interface ErrorNotice {
  readonly code: string;
  /** @default the code in words */
  readonly message?: string | undefined;
  /** Left out of the message where it is not given. */
  readonly recoverable?: boolean | undefined;
}

export function messages({ state, now, batchIds }: BatchWriterOptions): Messages {
  const timestamp = (): string => new Date(now()).toISOString();
  const line = (value: object): string => `${JSON.stringify(value)}\n`;
  const write = (
    connection: Connection,
    events: BatchEvents,
    sent: Omit<SentBatch, 'batchId' | 'isAcknowledged'>,
  ): string => {
    const { subscription } = connection;
    const responseId = randomUUID();
    const batchId = batchIds ? `batch_${randomUUID()}` : responseId;
    connection.batches.set(batchId, { ...sent, batchId, isAcknowledged: false });
    const size = sent.keys.length;
    subscription.events_delivered += size;
    const place = sent.range?.[1] ?? connection.place;
    return line({
      type: 'event_batch',
      response_id: responseId,
      subscription_id: subscription.id,
      connection_id: connection.id,
      resume_token: makeToken({ subscription_id: subscription.id, place, generation: state.tokenGeneration }),
      events,
      batch_size: size,
      timestamp: timestamp(),
      ...(batchIds ? { batch_id: batchId } : {}),
    });
  };
  return {
    batch(connection, logs, range) {
      const { event_signature: event } = connection.subscription;
      const events = logs.map((log) => ({ ...logValues(event, log), ...metaOf(log) }));
      return write(connection, { [event.name]: events }, { range, keys: logs.map(keyOf) });
    },
    loose(connection, events) {
      const keys = Object.values(events).flatMap((list) =>
        list.map((event) => `${String(event['transaction_hash'])}:${String(event['log_index'])}`),
      );
      return write(connection, events, { range: undefined, keys });
    },
    heartbeat: (connection) => line({ type: 'heartbeat', ...idsOf(connection), timestamp: timestamp() }),
    error(connection, { code, message = code.toLowerCase().replaceAll('_', ' '), recoverable }) {
      const said = { ...idsOf(connection), error_code: code, error_message: message, timestamp: timestamp() };
      return line({ type: 'error', ...said, ...(recoverable === undefined ? {} : { recoverable }) });
    },
  };
}

/** How the records name an event. */
function keyOf(log: RawLog): string {
  return `${log.transactionHash}:${log.logIndex}`;
}

function idsOf({ id, subscription }: Connection): object {
  return { connection_id: id, subscription_id: subscription.id };
}

function metaOf(log: RawLog): object {
  return {
    block_number: log.blockNumber,
    transaction_hash: log.transactionHash,
    log_index: log.logIndex,
    address: log.address,
    timestamp: new Date(log.blockTimestamp * 1_000).toISOString(),
  };
}
