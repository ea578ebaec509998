import { from, isObservable, type Observable, type Observer, type Subscription } from 'rxjs';
import { subscribeWithin } from './subscribe-within.js';

/**
 * What a handler may return: results as an Observable, a promise of one, an iterable or an async iterable, or one plain value. `undefined`,
 * plain or promised, is no result.
 *
 * Arrays, maps and byte arrays are iterables and give their elements; a text is one plain value.
 */
export type HandlerResult<R> = Series<R> | PromiseLike<R | undefined> | R | undefined;

type Series<R> = Observable<R> | Iterable<R> | AsyncIterable<R>;

/** Whether this is a promise, native or not. */
export function isPromised<R>(result: HandlerResult<R>): result is PromiseLike<R | undefined> {
  return typeof result === 'object' && result !== null && 'then' in result && typeof result.then === 'function';
}

/** Whether this gives any number of results. Texts are objects to nobody but `Symbol.iterator`, and are no series. */
export function isSeries<R>(result: HandlerResult<R>): result is Series<R> {
  return (
    typeof result === 'object' &&
    result !== null &&
    (Symbol.iterator in result || Symbol.asyncIterator in result || isObservable(result))
  );
}

/** Subscribes to a series for as long as `scope` is open; stops one that never pauses too. */
export function followSeries<R>(series: Series<R>, scope: Subscription, observer: Observer<R>): void {
  subscribeWithin(from(series), scope, observer);
}
