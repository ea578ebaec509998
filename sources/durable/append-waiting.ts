import type { Subscriber } from 'rxjs';
import type { AppendResult } from './append.js';
import { type AppendDraft, messageOf } from './append-body.js';
import { isJsonType } from './wire.js';

/** How much goes into one request, and how much may wait. */
export interface AppendLimits {
  /** `false`: one request for each append. */
  readonly batching: boolean;
  /** Bytes of one request; a single message may be longer. */
  readonly maxBatchLength: number;
  readonly maxBatchItems: number;
  readonly maxQueuedItems: number;
  /** Bytes, text counted as characters. */
  readonly maxQueuedLength: number;
}

/** One append in the queue, or under way. */
export interface WaitingAppend {
  readonly kind: 'append';
  readonly where: string;
  readonly draft: AppendDraft;
  readonly seq: string | undefined;
  readonly length: number;
  readonly subscriber: Subscriber<AppendResult>;
  /** As the stream has it; made when it is taken. */
  message: Uint8Array;
  /** While it is under way: takes it out of its request. */
  leave: (() => void) | undefined;
}

/** Another call in its place among them. */
export interface WaitingTurn {
  readonly kind: 'turn';
  readonly length: 0;
  readonly start: () => void;
}

export type Waiting = WaitingAppend | WaitingTurn;

/** What came to the front together. */
export interface TakenBatch {
  /** As many appends as make one request. */
  readonly taken: readonly WaitingAppend[];
  /** Those before and among them that the stream cannot hold. */
  readonly refused: readonly { readonly entry: WaitingAppend; readonly error: unknown }[];
}

/** What waits, in order. Nothing here calls anybody: who hears of an error or of room may append at once. */
export interface WaitingLine {
  readonly isFull: boolean;
  first(): Waiting | undefined;
  push(entry: Waiting): void;
  /** `false` where it does not wait any more. */
  remove(entry: Waiting): boolean;
  removeAppends(): WaitingAppend[];
  /** From the front up to the first turn. Takes something wherever an append is first. */
  takeBatch(contentType: string): TakenBatch;
}

export function waitingLine(limits: AppendLimits): WaitingLine {
  // A set keeps its order and lets go of any member at once, wherever it stands.
  const entries = new Set<Waiting>();
  let length = 0;
  const remove = (entry: Waiting): boolean => {
    if (!entries.delete(entry)) return false;
    length -= entry.length;
    return true;
  };
  return {
    get isFull() {
      return entries.size >= limits.maxQueuedItems || length >= limits.maxQueuedLength;
    },
    first: () => entries.values().next().value,
    push: (entry) => {
      entries.add(entry);
      length += entry.length;
    },
    remove,
    removeAppends: () => [...entries].filter((entry) => entry.kind === 'append').filter(remove),
    takeBatch: (contentType) => {
      const batch = chooseBatch(entries, contentType, limits);
      for (const entry of batch.taken) remove(entry);
      for (const { entry } of batch.refused) remove(entry);
      return batch;
    },
  };
}

function chooseBatch(entries: Iterable<Waiting>, contentType: string, limits: AppendLimits): TakenBatch {
  const between = isJsonType(contentType) ? 1 : 0;
  const taken: WaitingAppend[] = [];
  const refused: { entry: WaitingAppend; error: unknown }[] = [];
  const batch = { taken, refused };
  let length = between;
  for (const entry of entries) {
    if (entry.kind === 'turn') return batch;
    let message: Uint8Array;
    try {
      message = messageOf(entry.where, entry.draft, contentType);
    } catch (error) {
      refused.push({ entry, error });
      continue;
    }
    length += message.byteLength + between;
    // Each "seq" is that of one request.
    const alone = !limits.batching || entry.seq !== undefined || length > limits.maxBatchLength;
    if (alone && taken.length > 0) return batch;
    entry.message = message;
    taken.push(entry);
    if (alone || taken.length >= limits.maxBatchItems) return batch;
  }
  return batch;
}
