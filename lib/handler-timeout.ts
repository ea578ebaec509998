import { asyncScheduler, type SchedulerLike, type Subscription } from 'rxjs';

/** Something that began at a time. */
export interface Dated {
  /** By the clock of the timeout; Infinity when it has not begun. */
  startedAt: number;
}

export interface HandlerTimeoutOptions<J extends Dated> {
  /** In milliseconds. */
  readonly limit: number;
  /** The one that began first and still runs. */
  readonly oldest: () => J | undefined;
  /** Must end it, so that `oldest` gives another one. */
  readonly expire: (job: J) => void;
  readonly scheduler: SchedulerLike | undefined;
}

export interface HandlerTimeout<J extends Dated> {
  /** From now on its time runs. */
  watch(job: J): void;
  stop(): void;
}

/**
 * One timer for all that run, because they all have the same limit: the oldest is the first to pass it. A timer for each would cost more
 * than many a handler. It is moved on when it fires and not before, so that it may fire once for nothing after the last one has ended.
 */
export function handlerTimeout<J extends Dated>(options: HandlerTimeoutOptions<J>): HandlerTimeout<J> {
  const { limit, oldest, expire, scheduler } = options;
  const timers = scheduler ?? asyncScheduler;
  const now = scheduler === undefined ? () => performance.now() : () => scheduler.now();
  let due: Subscription | undefined;
  let stopped = false;

  const arm = (delay: number): void => {
    due = timers.schedule(check, delay);
  };
  /** `due` stays set meanwhile: what begins inside `expire` needs no timer of its own. */
  const check = (): void => {
    for (let job = oldest(); !stopped && job !== undefined && job.startedAt !== Infinity; job = oldest()) {
      const left = job.startedAt + limit - now();
      if (left > 0) return arm(left);
      expire(job);
    }
    due = undefined;
  };
  return {
    watch: (job) => {
      job.startedAt = now();
      if (due === undefined && !stopped) arm(limit);
    },
    stop: () => {
      stopped = true;
      due?.unsubscribe();
    },
  };
}
