import { describe, expect, it } from '@jest/globals';
import { concat, ignoreElements, NEVER, type Observable, of, throwError, timer } from 'rxjs';
import { circuitBreaker, type CircuitState } from '../../lib/circuit-breaker.js';
import { retryBudget } from '../../lib/retry-budget.js';
import { failure, marbles, pendingTimers, run } from './retry-harness.js';

const fails = (details = {}): Observable<never> => throwError(() => failure(details));
const after = (milliseconds: number): Observable<never> => timer(milliseconds).pipe(ignoreElements());
const stays = (): Observable<unknown> => concat(of('up'), NEVER);

describe('retryBackoff with a shared retryBudget', () => {
  it('never makes more reconnections than max in any window', () => {
    marbles(({ flush }, scheduler) => {
      const shared = retryBudget({ max: 3, per: 10_000, scheduler });
      const config = { maxRetries: 4, retryBudget: shared };
      const runs = Array.from({ length: 10 }, () => run({ connection: () => fails(), config, scheduler }));
      flush();
      const times = runs.flatMap(({ connects }) => connects.slice(1)).sort((a, b) => a - b);
      expect(times).toHaveLength(40);
      for (const [index, time] of times.entries())
        expect((times[index + 3] ?? Infinity) - time).toBeGreaterThanOrEqual(10_000);
    });
  });

  it('gives the place of one that leaves to the next', () => {
    marbles((_helpers, scheduler) => {
      const shared = retryBudget({ max: 1, per: 60_000, scheduler });
      const config = { retryBudget: shared };
      const leaving = run({ connection: () => fails(), config, scheduler });
      leaving.subscription.unsubscribe();
      const staying = run({ connection: (n) => (n === 0 ? fails() : of('up')), config, scheduler });
      scheduler.flush();
      expect(staying.connects).toEqual([0, 1_000]);
    });
  });
});

describe('retryBackoff with a shared circuitBreaker', () => {
  it('lets one stream try while the others wait, and all of them when it has proved itself', () => {
    marbles((_helpers, scheduler) => {
      const breaker = circuitBreaker({ failureThreshold: 3, resetTimeout: 20_000, scheduler });
      const states: [CircuitState, number][] = [];
      breaker.state$.subscribe((state) => states.push([state, scheduler.now()]));
      const config = { circuitBreaker: breaker, resetAfter: 500 };
      const connection = (n: number): Observable<unknown> => (n === 0 ? fails() : stays());
      const runs = Array.from({ length: 3 }, () => run({ connection, config, scheduler }));
      scheduler.flush();
      expect(states).toEqual([
        ['closed', 0],
        ['open', 0],
        ['half-open', 20_000],
        ['closed', 20_500],
      ]);
      expect(runs.map(({ connects }) => connects)).toEqual([
        [0, 20_000],
        [0, 20_500],
        [0, 20_500],
      ]);
    });
  });

  it('opens again when the one that tried has failed', () => {
    marbles((_helpers, scheduler) => {
      const breaker = circuitBreaker({ failureThreshold: 1, resetTimeout: 10_000, scheduler });
      const config = { circuitBreaker: breaker };
      const { connects } = run({ connection: (n) => (n < 3 ? fails() : stays()), config, scheduler });
      scheduler.flush();
      expect(connects).toEqual([0, 10_000, 20_000, 30_000]);
      expect(breaker.state).toBe('closed');
    });
  });

  it('counts a clean end as a failure where the stream has no end', () => {
    marbles((_helpers, scheduler) => {
      const breaker = circuitBreaker({ failureThreshold: 1, scheduler });
      run({ connection: () => of(1), config: { circuitBreaker: breaker, onComplete: 'reconnect' }, scheduler });
      expect(breaker.state).toBe('open');
      const other = circuitBreaker({ failureThreshold: 1, scheduler });
      run({ connection: () => of(1), config: { circuitBreaker: other }, scheduler });
      expect(other.state).toBe('closed');
    });
  });

  it('does not blame the server for what is our fault', () => {
    marbles((_helpers, scheduler) => {
      const breaker = circuitBreaker({ failureThreshold: 1, scheduler });
      run({ connection: () => fails({ errorType: 'client_error' }), config: { circuitBreaker: breaker }, scheduler });
      expect(breaker.state).toBe('closed');
    });
  });

  it('leaves the try to the next one when the one that tries is unsubscribed', () => {
    marbles((_helpers, scheduler) => {
      const breaker = circuitBreaker({ failureThreshold: 2, resetTimeout: 5_000, scheduler });
      const config = { circuitBreaker: breaker };
      const connection = (n: number): Observable<unknown> => (n === 0 ? fails() : concat(after(100), stays()));
      const [first, second] = [run({ connection, config, scheduler }), run({ connection, config, scheduler })];
      scheduler.schedule(() => first.subscription.unsubscribe(), 5_050);
      scheduler.flush();
      expect([first.connects, second.connects]).toEqual([
        [0, 5_000],
        [0, 5_050],
      ]);
    });
  });

  it('keeps no timer for streams that have left', () => {
    marbles((_helpers, scheduler) => {
      const breaker = circuitBreaker({ failureThreshold: 1, scheduler });
      const config = { circuitBreaker: breaker };
      const failed = run({ connection: () => fails(), config, scheduler });
      const waiting = run({ connection: () => fails(), config, scheduler });
      expect([waiting.connects, pendingTimers(scheduler)]).toEqual([[], 2]);
      failed.subscription.unsubscribe();
      waiting.subscription.unsubscribe();
      expect(pendingTimers(scheduler)).toBe(0);
    });
  });
});
