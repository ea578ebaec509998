import { type Observable, type SchedulerLike, VirtualTimeScheduler } from 'rxjs';
import { watch, type Watched } from '../x/watch.js';

/** What came of a source whose timers are virtual and whose promises are not. */
export interface VirtualRun<T> extends Watched<T> {
  /** Virtual milliseconds when it ended, or when nothing was left to wait for. */
  readonly time: number;
}

/**
 * Runs a source to its end, or until nothing more happens: lets promises settle, moves the clock to the next timer, and again. `until` stops it
 * before the clock would pass that time.
 */
export async function virtually<T>(
  make: (scheduler: SchedulerLike) => Observable<T>,
  { until = Infinity }: { readonly until?: number } = {},
): Promise<VirtualRun<T>> {
  const scheduler = new VirtualTimeScheduler();
  const seen = watch(make(scheduler));
  let isOver = false;
  const over = (): void => {
    isOver = true;
  };
  seen.ended.then(over, over);
  for (;;) {
    await settled();
    const next = scheduler.actions[0];
    if (isOver || next === undefined || next.delay > until) break;
    scheduler.maxFrames = next.delay;
    scheduler.flush();
  }
  const { values, error, completed, ended, stop } = seen;
  return { values, error, completed, ended, stop, time: scheduler.frame };
}

/** Every promise that can settle without a timer has. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
