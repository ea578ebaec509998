import type { SchedulerLike } from 'rxjs';
import type { BackoffSchedule } from '../../lib/backoff.js';
import type { RetryConfig, StreamConfig } from '../../lib/config.js';
import { type StreamError, withRetryAfter } from '../../lib/errors.js';
import { type BudgetPlace, type RetryBudget, retryBudget } from '../../lib/retry-budget.js';
import type { XStreamName } from './endpoints.js';

const network: BackoffSchedule = { initialBackoff: 250, backoffStep: 250, maxBackoff: 16_000 };
const http: BackoffSchedule = { initialBackoff: 5_000, backoffMultiplier: 2, maxBackoff: 320_000 };
/** X states no longest wait; its windows last 15 minutes. */
const rateLimit: BackoffSchedule = { initialBackoff: 60_000, backoffMultiplier: 2, maxBackoff: 960_000 };

/**
 * How X wants to be connected to again (docs.x.com, consuming streaming data, "reconnection best practices"): 250 ms more
 * each time for the network, up to 16 s; doubling from 5 s to 320 s for HTTP errors; doubling from a minute for 429.
 *
 * A 429 that says TooManyConnections is no rate limit: X has not noticed yet that the old socket died, which takes it
 * seconds.
 */
export const xSchedules: Readonly<Record<string, BackoffSchedule>> = {
  connection_error: network,
  timeout: network,
  stream_interrupted: network,
  server_error: http,
  rate_limited: rateLimit,
  too_many_connections: http,
};

/** X counts connections in windows of this length. */
const window = 900_000;

/** How many connections X allows an app in 15 minutes. One more locks the app out, so they are counted here first. */
export function xConnectBudget(name: XStreamName, scheduler?: SchedulerLike): RetryBudget {
  return retryBudget({ max: connectsOf(name), per: window, scheduler });
}

function connectsOf(name: XStreamName): number {
  if (name === 'sample10') return 100;
  return name === 'activity' ? 450 : 50;
}

/** Both limits at once: X's count of connects, and whatever the caller shares between streams. */
export function bothBudgets(one: RetryBudget, other: RetryBudget | undefined): RetryBudget {
  if (other === undefined) return one;
  const take = (earliest = 0): BudgetPlace => {
    const first = one.take(earliest);
    const second = other.take(first.delay);
    const release = (): void => {
      first.release();
      second.release();
    };
    if (second.delay <= first.delay) return { delay: first.delay, release };
    release();
    return take(second.delay);
  };
  return { take };
}

/**
 * The error of a notice with the first wait of its schedule as the least one. The immediate reconnect is for connections that
 * dropped; whom X sends away on purpose (`ForceDisconnect`, a throttle) must not be back at once.
 */
export function withLeastWait(error: StreamError): StreamError {
  if (error.errorType === 'stream_interrupted') return error;
  return withRetryAfter(error, (xSchedules[error.code] ?? xSchedules[error.errorType])?.initialBackoff);
}

/**
 * The retry config of a stream: X's schedules, under whatever the caller sets. A backoff of the caller's own replaces them all but
 * those for 429: knocking sooner there lengthens the lock.
 */
export function xRetryConfig(config: StreamConfig, endless: boolean): RetryConfig {
  const { timeout: _timeout, chunkSize: _size, ...retry } = config;
  const own = [retry.initialBackoff, retry.maxBackoff, retry.backoffMultiplier, retry.backoffStep];
  const ownBackoff = own.some((value) => value !== undefined);
  return {
    ...retry,
    immediateFirst: retry.immediateFirst ?? true,
    onComplete: retry.onComplete ?? (endless ? 'reconnect' : 'complete'),
    schedules: {
      ...(ownBackoff ? { rate_limited: rateLimit, too_many_connections: http } : xSchedules),
      ...retry.schedules,
    },
  };
}
