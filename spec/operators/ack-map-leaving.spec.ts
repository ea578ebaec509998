import { describe, expect, it } from '@jest/globals';
import { concat, EMPTY, finalize, from, map, NEVER, Observable, of, range, Subject, take } from 'rxjs';
import { type RunHelpers, TestScheduler } from 'rxjs/testing';
import type { Delivery } from '../../lib/delivery.js';
import { ackMap } from '../../operators/ack-map.js';
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

describe('ackMap, when the consumer leaves or pushes more', () => {
  it('stops handlers and releases what is not handled at unsubscription', () => {
    marbles(({ cold, expectObservable, expectSubscriptions, flush }) => {
      const ledger = deliveryLedger<string>();
      const source = cold('(abc)-----').pipe(map(ledger.deliver));
      const handler = cold('----x|');
      const unsub = '      --!';
      expectObservable(source.pipe(ackMap(() => handler, { concurrency: 2 })), unsub).toBe('---');
      expectSubscriptions(handler.subscriptions).toBe(['^-!', '^-!']);
      flush();
      expect(ledger.log).toEqual(['release a', 'release b', 'release c']);
    });
  });

  it('acknowledges what is handled when the consumer leaves with its last result, before the source is left', () => {
    const log: string[] = [];
    const ledger = deliveryLedger<string>((value) => log.push(`settled ${value}`));
    const source = new Subject<Delivery<string>>();
    const watched = source.pipe(finalize(() => log.push('left')));
    const seen = collect(
      watched.pipe(
        ackMap((value) => value),
        take(1),
      ),
    );
    source.next(ledger.deliver('a'));
    expect(seen).toEqual(['a', 'end']);
    expect(ledger.log[0]).toBe('ack a');
    expect(ledger.outstanding).toBe(0);
    expect(log).toEqual(['settled a', 'left']);
  });

  it('releases what has results left when the consumer leaves', () => {
    const ledger = deliveryLedger<string>();
    const first = new Subject<string>();
    const handlers: Record<string, Observable<string>> = { a: first, b: of('1', '2'), c: EMPTY, d: of('3') };
    const source = concat(delivered(ledger, 'abcd'), NEVER);
    const result = source.pipe(ackMap((value) => handlers[value] ?? EMPTY, { concurrency: 4 }));
    const seen = collect(result.pipe(take(2)));
    expect(ledger.log).toEqual([]);
    first.next('0');
    first.complete();
    expect(seen).toEqual(['0', '1', 'end']);
    expect(ledger.log).toEqual(['ack a', 'ack c', 'release b', 'release d']);
  });

  it('stops an endless synchronous source and an endless synchronous handler', () => {
    const ledger = deliveryLedger<number>();
    const source = range(0, Infinity).pipe(map((value) => ledger.deliver(value)));
    expect(
      collect(
        source.pipe(
          ackMap((value) => value),
          take(3),
        ),
      ),
    ).toEqual([0, 1, 2, 'end']);
    expect(
      collect(
        source.pipe(
          ackMap(() => range(0, Infinity)),
          take(3),
        ),
      ),
    ).toEqual([0, 1, 2, 'end']);
    expect(ledger.outstanding).toBe(0);
  });

  it('handles a delivery that the consumer causes from inside next after those that came before', () => {
    const ledger = deliveryLedger<string>();
    const source = new Subject<Delivery<string>>();
    const seen: string[] = [];
    source.pipe(ackMap((value) => [`${value}1`, `${value}2`])).subscribe((result) => {
      if (result === 'a1') source.next(ledger.deliver('b'));
      seen.push(result);
    });
    source.next(ledger.deliver('a'));
    expect(seen).toEqual(['a1', 'a2', 'b1', 'b2']);
    expect(ledger.log).toEqual(['ack a', 'ack b']);
  });

  it('runs one handler at a time although a handler causes the next delivery', () => {
    const ledger = deliveryLedger<number>();
    const source = new Subject<Delivery<number>>();
    const log: string[] = [];
    source
      .pipe(
        ackMap((value) => {
          log.push(`begin ${value}`);
          if (value < 3) source.next(ledger.deliver(value + 1));
          log.push(`end ${value}`);
        }),
      )
      .subscribe();
    source.next(ledger.deliver(1));
    expect(log).toEqual(['begin 1', 'end 1', 'begin 2', 'end 2', 'begin 3', 'end 3']);
  });

  it('unsubscribes from inside a handler without a result, an acknowledgment or an unhandled rejection', async () => {
    const ledger = deliveryLedger<string>();
    const source = new Subject<Delivery<string>>();
    const seen: unknown[] = [];
    const subscription = source
      .pipe(
        ackMap((value) => {
          subscription.unsubscribe();
          return Promise.reject(new Error(value));
        }),
      )
      .subscribe((value) => seen.push(value));
    source.next(ledger.deliver('a'));
    await new Promise((resolve) => setImmediate(resolve));
    expect(seen).toEqual([]);
    expect(ledger.log).toEqual(['release a']);
  });

  it('does not subscribe to what a handler returns after it has unsubscribed', () => {
    const ledger = deliveryLedger<string>();
    const source = new Subject<Delivery<string>>();
    let subscribed = 0;
    const result = new Observable<string>(() => void (subscribed += 1));
    const subscription = source
      .pipe(
        ackMap(() => {
          subscription.unsubscribe();
          return result;
        }),
      )
      .subscribe();
    source.next(ledger.deliver('a'));
    expect([subscribed, ledger.log]).toEqual([0, ['release a']]);
  });

  it('has left the source and released everything before an error is heard', () => {
    const ledger = deliveryLedger<string>();
    const source = new Subject<Delivery<string>>();
    const heard: unknown[] = [];
    const gate = new Subject<string>();
    source
      .pipe(ackMap(() => gate, { onHandlerError: 'error' }))
      .subscribe({ error: (error: unknown) => heard.push(error, source.observed, ledger.outstanding) });
    source.next(ledger.deliver('a'));
    source.next(ledger.deliver('b'));
    gate.error('boom');
    expect(heard).toEqual(['boom', false, 0]);
  });

  it.each([{ ordered: true }, { ordered: false }])(
    'takes 100,000 synchronous deliveries, queued, nested and at once, in little time (%o)',
    (options) => {
      const count = 100_000;
      const ledger = deliveryLedger<number>();
      const all = range(0, count).pipe(map((value) => ledger.deliver(value)));
      let seen = 0;
      all.pipe(ackMap((value) => value, options)).subscribe(() => (seen += 1));
      expect(seen).toBe(count);

      const gate = new Subject<number>();
      all.pipe(ackMap((value) => (value === 0 ? gate : value), options)).subscribe(() => (seen += 1));
      gate.complete();
      expect(seen).toBe(2 * count - 1);

      const source = new Subject<Delivery<number>>();
      const chain = deliveryLedger<number>((value) => value < count && source.next(chain.deliver(value + 1)));
      source.pipe(ackMap((value) => value, options)).subscribe();
      source.next(chain.deliver(1));
      expect(chain.log).toHaveLength(count);
      expect(ledger.outstanding + chain.outstanding).toBe(0);
    },
  );
});
