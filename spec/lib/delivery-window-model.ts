import type { FullPolicy } from '../../lib/delivery-queue.js';

export interface ModelOptions {
  readonly maxUnacked: number;
  readonly maxUnackedBytes: number;
  readonly onFull: FullPolicy;
  readonly maxQueued: number;
}

export interface Item {
  readonly id: number;
  readonly size: number;
}

/** What a window has done so far. */
export interface Trace {
  readonly delivered: number[];
  readonly dropped: number;
  readonly isOpen: boolean;
  readonly outstanding: number;
  readonly error: string | undefined;
  readonly ended: boolean;
}

interface Mutable {
  readonly delivered: number[];
  dropped: number;
  error: string | undefined;
  ended: boolean;
}

export interface WindowModel {
  offer(item: Item): void;
  settle(id: number, outcome: 'ack' | 'nack' | 'release'): void;
  finish(): void;
  trace(): Trace;
}

/** A window as one would explain it: plain lists, everything counted anew each time. */
export function windowModel({ maxUnacked, maxUnackedBytes, onFull, maxQueued }: ModelOptions): WindowModel {
  let out: Item[] = [];
  let waiting: Item[] = [];
  let resting = false;
  let over = false;
  const trace: Mutable = { delivered: [], dropped: 0, error: undefined, ended: false };

  const bytes = (): number => out.reduce((sum, { size }) => sum + size, 0);
  const isFull = (): boolean => out.length >= maxUnacked || bytes() >= maxUnackedBytes;
  const mayGo = ({ size }: Item): boolean =>
    out.length === 0 || (out.length < maxUnacked && bytes() + size <= maxUnackedBytes);
  const deliver = (item: Item): void => {
    out.push(item);
    trace.delivered.push(item.id);
    if (isFull()) resting = true;
  };
  const isDone = (): boolean => trace.ended || trace.error !== undefined;
  return {
    offer(item) {
      if (over || isDone()) return;
      if (!resting && mayGo(item)) return deliver(item);
      resting = true;
      if (onFull === 'pause' || waiting.length < maxQueued) return void waiting.push(item);
      if (onFull === 'error') return void (trace.error = 'slow_consumer');
      trace.dropped += 1;
      if (onFull === 'dropOldest') waiting = [...waiting.slice(1), item];
    },
    settle(id, outcome) {
      if (isDone()) return;
      out = out.filter((item) => item.id !== id);
      if (outcome === 'nack') return void (trace.error = 'delivery_failed');
      if (!resting || out.length > maxUnacked / 2 || bytes() > maxUnackedBytes / 2) return;
      for (let [next] = waiting; next !== undefined && mayGo(next); [next] = waiting) {
        waiting = waiting.slice(1);
        deliver(next);
      }
      if (waiting.length > 0) return;
      resting = isFull();
      if (over) trace.ended = true;
    },
    finish() {
      if (isDone()) return;
      over = true;
      if (waiting.length === 0) trace.ended = true;
    },
    trace: (): Trace => ({
      ...trace,
      delivered: [...trace.delivered],
      isOpen: isDone() || onFull !== 'pause' || !resting,
      outstanding: trace.error === undefined ? out.length : 0,
    }),
  };
}
