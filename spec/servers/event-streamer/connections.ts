import { randomUUID } from 'node:crypto';
import type { Range } from './places.js';
import type { StoredSubscription } from './state.js';
import type { StreamBody } from './stream-body.js';

/** A batch that was sent, until it is acknowledged and after. */
export interface SentBatch {
  readonly batchId: string;
  /** `undefined` for a batch that comes from no chain. */
  readonly range: Range | undefined;
  /** `<transaction hash>:<log index>` of its events. */
  readonly keys: readonly string[];
  isAcknowledged: boolean;
}

/** One stream, for as long as acknowledgments for it are taken. */
export interface Connection {
  readonly id: string;
  readonly subscription: StoredSubscription;
  readonly batches: Map<string, SentBatch>;
  /** Everything up to here has been sent or skipped. */
  place: number;
  /** `performance.now()` of the client's last sign. */
  lastSign: number;
  /** The last line that it was sent. */
  lastLine: string;
  body: StreamBody;
}

export interface Connections {
  /** The new one; `body` gets what is to be told when it has closed. */
  open(
    subscription: StoredSubscription,
    place: number,
    body: (onClose: (how: 'client' | 'server') => void, id: string) => StreamBody,
  ): Connection;
  /** Where acknowledgments and heartbeats go; `undefined` for one that the service does not know, or no longer. */
  find(id: string, purpose: 'ack' | 'heartbeat'): Connection | undefined;
  /** Those open now; of one subscription, or by the connection's own id, or all. */
  select(where?: number | string): readonly Connection[];
  /** Forgets it: 404 from now on. Its stream stays open. */
  forget(id: string): void;
}

/**
 * The connections of one run of the service. One that the server has ended is unknown at once; one that the client has left takes
 * acknowledgments for `graceMs` more, because the last of them are under way.
 */
export function connectionList(graceMs: number, changed: (subscription: StoredSubscription) => void): Connections {
  const live = new Map<string, Connection>();
  const left = new Map<string, { readonly connection: Connection; readonly at: number }>();
  const forgotten = new Set<string>();
  return {
    open(subscription, place, openBody) {
      const id = `conn_${randomUUID()}`;
      const close = (how: 'client' | 'server'): void => {
        live.delete(id);
        if (how === 'client') left.set(id, { connection, at: performance.now() });
        changed(subscription);
      };
      const body = openBody(close, id);
      const shared = { batches: new Map<string, SentBatch>(), lastSign: performance.now(), lastLine: '' };
      const connection: Connection = { id, subscription, place, body, ...shared };
      live.set(id, connection);
      changed(subscription);
      return connection;
    },
    find(id, purpose) {
      if (forgotten.has(id)) return undefined;
      const gone = left.get(id);
      if (gone !== undefined && performance.now() - gone.at > graceMs) left.delete(id);
      const found = live.get(id) ?? (purpose === 'ack' ? left.get(id)?.connection : undefined);
      if (found !== undefined) found.lastSign = performance.now();
      return found;
    },
    select: (where) =>
      [...live.values()].filter(
        ({ id, subscription }) => where === undefined || where === id || where === subscription.id,
      ),
    forget: (id) => {
      forgotten.add(id);
    },
  };
}
