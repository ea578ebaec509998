import { backoffDelay, type BackoffSchedule, jitteredDelay, withSchedule } from './backoff.js';
import { maxDuration } from './check-options.js';
import { classifyError } from './classify.js';
import type { RetryConfig } from './config.js';
import { StreamError } from './errors.js';
import type { BudgetPlace } from './retry-budget.js';

/** What to do after a failure. */
export type RetryVerdict =
  | { readonly verdict: 'give-up'; readonly error: StreamError }
  | {
      readonly verdict: 'retry';
      /** Failures in a row, from 1. */
      readonly attempt: number;
      /** Milliseconds. */
      readonly delay: number;
      /** The schedule has reached its longest wait with this failure. */
      readonly atMaximum: boolean;
    };

/** The memory of one retried stream: how often it failed in a row, and since when. */
export interface RetrySchedule {
  after(error: StreamError): RetryVerdict;
  /** The connection has proved itself: failures in a row start from 0. */
  proved(): void;
  /** Gives back the place in the budget that is not used yet. */
  release(): void;
  /** The wait is over and the connection is being made. */
  used(): void;
}

const defaultMaxRetryAfter = 3_600_000;

/**
 * Every schedule counts its own failures, so that a rate limit after ten refused connections starts at its own first wait; `maxRetries`
 * counts them all.
 */
export function retrySchedule(config: RetryConfig): RetrySchedule {
  const { maxRetries = 10, maxElapsed = Infinity, retryBudget, scheduler } = config;
  const now = scheduler === undefined ? () => performance.now() : () => scheduler.now();
  const counts = new Map<string, { readonly failures: number; readonly wait: number }>();
  let attempt = 0;
  let since: number | undefined;
  let provedOnce = false;
  let place: BudgetPlace | undefined;

  const release = (): void => {
    place?.release();
    place = undefined;
  };
  const nextWait = (error: StreamError): { wait: number; atMaximum: boolean } => {
    if (provedOnce && config.immediateFirst === true) {
      provedOnce = false;
      return { wait: 0, atMaximum: false };
    }
    const { key, schedule } = scheduleFor(error, config);
    const last = counts.get(key);
    const n = last?.failures ?? 0;
    const wait = jitteredDelay(n, schedule, { random: config.random, previous: last?.wait });
    counts.set(key, { failures: n + 1, wait });
    return { wait, atMaximum: reachesMaximum(n, schedule) };
  };
  const after = (error: StreamError): RetryVerdict => {
    const present = now();
    since ??= present;
    attempt += 1;
    const refusal = maxRetries === 0 ? error : refusalOf(error, config);
    if (refusal !== undefined) return { verdict: 'give-up', error: refusal };
    const exhausted = maxRetries >= 0 && attempt > maxRetries;
    const { wait, atMaximum } = exhausted ? { wait: 0, atMaximum: false } : nextWait(error);
    const least = Math.max(wait, askedFor(error, config));
    place = exhausted ? undefined : retryBudget?.take(least);
    const delay = Math.min(Math.max(least, place?.delay ?? 0), maxDuration);
    if (exhausted || present - since + delay > maxElapsed) {
      release();
      return { verdict: 'give-up', error: exhaustedError(error, attempt, Math.round(present - since)) };
    }
    return { verdict: 'retry', attempt, delay, atMaximum };
  };
  return {
    after,
    proved: () => {
      counts.clear();
      attempt = 0;
      since = undefined;
      provedOnce = true;
    },
    release,
    used: () => {
      place = undefined;
    },
  };
}

/** Why there must be no other try; `undefined` where there may be one. */
function refusalOf(error: StreamError, { shouldRetry }: RetryConfig): StreamError | undefined {
  if (!error.isRetryable) return error;
  try {
    return shouldRetry?.(error) === false ? error : undefined;
  } catch (thrown) {
    return classifyError(thrown);
  }
}

function scheduleFor(error: StreamError, config: RetryConfig): { key: string; schedule: BackoffSchedule } {
  const schedules = config.schedules ?? {};
  const key = Object.hasOwn(schedules, error.code) ? error.code : error.errorType;
  const special = schedules[key];
  if (special === undefined) return { key: '', schedule: config };
  return { key, schedule: withSchedule(config, special) };
}

/** The server's wish, if it is one: a source of the user's may have put anything there, and a wait of NaN is none. */
function askedFor({ retryAfter = 0 }: StreamError, { maxRetryAfter = defaultMaxRetryAfter }: RetryConfig): number {
  return retryAfter > 0 ? Math.min(retryAfter, maxRetryAfter) : 0;
}

/** True once: for the failure whose wait is the first that cannot grow any more. */
function reachesMaximum(n: number, schedule: BackoffSchedule): boolean {
  const { maxBackoff = 64_000 } = schedule;
  return backoffDelay(n, schedule) >= maxBackoff && (n === 0 || backoffDelay(n - 1, schedule) < maxBackoff);
}

function exhaustedError(last: StreamError, attempts: number, elapsed: number): StreamError {
  const { errorType, statusCode, responseBody, retryAfter, phase, requestId } = last;
  const times = attempts === 1 ? '1 connection' : `${attempts} connections`;
  return new StreamError(`gave up after ${times} in ${elapsed} ms; the last one: ${last.message}`, {
    ...{ errorType, statusCode, responseBody, retryAfter, phase, requestId },
    code: 'retries_exhausted',
    attempts,
    elapsed,
    cause: last,
  });
}
