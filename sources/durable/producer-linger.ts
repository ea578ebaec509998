import { asapScheduler, asyncScheduler, type SchedulerLike, type Subscription } from 'rxjs';

/** How long a batch that is not full waits for more. */
export interface LingerTimer {
  /** It has waited long enough. */
  readonly isDue: boolean;
  /** Begins the wait, unless it runs or is over. */
  start(): void;
  /** The next batch begins its own. */
  reset(): void;
}

export interface LingerOptions {
  /** In milliseconds; 0 is the end of the synchronous work that is under way. */
  readonly lingerMs: number;
  readonly scheduler: SchedulerLike | undefined;
  readonly onDue: () => void;
}

export function lingerTimer({ lingerMs, scheduler, onDue }: LingerOptions): LingerTimer {
  const timer = scheduler ?? (lingerMs === 0 ? asapScheduler : asyncScheduler);
  let isDue = false;
  let waiting: Subscription | undefined;
  return {
    get isDue() {
      return isDue;
    },
    start: () => {
      if (isDue) return;
      waiting ??= timer.schedule(() => {
        isDue = true;
        waiting = undefined;
        onDue();
      }, lingerMs);
    },
    reset: () => {
      waiting?.unsubscribe();
      waiting = undefined;
      isDue = false;
    },
  };
}
