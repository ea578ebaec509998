import { asapScheduler, asyncScheduler, type SchedulerLike, type Subscription } from 'rxjs';
import type { Delivery } from './delivery.js';
import { ringQueue } from './ring-queue.js';

export type DeliveryBatch<T> = readonly Delivery<T>[];

/** When a batch is due. */
export interface DeliveryBatchOptions<T> {
  readonly maxSize: number;
  /** Age of the oldest delivery, in milliseconds. */
  readonly maxWait: number;
  /** Silence, in milliseconds. */
  readonly idleFlush: number;
  /** Infinity for none. */
  readonly maxBytes: number;
  readonly sizeOf: ((value: T) => number) | undefined;
  readonly scheduler: SchedulerLike | undefined;
}

/** Deliveries on their way into batches. */
export interface DeliveryBatches<T> {
  add(delivery: Delivery<T>): void;
  /** Whether the window of the source is full: then what is held is due, however little it is. */
  setFull(isFull: boolean): void;
  /** The next batch that is due, or the next one at all. */
  take(all: boolean): DeliveryBatch<T> | undefined;
  /** Gives all back and stops the timers. */
  release(): void;
}

/**
 * Groups deliveries in order, and calls `wake` when a batch may be due. A batch that is due by age or silence goes on growing until it
 * is taken. A delivery whose size cannot be told is refused.
 */
export function deliveryBatches<T>(options: DeliveryBatchOptions<T>, wake: () => void): DeliveryBatches<T> {
  const { maxSize, maxWait, idleFlush, maxBytes, sizeOf, scheduler } = options;
  const ready = ringQueue<DeliveryBatch<T>>();
  let current: Delivery<T>[] = [];
  let bytes = 0;
  let due = false;
  let full = false;
  let timer: Subscription | undefined;
  let nudge: Subscription | undefined;

  const renew = (): DeliveryBatch<T> => {
    const batch = current;
    current = [];
    bytes = 0;
    due = false;
    timer = void timer?.unsubscribe();
    nudge = void nudge?.unsubscribe();
    return batch;
  };
  const call = (): void => {
    due = true;
    wake();
  };
  /** Looks at the number only: a clock reading per delivery would cost as much as all the rest. */
  const arm = (waited: number): void => {
    const seen = current.length;
    const step = Math.min(idleFlush, maxWait - waited);
    const check = (): void => (waited + step < maxWait && current.length > seen ? arm(waited + step) : call());
    timer = (scheduler ?? asyncScheduler).schedule(check, step);
  };
  /** Not at once: the gate closes just before the delivery that fills the window. */
  const press = (): void => {
    if (current.length > 0) nudge ??= (scheduler ?? asapScheduler).schedule(call);
  };
  const gather = (delivery: Delivery<T>, size: number): void => {
    const spills = current.length > 0 && bytes + size > maxBytes;
    if (spills) ready.push(renew());
    current.push(delivery);
    bytes += size;
    // A batch larger than the window would wait for what cannot come.
    const isWhole = current.length >= maxSize || bytes >= maxBytes || delivery.exhaustsCredit === true;
    if (isWhole) ready.push(renew());
    else if (current.length === 1) arm(0);
    if (full) press();
    // Last: acknowledging may bring further deliveries before it returns.
    if (spills || isWhole) wake();
  };
  return {
    add: sizeOf === undefined ? (delivery) => gather(delivery, 0) : measuring(sizeOf, gather),
    setFull: (isFull) => {
      full = isFull;
      if (isFull) press();
      else nudge = void nudge?.unsubscribe();
    },
    take: (all) => ready.shift() ?? (current.length > 0 && (all || due) ? renew() : undefined),
    release: () => {
      while (ready.size > 0) releaseAll(ready.shift());
      releaseAll(renew());
    },
  };
}

/** Gives a whole batch back. */
export function releaseAll<T>(batch: DeliveryBatch<T> = []): void {
  for (const delivery of batch) delivery.release();
}

function measuring<T>(
  sizeOf: (value: T) => number,
  gather: (delivery: Delivery<T>, size: number) => void,
): (delivery: Delivery<T>) => void {
  return (delivery) => {
    let size: number;
    try {
      size = sizeOf(delivery.value);
    } catch (error) {
      return delivery.nack(error);
    }
    if (Number.isFinite(size) && size >= 0) gather(delivery, size);
    else delivery.nack(new TypeError('sizeOf must return a finite number, 0 or more'));
  };
}
