import type { Observable, Subscription } from 'rxjs';
import type { ChainMessage, EventBatch } from '../../../sources/chain/messages.js';
import { sharedSession, type SharedSession } from '../../../sources/chain/shared-session.js';
import type { ChainStreamOptions } from '../../../sources/chain/stream-options.js';
import { type LocalStream, quick } from './local-stream.js';

export function share(here: LocalStream, options: ChainStreamOptions = {}, until?: Observable<unknown>): SharedSession {
  const { client, id } = here;
  return sharedSession({ client, subscriptionId: id, options: { ...quick, ...options }, until });
}

export interface Seen {
  readonly all: ChainMessage[];
  readonly batches: EventBatch[];
  readonly ends: string[];
  readonly subscription: Subscription;
}

export function see(source: Observable<ChainMessage>): Seen {
  const all: ChainMessage[] = [];
  const batches: EventBatch[] = [];
  const ends: string[] = [];
  const subscription = source.subscribe({
    next: (message) => {
      all.push(message);
      if (message.type === 'event_batch') batches.push(message);
    },
    error: (error: unknown) => ends.push(error instanceof Error ? error.name : 'error'),
    complete: () => ends.push('complete'),
  });
  return { all, batches, ends, subscription };
}

/** Transaction hashes of what was seen. */
export function hashes({ batches }: Seen): unknown[] {
  return batches.flatMap(({ events }) => (events['Transfer'] ?? []).map(({ meta }) => meta.transactionHash));
}
