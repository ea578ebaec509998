import { asyncScheduler, BehaviorSubject, map, Observable, type SchedulerLike, type Subscription } from 'rxjs';

/** Something that changes often, as an Observable that shows it now and then. */
export interface Sampler<T> {
  /** What is read now, and after each change that is announced. Never completes. */
  readonly values$: Observable<T>;
  /** Shows a change at once. */
  now(): void;
  /** Shows a change within the interval, together with those that follow. */
  later(): void;
}

export interface SamplerOptions {
  /** In milliseconds. */
  readonly interval: number;
  readonly scheduler?: SchedulerLike | undefined;
}

/** Reads only when somebody looks; no timer runs while nobody does or nothing changes. */
export function sampler<T>(read: () => T, { interval, scheduler = asyncScheduler }: SamplerOptions): Sampler<T> {
  const changed = new BehaviorSubject(undefined);
  let due: Subscription | undefined;
  return {
    values$: new Observable((subscriber) => {
      const subscription = changed.pipe(map(() => read())).subscribe(subscriber);
      return () => {
        subscription.unsubscribe();
        // A sample that nobody waits for would keep a process alive.
        if (!changed.observed) due = void due?.unsubscribe();
      };
    }),
    now: () => {
      if (changed.observed) changed.next(undefined);
    },
    later: () => {
      if (due !== undefined || !changed.observed) return;
      due = scheduler.schedule(() => {
        due = undefined;
        changed.next(undefined);
      }, interval);
    },
  };
}
