import { defer, Observable, type SchedulerLike, switchMap, tap, timer } from 'rxjs';
import type { RetryBudget } from '../../lib/retry-budget.js';
import { subscribeWithin } from '../../lib/subscribe-within.js';

/** Whose connections are counted. */
interface Admitted {
  readonly budget: RetryBudget;
  readonly config: { readonly scheduler?: SchedulerLike | undefined };
}

interface Admission<T> {
  connect(): Observable<T>;
  onWait?(attempt: number, delay: number): void;
}

/** Reconnects take their place in the budget by themselves; the first connection takes its own. */
export function afterBudget<T>(run: Admitted, { connect, onWait }: Admission<T>): Observable<T> {
  let isFirst = true;
  return defer(() => {
    if (!isFirst) return connect();
    isFirst = false;
    const place = run.budget.take();
    if (place.delay === 0) return connect();
    onWait?.(0, place.delay);
    let used = false;
    return new Observable<T>((subscriber) => {
      subscriber.add(() => {
        if (!used) place.release();
      });
      const due = timer(place.delay, run.config.scheduler).pipe(
        tap(() => (used = true)),
        switchMap(connect),
      );
      subscribeWithin(due, subscriber, subscriber);
    });
  });
}
