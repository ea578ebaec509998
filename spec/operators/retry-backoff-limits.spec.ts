import { describe, expect, it } from '@jest/globals';
import { concat, EMPTY, ignoreElements, NEVER, type Observable, of, throwError, timer } from 'rxjs';
import { failure, marbles, run } from './retry-harness.js';

const fails = (details = {}): Observable<never> => throwError(() => failure(details));
const after = (milliseconds: number): Observable<never> => timer(milliseconds).pipe(ignoreElements());
const gaps = (times: readonly number[]): number[] => times.slice(1).map((time, index) => time - (times[index] ?? 0));

describe('retryBackoff and the server', () => {
  it('waits at least as long as the server asks, up to the cap', () => {
    marbles(({ flush }, scheduler) => {
      const wishes = [30_000, 10, 1e9];
      const connection = (n: number): Observable<never> => fails({ retryAfter: wishes[n] });
      const { connects } = run({ connection, config: { maxRetries: 3, maxRetryAfter: 60_000 }, scheduler });
      flush();
      expect(gaps(connects)).toEqual([30_000, 2_000, 60_000]);
    });
  });

  it('has schedules by code before type, counted apart', () => {
    marbles(({ flush }, scheduler) => {
      const limited = { errorType: 'rate_limited', code: 'rate_limited' };
      const crowded = { errorType: 'rate_limited', code: 'too_many_connections' };
      const plan = [{}, limited, crowded, {}, limited, crowded];
      const schedules = {
        rate_limited: { initialBackoff: 60_000, maxBackoff: 240_000 },
        too_many_connections: { initialBackoff: 5_000, backoffMultiplier: 3 },
      };
      const { connects } = run({ connection: (n) => fails(plan[n]), config: { maxRetries: 6, schedules }, scheduler });
      flush();
      expect(gaps(connects)).toEqual([1_000, 60_000, 5_000, 2_000, 120_000, 15_000]);
    });
  });
});

describe('retryBackoff and proof', () => {
  it('does not believe a server that says one thing and dies', () => {
    marbles(({ flush }, scheduler) => {
      const connection = (): Observable<string> => concat(of('hello'), after(4_999), fails());
      const { connects, values } = run({ connection, config: { maxRetries: 4 }, scheduler });
      flush();
      expect(gaps(connects).map((gap) => gap - 4_999)).toEqual([1_000, 2_000, 4_000, 8_000]);
      expect(values).toHaveLength(5);
    });
  });

  it('believes one that is still open resetAfter milliseconds after its first value', () => {
    marbles(({ flush }, scheduler) => {
      const connection = (n: number): Observable<string> =>
        n < 3 || n > 3 ? fails() : concat(after(100), of('hello'), after(2_001), fails());
      const { connects } = run({ connection, config: { maxRetries: 4, resetAfter: 2_000 }, scheduler });
      flush();
      expect(gaps(connects)).toEqual([1_000, 2_000, 4_000, 2_101 + 1_000, 2_000, 4_000, 8_000]);
    });
  });

  it('does not take silence for proof', () => {
    marbles(({ flush }, scheduler) => {
      const connection = (): Observable<never> => concat(after(60_000), fails());
      const { connects } = run({ connection, config: { maxRetries: 2 }, scheduler });
      flush();
      expect(gaps(connects)).toEqual([61_000, 62_000]);
    });
  });

  it('reconnects at once after a proved connection, once', () => {
    marbles(({ flush }, scheduler) => {
      const proved = (): Observable<string> => concat(of('hello'), after(10_000), fails());
      const connection = (n: number): Observable<string> => (n === 1 || n === 4 ? proved() : fails());
      const { connects } = run({ connection, config: { maxRetries: 3, immediateFirst: true }, scheduler });
      flush();
      expect(gaps(connects)).toEqual([1_000, 10_000, 1_000, 2_000, 10_000, 1_000, 2_000]);
    });
  });
});

describe('retryBackoff and the end', () => {
  it('gives up when the next try would come later than maxElapsed after the first failure', () => {
    marbles(({ flush }, scheduler) => {
      const { connects, errors } = run({ connection: () => fails(), config: { maxElapsed: 7_000 }, scheduler });
      flush();
      expect(connects).toEqual([0, 1_000, 3_000, 7_000]);
      expect(errors).toMatchObject([{ code: 'retries_exhausted', attempts: 4, elapsed: 7_000 }]);
    });
  });

  it('counts maxElapsed from the first failure in a row', () => {
    marbles(({ flush }, scheduler) => {
      const connection = (n: number): Observable<string> =>
        n === 2 ? concat(of('x'), after(50_000), fails()) : fails();
      const { connects, errors } = run({ connection, config: { maxElapsed: 3_000 }, scheduler });
      flush();
      expect(gaps(connects)).toEqual([1_000, 2_000, 51_000, 2_000]);
      expect(errors).toMatchObject([{ elapsed: 3_000 }]);
    });
  });

  it('takes a clean end for the end by default', () => {
    marbles((_helpers, scheduler) => {
      const { completed, connects } = run({ connection: () => EMPTY, config: {}, scheduler });
      expect([completed, connects]).toEqual([true, [0]]);
    });
  });

  it('takes a clean end for a drop that is waited for and counted, where the stream has no end', () => {
    marbles(({ flush }, scheduler) => {
      const config = { onComplete: 'reconnect', maxRetries: 3 } as const;
      const result = run({ connection: () => EMPTY, config, scheduler });
      flush();
      expect(gaps(result.connects)).toEqual([1_000, 2_000, 4_000]);
      const last = { errorType: 'stream_interrupted', code: 'stream_ended' };
      expect(result.errors).toMatchObject([{ code: 'retries_exhausted', attempts: 4, cause: last }]);
      expect(result.completed).toBe(false);
    });
  });

  it('ends a wait at once and leaves no timer', () => {
    marbles((_helpers, scheduler) => {
      const { subscription, connects } = run({ connection: () => fails(), config: {}, scheduler });
      expect(scheduler.actions.filter((action) => !action.closed)).toHaveLength(1);
      subscription.unsubscribe();
      expect(scheduler.actions.filter((action) => !action.closed)).toHaveLength(0);
      scheduler.flush();
      expect(connects).toEqual([0]);
    });
  });

  it('unsubscribes the source and the timer of its proof', () => {
    marbles((_helpers, scheduler) => {
      const { subscription, ends } = run({ connection: () => concat(of(1), NEVER), config: {}, scheduler });
      expect(scheduler.actions.filter((action) => !action.closed)).toHaveLength(1);
      subscription.unsubscribe();
      expect([ends, scheduler.actions.filter((action) => !action.closed).length]).toEqual([[0], 0]);
    });
  });
});
