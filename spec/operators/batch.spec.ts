import { describe, expect, it } from '@jest/globals';
import { EMPTY, NEVER, Observable, of, range, Subject, take, throwError, toArray } from 'rxjs';
import { type RunHelpers, TestScheduler } from 'rxjs/testing';
import { batch } from '../../operators/batch.js';

const marbles = (run: (helpers: RunHelpers) => void): void =>
  new TestScheduler((actual, expected) => expect(actual).toEqual(expected)).run(run);

describe('batch', () => {
  it('emits by size, by age of the oldest, and what is left at the end', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('ab-c----d|');
      const subs = '       ^--------!';
      const expected = '   -x----y--(z|)';
      const values = { x: ['a', 'b'], y: ['c'], z: ['d'] };
      expectObservable(source.pipe(batch({ maxSize: 2, maxWait: 3 }))).toBe(expected, values);
      expectSubscriptions(source.subscriptions).toBe(subs);
    });
  });

  it('measures the age from the oldest held value, not from the last one or from the last group', () => {
    marbles(({ cold, expectObservable }) => {
      const source = cold('abc-d-e-f-----|');
      const expected = '   --x---y---z---|';
      const values = { x: ['a', 'b', 'c'], y: ['d', 'e'], z: ['f'] };
      expectObservable(source.pipe(batch({ maxSize: 3, maxWait: 2 }))).toBe(expected, values);
    });
  });

  it('emits nothing for an empty source and for one that never speaks', () => {
    marbles(({ cold, expectObservable }) => {
      expectObservable(EMPTY.pipe(batch())).toBe('|');
      expectObservable(NEVER.pipe(batch())).toBe('-');
      expectObservable(cold('--|').pipe(batch({ maxWait: 1 }))).toBe('--|');
    });
  });

  it('emits one value at the end and many in groups', () => {
    marbles(({ cold, expectObservable }) => {
      expectObservable(cold('a|').pipe(batch())).toBe('-(x|)', { x: ['a'] });
      const source = cold('(abcde|)');
      const expected = '   (xyz|)';
      const values = { x: ['a', 'b'], y: ['c', 'd'], z: ['e'] };
      expectObservable(source.pipe(batch({ maxSize: 2 }))).toBe(expected, values);
    });
  });

  it('emits what it holds before an error', () => {
    marbles(({ cold, expectObservable }) => {
      const source = cold('ab-c-#');
      const expected = '   -----(x#)';
      expectObservable(source.pipe(batch())).toBe(expected, { x: ['a', 'b', 'c'] });
    });
  });

  it('drops what it holds at unsubscription', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('ab-c-------');
      const unsub = '      ----!';
      const expected = '   -x---------';
      expectObservable(source.pipe(batch({ maxSize: 2, maxWait: 3 })), unsub).toBe(expected, { x: ['a', 'b'] });
      expectSubscriptions(source.subscriptions).toBe('^---!');
    });
  });

  it('never passes maxBytes, except with a value that is larger alone', () => {
    marbles(({ cold, expectObservable }) => {
      const sizes = { a: 4, b: 4, c: 4, L: 99, d: 6, e: 4 };
      const source = cold('abcL---de|', sizes);
      const expected = '   --x(yL)-z|';
      // c does not fit beside a and b, L fits nowhere, d and e fill a group exactly.
      const values = { x: [4, 4], y: [4], L: [99], z: [6, 4] };
      expectObservable(source.pipe(batch({ maxBytes: 10, sizeOf: (size) => size }))).toBe(expected, values);
    });
  });

  it('gives a value that began a new group by size its own full wait', () => {
    marbles(({ cold, expectObservable }) => {
      const source = cold('a--b------|', { a: 8, b: 8 });
      const expected = '   ---x---y--|';
      const result = source.pipe(batch({ maxBytes: 10, maxWait: 4, sizeOf: (size) => size }));
      expectObservable(result).toBe(expected, { x: [8], y: [8] });
    });
  });

  it('errors after the held values when sizeOf throws, and unsubscribes', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const boom = new Error('boom');
      const source = cold('ab-c--');
      const expected = '   ---(x#)';
      const sizeOf = (value: string): number => {
        if (value === 'c') throw boom;
        return 1;
      };
      expectObservable(source.pipe(batch({ maxBytes: 10, sizeOf }))).toBe(expected, { x: ['a', 'b'] }, boom);
      expectSubscriptions(source.subscriptions).toBe('^--!');
    });
  });

  it.each([Number.NaN, -1, Infinity])('errors when sizeOf says %d', (size) => {
    const seen: unknown[] = [];
    of('a', 'b')
      .pipe(batch({ maxBytes: 10, sizeOf: (value) => (value === 'b' ? size : 1) }))
      .subscribe({ next: (group) => seen.push(group), error: (error: unknown) => seen.push(error) });
    expect(seen).toEqual([['a'], new TypeError('batch: sizeOf must return a finite number, 0 or more')]);
  });

  it('keeps the order when the consumer pushes from inside next', () => {
    const source = new Subject<number>();
    const seen: number[][] = [];
    source.pipe(batch({ maxSize: 2 })).subscribe((group) => {
      seen.push(group);
      if (seen.length === 1) for (const value of [3, 4, 5]) source.next(value);
    });
    for (const value of [1, 2, 6]) source.next(value);
    source.complete();
    expect(seen).toEqual([
      [1, 2],
      [3, 4],
      [5, 6],
    ]);
  });

  it('keeps the order by size too when the consumer pushes from inside next', () => {
    const source = new Subject<number>();
    const seen: number[][] = [];
    source.pipe(batch({ maxBytes: 3, sizeOf: () => 2 })).subscribe((group) => {
      seen.push(group);
      if (seen.length === 1) source.next(3);
    });
    for (const value of [1, 2, 4]) source.next(value);
    source.complete();
    expect(seen).toEqual([[1], [2], [3], [4]]);
  });

  it('stops a synchronous source as soon as nobody listens, and leaves no timer', () => {
    marbles(({ expectObservable, flush }) => {
      let emitted = 0;
      const source = new Observable<number>((subscriber) => {
        while (!subscriber.closed) subscriber.next((emitted += 1));
      });
      const values = { x: [1, 2, 3], y: [4, 5, 6] };
      expectObservable(source.pipe(batch({ maxSize: 3 }), take(2))).toBe('(xy|)', values);
      flush();
      expect(emitted).toBe(6);
    });
  });

  it('runs one timer while something is held, and none otherwise', () => {
    const scheduler = new TestScheduler(() => undefined);
    const source = new Subject<number>();
    const subscription = source.pipe(batch({ maxSize: 3, scheduler })).subscribe();
    const timers = (): number => scheduler.actions.length;
    expect(timers()).toBe(0);
    source.next(1);
    source.next(2);
    expect(timers()).toBe(1);
    source.next(3);
    expect(timers()).toBe(0);
    source.next(4);
    expect(timers()).toBe(1);
    subscription.unsubscribe();
    expect(timers()).toBe(0);
    expect(source.observed).toBe(false);
  });

  it('arms no timer when the consumer leaves while it is being served', () => {
    const scheduler = new TestScheduler(() => undefined);
    const source = new Subject<number>();
    source.pipe(batch({ maxBytes: 3, sizeOf: () => 2, scheduler }), take(1)).subscribe();
    source.next(1);
    expect(scheduler.actions).toHaveLength(1);
    source.next(2);
    expect(scheduler.actions).toHaveLength(0);
  });

  it('holds nothing from one subscription to the next', () => {
    const source = new Subject<number>();
    const grouped = source.pipe(batch({ maxSize: 2 }));
    const seen: number[][] = [];
    grouped.subscribe().unsubscribe();
    const early = grouped.subscribe();
    source.next(1);
    early.unsubscribe();
    grouped.subscribe((group) => seen.push(group));
    source.next(2);
    source.next(3);
    expect(seen).toEqual([[2, 3]]);
  });

  it('passes an error on when nothing is held, and keeps every value of a long source', () => {
    const errors: unknown[] = [];
    throwError(() => 'boom')
      .pipe(batch())
      .subscribe({ next: () => errors.push('never'), error: (error: unknown) => errors.push(error) });
    expect(errors).toEqual(['boom']);
    range(0, 1_234)
      .pipe(batch({ maxSize: 100 }), toArray())
      .subscribe((groups) =>
        expect(groups.map((group) => group.length)).toEqual([...Array.from({ length: 12 }, () => 100), 34]),
      );
  });

  it.each<[string, object]>([
    ['maxSize', { maxSize: 0 }],
    ['maxSize', { maxSize: Number.NaN }],
    ['maxSize', { maxSize: Infinity }],
    ['maxSize', { maxSize: '5' }],
    ['maxSize', { maxSize: null }],
    ['maxWait', { maxWait: -1 }],
    ['maxWait', { maxWait: 1.5 }],
    ['maxWait', { maxWait: 2 ** 31 }],
    ['maxBytes', { maxBytes: 0, sizeOf: () => 1 }],
    ['sizeOf', { maxBytes: 1, sizeOf: 1 }],
    ['"maxBytes" and "sizeOf" go together', { maxBytes: 1 }],
    ['"maxBytes" and "sizeOf" go together', { sizeOf: () => 1 }],
    ['scheduler', { scheduler: 'async' }],
    ['unknown option "size"', { size: 1 }],
  ])('refuses a senseless %s (%j)', (named, options) => {
    const call = (): unknown => Reflect.apply(batch, undefined, [options]);
    expect(call).toThrow(TypeError);
    expect(call).toThrow(named);
  });
});
