import {
  asyncScheduler,
  Observable,
  type OperatorFunction,
  type SchedulerLike,
  Subject,
  type Subscriber,
  type Subscription,
  takeUntil,
} from 'rxjs';
import { callback, checkOptions, duration, instance, integer } from '../lib/check-options.js';

/** How many values may be held, for how long, and how large they may be together. */
export interface BatchOptions<T> {
  /** Emit at this many values. @default 500 */
  maxSize?: number | undefined;
  /** Emit when the oldest held value has waited this long, in milliseconds. @default 1_000 */
  maxWait?: number | undefined;
  /** Emit before the held values are larger than this together, in the unit of `sizeOf`. @default undefined */
  maxBytes?: number | undefined;
  /** How large a value is; asked once per value. Goes with `maxBytes`. @default undefined */
  sizeOf?: ((value: T) => number) | undefined;
  /** Timer of `maxWait`. @default asyncScheduler */
  scheduler?: SchedulerLike | undefined;
}

/**
 * Groups values by number, by the age of the oldest one, or by size, whichever comes first.
 *
 * A group never passes `maxBytes`, except that a value larger than that goes alone. A group that is full is emitted in
 * the turn of its last value. Held values are emitted on completion and **before** an error; they are dropped on
 * unsubscription. Never emits an empty array. One timer runs while something is held, none otherwise.
 *
 * It does not know deliveries: with a window smaller than `maxSize` the source stands still until `maxWait` has passed.
 *
 * Errors: what `sizeOf` throws, and a `TypeError` for a size that is no finite number of 0 or more; both after the held
 * values and without the value in question. `TypeError` at once for an option that makes no sense.
 *
 * @example
 * import { batch } from 'tailrace/operators';
 * import { interval } from 'rxjs';
 *
 * interval(10).pipe(batch({ maxSize: 100, maxWait: 500 })).subscribe((ticks) => console.log(ticks.length));
 */
export function batch<T>(options: BatchOptions<T> = {}): OperatorFunction<T, T[]> {
  const rules = {
    maxSize: integer(1),
    maxWait: duration(),
    maxBytes: integer(1),
    sizeOf: callback,
    scheduler: instance,
  };
  checkOptions('batch', rules, options);
  if ((options.maxBytes === undefined) !== (options.sizeOf === undefined)) {
    throw new TypeError('batch: options "maxBytes" and "sizeOf" go together: give both or neither');
  }
  return (source) =>
    // bufferTime and bufferCount lose what they hold when the source errors.
    new Observable((subscriber) => {
      const groups = grouper(subscriber, options);
      const closing = new Subject<void>();
      subscriber.add(() => {
        groups.drop();
        closing.next();
      });
      // A synchronous source must see that it is no longer wanted before subscribe() returns.
      source.pipe(takeUntil(closing)).subscribe({
        next: groups.add,
        error: (error: unknown) => {
          groups.flush();
          subscriber.error(error);
        },
        complete: () => {
          groups.flush();
          subscriber.complete();
        },
      });
    });
}

interface Grouper<T> {
  add(value: T): void;
  flush(): void;
  drop(): void;
}

function grouper<T>(subscriber: Subscriber<T[]>, options: BatchOptions<T>): Grouper<T> {
  const { maxSize = 500, maxWait = 1_000, maxBytes = Infinity, sizeOf, scheduler = asyncScheduler } = options;
  let held: T[] = [];
  let bytes = 0;
  let timer: Subscription | undefined;

  /** Begins a new group before the old one is emitted: the consumer may push further values from there. */
  const take = (next: T[] = [], size = 0): T[] => {
    const group = held;
    held = next;
    bytes = size;
    timer?.unsubscribe();
    timer = undefined;
    return group;
  };
  const flush = (): void => {
    if (held.length > 0) subscriber.next(take());
  };
  const settle = (): void => {
    if (held.length >= maxSize || bytes >= maxBytes) flush();
    else if (held.length > 0 && timer === undefined) {
      timer = scheduler.schedule(flush, maxWait);
    }
  };
  const measured = (value: T, measure: (value: T) => number): void => {
    let size: number;
    try {
      size = checkedSize(measure(value));
    } catch (error) {
      flush();
      return subscriber.error(error);
    }
    if (held.length > 0 && bytes + size > maxBytes) subscriber.next(take([value], size));
    else {
      held.push(value);
      bytes += size;
    }
    settle();
  };
  const counted = (value: T): void => {
    held.push(value);
    // The timer of the first value is the timer of all: nothing to do for the others.
    if (held.length === 1 || held.length >= maxSize) settle();
  };
  return { add: sizeOf === undefined ? counted : (value) => measured(value, sizeOf), flush, drop: () => void take() };
}

function checkedSize(size: number): number {
  if (Number.isFinite(size) && size >= 0) return size;
  throw new TypeError('batch: sizeOf must return a finite number, 0 or more');
}
