import { DestroyRef, effect, inject, signal, type Signal, untracked } from '@angular/core';
import { noop } from 'rxjs';
import type { StreamPhase } from 'tailrace';
import type { MonitorRef } from 'tailrace/angular';

/** A stream that reconnects at once does it in three milliseconds; `connecting` is shown for so many before the next phase. */
const leastTime = 500;
/** The same for all other phases, and where more than one waits for its turn: what is shown must not fall behind. */
const hastyTime = 120;
/** More do not wait. The oldest go first: the newest is what is true. */
const maxWaiting = 4;

/** The phases of a monitor, each long enough to be seen, in order. In an injection context. */
export function injectShownPhase(watch: () => MonitorRef): Signal<StreamPhase> {
  const shown = signal<StreamPhase>('idle');
  let waiting: StreamPhase[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  let shownAt = 0;
  const showNext = (): void => {
    clearTimeout(timer);
    const [next, ...rest] = waiting;
    if (next === undefined) return;
    const time = untracked(shown) === 'connecting' && rest.length === 0 ? leastTime : hastyTime;
    const left = shownAt + time - performance.now();
    if (left > 0) {
      timer = setTimeout(showNext, left);
      return;
    }
    waiting = rest;
    shownAt = performance.now();
    shown.set(next);
    showNext();
  };
  const take = (phase: StreamPhase): void => {
    if (phase === (waiting.at(-1) ?? untracked(shown))) return;
    waiting = [...waiting, phase].slice(-maxWaiting);
    showNext();
  };
  effect((onCleanup) => {
    // From the monitor itself: what begins and ends within one turn of the page no signal would tell.
    const { state$ } = watch().monitor;
    const subscription = state$.subscribe({ next: ({ phase }) => take(phase), error: noop });
    onCleanup(() => subscription.unsubscribe());
  });
  inject(DestroyRef).onDestroy(() => clearTimeout(timer));
  return shown.asReadonly();
}
