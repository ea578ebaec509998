import { Observable, type Observer, type Subscription } from 'rxjs';

/**
 * Subscribes for as long as `scope` is open, and says nothing once it is closed.
 *
 * A plain `scope.add(source.subscribe(...))` cannot stop a source that emits while it is being subscribed to: the subscription
 * does not exist yet, and `range(1, Infinity).pipe(operator, take(1))` would never return.
 *
 * What `next` throws ends the source and comes as its error: in a plain `subscribe` it would be an uncaught exception, and the stream
 * would go on without the value.
 */
export function subscribeWithin<T>(source: Observable<T>, scope: Subscription, observer: Observer<T>): void {
  let fail = (_error: unknown): void => undefined;
  new Observable<T>((subscriber) => {
    // Before there is anything to hear: it may close at the first value.
    scope.add(subscriber);
    fail = (error) => subscriber.error(error);
    if (!subscriber.closed) source.subscribe(subscriber);
  }).subscribe({
    next: (value) => {
      try {
        observer.next(value);
      } catch (error) {
        fail(error);
      }
    },
    error: (error: unknown) => observer.error(error),
    complete: () => observer.complete(),
  });
}
