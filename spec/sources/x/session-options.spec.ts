import { describe, expect, it } from '@jest/globals';
import { VirtualTimeScheduler } from 'rxjs';
import { retryBudget } from '../../../lib/retry-budget.js';
import { checkSession } from '../../../sources/x/session-options.js';

const untyped = (value: unknown) => JSON.parse(JSON.stringify(value));
const check = (options: object, name: 'filtered' | 'sample' | 'firehose' | 'postCompliance' = 'filtered') => {
  return (): unknown => checkSession(name, untyped({ bearerToken: 'a', ...options }));
};

describe('checkSession', () => {
  it('sorts the options into the query, the retry config and the rest', () => {
    const options = {
      bearerToken: 'a',
      tweetFields: ['lang'],
      maxRetries: 3,
      timeout: 5,
      recovery: 'backfill',
    } as const;
    const session = checkSession('filtered', options);
    expect(session.query).toEqual({ 'tweet.fields': 'lang' });
    expect(session.config).toMatchObject({ maxRetries: 3, timeout: 5 });
    expect([session.name, session.finite, session.options]).toEqual(['filtered', false, options]);
  });

  it.each([
    [{ startTime: '2026-01-01T00:00:00Z' }, true],
    [{ endTime: new Date() }, true],
    [{ backfillMinutes: 5 }, false],
    [{ startTime: undefined }, false],
  ])('knows from %j whether it is finite: %s', (options, finite) => {
    expect(checkSession('filtered', { bearerToken: 'a', ...options }).finite).toBe(finite);
    expect(checkSession('powerstream', { bearerToken: 'a', ...options }).finite).toBe(finite);
  });

  it('takes the budget of the caller, or makes that of the stream on the clock of the caller', () => {
    const connectBudget = retryBudget({ max: 1, per: 1 });
    expect(checkSession('sample', { bearerToken: 'a', connectBudget }).budget).toBe(connectBudget);
    const scheduler = new VirtualTimeScheduler();
    const { budget } = checkSession('sample', { bearerToken: 'a', scheduler });
    expect(Array.from({ length: 51 }, () => budget.take().delay).at(-1)).toBe(900_000);
    scheduler.frame = 900_000;
    expect(budget.take().delay).toBe(0);
  });

  it.each([
    [{ recovery: 'all' }, 'recovery'],
    [{ onTooManyConnections: 'fight' }, 'onTooManyConnections'],
    [{ dedupe: 1 }, 'dedupe'],
    [{ connectBudget: 50 }, 'connectBudget'],
    [{ maxRetries: -2 }, 'maxRetries'],
    [{ initialBackoff: 10, maxBackoff: 5 }, 'maxBackoff'],
    [{ schedules: { rate_limited: { initialBackoff: -1 } } }, 'schedules.rate_limited'],
    [{ timeout: 2 ** 31 }, 'timeout'],
    [{ maxLineLength: 0 }, 'maxLineLength'],
    [{ chunkSize: 1.5 }, 'chunkSize'],
    [{ malformed: 'drop' }, 'malformed'],
    [{ tweetFields: 'lang' }, 'tweetFields'],
    [{ partition: 1 }, 'partition'],
    [{ toString: 1 }, 'toString'],
    [{ nonsense: 1 }, 'nonsense'],
  ])('refuses %j', (options, word) => {
    expect(check(options)).toThrow(TypeError);
    expect(check(options)).toThrow(word);
    expect(check(options)).toThrow('X stream "filtered"');
  });

  it('refuses what the stream does not have', () => {
    expect(check({ recovery: 'replay' }, 'sample')).toThrow('use "backfill"');
    expect(check({ startTime: '2026-01-01T00:00:00Z' }, 'sample')).toThrow('startTime');
    expect(check({}, 'firehose')).toThrow('"partition" is required');
    expect(check({ partition: 1, userFields: ['name'] }, 'postCompliance')).toThrow('userFields');
  });
});
