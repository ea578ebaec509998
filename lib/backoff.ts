import { maxDuration } from './check-options.js';

/**
 * How chance spreads a wait, so that clients that fell together do not come back together.
 * `true`: 0 to 25 % longer. `full`: anything up to the wait. `equal`: half, and anything up to the other half.
 * `decorrelated`: from the first wait to three times the one before. `none` or `false`: exact.
 */
export type Jitter = boolean | 'full' | 'equal' | 'decorrelated' | 'none';

/** How waits grow from failure to failure, in milliseconds. */
export interface BackoffSchedule {
  /** The first wait. @default 1_000 */
  initialBackoff?: number | undefined;
  /** No wait is longer than this, before jitter. @default 64_000 */
  maxBackoff?: number | undefined;
  /** Each wait is this many times the one before. @default 2 */
  backoffMultiplier?: number | undefined;
  /** Grow by this much each time instead of multiplying. @default undefined */
  backoffStep?: number | undefined;
  /** @default true */
  jitter?: Jitter | undefined;
}

/** `true` adds up to a quarter. */
const plainJitter = 0.25;

/**
 * The wait before retry `n` (from 0), without chance: `min(initialBackoff * backoffMultiplier ** n, maxBackoff)`, or
 * `min(initialBackoff + backoffStep * n, maxBackoff)`.
 */
export function backoffDelay(n: number, schedule: BackoffSchedule = {}): number {
  const { initialBackoff = 1_000, maxBackoff = 64_000, backoffMultiplier = 2, backoffStep } = schedule;
  const grown = backoffStep === undefined ? initialBackoff * backoffMultiplier ** n : initialBackoff + backoffStep * n;
  // 0 * Infinity after a few hundred failures is NaN, which timers take for "at once".
  return Number.isNaN(grown) ? initialBackoff : Math.min(grown, maxBackoff);
}

/** A schedule for some failures: what it leaves out comes from the schedule of all. */
export function withSchedule(all: BackoffSchedule, special: BackoffSchedule): BackoffSchedule {
  // One that multiplies must not inherit a step, which would go before it.
  const inheritedStep = special.backoffMultiplier === undefined ? all.backoffStep : undefined;
  return {
    initialBackoff: special.initialBackoff ?? all.initialBackoff,
    maxBackoff: special.maxBackoff ?? all.maxBackoff,
    backoffMultiplier: special.backoffMultiplier ?? all.backoffMultiplier,
    backoffStep: special.backoffStep ?? inheritedStep,
    jitter: special.jitter ?? all.jitter,
  };
}

/** The wait with chance in it, in whole milliseconds that a timer can hold. `previous` is the last wait that was returned, for `decorrelated`. */
export function jitteredDelay(
  n: number,
  schedule: BackoffSchedule,
  { random = Math.random, previous }: { random?: (() => number) | undefined; previous?: number | undefined } = {},
): number {
  const chance = { random, previous };
  return Math.min(Math.round(spread(backoffDelay(n, schedule), schedule, chance)), maxDuration);
}

interface Chance {
  readonly random: () => number;
  readonly previous: number | undefined;
}

function spread(delay: number, schedule: BackoffSchedule, { random, previous }: Chance): number {
  const { jitter = true, initialBackoff = 1_000, maxBackoff = 64_000 } = schedule;
  switch (jitter) {
    case true:
      return delay * (1 + plainJitter * random());
    case 'full':
      return delay * random();
    case 'equal':
      return delay / 2 + (delay / 2) * random();
    case 'decorrelated': {
      const upper = Math.max(initialBackoff, (previous ?? initialBackoff) * 3);
      return Math.min(maxBackoff, initialBackoff + (upper - initialBackoff) * random());
    }
    case false:
    case 'none':
      return delay;
  }
}
