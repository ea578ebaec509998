import type { Observable } from 'rxjs';
import { bufferedFeed, eachFeed, type Failure, type Feed, latestFeed, nextFeed } from './async-feed.js';
import { checkOptions, instance, integer, oneOf } from './check-options.js';
import { ringQueue } from './ring-queue.js';

/** What every strategy takes. */
export interface IterationOptions {
  /**
   * Ends the iteration: the source is unsubscribed at once, values not yet taken are dropped, and the waiting `next()`,
   * or the next one, is rejected with the signal's reason, as `fetch` does it. @default undefined
   */
  signal?: AbortSignal | undefined;
}

/** Every value, one by one. */
export interface EachOptions extends IterationOptions {
  /** @default 'each' */
  strategy?: 'each' | undefined;
  /** How many values may wait for the consumer; one more is `slow_consumer`. @default 65_536 */
  maxBuffered?: number | undefined;
  /**
   * What tells a source with `maxUnacked` that its delivery is done. `'next'`: asking for the next value acknowledges
   * the last one, unless it has been settled by hand. `'manual'`: only your own `ack()`; take it when deliveries are
   * collected first, or when several workers call `next()` on one iterable. @default 'next'
   */
  acknowledge?: 'next' | 'manual' | undefined;
}

/** Arrays of all values since the last call. */
export interface BufferedOptions extends IterationOptions {
  strategy: 'buffered';
  /** How many values may wait for the consumer; one more is `slow_consumer`. @default 65_536 */
  maxBuffered?: number | undefined;
}

/** Only some of the values, so nothing is held that could need a limit. */
export interface LossyOptions extends IterationOptions {
  strategy: 'latest' | 'next';
}

/** How values leave RxJS: which of them, how many may wait, and what ends it. */
export type AsyncIterableOptions = EachOptions | BufferedOptions | LossyOptions;

/** About 3 MB of results besides the values themselves; a consumer so far behind will not catch up by itself. */
const defaultMaxBuffered = 65_536;

/**
 * The source for `for await`. Cold: the source is subscribed at the first `next()`, once.
 *
 * - `'each'`: every value in order. Given a source with `maxUnacked` it is bounded by that window: asking for the next
 *   delivery acknowledges the last one, and a delivery that is left with `break` or `throw` is not acknowledged.
 * - `'buffered'`: arrays of all values since the last call, never empty.
 * - `'latest'`: the newest value not yet taken; older ones are lost, the last one before the end is not.
 * - `'next'`: the first value that arrives after the call; all others are lost, those too that the source gives while it
 *   is being subscribed. `'latest'` and `'next'` acknowledge nothing: do not use them on deliveries.
 *
 * An Observable cannot be asked to wait: while the consumer is busy, values are held, up to `maxBuffered`. One more
 * unsubscribes the source; what is held is still given out, then `slow_consumer` is thrown.
 *
 * `break`, `return()` and `throw()` unsubscribe the source before they return, drop held values and settle pending calls
 * as done. An abort does the same and rejects one call with `signal.reason`; a signal that is already aborted means that
 * the source is never subscribed, and one that comes after the source has ended changes nothing. The listener on the signal goes when the iteration ends, in whatever way. Before an
 * error or the completion of the source, all held values are given out; an error is thrown once, afterwards the iterable
 * is done. Several pending `next()` calls are answered in order.
 *
 * Errors: those of the source; `fatal_error` with code `slow_consumer`; the signal's reason. `TypeError` at once for an
 * option that makes no sense.
 *
 * @example
 * import { toAsyncIterable } from 'tailrace';
 * import { interval } from 'rxjs';
 *
 * for await (const tick of toAsyncIterable(interval(1_000))) {
 *   if (tick === 3) break; // unsubscribes
 * }
 */
export function toAsyncIterable<T>(source: Observable<T>, options: BufferedOptions): AsyncIterableIterator<T[]>;
export function toAsyncIterable<T>(
  source: Observable<T>,
  options?: EachOptions | LossyOptions,
): AsyncIterableIterator<T>;
export function toAsyncIterable<T>(
  source: Observable<T>,
  options: AsyncIterableOptions = {},
): AsyncIterableIterator<T> | AsyncIterableIterator<T[]> {
  const where = 'toAsyncIterable';
  const strategy = oneOf('each', 'buffered', 'latest', 'next');
  const rules = { signal: instance, strategy };
  const maxBuffered = integer(1);
  switch (options.strategy) {
    case 'buffered':
      checkOptions(where, { ...rules, maxBuffered }, options);
      return iterate(bufferedFeed(source, options.maxBuffered ?? defaultMaxBuffered), options.signal);
    case 'latest':
      checkOptions(where, rules, options);
      return iterate(latestFeed(source), options.signal);
    case 'next':
      checkOptions(where, rules, options);
      return iterate(nextFeed(source), options.signal);
    case 'each':
    case undefined:
      break;
  }
  checkOptions(where, { ...rules, maxBuffered, acknowledge: oneOf('next', 'manual') }, options);
  const { maxBuffered: limit = defaultMaxBuffered, acknowledge = 'next' } = options;
  return iterate(eachFeed(source, limit, acknowledge === 'next'), options.signal);
}

interface Call<R> {
  resolve(result: IteratorResult<R, undefined>): void;
  reject(error: unknown): void;
}

function iterate<R>(feed: Feed<R>, signal: AbortSignal | undefined): AsyncIterableIterator<R> {
  const { next, stop } = session(feed, signal);
  return {
    next,
    // Both are async only to turn what a teardown throws into a rejection: they run to the end before they return.
    return: async (value?: unknown) => {
      stop();
      return { value: await value, done: true };
    },
    throw: async (error?: unknown) => {
      stop();
      throw error;
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

interface Session<R> {
  next(): Promise<IteratorResult<R, undefined>>;
  stop(): void;
}

/** Pairs calls with what the feed gives, in order. While a call waits, the feed holds nothing. */
function session<R>(feed: Feed<R>, signal: AbortSignal | undefined): Session<R> {
  const calls = ringQueue<Call<R>>();
  let phase: 'new' | 'open' | 'ended' = 'new';
  let failure: Failure | undefined;

  const finish = (call: Call<R> | undefined): void => {
    if (failure === undefined) return call?.resolve({ value: undefined, done: true });
    call?.reject(failure.error);
    failure = undefined;
  };
  const flush = (): void => {
    while (calls.size > 0) {
      const result = feed.take();
      if (result !== undefined) calls.shift()?.resolve(result);
      else if (phase === 'ended') finish(calls.shift());
      else return;
    }
  };
  const detach = (): void => signal?.removeEventListener('abort', abort);
  const end = (reason?: Failure): void => {
    if (phase === 'ended') return;
    phase = 'ended';
    failure = reason;
    detach();
    flush();
  };
  const abort = (): void => {
    // Before the feed is closed: closing completes the source, and that must no longer count as its end.
    end({ error: signal?.reason });
    feed.close();
  };
  const open = (): void => {
    if (signal?.aborted === true) return abort();
    phase = 'open';
    signal?.addEventListener('abort', abort);
    feed.open({ flush, end, detach });
  };
  const next = (): Promise<IteratorResult<R, undefined>> =>
    new Promise((resolve, reject) => {
      if (phase === 'new') open();
      feed.ask();
      calls.push({ resolve, reject });
      flush();
    });
  const stop = (): void => {
    end();
    // An error of the source that waits behind held values goes with them.
    failure = undefined;
    feed.close();
  };
  return { next, stop };
}
