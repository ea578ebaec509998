import { describe, expect, it } from '@jest/globals';
import { concat, EMPTY, NEVER, type Observable, of, throwError } from 'rxjs';
import { retryBackoff } from '../../operators/retry-backoff.js';
import { failure, marbles, run } from './retry-harness.js';

const refuse = (): Observable<never> => throwError(() => failure());

describe('retryBackoff', () => {
  it('passes values, completion and silence untouched', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('a-b-c|');
      const subs = '       ^----!';
      expectObservable(source.pipe(retryBackoff())).toBe('a-b-c|');
      expectSubscriptions(source.subscriptions).toBe(subs);
      expectObservable(EMPTY.pipe(retryBackoff())).toBe('|');
      expectObservable(NEVER.pipe(retryBackoff())).toBe('-');
      expectObservable(of(1).pipe(retryBackoff())).toBe('(a|)', { a: 1 });
    });
  });

  it('connects again after a failure and passes what comes then', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }, scheduler) => {
      const source = cold('a-#  ', undefined, failure());
      const first = '      ^-!';
      const second = '     -----^-!';
      const third = '      -----------^!';
      const expected = '   a----a-----a';
      const unsub = '      ------------!';
      const retried = source.pipe(retryBackoff({ initialBackoff: 3, maxBackoff: 4, jitter: 'none', scheduler }));
      expectObservable(retried, unsub).toBe(expected);
      expectSubscriptions(source.subscriptions).toBe([first, second, third]);
    });
  });

  it('waits exactly as the schedule says', () => {
    marbles(({ flush }, scheduler) => {
      const { connects, errors } = run({ connection: refuse, config: { maxRetries: 8 }, scheduler });
      flush();
      expect(connects).toEqual([0, 1, 3, 7, 15, 31, 63, 127, 191].map((seconds) => seconds * 1_000));
      expect(errors).toHaveLength(1);
    });
  });

  it('adds up to a quarter by chance', () => {
    marbles(({ flush }, scheduler) => {
      const config = { maxRetries: 2, jitter: true, random: () => 0.5 } as const;
      const { connects } = run({ connection: refuse, config, scheduler });
      flush();
      expect(connects).toEqual([0, 1_125, 1_125 + 2_250]);
    });
  });

  it('makes N + 1 connections for N retries, ten retries by default', () => {
    marbles(({ flush }, scheduler) => {
      const counted = [{ maxRetries: 3 }, { maxRetries: 1 }, {}].map((config) =>
        run({ connection: refuse, config, scheduler }),
      );
      flush();
      expect(counted.map(({ connects }) => connects.length)).toEqual([4, 2, 11]);
    });
  });

  it('goes on without end for -1', () => {
    marbles((_helpers, scheduler) => {
      const config = { maxRetries: -1, initialBackoff: 1, maxBackoff: 1 };
      const { connects, errors, subscription } = run({ connection: refuse, config, scheduler });
      scheduler.schedule(() => subscription.unsubscribe(), 500);
      scheduler.maxFrames = 1_000;
      scheduler.flush();
      expect(connects).toHaveLength(500);
      expect(errors).toEqual([]);
    });
  });

  it('passes the error itself for 0', () => {
    marbles(({ flush }, scheduler) => {
      const error = failure({ retryAfter: 5 });
      const { connects, errors } = run({
        connection: () => throwError(() => error),
        config: { maxRetries: 0 },
        scheduler,
      });
      flush();
      expect([connects, errors]).toEqual([[0], [error]]);
    });
  });

  it.each(['authentication_error', 'client_error', 'fatal_error'] as const)('passes %s at once', (errorType) => {
    marbles(({ flush }, scheduler) => {
      const error = failure({ errorType });
      const { connects, errors } = run({ connection: () => throwError(() => error), config: {}, scheduler });
      expect([connects, errors]).toEqual([[0], [error]]);
      flush();
      expect(connects).toHaveLength(1);
    });
  });

  it('classifies what is no StreamError', () => {
    marbles(({ flush }, scheduler) => {
      const raw = [
        Object.assign(new TypeError('fetch failed'), { cause: { code: 'ECONNREFUSED' } }),
        new RangeError('bug'),
      ];
      const { connects, errors } = run({ connection: (n) => throwError(() => raw[n]), config: {}, scheduler });
      flush();
      expect(connects).toEqual([0, 1_000]);
      expect(errors).toMatchObject([{ errorType: 'fatal_error', code: 'unexpected', cause: raw[1] }]);
    });
  });

  it('gives up with the last error, its status and body, attempts and elapsed', () => {
    marbles(({ flush }, scheduler) => {
      const last = failure({ errorType: 'server_error', code: 'overloaded', statusCode: 529, responseBody: 'busy' });
      const { errors } = run({ connection: () => throwError(() => last), config: { maxRetries: 2 }, scheduler });
      flush();
      const kept = { errorType: 'server_error', statusCode: 529, responseBody: 'busy' };
      expect(errors).toMatchObject([{ ...kept, code: 'retries_exhausted', attempts: 3, elapsed: 3_000, cause: last }]);
    });
  });

  it('completes at an abort, which is no failure', () => {
    marbles((_helpers, scheduler) => {
      const abort = new DOMException('gone', 'AbortError');
      const result = run({ connection: () => throwError(() => abort), config: { onComplete: 'reconnect' }, scheduler });
      expect([result.completed, result.errors, result.connects]).toEqual([true, [], [0]]);
    });
  });

  it('passes values of one connection after those of the one before', () => {
    marbles(({ flush }, scheduler) => {
      const connection = (n: number): Observable<number | string> => (n === 2 ? of('end') : concat(of(n, n), refuse()));
      const result = run({ connection, config: {}, scheduler });
      flush();
      expect([result.values, result.completed]).toEqual([[0, 0, 1, 1, 'end'], true]);
    });
  });

  it('keeps two subscriptions of one piped observable apart', () => {
    marbles(({ cold, expectObservable }, scheduler) => {
      const retried = cold('a#', undefined, failure()).pipe(
        retryBackoff({ maxRetries: 1, initialBackoff: 2, maxBackoff: 9, jitter: 'none', scheduler }),
      );
      const error = expect.objectContaining({ code: 'retries_exhausted', attempts: 2, elapsed: 3 });
      expectObservable(retried).toBe('a--a#', undefined, error);
      expectObservable(retried, '--^').toBe('--a--a#', undefined, error);
    });
  });

  it('refuses senseless options when it is made, not when it is subscribed to', () => {
    expect(() => retryBackoff({ maxRetries: Number.NaN })).toThrow('retryBackoff: option "maxRetries" must be');
    expect(() => retryBackoff({ initialBackoff: 5, maxBackoff: 1 })).toThrow('"maxBackoff" (1)');
  });
});
