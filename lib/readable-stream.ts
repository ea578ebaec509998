import type { Observable } from 'rxjs';
import type { Failure } from './async-feed.js';
import { toAsyncIterable } from './async-iterable.js';
import { checkOptions, instance, integer } from './check-options.js';

/** How much may wait, and what ends it. */
export interface ReadableStreamOptions {
  /**
   * How many values the stream takes before anybody reads. 0 subscribes the source at the first read (a microtask later
   * on a stream just made); anything else makes the platform pull, and so subscribe, without a reader. @default 0
   */
  highWaterMark?: number | undefined;
  /** How many values more may wait for the reader; one more is `slow_consumer`. @default 65_536 */
  maxBuffered?: number | undefined;
  /** Ends the stream with the signal's reason and unsubscribes the source at once. @default undefined */
  signal?: AbortSignal | undefined;
}

/**
 * The source as a web `ReadableStream`, for `Response` bodies, `pipeTo` and `pipeThrough`.
 *
 * An Observable cannot be pulled. What arrives beyond `highWaterMark` is held, up to `maxBuffered`; one more
 * unsubscribes the source. Before an error, values that have arrived are read first; this holds for `slow_consumer` and
 * for errors of the source. Completion closes the stream, `cancel()` unsubscribes the source before it returns and drops
 * what is held. An abort drops what is held, except for the values up to `highWaterMark`.
 *
 * Deliveries of a source with `maxUnacked` pass through as they are: reading does not acknowledge them, since a stream
 * reads ahead of its consumer.
 *
 * Errors: those of the source; `fatal_error` with code `slow_consumer`; the signal's reason. `TypeError` at once for an
 * option that makes no sense.
 *
 * @example
 * import { toReadableStream } from 'tailrace';
 * import { interval, map } from 'rxjs';
 *
 * const lines = interval(1_000).pipe(map((tick) => `${tick}\n`));
 * const response = new Response(toReadableStream(lines).pipeThrough(new TextEncoderStream()));
 */
export function toReadableStream<T>(source: Observable<T>, options: ReadableStreamOptions = {}): ReadableStream<T> {
  const rules = { highWaterMark: integer(0), maxBuffered: integer(1), signal: instance };
  checkOptions('toReadableStream', rules, options);
  const { highWaterMark = 0, maxBuffered, signal } = options;
  const values = toAsyncIterable(source, { maxBuffered, signal, acknowledge: 'manual' });
  let failure: Failure | undefined;
  const take = async (controller: ReadableStreamDefaultController<T>): Promise<void> => {
    try {
      const result = await values.next();
      if (result.done === true) controller.close();
      else controller.enqueue(result.value);
    } catch (error) {
      // Also a close() after cancel(), which throws; what is then done with it, the platform ignores.
      failure = { error };
    }
  };
  return new ReadableStream<T>(
    {
      pull: async (controller) => {
        if (failure === undefined) await take(controller);
        // error() throws away what the stream has queued, so it waits; every read of a queued value pulls again.
        if (failure !== undefined && controller.desiredSize === highWaterMark) controller.error(failure.error);
      },
      cancel: async () => {
        await values.return?.();
      },
    },
    { highWaterMark },
  );
}
