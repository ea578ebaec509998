import { describe, expect, it } from '@jest/globals';
import { concat, EMPTY, from, map, NEVER, type Observable, range, Subject, take, throwError } from 'rxjs';
import { type RunHelpers, TestScheduler } from 'rxjs/testing';
import type { Delivery } from '../../lib/delivery.js';
import { parallelByKey } from '../../operators/parallel-by-key.js';
import { values } from '../../operators/values.js';
import { deliveryLedger } from './delivery-ledger.js';

const marbles = (run: (helpers: RunHelpers) => void): void =>
  new TestScheduler((actual, expected) => expect(actual).toEqual(expected)).run(run);

const firstLetter = (value: string): string => value.charAt(0);

/** What has passed and is to be settled by hand. */
function gate(options: { concurrency: number }, source: Observable<Delivery<string>>): Gate {
  const passed: Delivery<string>[] = [];
  const ends: unknown[] = [];
  const subscription = source.pipe(parallelByKey(firstLetter, options)).subscribe({
    next: (delivery) => passed.push(delivery),
    error: (error: unknown) => ends.push(error),
    complete: () => ends.push('complete'),
  });
  return { passed, ends, values: () => passed.map(({ value }) => value), leave: () => subscription.unsubscribe() };
}

interface Gate {
  readonly passed: Delivery<string>[];
  readonly ends: unknown[];
  values(): string[];
  leave(): void;
}

