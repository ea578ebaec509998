/** A first-in, first-out queue. */
export interface RingQueue<T> {
  readonly size: number;
  push(value: T): void;
  /** Takes the oldest value; `undefined` when there is none, so a queue that may hold `undefined` goes by `size`. */
  shift(): T | undefined;
  clear(): void;
}

const initialCapacity = 16;
/** Below this an emptied ring is kept: freeing and growing again would cost more than the memory is worth. */
const keptCapacity = 1_024;

/**
 * A queue that grows with what it holds.
 *
 * Every operation takes the same time however long the queue is: `Array.prototype.shift` moves all values that stay, and
 * a consumer that fell behind by a hundred thousand values would never catch up. Nothing taken or cleared is kept alive,
 * and the room of a burst is given back once the queue is empty.
 *
 * It has no limit of its own: whoever pushes compares `size` first.
 */
export function ringQueue<T>(): RingQueue<T> {
  let slots = new Array<T | undefined>(initialCapacity);
  let head = 0;
  let size = 0;
  const clear = (): void => {
    slots = new Array<T | undefined>(initialCapacity);
    head = 0;
    size = 0;
  };
  return {
    get size() {
      return size;
    },
    push: (value) => {
      if (size === slots.length) {
        slots = grown(slots, head);
        head = 0;
      }
      // The capacity is a power of two, so the mask is the remainder.
      slots[(head + size) & (slots.length - 1)] = value;
      size += 1;
    },
    shift: () => {
      if (size === 0) return undefined;
      const value = slots[head];
      slots[head] = undefined;
      head = (head + 1) & (slots.length - 1);
      size -= 1;
      if (size === 0 && slots.length > keptCapacity) clear();
      return value;
    },
    clear,
  };
}

function grown<T>(slots: readonly (T | undefined)[], head: number): (T | undefined)[] {
  const larger = new Array<T | undefined>(slots.length * 2);
  for (let index = 0; index < slots.length; index += 1) {
    larger[index] = slots[(head + index) & (slots.length - 1)];
  }
  return larger;
}
