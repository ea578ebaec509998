import { describe, expect, it } from '@jest/globals';
import { concat, EMPTY, from, map, NEVER, type Observable, of, range, Subject, throwError, timer } from 'rxjs';
import { type RunHelpers, TestScheduler } from 'rxjs/testing';
import type { Delivery } from '../../lib/delivery.js';
import { ackMap, type AckMapOptions } from '../../operators/ack-map.js';
import { type DeliveryLedger, deliveryLedger } from './delivery-ledger.js';

const marbles = (run: (helpers: RunHelpers) => void): void =>
  new TestScheduler((actual, expected) => expect(actual).toEqual(expected)).run(run);

/** Results, errors and the end, in one list. */
function collect<R>(results: Observable<R>, into: unknown[] = []): unknown[] {
  results.subscribe({
    next: (result) => into.push(result),
    error: (error: unknown) => into.push(['error', error]),
    complete: () => into.push('end'),
  });
  return into;
}

function delivered(ledger: DeliveryLedger<string>, values: string): Observable<Delivery<string>> {
  return from(values).pipe(map((value) => ledger.deliver(value)));
}

describe('ackMap', () => {
  it('emits what handlers give and acknowledges when they have completed', () => {
    marbles(({ cold, expectObservable, expectSubscriptions, flush }) => {
      const ledger = deliveryLedger<string>();
      const source = cold('a-b---c---|').pipe(map(ledger.deliver));
      const handler = cold('--x|');
      const expected = '   --x--x--x-|';
      expectObservable(source.pipe(ackMap(() => handler))).toBe(expected);
      expectSubscriptions(handler.subscriptions).toBe(['^--!', '---^--!', '------^--!']);
      flush();
      expect(ledger.log).toEqual(['ack a', 'ack b', 'ack c']);
    });
  });

  it('passes an empty source, one that never speaks and one that errors at once', () => {
    marbles(({ expectObservable }) => {
      expectObservable(EMPTY.pipe(ackMap(() => 1))).toBe('|');
      expectObservable(NEVER.pipe(ackMap(() => 1))).toBe('-');
      expectObservable(throwError(() => 'boom').pipe(ackMap(() => 1))).toBe('#', undefined, 'boom');
    });
  });

  it('runs at most as many handlers as it may, and starts them in order of delivery', () => {
    marbles(({ cold, expectObservable }) => {
      const ledger = deliveryLedger<string>();
      const source = cold('(abc|)').pipe(map(ledger.deliver));
      const expected = '   10ms (ab) 6ms (c|)';
      const handler = (value: string): Observable<string> => timer(10).pipe(map(() => value));
      expectObservable(source.pipe(ackMap(handler, { concurrency: 2 }))).toBe(expected);
    });
  });

  it('keeps results in order of delivery, and acknowledges each delivery when its results are out', () => {
    marbles(({ cold, expectObservable, flush }) => {
      const ledger = deliveryLedger<string>();
      const outcomes: unknown[] = [];
      const source = cold('(abc|)').pipe(map(ledger.deliver));
      const handlers: Record<string, Observable<string>> = {
        a: cold('          ----1---2|'),
        b: cold('          -3-4|'),
        c: cold('          --5|'),
      };
      const expected = '   ----1---2(345|)';
      const result = source.pipe(ackMap((value) => handlers[value] ?? EMPTY, { concurrency: 3 }));
      timer(8).subscribe(() => outcomes.push(...ledger.log));
      expectObservable(result).toBe(expected);
      flush();
      expect(outcomes).toEqual([]);
      expect(ledger.log).toEqual(['ack a', 'ack b', 'ack c']);
    });
  });

  it('emits results as they come where no order is asked for', () => {
    marbles(({ cold, expectObservable, flush }) => {
      const ledger = deliveryLedger<string>();
      const source = cold('(ab|)').pipe(map(ledger.deliver));
      const handlers: Record<string, Observable<string>> = { a: cold('---1----|'), b: cold('-2-3|') };
      const expected = '   -2-(13)-|';
      const options = { concurrency: 2, ordered: false };
      expectObservable(source.pipe(ackMap((value) => handlers[value] ?? EMPTY, options))).toBe(expected);
      flush();
      expect(ledger.log).toEqual(['ack b', 'ack a']);
    });
  });

  it('takes plain values, promises, arrays, generators and async generators, and iterates no text', async () => {
    const ledger = deliveryLedger<unknown>();
    const results: unknown[] = [
      'text',
      0,
      null,
      undefined,
      Promise.resolve('promised'),
      Promise.resolve(undefined),
      Promise.resolve([7]),
      [1, 2],
      new Set([3]),
      (async function* (): AsyncGenerator<string> {
        yield 'x';
        yield 'y';
      })(),
      of(undefined),
    ];
    const seen: unknown[] = [];
    const values = range(0, results.length).pipe(map((index) => ledger.deliver(index)));
    await new Promise<void>((resolve) =>
      values.pipe(ackMap((index) => results[Number(index)])).subscribe({
        next: (value) => seen.push(value),
        complete: resolve,
      }),
    );
    expect(seen).toEqual(['text', 0, null, 'promised', [7], 1, 2, 3, 'x', 'y', undefined]);
    expect(ledger.outstanding).toBe(0);
  });

  it('nacks what throws, rejects or errors, and goes on', async () => {
    const ledger = deliveryLedger<string>();
    const seen: unknown[] = [];
    const handler = (value: string): Observable<string> | Promise<string> | string => {
      if (value === 'a') throw new Error('thrown');
      if (value === 'b') return Promise.reject(new Error('rejected'));
      if (value === 'c')
        return concat(
          of('c1'),
          throwError(() => new Error('errored')),
        );
      return value;
    };
    await new Promise<void>((resolve) =>
      concat(delivered(ledger, 'abcd'), NEVER)
        .pipe(ackMap(handler))
        .subscribe((value) => {
          seen.push(value);
          if (value === 'd') queueMicrotask(resolve);
        }),
    );
    expect(seen).toEqual(['c1', 'd']);
    expect(ledger.log).toEqual(['nack a: thrown', 'nack b: rejected', 'nack c: errored', 'ack d']);
  });

  it('drops results of a failed handler that had no turn yet, and passes the turn on', () => {
    marbles(({ cold, expectObservable, flush }) => {
      const ledger = deliveryLedger<string>();
      const source = cold('(abc)----|').pipe(map(ledger.deliver));
      const handlers: Record<string, Observable<string>> = { a: cold('----#'), b: cold('12#'), c: cold('3|') };
      const expected = '   ----3----|';
      expectObservable(source.pipe(ackMap((value) => handlers[value] ?? EMPTY, { concurrency: 3 }))).toBe(expected);
      flush();
      expect(ledger.log).toEqual(['nack b: error', 'nack a: error', 'ack c']);
    });
  });

  it('with onHandlerError error lets running handlers end, starts no other, and errors with the reason', () => {
    marbles(({ cold, expectObservable, expectSubscriptions, flush }) => {
      const ledger = deliveryLedger<string>();
      const source = cold('(abc)------');
      const subs = '       ^-----!';
      const handlers: Record<string, Observable<string>> = { a: cold('-----1|'), b: cold('-#') };
      const expected = '   -----1#';
      const options: AckMapOptions = { concurrency: 2, onHandlerError: 'error' };
      const result = source.pipe(
        map(ledger.deliver),
        ackMap((value) => handlers[value] ?? NEVER, options),
      );
      expectObservable(result).toBe(expected);
      expectSubscriptions(source.subscriptions).toBe(subs);
      flush();
      expect(ledger.log).toEqual(['ack a', 'release c', 'release b']);
    });
  });

  it('errors with what a handler threw although it releases into a source that goes on at once', () => {
    const source = new Subject<Delivery<number>>();
    let next = 0;
    const ledger = deliveryLedger<number>(() => source.next(ledger.deliver((next += 1))));
    const boom = new Error('boom');
    const handler = (value: number): number => {
      if (value === 3) throw boom;
      return value;
    };
    const seen = collect(source.pipe(ackMap(handler, { onHandlerError: 'error' })));
    source.next(ledger.deliver(0));
    expect(seen).toEqual([0, 1, 2, ['error', boom]]);
  });

  it.each(['complete', 'error'] as const)('handles all that was delivered before a %s passes', (ending) => {
    marbles(({ cold, expectObservable, flush }) => {
      const ledger = deliveryLedger<string>();
      const source = cold(ending === 'error' ? '(abc)#' : '(abc)|').pipe(map(ledger.deliver));
      const expected = ending === 'error' ? '  --a-b-(c#)' : '--a-b-(c|)';
      const handler = (value: string): Observable<string> => timer(2).pipe(map(() => value));
      expectObservable(source.pipe(ackMap(handler))).toBe(expected);
      flush();
      expect(ledger.log).toEqual(['ack a', 'ack b', 'ack c']);
    });
  });

  it('lets a handler settle its delivery itself', () => {
    const ledger = deliveryLedger<string>();
    const seen = collect(delivered(ledger, 'ab').pipe(ackMap((value, delivery) => delivery.nack(`no ${value}`))));
    expect(seen).toEqual(['end']);
    expect(ledger.log).toEqual(['nack a: no a', 'nack b: no b']);
  });

  it('nacks a handler that holds more results than it may, and stops it', () => {
    const ledger = deliveryLedger<string>();
    const handlers: Record<string, Observable<number>> = { a: NEVER, b: range(0, Infinity), c: range(0, 3) };
    delivered(ledger, 'abc')
      .pipe(ackMap((value) => handlers[value] ?? EMPTY, { concurrency: 3, maxHeld: 3 }))
      .subscribe();
    expect(ledger.log).toEqual(['nack b: slow_consumer']);
  });

  it.each([
    ['handler', () => ackMap(JSON.parse('null')), 'ackMap: handler must be a function, got null'],
    ['0', () => ackMap(() => 1, { concurrency: 0 }), 'option "concurrency" must be a whole number, 1 or more, got 0'],
    ['NaN', () => ackMap(() => 1, { timeout: Number.NaN }), 'ackMap: option "timeout" must be'],
    ['a text', () => ackMap(() => 1, JSON.parse('{"ordered":"no"}')), 'option "ordered" must be true or false'],
    ['unknown', () => ackMap(() => 1, JSON.parse('{"parallel":2}')), 'ackMap: unknown option "parallel"'],
  ])('refuses a senseless %s at once', (_, make, message) => {
    expect(make).toThrow(TypeError);
    expect(make).toThrow(message);
  });
});
