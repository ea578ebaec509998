import { describe, expect, it } from '@jest/globals';
import { EMPTY, map, NEVER, type Observable, range, Subject, take, throwError } from 'rxjs';
import { type RunHelpers, TestScheduler } from 'rxjs/testing';
import type { Delivery } from '../../lib/delivery.js';
import { ackFilter } from '../../operators/ack-filter.js';
import { deliveryLedger } from './delivery-ledger.js';

const marbles = (run: (helpers: RunHelpers) => void): void =>
  new TestScheduler((actual, expected) => expect(actual).toEqual(expected)).run(run);

const isEven = (value: number): boolean => value % 2 === 0;

function collect(results: Observable<Delivery<number>>): unknown[] {
  const seen: unknown[] = [];
  results.subscribe({
    next: ({ value }) => seen.push(value),
    error: (error: unknown) => seen.push(['error', error]),
    complete: () => seen.push('end'),
  });
  return seen;
}

describe('ackFilter', () => {
  it('passes what fulfils the predicate untouched, in time, and acknowledges the rest at once', () => {
    marbles(({ cold, expectObservable, expectSubscriptions, flush }) => {
      const ledger = deliveryLedger<string>();
      const source = cold('a-b-c-|');
      const subs = '       ^-----!';
      const expected = '   a---c-|';
      const result = source.pipe(
        map(ledger.deliver),
        ackFilter((value) => value !== 'b'),
        map(({ value }) => value),
      );
      expectObservable(result).toBe(expected);
      expectSubscriptions(source.subscriptions).toBe(subs);
      flush();
      expect(ledger.log).toEqual(['ack b']);
    });
  });

  it('passes an empty source, a silent one and an error', () => {
    marbles(({ expectObservable }) => {
      expectObservable(EMPTY.pipe(ackFilter(isEven))).toBe('|');
      expectObservable(NEVER.pipe(ackFilter(isEven))).toBe('-');
      expectObservable(throwError(() => 'x').pipe(ackFilter(isEven))).toBe('#', undefined, 'x');
    });
  });

  it('errors with what the predicate threw, after nacking, whatever the nack causes', () => {
    const source = new Subject<Delivery<number>>();
    const boom = new Error('boom');
    const causes = [(): void => source.error('delivery_failed'), (): void => source.next(ledger.deliver(2))];
    let cause: (() => void) | undefined;
    const ledger = deliveryLedger<number>(() => cause?.());
    const predicate = (value: number): boolean => {
      if (value === 1) throw boom;
      return true;
    };
    cause = causes[1];
    const seen = collect(source.pipe(ackFilter(predicate)));
    source.next(ledger.deliver(0));
    source.next(ledger.deliver(1));
    expect(seen).toEqual([0, ['error', boom]]);
    expect(ledger.log).toEqual(['nack 1: boom', 'release 2']);
    cause = causes[0];
    const again = collect(source.pipe(ackFilter(predicate)));
    source.next(ledger.deliver(1));
    expect(again).toEqual([['error', boom]]);
  });

  it('releases a delivery when the predicate itself makes the consumer leave', () => {
    const ledger = deliveryLedger<number>();
    const source = new Subject<Delivery<number>>();
    const subscription = source
      .pipe(
        ackFilter(() => {
          subscription.unsubscribe();
          return true;
        }),
      )
      .subscribe();
    source.next(ledger.deliver(1));
    expect(ledger.log).toEqual(['release 1']);
  });

  it('takes 100,000 synchronous deliveries, and stops an endless source', () => {
    const ledger = deliveryLedger<number>();
    const deliveries = (count: number): Observable<Delivery<number>> =>
      range(0, count).pipe(map((value) => ledger.deliver(value)));
    expect(collect(deliveries(100_000).pipe(ackFilter(() => false)))).toEqual(['end']);
    expect(ledger.outstanding).toBe(0);
    expect(collect(deliveries(Infinity).pipe(ackFilter(isEven), take(2)))).toEqual([0, 2, 'end']);
  });

  it('keeps the order when the consumer pushes from inside next', () => {
    const ledger = deliveryLedger<number>();
    const source = new Subject<Delivery<number>>();
    const seen: number[] = [];
    source.pipe(ackFilter(isEven)).subscribe(({ value }) => {
      seen.push(value);
      if (value < 4) source.next(ledger.deliver(value + 2));
    });
    source.next(ledger.deliver(0));
    expect(seen).toEqual([0, 2, 4]);
  });

  it('refuses what is no function', () => {
    expect(() => ackFilter(JSON.parse('"no"'))).toThrow(
      new TypeError('ackFilter: predicate must be a function, got a string'),
    );
  });
});
