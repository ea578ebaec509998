import type { Subscription } from 'rxjs';
import { type AppendDraft, joinMessages } from './append-body.js';

/** What an append comes to. */
export interface ProducerResult {
  /** The server had it already: an earlier request was stored, and its answer lost. */
  readonly duplicate: boolean;
  /** The tail behind the batch; `undefined` where the server does not say (duplicates). */
  readonly nextOffset: string | undefined;
  /** Under which epoch and number the batch was stored. */
  readonly epoch: number;
  readonly seq: number;
}

/** One appended value on its way. */
export interface QueuedItem {
  /** `undefined` for a close without a last value. */
  readonly draft: AppendDraft | undefined;
  /** As it goes over the wire; `undefined` while the stream's type is not known. */
  message: Uint8Array | undefined;
  /** In bytes. */
  readonly size: number;
  readonly resolve: (result: ProducerResult) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * One request with its number. `ready`: may be sent. `sending`: under way. `waiting`: failed, and its backoff runs. `behind`: the server waits
 * for an earlier one. `done`: no longer in the pipeline.
 */
export interface Batch {
  seq: number;
  readonly items: readonly QueuedItem[];
  readonly body: Uint8Array | undefined;
  readonly closes: boolean;
  phase: 'ready' | 'sending' | 'waiting' | 'behind' | 'done';
  /** An attempt under this number ended without telling whether it was stored. */
  inDoubt: boolean;
  /** Sent when nothing earlier was unacknowledged. */
  wasFirst: boolean;
  /** Only asks what the server knows. */
  probes: boolean;
  /** Its callers have been told of a failure; kept until its request is over. */
  dead: boolean;
  request: Subscription | undefined;
}

export function newBatch(seq: number, items: readonly QueuedItem[], contentType: string, closes: boolean): Batch {
  const messages = items.flatMap(({ message }) => (message === undefined ? [] : [message]));
  return {
    ...{ seq, items, closes, request: undefined },
    body: messages.length === 0 ? undefined : joinMessages(messages, contentType),
    ...{ phase: 'ready', inDoubt: false, wasFirst: false, probes: false, dead: false },
  };
}

/** Two halves, the first under the number of the whole. */
export function halvesOf({ seq, items }: Batch, contentType: string): [Batch, Batch] {
  const half = items.length >> 1;
  return [
    newBatch(seq, items.slice(0, half), contentType, false),
    newBatch(seq + 1, items.slice(half), contentType, false),
  ];
}

/** Gives the batches from `from` on numbers without holes, starting with `first`. Returns the number after the last. */
export function renumber(batches: readonly Batch[], from: number, first: number): number {
  let seq = first;
  for (const batch of batches) {
    if (batch.seq < from) continue;
    batch.seq = seq;
    batch.phase = 'ready';
    batch.inDoubt = false;
    seq += 1;
  }
  return seq;
}

export function rejectItems(batch: Batch, error: unknown): void {
  for (const { reject } of batch.items) reject(error);
}
