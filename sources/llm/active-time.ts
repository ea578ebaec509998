import { asyncScheduler, type SchedulerLike, type Subscription } from 'rxjs';

/** A clock that stands still while somebody else is at work. */
export interface ActiveTime {
  /** In milliseconds, from an arbitrary point, without the time that was held, paused or excused. */
  now(): number;
  /** From here to the matching `release` no time passes. */
  hold(): void;
  release(): void;
  /** The same for longer, in a state of its own. */
  pause(isPaused: boolean): void;
  /** This much has passed that does not count. */
  excuse(ms: number): void;
  readonly isPaused: boolean;
  /** Whether it stands still. */
  readonly isHeld: boolean;
  /** Calls `work` after `ms` milliseconds with how late it is. */
  schedule(work: (lateness: number) => void, ms: number): Subscription;
}

/** Monotonic, so that a change of the wall clock is no silence; with a `scheduler` its clock is used. */
export function activeTime(scheduler: SchedulerLike | undefined): ActiveTime {
  const timer = scheduler ?? asyncScheduler;
  const clock = scheduler === undefined ? (): number => performance.now() : (): number => scheduler.now();
  let holders = 0;
  let heldAt = 0;
  let lost = 0;
  let isPaused = false;
  const hold = (): void => {
    if (holders === 0) heldAt = clock();
    holders += 1;
  };
  const release = (): void => {
    holders -= 1;
    if (holders === 0) lost += clock() - heldAt;
  };
  return {
    now: () => (holders > 0 ? heldAt : clock()) - lost,
    hold,
    release,
    pause: (wanted) => {
      if (wanted === isPaused) return;
      isPaused = wanted;
      if (wanted) hold();
      else release();
    },
    excuse: (ms) => {
      lost += ms;
    },
    get isPaused() {
      return isPaused;
    },
    get isHeld() {
      return holders > 0;
    },
    schedule: (work, ms) => {
      const expected = clock() + ms;
      return timer.schedule(() => work(clock() - expected), ms);
    },
  };
}
