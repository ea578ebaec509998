import { finalize, type Observable, Subject, takeUntil, tap } from 'rxjs';
import { bufferedValuesFrom, nextValueFrom } from 'rxjs-for-await';
import { StreamError } from './errors.js';
import { ringQueue } from './ring-queue.js';

/** Why an iterable ends with an error. Boxed, because any value may be thrown, `undefined` too. */
export interface Failure {
  readonly error: unknown;
}

/** Where a feed says that something has changed. */
export interface Outlet {
  /** There is something to take. */
  flush(): void;
  /** The source is over. What is still held may be taken afterwards. Later calls do nothing. */
  end(failure?: Failure): void;
  /** The source is over, though not all of it is taken: there is nothing left that an abort could stop. */
  detach(): void;
}

/** One way of holding what arrives between two calls of `next()`. */
export interface Feed<R> {
  /** Subscribes; values, and the end, may come before it returns. */
  open(outlet: Outlet): void;
  /** Called at each `next()`, before anything is taken for it. */
  ask(): void;
  take(): IteratorYieldResult<R> | undefined;
  /** Unsubscribes before it returns and lets go of what is held. */
  close(): void;
}

/**
 * Every value, in order.
 *
 * `eachValueFrom` of rxjs-for-await holds values in an array and shifts them out, which is quadratic, and without limit.
 */
export function eachFeed<T>(source: Observable<T>, maxBuffered: number, acknowledge: boolean): Feed<T> {
  const closing = new Subject<void>();
  const held = ringQueue<IteratorYieldResult<T>>();
  let last: unknown;
  return {
    open: ({ flush, end }) => {
      source.pipe(takeUntil(closing)).subscribe({
        next: (value) => {
          if (held.size < maxBuffered) {
            held.push({ value, done: false });
            return flush();
          }
          end({ error: slowConsumer(maxBuffered) });
          closing.next();
        },
        error: (error: unknown) => end({ error }),
        complete: () => end(),
      });
    },
    ask: () => {
      const handled = last;
      last = undefined;
      if (acknowledge && isAcknowledgeable(handled)) handled.ack();
    },
    take: () => {
      const result = held.shift();
      if (result !== undefined) last = result.value;
      return result;
    },
    close: () => {
      held.clear();
      closing.next();
    },
  };
}

/**
 * The newest value not yet taken.
 *
 * `latestValueFrom` of rxjs-for-await forgets the last value before completion, and what arrives in the turn in which a
 * waiting call is answered.
 */
export function latestFeed<T>(source: Observable<T>): Feed<T> {
  const closing = new Subject<void>();
  let newest: IteratorYieldResult<T> | undefined;
  return {
    open: ({ flush, end }) => {
      source.pipe(takeUntil(closing)).subscribe({
        next: (value) => {
          // A waiting call is answered a microtask later, so that it gets the last value of a burst and not the first.
          if (newest === undefined) queueMicrotask(flush);
          newest = { value, done: false };
        },
        error: (error: unknown) => end({ error }),
        complete: () => end(),
      });
    },
    ask: () => undefined,
    take: () => {
      const result = newest;
      newest = undefined;
      return result;
    },
    close: () => {
      newest = undefined;
      closing.next();
    },
  };
}

/** All values since the last call, as one array. */
export function bufferedFeed<T>(source: Observable<T>, maxBuffered: number): Feed<T[]> {
  let held = 0;
  const count = (): void => {
    held += 1;
    if (held > maxBuffered) throw slowConsumer(maxBuffered);
  };
  const open = (limited: Observable<T>): AsyncGenerator<T[], void> => bufferedValuesFrom(limited);
  return generatorFeed(source.pipe(tap(count)), open, (values) => {
    held -= values.length;
  });
}

/** The first value after each call. */
export function nextFeed<T>(source: Observable<T>): Feed<T> {
  return generatorFeed(source, nextValueFrom, () => undefined);
}

/**
 * A generator of rxjs-for-await leaves `return()` unsettled and its source subscribed while a `next()` is pending.
 * Completing its source from outside wakes it up.
 */
function generatorFeed<T, R>(
  source: Observable<T>,
  iterate: (source: Observable<T>) => AsyncGenerator<R, void>,
  onTake: (value: R) => void,
): Feed<R> {
  const closing = new Subject<void>();
  const answers = ringQueue<IteratorYieldResult<R>>();
  let outlet: Outlet | undefined;
  const stoppable = source.pipe(
    takeUntil(closing),
    finalize(() => outlet?.detach()),
  );
  const values = iterate(stoppable);
  const settle = (result: IteratorResult<R, void>): void => {
    if (result.done === true) return outlet?.end();
    onTake(result.value);
    answers.push({ value: result.value, done: false });
    outlet?.flush();
  };
  return {
    open: (opened) => {
      outlet = opened;
    },
    ask: () => void values.next().then(settle, (error: unknown) => outlet?.end({ error })),
    take: () => answers.shift(),
    close: () => {
      closing.next();
      void values.return();
    },
  };
}

function slowConsumer(maxBuffered: number): StreamError<'slow_consumer'> {
  return new StreamError(
    `the consumer is too slow: more than ${maxBuffered} values (maxBuffered) were waiting; handle them faster, ` +
      `take only the newest with strategy 'latest', or use a source with maxUnacked, which pauses the server`,
    { errorType: 'fatal_error', code: 'slow_consumer' },
  );
}

/** A delivery of this toolkit, told by its methods: decoded JSON never has any. */
function isAcknowledgeable(value: unknown): value is { ack(): void } {
  return (
    typeof value === 'object' &&
    value !== null &&
    'ack' in value &&
    typeof value.ack === 'function' &&
    'release' in value &&
    typeof value.release === 'function'
  );
}
