import type { SchedulerLike } from 'rxjs';
import { type BackoffSchedule, withSchedule } from './backoff.js';
import {
  atLeast,
  callback,
  checkOptions,
  duration,
  instance,
  integer,
  flag,
  oneOf,
  type OptionRules,
} from './check-options.js';
import type { CircuitBreaker } from './circuit-breaker.js';
import type { StreamError } from './errors.js';
import type { LifecycleCallbacks } from './lifecycle.js';
import type { RetryBudget } from './retry-budget.js';
import type { StreamMonitor } from './state.js';

/** When and how often a stream is connected again. The wait itself grows as {@link BackoffSchedule} says. */
export interface RetryConfig extends BackoffSchedule, LifecycleCallbacks {
  /** Failures in a row before giving up; -1 for no end, 0 for no retry. @default 10 */
  maxRetries?: number | undefined;
  /**
   * Asked about every failure that is worth another try; `false` passes the error at once, as it is. It cannot make others retryable. What it
   * throws ends the stream. @default every retryable failure
   */
  shouldRetry?: ((error: StreamError) => boolean) | undefined;
  /** Other waits for an `errorType` or a `code`; a code goes before its type, what is left out comes from this config. @default {} */
  schedules?: Readonly<Record<string, BackoffSchedule>> | undefined;
  /** Reconnect at once, without a wait, when a connection drops that had proved itself. @default false */
  immediateFirst?: boolean | undefined;
  /** A server's `Retry-After` is the least wait, but no longer than this, in milliseconds. @default 3_600_000 */
  maxRetryAfter?: number | undefined;
  /**
   * A connection has proved itself when it is still open this many milliseconds after its first value; only then do failures in
   * a row start from 0 again. Headers alone prove nothing: a server may accept and drop for ever. @default 5_000
   */
  resetAfter?: number | undefined;
  /** Give up when the next try would come later than this many milliseconds after the first failure in a row. @default no limit */
  maxElapsed?: number | undefined;
  /** What a clean end means: over for good, or, for an endless stream, a drop that is waited for and counted like one. @default 'complete' */
  onComplete?: 'complete' | 'reconnect' | undefined;
  /** Shared by streams of one server: how many connections they may make together. */
  retryBudget?: RetryBudget | undefined;
  /** Shared by streams of one server: nobody connects while it is open. */
  circuitBreaker?: CircuitBreaker | undefined;
  /** Shows what the stream is doing. Where the source reports as well, give both the same `childMonitor`. */
  monitor?: StreamMonitor | undefined;
  /** From 0 up to 1, for jitter. @default Math.random */
  random?: (() => number) | undefined;
  /** Timers and clock, for tests. @default asyncScheduler */
  scheduler?: SchedulerLike | undefined;
}

/** What every source takes to run for months. */
export interface StreamConfig extends RetryConfig {
  /** How long headers may take, and how long the body may be silent, in milliseconds. @default what the source's server promises */
  timeout?: number | undefined;
  /** Largest piece of a body handed down, in bytes. @default unlimited */
  chunkSize?: number | undefined;
}

export const scheduleRules: OptionRules<BackoffSchedule> = {
  initialBackoff: duration(),
  maxBackoff: duration(),
  backoffMultiplier: atLeast(1),
  backoffStep: duration(),
  jitter: oneOf(true, false, 'full', 'equal', 'decorrelated', 'none'),
};

const retryRules: OptionRules<RetryConfig> = {
  ...scheduleRules,
  maxRetries: integer(-1, Number.MAX_SAFE_INTEGER, ' (-1 for no end)'),
  shouldRetry: callback,
  schedules: instance,
  immediateFirst: flag,
  maxRetryAfter: duration(),
  resetAfter: duration(),
  maxElapsed: duration(),
  onComplete: oneOf('complete', 'reconnect'),
  retryBudget: instance,
  circuitBreaker: instance,
  monitor: instance,
  random: callback,
  scheduler: instance,
  onConnect: callback,
  onDisconnect: callback,
  onReconnect: callback,
  onError: callback,
  onWarning: callback,
};

export const streamRules: OptionRules<StreamConfig> = {
  ...retryRules,
  timeout: duration(1),
  chunkSize: integer(1),
};

/** Refuses a config that cannot mean what it says. Errors: `TypeError` that names the option and the fix. */
export function checkRetryConfig(where: string, config: RetryConfig): void {
  checkOptions(where, retryRules, config);
  checkSchedules(where, config);
}

/** The same for a whole {@link StreamConfig}. */
export function checkStreamConfig(where: string, config: StreamConfig): void {
  checkOptions(where, streamRules, config);
  checkSchedules(where, config);
}

function checkSchedules(where: string, config: RetryConfig): void {
  checkOrder(where, config);
  for (const [key, schedule] of Object.entries(config.schedules ?? {})) {
    const name = `${where}: schedules.${key}`;
    checkOptions(name, scheduleRules, schedule);
    checkOrder(name, withSchedule(config, schedule));
  }
}

function checkOrder(where: string, { initialBackoff = 1_000, maxBackoff = 64_000 }: BackoffSchedule): void {
  if (maxBackoff < initialBackoff) {
    throw new TypeError(
      `${where}: option "maxBackoff" (${maxBackoff}) must not be less than "initialBackoff" (${initialBackoff}); raise the one or lower the other`,
    );
  }
}

/** The members of a config out of a larger options object, for sources that take both in one. */
export function pickStreamConfig(options: StreamConfig): StreamConfig {
  const { initialBackoff, maxBackoff, backoffMultiplier, backoffStep, jitter, schedules, ...others } = options;
  const { maxRetries, shouldRetry, maxElapsed, maxRetryAfter, resetAfter, immediateFirst, onComplete, ...more } =
    others;
  const { onConnect, onDisconnect, onReconnect, onError, onWarning, ...rest } = more;
  const { retryBudget, circuitBreaker, monitor, random, scheduler, timeout, chunkSize } = rest;
  return {
    ...{ initialBackoff, maxBackoff, backoffMultiplier, backoffStep, jitter, schedules },
    ...{ maxRetries, shouldRetry, maxElapsed, maxRetryAfter, resetAfter, immediateFirst, onComplete },
    ...{ onConnect, onDisconnect, onReconnect, onError, onWarning },
    ...{ retryBudget, circuitBreaker, monitor, random, scheduler, timeout, chunkSize },
  };
}
