import { describe, expect, it } from '@jest/globals';
import { EMPTY, from, map, NEVER, type Observable, of, Subject } from 'rxjs';
import { type RunHelpers, TestScheduler } from 'rxjs/testing';
import type { Delivery } from '../../lib/delivery.js';
import { ackMap } from '../../operators/ack-map.js';
import { deliveryLedger } from './delivery-ledger.js';

function marbles(run: (helpers: RunHelpers, scheduler: TestScheduler) => void): void {
  const scheduler = new TestScheduler((actual, expected) => expect(actual).toEqual(expected));
  scheduler.run((helpers) => run(helpers, scheduler));
}

describe('ackMap with a timeout', () => {
  it('nacks a handler that hangs, frees its place and ignores what it says afterwards', () => {
    marbles(({ cold, expectObservable, expectSubscriptions, flush }, scheduler) => {
      const ledger = deliveryLedger<string>();
      const source = cold('(ab)-----|').pipe(map(ledger.deliver));
      const hung = cold('  --------x|');
      const quick = cold('      --y|');
      const expected = '   -------y-|';
      const result = source.pipe(ackMap((value) => (value === 'a' ? hung : quick), { timeout: 5, scheduler }));
      expectObservable(result).toBe(expected);
      expectSubscriptions(hung.subscriptions).toBe('^----!');
      flush();
      expect(ledger.log).toEqual(['nack a: handler_timeout', 'ack b']);
    });
  });

  it('measures each handler from its own start', () => {
    marbles(({ cold, expectObservable, flush }, scheduler) => {
      const ledger = deliveryLedger<string>();
      const source = cold('a--b------|').pipe(map(ledger.deliver));
      const handlers: Record<string, Observable<string>> = { a: cold('----#'), b: NEVER };
      const expected = '   ----------|';
      const options = { concurrency: 2, timeout: 5, scheduler };
      expectObservable(source.pipe(ackMap((value) => handlers[value] ?? EMPTY, options))).toBe(expected);
      flush();
      expect(ledger.log).toEqual(['nack a: error', 'nack b: handler_timeout']);
    });
  });

  it('errors with the timeout where handlers may not fail', () => {
    const scheduler = new TestScheduler(() => undefined);
    scheduler.run(({ flush }) => {
      const seen: unknown[] = [];
      const ledger = deliveryLedger<string>();
      of(ledger.deliver('a'))
        .pipe(ackMap(() => NEVER, { timeout: 5, onHandlerError: 'error', scheduler }))
        .subscribe({ error: (error: unknown) => seen.push(error, scheduler.now()) });
      flush();
      expect(seen).toMatchObject([{ errorType: 'timeout', code: 'handler_timeout', isRetryable: true }, 5]);
      expect(ledger.log).toEqual(['release a']);
    });
  });

  it('leaves no timer after the end and after unsubscription, and makes none for plain results', () => {
    const scheduler = new TestScheduler(() => undefined);
    const source = new Subject<Delivery<string>>();
    const ledger = deliveryLedger<string>();
    const handlers: Record<string, Observable<string> | string> = { plain: 'x', quick: of('y'), slow: NEVER };
    const options = { timeout: 1_000, concurrency: 5, scheduler };
    const subscription = source.pipe(ackMap((value) => handlers[value], options)).subscribe();
    source.next(ledger.deliver('plain'));
    source.next(ledger.deliver('quick'));
    expect(scheduler.actions).toHaveLength(0);
    for (let count = 0; count < 3; count += 1) source.next(ledger.deliver('slow'));
    expect(scheduler.actions).toHaveLength(1);
    subscription.unsubscribe();
    expect(scheduler.actions).toHaveLength(0);

    const gate = new Subject<string>();
    from([ledger.deliver('a')])
      .pipe(ackMap(() => gate, options))
      .subscribe();
    expect(scheduler.actions).toHaveLength(1);
    gate.complete();
    expect(scheduler.actions).toHaveLength(0);
  });
});

describe('the signal of ackMap', () => {
  it('aborts at the timeout with the reason, and at unsubscription, and not after success', () => {
    const scheduler = new TestScheduler(() => undefined);
    scheduler.run(({ flush }) => {
      const ledger = deliveryLedger<string>();
      const signals: Record<string, AbortSignal> = {};
      const gates: Record<string, Observable<string>> = { a: NEVER, b: of('done'), c: NEVER };
      const subscription = from('abc')
        .pipe(
          map((value) => ledger.deliver(value)),
          ackMap(
            (value, _, signal) => {
              signals[value] = signal;
              return gates[value];
            },
            { timeout: 5, scheduler },
          ),
        )
        .subscribe();
      scheduler.schedule(() => subscription.unsubscribe(), 7);
      flush();
      expect(signals['a']?.reason).toMatchObject({ code: 'handler_timeout' });
      expect(signals['b']?.aborted).toBe(false);
      expect(signals['c']?.reason).toMatchObject({ name: 'AbortError' });
      expect(ledger.log).toEqual(['nack a: handler_timeout', 'ack b', 'release c']);
    });
  });

  it('is made for handlers that declare it or ask for it, and for no others', () => {
    const counts: number[] = [];
    const handler = (...parts: readonly unknown[]): void => void counts.push(parts.length);
    const ledger = deliveryLedger<string>();
    of(ledger.deliver('a')).pipe(ackMap(handler)).subscribe();
    of(ledger.deliver('a'))
      .pipe(ackMap(handler, { abortable: true }))
      .subscribe();
    expect(counts).toEqual([2, 3]);
  });
});
