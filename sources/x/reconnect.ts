import type { BackoffSchedule } from '../../lib/backoff.js';
import type { RetryConfig, StreamConfig } from '../../lib/config.js';
import { type RetryBudget, retryBudget } from '../../lib/retry-budget.js';
import type { XStreamName } from './endpoints.js';

const network: BackoffSchedule = { initialBackoff: 250, backoffStep: 250, maxBackoff: 16_000 };
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
  server_error: { initialBackoff: 5_000, backoffMultiplier: 2, maxBackoff: 320_000 },
  rate_limited: rateLimit,
  too_many_connections: { initialBackoff: 5_000, backoffMultiplier: 2, maxBackoff: 320_000 },
};

/** X counts connections in windows of this length. */
const window = 900_000;

/** How many connections X allows an app in 15 minutes. One more locks the app out, so they are counted here first. */
export function xConnectBudget(name: XStreamName): RetryBudget {
  return retryBudget({ max: connectsOf(name), per: window });
}

function connectsOf(name: XStreamName): number {
  if (name === 'sample10') return 100;
  return name === 'activity' ? 450 : 50;
}

/**
 * The retry config of a stream: X's schedules, under whatever the caller sets. A backoff of the caller's own replaces them all but
 * the one for 429: knocking sooner there lengthens the lock.
 */
export function xRetryConfig(config: StreamConfig, endless: boolean): RetryConfig {
  const { timeout: _timeout, chunkSize: _size, ...retry } = config;
  const own = [retry.initialBackoff, retry.maxBackoff, retry.backoffMultiplier, retry.backoffStep];
  const ownBackoff = own.some((value) => value !== undefined);
  return {
    immediateFirst: true,
    ...retry,
    onComplete: retry.onComplete ?? (endless ? 'reconnect' : 'complete'),
    schedules: {
      ...(ownBackoff ? { rate_limited: rateLimit } : xSchedules),
      ...retry.schedules,
    },
  };
}
