import { describe, expect, it } from '@jest/globals';
import { EMPTY, NEVER, Observable, of, range, Subject, take, throwError } from 'rxjs';
import { type RunHelpers, TestScheduler } from 'rxjs/testing';
import { keepAlive } from '../../operators/keep-alive.js';

const marbles = (run: (helpers: RunHelpers) => void): void =>
  new TestScheduler((actual, expected) => expect(actual).toEqual(expected)).run(run);

const failure = (message: string, cause: unknown): unknown =>
  expect.objectContaining({
    name: 'StreamError',
    errorType: 'connection_error',
    code: 'heartbeat_failed',
    isRetryable: true,
    message,
    cause,
  });

describe('keepAlive', () => {
  it('passes the source through and sends at every interval, first after one', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('a--b---c--|');
      const beat = cold('     -|');
      const expected = '   a--b---c--|';
      const beats = ['     ---^!', '------^!', '---------^!'];
      expectObservable(source.pipe(keepAlive(() => beat, { interval: 3 }))).toBe(expected);
      expectSubscriptions(source.subscriptions).toBe('^---------!');
      expectSubscriptions(beat.subscriptions).toBe(beats);
    });
  });

  it('skips the intervals that a slow send covers', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('----------|');
      const beat = cold('     ---|');
      const beats = ['     --^--!', '------^--!'];
      expectObservable(source.pipe(keepAlive(() => beat, { interval: 2 }))).toBe('----------|');
      expectSubscriptions(beat.subscriptions).toBe(beats);
    });
  });

  it('does nothing for an empty source and keeps beating for one that never speaks', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const beat = cold('|');
      expectObservable(EMPTY.pipe(keepAlive(() => beat, { interval: 2 }))).toBe('|');
      expectObservable(NEVER.pipe(keepAlive(() => beat, { interval: 2 })), '-----!').toBe('-----');
      expectSubscriptions(beat.subscriptions).toBe(['--(^!)', '----(^!)']);
    });
  });

  it('passes an error on and stops beating', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('a--#');
      const beat = cold('    ---|');
      expectObservable(source.pipe(keepAlive(() => beat, { interval: 2 }))).toBe('a--#');
      expectSubscriptions(beat.subscriptions).toBe('--^!');
    });
  });

  it('cancels a send under way at unsubscription', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('a---------');
      const unsub = '      ----!';
      const beat = cold('    ------|');
      expectObservable(source.pipe(keepAlive(() => beat, { interval: 2 })), unsub).toBe('a----');
      expectSubscriptions(beat.subscriptions).toBe('--^-!');
      expectSubscriptions(source.subscriptions).toBe('^---!');
    });
  });

  it('errors at maxFailures in a row with the last failure as cause, and unsubscribes the source', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('a-----b------');
      const expected = '   a-----b--#';
      let sends = 0;
      const send = (): Observable<never> => throwError(() => `failure ${(sends += 1)}`);
      const error = failure('3 heartbeats in a row failed', 'failure 3');
      expectObservable(source.pipe(keepAlive(send, { interval: 3 }))).toBe(expected, undefined, error);
      expectSubscriptions(source.subscriptions).toBe('^--------!');
    });
  });

  it('counts failures in a row: one success sets them back', () => {
    marbles(({ cold, expectObservable, flush }) => {
      const told: unknown[] = [];
      const answers = [cold('#'), cold('a|'), cold('#'), cold('#')];
      let sends = 0;
      const send = (): Observable<string> => answers[sends++] ?? EMPTY;
      const onFailure = (error: unknown, failures: number): void => void told.push([error, failures]);
      const result = NEVER.pipe(keepAlive(send, { interval: 2, maxFailures: 2, onFailure }));
      expectObservable(result).toBe('--------#', undefined, failure('2 heartbeats in a row failed', 'error'));
      flush();
      expect(told).toEqual([
        ['error', 1],
        ['error', 1],
        ['error', 2],
      ]);
    });
  });

  it('does not take an emission for a success', () => {
    marbles(({ cold, expectObservable }) => {
      const send = (): Observable<string> => cold('a#');
      const result = NEVER.pipe(keepAlive(send, { interval: 3, maxFailures: 2 }));
      expectObservable(result).toBe('-------#', undefined, failure('2 heartbeats in a row failed', 'error'));
    });
  });

  it('takes a send that throws, and one that returns nothing, for a failure', () => {
    marbles(({ expectObservable }) => {
      const boom = new Error('boom');
      const throwing = (): Observable<never> => {
        throw boom;
      };
      const options = { interval: 2, maxFailures: 1 };
      const thrown = failure('one heartbeat failed', boom);
      expectObservable(NEVER.pipe(keepAlive(throwing, options))).toBe('--#', undefined, thrown);
      const refused = failure('one heartbeat failed', expect.any(TypeError));
      // @ts-expect-error a program without types may return nothing
      const silent = keepAlive<never>(() => undefined, options);
      expectObservable(NEVER.pipe(silent)).toBe('--#', undefined, refused);
    });
  });

  it('outlives an onFailure that throws', () => {
    marbles(({ cold, expectObservable }) => {
      const source = cold('-----a|');
      const onFailure = (): void => {
        throw new Error('broken');
      };
      const send = (): Observable<never> => throwError(() => 'down');
      expectObservable(source.pipe(keepAlive(send, { interval: 2, onFailure }))).toBe('-----a|');
    });
  });

  it('starts counting afresh with each subscription', () => {
    marbles(({ cold, expectObservable }) => {
      const send = (): Observable<never> => throwError(() => 'down');
      const kept = cold('-----|').pipe(keepAlive(send, { interval: 2, maxFailures: 3 }));
      expectObservable(kept).toBe('-----|');
      expectObservable(kept, '------^').toBe('-----------|');
    });
  });

  it('stops a synchronous source as soon as nobody listens, and never sends', () => {
    marbles(({ expectObservable, flush }) => {
      let sends = 0;
      let emitted = 0;
      const source = new Observable<number>((subscriber) => {
        while (!subscriber.closed) subscriber.next((emitted += 1));
      });
      const send = (): Observable<number> => of((sends += 1));
      expectObservable(source.pipe(keepAlive(send, { interval: 1 }), take(2))).toBe('(ab|)', { a: 1, b: 2 });
      expectObservable(range(1, 2).pipe(keepAlive(send, { interval: 1 }))).toBe('(ab|)', { a: 1, b: 2 });
      flush();
      expect([emitted, sends]).toEqual([2, 0]);
    });
  });

  it('serves a consumer that pushes into the source, and one that leaves, while it is being served', () => {
    const source = new Subject<number>();
    const seen: number[] = [];
    const subscription = source.pipe(keepAlive(() => EMPTY)).subscribe((value) => {
      seen.push(value);
      if (value < 3) source.next(value + 1);
      else subscription.unsubscribe();
    });
    source.next(1);
    source.next(9);
    expect(seen).toEqual([1, 2, 3]);
    expect(source.observed).toBe(false);
  });

  it('uses the given scheduler', () => {
    const scheduler = new TestScheduler(() => undefined);
    let sends = 0;
    const subscription = NEVER.pipe(keepAlive(() => of((sends += 1)), { interval: 10, scheduler })).subscribe();
    scheduler.maxFrames = 35;
    scheduler.flush();
    subscription.unsubscribe();
    expect(sends).toBe(3);
    expect(scheduler.actions).toHaveLength(0);
  });

  it.each<[string, unknown[]]>([
    ['send', []],
    ['send', [EMPTY]],
    ['interval', [() => EMPTY, { interval: 0 }]],
    ['interval', [() => EMPTY, { interval: Number.NaN }]],
    ['interval', [() => EMPTY, { interval: 2 ** 31 }]],
    ['interval', [() => EMPTY, { interval: '30' }]],
    ['maxFailures', [() => EMPTY, { maxFailures: 0 }]],
    ['maxFailures', [() => EMPTY, { maxFailures: Infinity }]],
    ['maxFailures', [() => EMPTY, { maxFailures: null }]],
    ['onFailure', [() => EMPTY, { onFailure: 'log' }]],
    ['scheduler', [() => EMPTY, { scheduler: null }]],
    ['unknown option "period"', [() => EMPTY, { period: 5 }]],
  ])('refuses a senseless %s (%j)', (named, args) => {
    const call = (): unknown => Reflect.apply(keepAlive, undefined, args);
    expect(call).toThrow(TypeError);
    expect(call).toThrow(named);
  });
});
