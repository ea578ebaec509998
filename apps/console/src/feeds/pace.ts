import { signal, type Signal } from '@angular/core';
import { BehaviorSubject, first, map, of, type OperatorFunction, switchMap, timer } from 'rxjs';
import type { Delivery } from 'tailrace';
import { ackMap } from 'tailrace/operators';

/** How long a slow consumer takes for one item, in milliseconds. */
const slowness = 500;

/** How fast the page takes what a stream brings. */
export interface Pace {
  /** Nothing is taken, so nothing is acknowledged, the window fills, and the server waits. */
  readonly isPaused: Signal<boolean>;
  /** Every item takes half a second. */
  readonly isSlow: Signal<boolean>;
  togglePause(): void;
  toggleSlow(): void;
  /** Takes deliveries one by one at this pace, and acknowledges each when it is taken. */
  taken<T>(): OperatorFunction<Delivery<T>, T>;
}

/** At full speed, until somebody says otherwise. */
export function createPace(): Pace {
  const isPaused = signal(false);
  const isSlow = signal(false);
  const isRunning = new BehaviorSubject(true);
  return {
    isPaused: isPaused.asReadonly(),
    isSlow: isSlow.asReadonly(),
    togglePause: () => {
      isPaused.update((paused) => !paused);
      isRunning.next(!isPaused());
    },
    toggleSlow: () => isSlow.update((slow) => !slow),
    taken: () =>
      ackMap((value) => {
        // `of` and not the value: one that is a list would be taken for a series of results.
        if (isRunning.value && !isSlow()) return of(value);
        return timer(isSlow() ? slowness : 0).pipe(
          switchMap(() => isRunning.pipe(first(Boolean))),
          map(() => value),
        );
      }),
  };
}
