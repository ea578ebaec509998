import { describe, expect, it } from '@jest/globals';
import { EMPTY, map, NEVER, Observable, range, Subject, take, throwError } from 'rxjs';
import { type RunHelpers, TestScheduler } from 'rxjs/testing';
import type { Delivery } from '../../lib/delivery.js';
import { values } from '../../operators/values.js';
import { deliveryLedger } from './delivery-ledger.js';

const marbles = (run: (helpers: RunHelpers) => void): void =>
  new TestScheduler((actual, expected) => expect(actual).toEqual(expected)).run(run);

describe('values', () => {
  it('emits values in time and passes the end', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const ledger = deliveryLedger<string>();
      const source = cold('a-b-c-#');
      const subs = '       ^-----!';
      const expected = '   a-b-c-#';
      expectObservable(source.pipe(map(ledger.deliver), values())).toBe(expected);
      expectSubscriptions(source.subscriptions).toBe(subs);
    });
  });

  it('passes an empty source, a silent one and an error', () => {
    marbles(({ expectObservable }) => {
      expectObservable(EMPTY.pipe(values())).toBe('|');
      expectObservable(NEVER.pipe(values())).toBe('-');
      expectObservable(throwError(() => 'x').pipe(values())).toBe('#', undefined, 'x');
    });
  });

  it('acknowledges after next has returned, not before', () => {
    const ledger = deliveryLedger<string>();
    const during: string[][] = [];
    const source = new Subject<Delivery<string>>();
    source.pipe(values()).subscribe(() => during.push([...ledger.log]));
    source.next(ledger.deliver('a'));
    source.next(ledger.deliver('b'));
    expect(during).toEqual([[], ['ack a']]);
    expect(ledger.log).toEqual(['ack a', 'ack b']);
  });

  it('releases the delivery whose value made the consumer leave', () => {
    const ledger = deliveryLedger<number>();
    const seen: number[] = [];
    range(0, Infinity)
      .pipe(
        map((value) => ledger.deliver(value)),
        values(),
        take(3),
      )
      .subscribe((value) => seen.push(value));
    expect(seen).toEqual([0, 1, 2]);
    expect(ledger.log).toEqual(['ack 0', 'ack 1', 'release 2']);
  });

  it('keeps the order of values when the consumer pushes from inside next', () => {
    const ledger = deliveryLedger<number>();
    const source = new Subject<Delivery<number>>();
    const seen: number[] = [];
    source.pipe(values()).subscribe((value) => {
      seen.push(value);
      if (value < 3) source.next(ledger.deliver(value + 1));
    });
    source.next(ledger.deliver(1));
    expect(seen).toEqual([1, 2, 3]);
    expect(ledger.outstanding).toBe(0);
  });

  it('takes 100,000 synchronous deliveries', () => {
    const ledger = deliveryLedger<number>();
    let count = 0;
    const source = new Observable<Delivery<number>>((subscriber) => {
      for (let value = 0; value < 100_000; value += 1) subscriber.next(ledger.deliver(value));
    });
    source.pipe(values()).subscribe(() => (count += 1));
    expect([count, ledger.outstanding]).toEqual([100_000, 0]);
  });
});
