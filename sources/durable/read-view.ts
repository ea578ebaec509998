import type { Observable } from 'rxjs';
import { type DurableStreamError, StreamConsumedError } from './errors.js';

/**
 * A response read one way, not yet begun: `await` it for everything up to the tail, or iterate it with `for await` for what comes and, where
 * the response is live, what will come.
 */
export interface ReadView<Whole, Item> extends Promise<Whole>, AsyncIterable<Item> {}

/** How a view is read. Nothing is done before one of the two is called. */
export interface ViewReading<Whole, Item> {
  /** Why it cannot be read at all. */
  readonly refusal: DurableStreamError | undefined;
  readonly whole: () => Observable<Whole>;
  readonly each: () => AsyncIterableIterator<Item>;
}

/** Read once: awaited any number of times, or iterated once. */
export function readView<Whole, Item>({ refusal, whole, each }: ViewReading<Whole, Item>): ReadView<Whole, Item> {
  let result: Promise<Whole> | undefined;
  let iterated = false;
  const begin = (): Promise<Whole> => {
    const problem = refusal ?? (iterated ? consumed() : undefined);
    if (problem !== undefined) return Promise.reject(problem);
    return new Promise((resolve, reject) => {
      whole().subscribe({ next: resolve, error: reject });
    });
  };
  const all = (): Promise<Whole> => (result ??= begin());
  return {
    // It is meant to be awaited, although it is more than a promise.
    then: (onValue, onError) => all().then(onValue, onError),
    catch: (onError) => all().catch(onError),
    finally: (onEnd) => all().finally(onEnd),
    [Symbol.toStringTag]: 'ReadView',
    [Symbol.asyncIterator]: () => {
      const problem = refusal ?? (iterated || result !== undefined ? consumed() : undefined);
      if (problem !== undefined) throw problem;
      iterated = true;
      return each();
    },
  };
}

/** The error of a second reading. */
export function consumed(): StreamConsumedError {
  const message = 'the response is read already, and can be read once only; make another one with stream()';
  return new StreamConsumedError(message, { errorType: 'client_error', code: 'stream_consumed' });
}
