import { describe, expect, it } from '@jest/globals';
import type { RetryConfig } from '../../../lib/config.js';
import { StreamError, type StreamErrorType } from '../../../lib/errors.js';
import { retryBudget } from '../../../lib/retry-budget.js';
import { retrySchedule } from '../../../lib/retry-schedule.js';
import { bothBudgets, withLeastWait, xConnectBudget, xRetryConfig } from '../../../sources/x/reconnect.js';

function failure(errorType: StreamErrorType, code = 'some_code', retryAfter?: number): StreamError {
  return new StreamError('test', { errorType, code, retryAfter });
}

/** The waits after so many failures of one kind. */
function waits(error: StreamError, count: number, config: RetryConfig = {}): number[] {
  const schedule = retrySchedule({ ...xRetryConfig({ maxRetries: -1, jitter: 'none' }, true), ...config });
  return Array.from({ length: count }, () => {
    const verdict = schedule.after(error);
    return verdict.verdict === 'retry' ? verdict.delay : -1;
  });
}

describe('the schedules of X', () => {
  it.each(['connection_error', 'timeout', 'stream_interrupted'] as const)(
    'for %s grow by 250 ms up to 16 s',
    (type) => {
      const seen = waits(failure(type), 70);
      expect(seen.slice(0, 3)).toEqual([250, 500, 750]);
      expect(seen.slice(62, 66)).toEqual([15_750, 16_000, 16_000, 16_000]);
    },
  );

  it('for HTTP errors double from 5 s up to 320 s', () => {
    expect(waits(failure('server_error'), 8)).toEqual([
      5_000, 10_000, 20_000, 40_000, 80_000, 160_000, 320_000, 320_000,
    ]);
  });

  it('for rate limits double from a minute, and never end before the server says', () => {
    expect(waits(failure('rate_limited'), 6)).toEqual([60_000, 120_000, 240_000, 480_000, 960_000, 960_000]);
    expect(waits(failure('rate_limited', 'rate_limited', 600_000), 2)).toEqual([600_000, 600_000]);
    expect(waits(failure('rate_limited', 'rate_limited', 10), 1)).toEqual([60_000]);
  });

  it('for too many connections begin at 5 s', () => {
    expect(waits(failure('rate_limited', 'too_many_connections'), 3)).toEqual([5_000, 10_000, 20_000]);
  });

  it('give up at once on what no wait can mend', () => {
    expect(waits(failure('client_error', 'invalid_rules'), 1)).toEqual([-1]);
  });
});

describe('xRetryConfig', () => {
  it('reconnects a stream without end, and lets a finite one complete', () => {
    expect([xRetryConfig({}, true).onComplete, xRetryConfig({}, false).onComplete]).toEqual(['reconnect', 'complete']);
    expect(xRetryConfig({ onComplete: 'complete' }, true).onComplete).toBe('complete');
  });

  it('puts a backoff of the caller in place of all but those for 429', () => {
    const own = { ...xRetryConfig({ initialBackoff: 7, maxBackoff: 7 }, true), jitter: 'none' } as const;
    expect(waits(failure('stream_interrupted'), 2, own)).toEqual([7, 7]);
    expect(waits(failure('server_error'), 1, own)).toEqual([7]);
    expect(waits(failure('rate_limited'), 1, own)).toEqual([60_000]);
    expect(waits(failure('rate_limited', 'too_many_connections'), 1, own)).toEqual([5_000]);
  });

  it('puts a schedule of the caller in place of that one', () => {
    const schedules = { rate_limited: { initialBackoff: 3, maxBackoff: 3 } };
    const config = { ...xRetryConfig({ schedules }, true), jitter: 'none' } as const;
    expect(waits(failure('rate_limited'), 1, config)).toEqual([3]);
    expect(waits(failure('server_error'), 1, config)).toEqual([5_000]);
  });
});

describe('the immediate reconnect', () => {
  const first = (error: StreamError): number => {
    const schedule = retrySchedule({ ...xRetryConfig({ jitter: 'none' }, true) });
    schedule.proved();
    const verdict = schedule.after(withLeastWait(error));
    return verdict.verdict === 'retry' ? verdict.delay : -1;
  };

  it('is for a connection that dropped', () => {
    expect(first(failure('stream_interrupted', 'stream_ended'))).toBe(0);
    expect(first(failure('stream_interrupted', 'slow_reader'))).toBe(0);
  });

  it('is not for one that X has sent away on purpose', () => {
    expect(first(failure('server_error', 'force_disconnect'))).toBe(5_000);
    expect(first(failure('rate_limited', 'rate_limited'))).toBe(60_000);
    expect(first(failure('rate_limited', 'too_many_connections'))).toBe(5_000);
    expect(first(failure('server_error', 'client_state_degraded', 9_000))).toBe(9_000);
  });
});

describe('xConnectBudget', () => {
  it.each([
    ['filtered', 50],
    ['sample10', 100],
    ['activity', 450],
  ] as const)('lets %s connect %d times in 15 minutes', (name, count) => {
    const budget = xConnectBudget(name);
    const delays = Array.from({ length: count + 1 }, () => budget.take().delay);
    expect(delays.slice(0, count).every((delay) => delay === 0)).toBe(true);
    expect(delays[count]).toBeGreaterThan(899_000);
  });
});

describe('bothBudgets', () => {
  const budgetOf = (max: number, per: number) =>
    retryBudget({ max, per, scheduler: { now: () => 0, schedule: never } });
  const never = (): never => {
    throw new Error('a budget needs no timer');
  };

  it('keeps both limits at once', () => {
    const budget = bothBudgets(budgetOf(3, 1_000), budgetOf(2, 700));
    expect(Array.from({ length: 5 }, () => budget.take().delay)).toEqual([0, 0, 700, 1_000, 1_400]);
  });

  it('gives back the place in both', () => {
    const [one, other] = [budgetOf(1, 1_000), budgetOf(1, 1_000)];
    bothBudgets(one, other).take(5).release();
    expect([one.take().delay, other.take().delay]).toEqual([0, 0]);
  });

  it('is the one where there is no other', () => {
    const one = budgetOf(1, 1);
    expect(bothBudgets(one, undefined)).toBe(one);
  });
});
