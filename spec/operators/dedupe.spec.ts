import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { EMPTY, from, NEVER, Observable, of, Subject, take, throwError, toArray } from 'rxjs';
import { type RunHelpers, TestScheduler } from 'rxjs/testing';
import { dedupe } from '../../operators/dedupe.js';

type Run = (helpers: RunHelpers, scheduler: TestScheduler) => void;

const marbles = (run: Run): void => {
  const scheduler = new TestScheduler((actual, expected) => expect(actual).toEqual(expected));
  scheduler.run((helpers) => run(helpers, scheduler));
};

const itself = <T>(value: T): T => value;

function passed<T>(source: Observable<T>): T[] {
  const seen: T[] = [];
  source.subscribe((value) => seen.push(value));
  return seen;
}

describe('dedupe', () => {
  it('drops values whose key has passed', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('aab-bca|');
      const subs = '       ^------!';
      const expected = '   a-b--c-|';
      expectObservable(source.pipe(dedupe(itself))).toBe(expected);
      expectSubscriptions(source.subscriptions).toBe(subs);
    });
  });

  it('passes on an empty source, one that never speaks, one value, and an error', () => {
    marbles(({ cold, expectObservable }) => {
      expectObservable(EMPTY.pipe(dedupe(itself))).toBe('|');
      expectObservable(NEVER.pipe(dedupe(itself))).toBe('-');
      expectObservable(of('a').pipe(dedupe(itself))).toBe('(a|)');
      expectObservable(throwError(() => 'error').pipe(dedupe(itself))).toBe('#');
      expectObservable(cold('aa-b#').pipe(dedupe(itself))).toBe('a--b#');
    });
  });

  it('stops at unsubscription', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('ab-c---');
      const unsub = '      --!';
      expectObservable(source.pipe(dedupe(itself)), unsub).toBe('ab-');
      expectSubscriptions(source.subscriptions).toBe('^-!');
    });
  });

  it('forgets a key at maxAge after its value has passed; duplicates do not prolong it', () => {
    marbles(({ cold, expectObservable }, scheduler) => {
      const source = cold('a-a-aa--b---a|');
      const expected = '   a---a---b---a|';
      // a: passes at 0, is a duplicate at 2, is 4 old at 4
      expectObservable(source.pipe(dedupe(itself, { maxAge: 4, scheduler }))).toBe(expected);
    });
  });

  it('forgets the oldest key past maxKeys', () => {
    expect(passed(from('abacab').pipe(dedupe(itself, { maxKeys: 2 })))).toEqual(['a', 'b', 'c', 'a', 'b']);
    expect(passed(from('aaba').pipe(dedupe(itself, { maxKeys: 1 })))).toEqual(['a', 'b', 'a']);
  });

  it('does what a list of keys and times does, whatever comes', () => {
    const step = fc.record({ key: fc.integer({ min: 0, max: 8 }), wait: fc.integer({ min: 0, max: 4 }) });
    const limits = { maxKeys: fc.integer({ min: 1, max: 6 }), maxAge: fc.integer({ min: 1, max: 12 }) };
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), limits.maxKeys, limits.maxAge, (steps, maxKeys, maxAge) => {
        let now = 0;
        let model: { key: number; at: number }[] = [];
        const source = new Subject<number>();
        const seen: number[] = [];
        const clock = { now: () => now };
        source.pipe(dedupe(itself, { maxKeys, maxAge, scheduler: clock })).subscribe((value) => seen.push(value));
        for (const { key, wait } of steps) {
          now += wait;
          model = model.filter(({ at }) => now - at < maxAge);
          const before = seen.length;
          const known = model.some((entry) => entry.key === key);
          source.next(key);
          expect(seen.length - before).toBe(known ? 0 : 1);
          if (!known) model = [...model, { key, at: now }].slice(-maxKeys);
        }
      }),
      { numRuns: 150 },
    );
  });

  it('passes values without a key, and tells keys of different types apart', () => {
    const keys = [undefined, undefined, Number.NaN, Number.NaN, 1, '1', 1n, 1, '1', 1n, '', '', 0, -0];
    expect(passed(from(keys).pipe(dedupe(itself)))).toEqual([
      ...[undefined, undefined, Number.NaN, Number.NaN],
      ...[1, '1', 1n, '', 0],
    ]);
  });

  it('tells of each duplicate, and outlives a listener that throws', () => {
    const duplicates: string[] = [];
    const onDuplicate = (value: string): void => {
      duplicates.push(value);
      throw new Error('broken');
    };
    expect(passed(from('abab').pipe(dedupe(itself, { onDuplicate })))).toEqual(['a', 'b']);
    expect(duplicates).toEqual(['a', 'b']);
  });

  it('errors when key throws, and unsubscribes', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const boom = new Error('boom');
      const source = cold('ab-c--');
      const expected = '   ab-#';
      const key = (value: string): string => {
        if (value === 'c') throw boom;
        return value;
      };
      expectObservable(source.pipe(dedupe(key))).toBe(expected, undefined, boom);
      expectSubscriptions(source.subscriptions).toBe('^--!');
    });
  });

  it('starts afresh with each subscription', () => {
    const source = from('aa').pipe(dedupe(itself));
    expect(passed(source)).toEqual(['a']);
    expect(passed(source)).toEqual(['a']);
  });

  it('knows the keys of an earlier run, in every subscription, and forgets them like its own', () => {
    marbles(({ cold, expectObservable }, scheduler) => {
      const source = cold('axb-a---a|');
      const expected = '   -x--a---a|';
      const seen = new Set(['b', 'a']).values();
      const unique = source.pipe(dedupe(itself, { seen, maxAge: 4, scheduler }));
      expectObservable(unique).toBe(expected);
      expectObservable(unique).toBe(expected);
    });
    const seen = ['1', 2, 3n, '18720000000000000000', 'a b'];
    expect(passed(from([...seen, 1, '2', 3, 'c']).pipe(dedupe(itself, { seen })))).toEqual([1, '2', 3, 'c']);
  });

  it('forgets the oldest of the keys of an earlier run past maxKeys', () => {
    const seen = [1n, 2n, 3n];
    expect(passed(from([3n, 2n, 1n, 2n]).pipe(dedupe(itself, { maxKeys: 2, seen })))).toEqual([1n, 2n]);
  });

  it('drops a duplicate that the consumer pushes from inside next', () => {
    const source = new Subject<string>();
    const seen: string[] = [];
    source.pipe(dedupe(itself)).subscribe((value) => {
      seen.push(value);
      if (seen.length === 1) for (const again of ['a', 'b']) source.next(again);
    });
    source.next('a');
    expect(seen).toEqual(['a', 'b']);
  });

  it('stops a synchronous source as soon as nobody listens', () => {
    let emitted = 0;
    const source = new Observable<number>((subscriber) => {
      while (!subscriber.closed) subscriber.next((emitted += 1));
    });
    source.pipe(dedupe(itself), take(3), toArray()).subscribe((values) => expect(values).toEqual([1, 2, 3]));
    expect(emitted).toBe(3);
  });

  it('evicts 300,000 keys', () => {
    const source = new Subject<number>();
    let emitted = 0;
    source.pipe(dedupe(itself, { maxKeys: 100_000 })).subscribe(() => (emitted += 1));
    for (let key = 0; key < 400_000; key += 1) source.next(key);
    source.next(399_999);
    source.next(0);
    expect(emitted).toBe(400_001);
  });

  it.each<[string, unknown[]]>([
    ['key', []],
    ['key', ['id']],
    ['maxKeys', [itself, { maxKeys: 0 }]],
    ['maxKeys', [itself, { maxKeys: Number.NaN }]],
    ['maxKeys', [itself, { maxKeys: 2 ** 24 }]],
    ['maxKeys', [itself, { maxKeys: '5' }]],
    ['maxAge', [itself, { maxAge: 0 }]],
    ['maxAge', [itself, { maxAge: Infinity }]],
    ['maxAge', [itself, { maxAge: null }]],
    ['seen', [itself, { seen: 'abc' }]],
    ['seen', [itself, { seen: { a: 1 } }]],
    ['seen', [itself, { seen: null }]],
    ['onDuplicate', [itself, { onDuplicate: true }]],
    ['scheduler', [itself, { scheduler: 5 }]],
    ['unknown option "ttl"', [itself, { ttl: 5 }]],
  ])('refuses a senseless %s (%j)', (named, args) => {
    const call = (): unknown => Reflect.apply(dedupe, undefined, args);
    expect(call).toThrow(TypeError);
    expect(call).toThrow(named);
  });
});
