import type { CheckedProducer } from './producer-options.js';

/** Values appended and not settled, in flight included. */
export interface HeldValues {
  readonly count: number;
  /** In bytes. */
  readonly length: number;
  /** Passed by the last value at most: whoever has waited for room may append one, however large. */
  readonly hasRoom: boolean;
  add(item: Sized): void;
  /** One is stored or has failed. */
  remove(item: Sized): void;
}

interface Sized {
  readonly size: number;
}

export function heldValues({
  maxQueued,
  maxQueuedLength,
}: Pick<CheckedProducer, 'maxQueued' | 'maxQueuedLength'>): HeldValues {
  let count = 0;
  let length = 0;
  return {
    get count() {
      return count;
    },
    get length() {
      return length;
    },
    get hasRoom() {
      return count < maxQueued && length < maxQueuedLength;
    },
    add: ({ size }) => {
      count += 1;
      length += size;
    },
    remove: ({ size }) => {
      count -= 1;
      length -= size;
    },
  };
}
