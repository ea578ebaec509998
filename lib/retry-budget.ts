import type { SchedulerLike } from 'rxjs';
import { checkOptions, duration, instance, integer, requireOption } from './check-options.js';

/** How many connections, in how long a time. */
export interface RetryBudgetOptions {
  /** How many reconnections may be made in any window of `per` milliseconds. */
  max: number;
  /** Length of the window, in milliseconds. */
  per: number;
  /** Clock, for tests. @default performance.now */
  scheduler?: SchedulerLike | undefined;
}

/** A place in the budget. */
export interface BudgetPlace {
  /** Wait this many milliseconds, then connect. */
  readonly delay: number;
  /** Gives the place back: the connection will not be made. */
  release(): void;
}

/** Shared by many streams, so that together they do not storm a server that is down. */
export interface RetryBudget {
  /** A place not earlier than `earliest` milliseconds from now. Never refuses: it makes one wait. */
  take(earliest?: number): BudgetPlace;
}

/**
 * At most `max` reconnections in any window of `per` milliseconds: what a server counts, counted on our side first. First
 * connections are not counted. A place that is far off (a long `Retry-After`) keeps nobody from an earlier one. Pass it as `retryBudget` to `retryBackoff`, one object to all streams that share the limit.
 */
export function retryBudget(options: RetryBudgetOptions): RetryBudget {
  checkOptions('retryBudget', { max: integer(1, 1_000_000), per: duration(1), scheduler: instance }, options);
  const { max, per, scheduler } = options;
  requireOption('retryBudget', 'max', max);
  requireOption('retryBudget', 'per', per);
  const now = scheduler === undefined ? () => performance.now() : () => scheduler.now();
  const taken: number[] = [];
  return {
    take: (earliest = 0) => {
      const present = now();
      taken.splice(0, countUntil(taken, present - per));
      const delay = freeDelay(taken, { present, earliest, max, per });
      const at = present + delay;
      taken.splice(countUntil(taken, at), 0, at);
      let held = true;
      const release = (): void => {
        const index = held ? taken.indexOf(at) : -1;
        if (index >= 0) taken.splice(index, 1);
        held = false;
      };
      return { delay, release };
    },
  };
}

/** How many of the points, which are in order, lie at `time` or before it. */
function countUntil(taken: readonly number[], time: number): number {
  const index = taken.findIndex((at) => at > time);
  return index < 0 ? taken.length : index;
}

interface Wanted extends RetryBudgetOptions {
  readonly present: number;
  readonly earliest: number;
}

/** The first whole delay at which no window holds more than `max`: each full group of `max` points is passed by in turn. */
function freeDelay(taken: readonly number[], { present, earliest, max, per }: Wanted): number {
  let delay = Math.ceil(earliest);
  for (const [index, first] of taken.entries()) {
    const last = taken[index + max - 1];
    if (last === undefined) break;
    const at = present + delay;
    if (Math.max(at, last) - Math.min(at, first) < per) delay = Math.ceil(first + per - present);
  }
  return delay;
}
