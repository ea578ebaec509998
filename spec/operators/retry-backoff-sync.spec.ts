import { describe, expect, it } from '@jest/globals';
import {
  asyncScheduler,
  concat,
  defer,
  EMPTY,
  firstValueFrom,
  type Observable,
  of,
  range,
  Subject,
  take,
  throwError,
  toArray,
} from 'rxjs';
import { retryBackoff } from '../../operators/retry-backoff.js';
import { failure, marbles, pendingTimers, run } from './retry-harness.js';

const quick = { initialBackoff: 0, maxBackoff: 0 };

describe('retryBackoff with a synchronous source', () => {
  it('errors, completes and emits before subscribe returns', () => {
    marbles((_helpers, scheduler) => {
      const failing = run({ connection: () => throwError(() => failure()), config: { maxRetries: 0 }, scheduler });
      expect(failing.errors).toHaveLength(1);
      const ending = run({ connection: () => of(1, 2), config: {}, scheduler });
      expect([ending.values, ending.completed, ending.ends]).toEqual([[1, 2], true, [0]]);
    });
  });

  it('stops an endless one that is taken from', () => {
    const seen: number[] = [];
    range(1, Infinity)
      .pipe(retryBackoff(), take(3))
      .subscribe((value) => seen.push(value));
    expect(seen).toEqual([1, 2, 3]);
  });

  it('stops an endless one from within next', () => {
    marbles((_helpers, scheduler) => {
      const seen: number[] = [];
      const source = range(1, Infinity).pipe(retryBackoff({ scheduler }));
      source.pipe(take(2)).subscribe((value) => seen.push(value));
      expect([seen, pendingTimers(scheduler)]).toEqual([[1, 2], 0]);
    });
  });

  it('fails ten thousand times in a row without a deeper stack', () => {
    marbles(({ flush }, scheduler) => {
      const depths = new Set<number>();
      const connection = (n: number): Observable<never> =>
        defer(() => {
          if (n > 0 && n % 7 === 0) depths.add((new Error('where').stack ?? '').split('\n').length);
          return throwError(() => failure());
        });
      const { connects, errors } = run({ connection, config: { ...quick, maxRetries: 10_000 }, scheduler });
      flush();
      expect([connects.length, errors.length]).toEqual([10_001, 1]);
      expect(depths.size).toBe(1);
    });
  });

  it('does so on real timers too', async () => {
    let connects = 0;
    const source = defer(() => {
      connects += 1;
      return connects <= 100 ? throwError(() => failure()) : of('up');
    });
    const retried = source.pipe(retryBackoff({ ...quick, maxRetries: -1, jitter: 'none', scheduler: asyncScheduler }));
    await expect(firstValueFrom(retried.pipe(toArray()))).resolves.toEqual(['up']);
    expect(connects).toBe(101);
  });

  it('completes empty ones again and again without a loop', () => {
    marbles(({ flush }, scheduler) => {
      const config = { ...quick, maxRetries: 50, onComplete: 'reconnect' } as const;
      const { connects } = run({ connection: () => EMPTY, config, scheduler });
      expect(connects).toHaveLength(1);
      flush();
      expect(connects).toHaveLength(51);
    });
  });
});

describe('retryBackoff and a consumer that re-enters', () => {
  it('takes an unsubscription from within next, when the source fails right after it', () => {
    marbles((_helpers, scheduler) => {
      const source = concat(
        of(1, 2),
        throwError(() => failure()),
      );
      const errors: unknown[] = [];
      source.pipe(retryBackoff({ scheduler }), take(2)).subscribe({ error: (error: unknown) => errors.push(error) });
      expect([errors, pendingTimers(scheduler)]).toEqual([[], 0]);
    });
  });

  it('takes an unsubscription from within each callback, and connects no more', () => {
    for (const name of ['onConnect', 'onError', 'onDisconnect', 'onReconnect'] as const) {
      marbles((_helpers, scheduler) => {
        let connects = 0;
        const subject = new Subject<number>();
        const source = defer(() => {
          connects += 1;
          return subject;
        });
        const retried = source.pipe(retryBackoff({ scheduler, [name]: () => subscription.unsubscribe() }));
        const subscription = retried.subscribe();
        subject.next(1);
        subject.error(failure());
        expect(pendingTimers(scheduler)).toBe(0);
        scheduler.flush();
        expect([name, connects, subscription.closed]).toEqual([name, 1, true]);
      });
    }
  });

  it('passes values that the consumer causes while it handles one', () => {
    const subject = new Subject<number>();
    const seen: number[] = [];
    subject.pipe(retryBackoff()).subscribe((value) => {
      seen.push(value);
      if (value < 3) subject.next(value + 1);
    });
    subject.next(1);
    subject.complete();
    expect(seen).toEqual([1, 2, 3]);
  });
});
