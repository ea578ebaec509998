import { type RingQueue, ringQueue } from './ring-queue.js';

/** A value and the key that it is kept in order by. */
export interface Keyed<V> {
  readonly key: unknown;
  readonly value: V;
}

/** A queue per key, of which one value at a time is out. */
export interface KeyLanes<V> {
  /** How many values wait. */
  readonly size: number;
  add(entry: Keyed<V>): void;
  /** The value that has been free for the longest time; its key is busy until `done`. `undefined` when none is free. */
  take(): Keyed<V> | undefined;
  done(key: unknown): void;
  /** Empties the lanes and gives what waited, those of one key in order. */
  clear(): Keyed<V>[];
}

/** Keys are compared as in a `Map`, and kept while a value of theirs waits or is out. It has no limit of its own. */
export function keyLanes<V>(): KeyLanes<V> {
  /** Busy keys, with what waits behind them: no queue before the second value, or a million idle keys would be a gigabyte. */
  const lanes = new Map<unknown, RingQueue<Keyed<V>> | undefined>();
  const free = ringQueue<Keyed<V>>();
  let size = 0;
  const takeFree = (): Keyed<V> | undefined => {
    const entry = free.shift();
    if (entry !== undefined) size -= 1;
    return entry;
  };
  const done = (key: unknown): void => {
    const next = lanes.get(key)?.shift();
    if (next === undefined) lanes.delete(key);
    else free.push(next);
  };
  return {
    get size() {
      return size;
    },
    add: (entry) => {
      size += 1;
      if (!lanes.has(entry.key)) {
        lanes.set(entry.key, undefined);
        free.push(entry);
        return;
      }
      const lane = lanes.get(entry.key) ?? ringQueue<Keyed<V>>();
      lanes.set(entry.key, lane);
      lane.push(entry);
    },
    take: takeFree,
    done,
    clear: () => {
      const all: Keyed<V>[] = [];
      for (let entry = takeFree(); entry !== undefined; entry = takeFree()) all.push(entry);
      for (const lane of lanes.values()) {
        for (let entry = lane?.shift(); entry !== undefined; entry = lane?.shift()) all.push(entry);
      }
      lanes.clear();
      size = 0;
      return all;
    },
  };
}
