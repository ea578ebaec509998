import { Observable, type Observer, type Subscription, takeUntil } from 'rxjs';

/**
 * Subscribes for as long as `scope` is open, and says nothing once it is closed.
 *
 * A plain `scope.add(source.subscribe(...))` cannot stop a source that emits while it is being subscribed to: the subscription
 * does not exist yet, and `range(1, Infinity).pipe(operator, take(1))` would never return.
 */
export function subscribeWithin<T>(source: Observable<T>, scope: Subscription, observer: Observer<T>): void {
  const closed = new Observable<void>((subscriber) => scope.add(() => subscriber.next()));
  scope.add(
    source.pipe(takeUntil(closed)).subscribe({
      // Bound, not wrapped: one call less for every value.
      next: observer.next.bind(observer),
      error: (error: unknown) => {
        if (!scope.closed) observer.error(error);
      },
      complete: () => {
        if (!scope.closed) observer.complete();
      },
    }),
  );
}
