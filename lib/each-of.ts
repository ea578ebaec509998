import { Observable, type OperatorFunction } from 'rxjs';
import { subscribeWithin } from './subscribe-within.js';

/**
 * The values of arrays, one by one, synchronously. Unsubscription in the middle of an array ends it there. Nothing is held.
 *
 * Between asynchronous stages arrays travel, one per piece of a body: every stage costs once per piece, and this costs once per value.
 */
export function eachOf<T>(): OperatorFunction<readonly T[], T> {
  return (source) =>
    new Observable((subscriber) =>
      subscribeWithin(source, subscriber, {
        next: (values) => {
          for (const value of values) {
            if (subscriber.closed) return;
            subscriber.next(value);
          }
        },
        error: (error) => subscriber.error(error),
        complete: () => subscriber.complete(),
      }),
    );
}