describe('parallelByKey', () => {
  it('errors in the end where a delivery is refused after its source is over: nobody upstream hears of it', () => {
    const ledger = deliveryLedger<string>();
    const { passed, ends } = gate({ concurrency: 1 }, from(['a1', 'b1']).pipe(map(ledger.deliver)));
    passed[0]?.nack('no');
    expect(ends).toEqual([expect.objectContaining({ code: 'delivery_failed', cause: 'no' })]);
    expect(ledger.log).toEqual(['nack a1: no']);
  });

  it('passes a refusal on while its source lives', () => {
    const ledger = deliveryLedger<string>();
    const { passed, ends, leave } = gate({ concurrency: 1 }, concat(from(['a1']).pipe(map(ledger.deliver)), NEVER));
    passed[0]?.nack('no');
    expect([ends, ledger.log]).toEqual([[], ['nack a1: no']]);
    leave();
  });

  it('passes one delivery of a key at a time, and different keys together up to the limit', () => {
    const ledger = deliveryLedger<string>();
    const source = from(['a1', 'a2', 'b1', 'c1', 'a3']).pipe(map(ledger.deliver));
    const { passed, values: seen, ends } = gate({ concurrency: 2 }, source);
    expect(seen()).toEqual(['a1', 'b1']);
    passed[0]?.ack();
    expect(seen()).toEqual(['a1', 'b1', 'c1']);
    passed[1]?.release();
    expect(seen()).toEqual(['a1', 'b1', 'c1', 'a2']);
    passed[3]?.release();
    expect(seen()).toEqual(['a1', 'b1', 'c1', 'a2', 'a3']);
    expect(ends).toEqual(['complete']);
    expect(ledger.log).toEqual(['ack a1', 'release b1', 'release a2']);
    expect(passed[2]?.position).toBe('c1');
  });

  it('lets other keys go on while one is slow', () => {
    marbles(({ cold, expectObservable }) => {
      const ledger = deliveryLedger<string>();
      const names: Record<string, string> = { a: 'slow1', b: 'slow2', c: 'quick1', d: 'quick2' };
      const source = cold('(abcd|)', names).pipe(map(ledger.deliver));
      const slow = cold('  --------s|');
      const quick = cold(' -q|');
      const expected = '   -q-q----s--------s|';
      const handler = (value: string): Observable<string> => (value.startsWith('slow') ? slow : quick);
      expectObservable(source.pipe(parallelByKey(firstLetter, handler, { concurrency: 2 }))).toBe(expected);
    });
  });

  it('passes an empty source, a silent one and an error', () => {
    marbles(({ expectObservable }) => {
      const options = { concurrency: 1 };
      expectObservable(EMPTY.pipe(parallelByKey(firstLetter, options))).toBe('|');
      expectObservable(NEVER.pipe(parallelByKey(firstLetter, options))).toBe('-');
      expectObservable(throwError(() => 'x').pipe(parallelByKey(firstLetter, options))).toBe('#', undefined, 'x');
    });
  });

  it('passes what waits before the error of the source', () => {
    const ledger = deliveryLedger<string>();
    const source = concat(
      from(['a1', 'a2']).pipe(map(ledger.deliver)),
      throwError(() => 'boom'),
    );
    const { passed, ends, values: seen } = gate({ concurrency: 2 }, source);
    expect([seen(), ends]).toEqual([['a1'], []]);
    passed[0]?.ack();
    expect([seen(), ends]).toEqual([['a1', 'a2'], ['boom']]);
  });

  it('releases what waits at unsubscription, and lets what is out be settled afterwards', () => {
    const ledger = deliveryLedger<string>();
    const source = concat(from(['a1', 'a2', 'b1', 'c1']).pipe(map(ledger.deliver)), NEVER);
    const { passed, leave } = gate({ concurrency: 2 }, source);
    leave();
    expect(ledger.log).toEqual(['release c1', 'release a2']);
    passed[0]?.ack();
    passed[1]?.ack();
    expect(ledger.log).toEqual(['release c1', 'release a2', 'ack a1', 'ack b1']);
    expect(passed).toHaveLength(2);
  });

  it('errors with what the key function threw, after nacking, and releases what waits', () => {
    const ledger = deliveryLedger<string>();
    const boom = new Error('boom');
    const source = new Subject<Delivery<string>>();
    const ends: unknown[] = [];
    const key = (value: string): string => {
      if (value === 'bad') throw boom;
      return 'one key';
    };
    source.pipe(parallelByKey(key, { concurrency: 1 })).subscribe({ error: (error: unknown) => ends.push(error) });
    for (const value of ['a', 'b', 'bad', 'c']) source.next(ledger.deliver(value));
    expect(ends).toEqual([boom]);
    expect(ledger.log).toEqual(['nack bad: boom', 'release b']);
    expect(source.observed).toBe(false);
  });

  it('says its own error although the nack comes back as one of the source', () => {
    const source = new Subject<Delivery<string>>();
    const ledger = deliveryLedger<string>(() => source.error('delivery_failed'));
    const ends: unknown[] = [];
    const key = (): string => {
      throw new Error('boom');
    };
    source.pipe(parallelByKey(key, { concurrency: 1 })).subscribe({ error: (error: unknown) => ends.push(error) });
    source.next(ledger.deliver('a'));
    expect(ends).toEqual([new Error('boom')]);
  });

  it('stops an endless synchronous source', () => {
    const ledger = deliveryLedger<number>();
    const source = range(0, Infinity).pipe(map((value) => ledger.deliver(value)));
    const seen: number[] = [];
    const result = source.pipe(
      parallelByKey((value) => value % 2, { concurrency: 2 }),
      values(),
      take(3),
    );
    result.subscribe((value) => seen.push(value));
    expect(seen).toEqual([0, 1, 2]);
    expect(ledger.outstanding).toBe(0);
  });

  it('keeps the order of a key when the consumer causes more from inside next', () => {
    const ledger = deliveryLedger<string>();
    const source = new Subject<Delivery<string>>();
    const seen: string[] = [];
    source.pipe(parallelByKey(firstLetter, { concurrency: 3 })).subscribe((delivery) => {
      if (delivery.value === 'a1') for (const value of ['a2', 'b1']) source.next(ledger.deliver(value));
      seen.push(delivery.value);
      delivery.ack();
    });
    source.next(ledger.deliver('a1'));
    expect(seen).toEqual(['a1', 'b1', 'a2']);
  });

  it('takes 100,000 synchronous deliveries of one key and of as many keys', () => {
    const count = 100_000;
    for (const key of [(): number => 0, (value: number): number => value]) {
      const ledger = deliveryLedger<number>();
      const held: Delivery<number>[] = [];
      let seen = 0;
      range(0, count)
        .pipe(
          map((value) => ledger.deliver(value)),
          parallelByKey(key, { concurrency: 1 }),
        )
        .subscribe((delivery) => {
          seen += 1;
          if (held.length === 0) held.push(delivery);
          else delivery.ack();
        });
      held[0]?.ack();
      expect([seen, ledger.outstanding]).toEqual([count, 0]);
    }
  });

  it.each([
    ['key', () => parallelByKey(JSON.parse('null'), { concurrency: 1 }), 'parallelByKey: key must be a function'],
    ['nothing', () => parallelByKey(firstLetter, JSON.parse('{}')), 'option "concurrency" is missing'],
    ['no options', () => parallelByKey(firstLetter, () => 1, JSON.parse('{}')), 'option "concurrency" is missing'],
    ['0', () => parallelByKey(firstLetter, { concurrency: 0 }), 'must be a whole number, 1 or more, got 0'],
    ['timeout', () => parallelByKey(firstLetter, JSON.parse('{"concurrency":1,"timeout":1}')), 'unknown option'],
    [
      'ordered',
      () => parallelByKey(firstLetter, () => 1, JSON.parse('{"concurrency":1,"ordered":true}')),
      'parallelByKey: unknown option "ordered"',
    ],
  ])('refuses senseless options at once: %s', (_, make, message) => {
    expect(make).toThrow(TypeError);
    expect(make).toThrow(message);
  });
});
