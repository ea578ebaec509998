import { describe, expect, it } from '@jest/globals';
import { VirtualTimeScheduler } from 'rxjs';
import { maxDuration } from '../../lib/check-options.js';
import type { RetryConfig } from '../../lib/config.js';
import { StreamError, type StreamErrorDetails } from '../../lib/errors.js';
import { type RetrySchedule, retrySchedule } from '../../lib/retry-schedule.js';

const failure = (details: Partial<StreamErrorDetails<string>> = {}): StreamError =>
  new StreamError('broken', { errorType: 'connection_error', code: 'connection_reset', ...details });
const limited = failure({ errorType: 'rate_limited', code: 'rate_limited' });
const capped = failure({ errorType: 'rate_limited', code: 'usage_capped' });

function scheduleOf(config: RetryConfig = {}): RetrySchedule & { readonly clock: VirtualTimeScheduler } {
  const clock = new VirtualTimeScheduler();
  return { ...retrySchedule({ jitter: 'none', scheduler: clock, ...config }), clock };
}

/** The wait, or the error given up with. */
function outcome(schedule: RetrySchedule, error: StreamError = failure()): number | StreamError {
  const verdict = schedule.after(error);
  return verdict.verdict === 'retry' ? verdict.delay : verdict.error;
}

describe('retrySchedule', () => {
  it('counts failures in a row and starts anew when a connection has proved itself', () => {
    const schedule = scheduleOf();
    expect([outcome(schedule), outcome(schedule), outcome(schedule)]).toEqual([1_000, 2_000, 4_000]);
    schedule.proved();
    expect(schedule.after(failure())).toMatchObject({ attempt: 1, delay: 1_000 });
  });

  it('gives up with all that is known of the last failure', () => {
    const schedule = scheduleOf({ maxRetries: 1 });
    const last = failure({
      errorType: 'server_error',
      code: 'overloaded',
      statusCode: 529,
      responseBody: '{}',
      retryAfter: 5,
      requestId: 'r',
      phase: 'request',
    });
    schedule.after(failure());
    schedule.clock.frame = 700;
    const verdict = outcome(schedule, last);
    expect(verdict).toMatchObject({
      code: 'retries_exhausted',
      errorType: 'server_error',
      isRetryable: true,
      statusCode: 529,
      responseBody: '{}',
      retryAfter: 5,
      requestId: 'r',
      phase: 'request',
      attempts: 2,
      elapsed: 700,
      cause: last,
      message: 'gave up after 2 connections in 700 ms; the last one: broken',
    });
  });

  it('passes what is not retryable, and everything where no retry is wanted', () => {
    const fatal = failure({ errorType: 'client_error' });
    expect(outcome(scheduleOf(), fatal)).toBe(fatal);
    const plain = failure();
    expect(outcome(scheduleOf({ maxRetries: 0 }), plain)).toBe(plain);
  });

  it('asks whether to retry what is retryable, and nothing else', () => {
    const asked: StreamError[] = [];
    const schedule = scheduleOf({ shouldRetry: (error) => asked.push(error) > 0 && error !== limited });
    const fatal = failure({ errorType: 'fatal_error', code: 'tls' });
    expect([outcome(schedule), outcome(schedule, limited), outcome(schedule, fatal)]).toEqual([1_000, limited, fatal]);
    expect(asked.map(({ code }) => code)).toEqual(['connection_reset', 'rate_limited']);
  });

  it('ends with what the question throws', () => {
    const thrown = failure({ errorType: 'client_error', code: 'bad_request' });
    const shouldRetry = (): boolean => {
      throw thrown;
    };
    expect(outcome(scheduleOf({ shouldRetry }))).toBe(thrown);
  });

  it('goes by code before type, and each schedule counts its own failures', () => {
    const schedules = { rate_limited: { initialBackoff: 60_000 }, usage_capped: { initialBackoff: 5, maxBackoff: 10 } };
    const schedule = scheduleOf({ schedules });
    const waits = [failure(), limited, capped, failure(), limited, capped, capped].map((error) =>
      outcome(schedule, error),
    );
    expect(waits).toEqual([1_000, 60_000, 5, 2_000, 64_000, 10, 10]);
  });

  it('keeps the memory of decorrelated jitter apart as well', () => {
    const schedules = { rate_limited: { initialBackoff: 10_000 } };
    const schedule = scheduleOf({ jitter: 'decorrelated', random: () => 0.999_999, schedules });
    expect(outcome(schedule, limited)).toBe(30_000);
    expect(outcome(schedule)).toBe(3_000);
    expect(outcome(schedule)).toBe(9_000);
  });

  it('does not take a name of Object.prototype for a schedule', () => {
    const schedule = scheduleOf({ schedules: {} });
    expect([outcome(schedule), outcome(schedule, failure({ code: 'constructor' }))]).toEqual([1_000, 2_000]);
  });

  it('takes the wish of the server for the least wait, up to the cap', () => {
    expect(outcome(scheduleOf(), failure({ retryAfter: 30_000 }))).toBe(30_000);
    expect(outcome(scheduleOf(), failure({ retryAfter: 10 }))).toBe(1_000);
    expect(outcome(scheduleOf(), failure({ retryAfter: 1e12 }))).toBe(3_600_000);
    expect(outcome(scheduleOf({ maxRetryAfter: 2_000 }), failure({ retryAfter: 1e12 }))).toBe(2_000);
    expect(outcome(scheduleOf({ maxRetryAfter: 0 }), failure({ retryAfter: 1e12 }))).toBe(1_000);
  });

  it.each([Number.NaN, -5, Infinity])('turns a senseless wish of %d into no hot loop', (retryAfter) => {
    const wait = outcome(scheduleOf(), failure({ retryAfter }));
    expect(wait).toBe(retryAfter === Infinity ? 3_600_000 : 1_000);
  });

  it('reconnects at once after a proved connection, once, and not before the server wishes', () => {
    const schedule = scheduleOf({ immediateFirst: true });
    expect(outcome(schedule)).toBe(1_000);
    schedule.proved();
    expect([outcome(schedule), outcome(schedule)]).toEqual([0, 1_000]);
    schedule.proved();
    expect(outcome(schedule, failure({ retryAfter: 5_000 }))).toBe(5_000);
  });

  it('gives up when the next try would come too late', () => {
    const schedule = scheduleOf({ maxElapsed: 3_000 });
    expect(outcome(schedule)).toBe(1_000);
    schedule.clock.frame = 1_000;
    expect(outcome(schedule)).toBe(2_000);
    schedule.clock.frame = 3_000;
    expect(outcome(schedule)).toMatchObject({ code: 'retries_exhausted', attempts: 3, elapsed: 3_000 });
  });

  it('counts the wait for the budget into that limit, and gives the place back', () => {
    const released: string[] = [];
    const retryBudget = { take: () => ({ delay: 5_000, release: () => void released.push('released') }) };
    expect(outcome(scheduleOf({ retryBudget, maxElapsed: 4_999 }))).toMatchObject({ code: 'retries_exhausted' });
    expect(released).toEqual(['released']);
    expect(outcome(scheduleOf({ retryBudget, maxElapsed: 5_000 }))).toBe(5_000);
  });

  it('gives a place back once, and not after it was used', () => {
    let released = 0;
    const retryBudget = { take: () => ({ delay: 0, release: () => void (released += 1) }) };
    const schedule = scheduleOf({ retryBudget });
    schedule.after(failure());
    schedule.release();
    schedule.release();
    expect(released).toBe(1);
    schedule.after(failure());
    schedule.used();
    schedule.release();
    expect(released).toBe(1);
  });

  it('never waits longer than a timer can hold', () => {
    const retryBudget = { take: () => ({ delay: 2 ** 40, release: () => undefined }) };
    expect(outcome(scheduleOf({ retryBudget }))).toBe(maxDuration);
  });

  it('says once that the waits have reached their maximum, and again after a reset', () => {
    const schedule = scheduleOf({ maxBackoff: 2_000 });
    const says = (): boolean => {
      const verdict = schedule.after(failure());
      return verdict.verdict === 'retry' && verdict.atMaximum;
    };
    expect([says(), says(), says(), says()]).toEqual([false, true, false, false]);
    schedule.proved();
    expect([says(), says()]).toEqual([false, true]);
  });
});
