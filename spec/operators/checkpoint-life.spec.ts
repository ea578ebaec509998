import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { EMPTY, NEVER, Observable, of, Subject, take, throwError, VirtualTimeScheduler } from 'rxjs';
import type { Delivery } from '../../lib/delivery.js';
import { createMonitor } from '../../lib/state.js';
import { ackMap } from '../../operators/ack-map.js';
import { checkpoint } from '../../operators/checkpoint.js';
import { deliver } from '../../operators/deliver.js';
import { runUntil } from '../sources/x/scripted-x.js';
import { creditSource } from './credit-source.js';
import { checkpointRig, scriptedStore, type StoreAnswer } from './scripted-store.js';

const seconds = 1_000;

describe('checkpoint at an end', () => {
  it('passes on an empty source, one that never speaks, and an error', () => {
    const ends: unknown[] = [];
    for (const source of [EMPTY, NEVER, throwError(() => 'gone')]) {
      const rig = checkpointRig();
      source.pipe(rig.saved).subscribe({ error: (error) => ends.push(error), complete: () => ends.push('complete') });
      expect([rig.timers, rig.store.calls]).toEqual([0, []]);
    }
    expect(ends).toEqual(['complete', 'gone']);
  });

  it.each(['complete', 'error', 'unsubscribe'] as const)('saves on %s at once, and leaves no timer', async (how) => {
    const rig = checkpointRig({ every: 60 * seconds });
    rig.send('a', 'b');
    rig.ack('a');
    if (how === 'complete') rig.source.complete();
    if (how === 'error') rig.source.error('broken');
    if (how === 'unsubscribe') rig.subscription.unsubscribe();
    expect([rig.store.calls, rig.timers]).toEqual([['0 a'], 0]);
    expect(rig.ends).toEqual({ complete: ['complete'], error: ['broken'], unsubscribe: [] }[how]);
  });

  it.each(['complete', 'error'] as const)('saves what handlers acknowledge after %s, without a timer', async (how) => {
    const scheduler = new VirtualTimeScheduler();
    const store = scriptedStore(scheduler);
    const { source } = creditSource({ total: 4, end: how });
    const saved = checkpoint(store, 'posts', { scheduler });
    const handler = async (value: number): Promise<void> =>
      new Promise((resolve) => scheduler.schedule(() => resolve(), value === 1 ? 400 : 100));
    const ends: string[] = [];
    source.pipe(saved, ackMap(handler, { concurrency: 4, ordered: false })).subscribe({
      complete: () => ends.push('complete'),
      error: () => ends.push('error'),
    });
    await runUntil(scheduler, 50);
    expect([store.calls, scheduler.actions.length, ends]).toEqual([[], 4, []]);
    await runUntil(scheduler, 500);
    expect([store.calls, ends, scheduler.actions.length]).toEqual([['100 p0', '400 p3'], [how], 0]);
  });

  it.each(['complete', 'error'] as const)('has saved on %s before whoever subscribes anew loads', (how) => {
    const rig = checkpointRig();
    const found: unknown[] = [];
    const look = (): void => void found.push([...rig.store.calls]);
    const source = new Subject<Delivery<string>>();
    source.pipe(rig.saved).subscribe({ next: (delivery) => delivery.ack(), error: look, complete: look });
    source.next(rig.ledger.deliver('a'));
    if (how === 'complete') source.complete();
    else source.error('broken');
    expect(found).toEqual([['0 a']]);
  });

  it.each<StoreAnswer>(['throws', 'rejects', 'hangs'])(
    'is left in peace by a store that %s when the subscription ends',
    async (answer) => {
      const failures: unknown[] = [];
      const rig = checkpointRig({ maxFailures: 1, onFailure: (cause) => failures.push(cause) });
      rig.store.answer = answer;
      rig.send('a', 'b');
      rig.ack('a');
      rig.subscription.unsubscribe();
      await rig.until(60 * seconds);
      expect([rig.ends, rig.timers, rig.store.calls]).toEqual([[], 0, ['0 a']]);
      expect(failures).toHaveLength(answer === 'hangs' ? 0 : 1);
    },
  );

  it('returns credit that it withholds, and releases what that brings', () => {
    const { source, log } = creditSource({ total: 4, window: 2, end: 'never' });
    const store = scriptedStore(new VirtualTimeScheduler());
    store.answer = 'hangs';
    const saved = checkpoint(store, 'posts', { maxUnsaved: 1 });
    const subscription = source.pipe(saved).subscribe((delivery) => delivery.ack());
    expect(log()).toEqual([]);
    subscription.unsubscribe();
    expect(log()).toEqual(['ack 0', 'release 2', 'release 3', 'ack 1']);
  });

  it('stops a synchronous source as soon as nobody listens', () => {
    let emitted = 0;
    const { make } = creditSource({ total: 0 });
    const source = new Observable<ReturnType<typeof make>>((subscriber) => {
      while (!subscriber.closed) subscriber.next(make((emitted += 1)));
    });
    source.pipe(checkpoint(scriptedStore(new VirtualTimeScheduler()), 'a'), take(3)).subscribe();
    expect(emitted).toBe(3);
  });

  it('saves when a connection ends, before the next begins', async () => {
    const monitor = createMonitor();
    const rig = checkpointRig({ monitor, every: 60 * seconds });
    monitor.report.open();
    rig.send('a', 'b');
    rig.ack('a');
    monitor.report.disconnected();
    expect(rig.store.calls).toEqual(['0 a']);
    rig.subscription.unsubscribe();
    rig.ack('b');
    await rig.until(0);
    monitor.report.open();
    monitor.report.disconnected();
    expect(rig.store.calls).toEqual(['0 a', '0 b']);
  });
});

describe('checkpoint with a store that fails', () => {
  it.each<StoreAnswer>(['throws', 'rejects'])(
    'that %s tries again by time alone, and ends the stream',
    async (answer) => {
      const failures: unknown[] = [];
      const listener = (cause: unknown): never => {
        failures.push(cause);
        throw new Error('a broken listener');
      };
      const rig = checkpointRig({ every: 100, everyCount: 1, onFailure: listener });
      rig.store.answer = answer;
      rig.send('a', 'b', 'c', 'd');
      rig.ack('a', 'b');
      await rig.until(50);
      rig.ack('c', 'd');
      await rig.until(150);
      expect([rig.store.calls, rig.ends]).toEqual([['0 a', '100 d'], []]);
      await rig.until(300);
      // The last one is that of the unsubscription.
      expect(rig.store.calls).toEqual(['0 a', '100 d', '200 d', '200 d']);
      expect(rig.ends).toMatchObject([{ errorType: 'fatal_error', code: 'checkpoint_failed', cause: failures[2] }]);
      expect([failures.length, rig.timers]).toEqual([4, 0]);
    },
  );

  it('counts failures in a row: one success begins anew', async () => {
    const rig = checkpointRig({ every: 100, everyCount: 1_000, maxFailures: 2 });
    for (const value of ['1', '2', '3', '4']) {
      rig.store.answer = 'rejects';
      rig.send(value);
      rig.ack(value);
      await rig.until(rig.scheduler.now() + 150);
      rig.store.answer = 'ok';
      await rig.until(rig.scheduler.now() + 150);
    }
    expect([rig.store.stored, rig.ends]).toEqual([['1', '2', '3', '4'], []]);
  });

  it('is not ended by an onFailure that rejects', async () => {
    const rig = checkpointRig({ every: 10, onFailure: async () => Promise.reject(new Error('a broken listener')) });
    rig.store.answer = 'throws';
    rig.send('a');
    rig.ack('a');
    await rig.until(15);
    rig.store.answer = 'ok';
    await rig.until(100);
    expect([rig.store.stored, rig.ends]).toEqual([['a'], []]);
  });

  it('lets the window of the source fill up, and goes on when the store does', async () => {
    const scheduler = new VirtualTimeScheduler();
    const store = scriptedStore(scheduler);
    store.answer = 'hangs';
    const { source, emitted, peak } = creditSource({ total: 100, window: 8, end: 'never' });
    const saved = checkpoint(store, 'posts', { every: 10, maxUnsaved: 20, scheduler });
    const subscription = source.pipe(saved).subscribe((delivery) => delivery.ack());
    await runUntil(scheduler, 1_000);
    // 20 unsaved, and the rest of the window that was full already.
    expect(emitted()).toBeLessThanOrEqual(20 + 8);
    expect(peak()).toBeLessThanOrEqual(8);
    store.answer = 'ok';
    store.release();
    await runUntil(scheduler, 2_000);
    expect([emitted(), store.stored.at(-1)]).toEqual([100, 'p99']);
    subscription.unsubscribe();
  });
});

describe('checkpoint against a list that is looked through', () => {
  const step = fc.record({
    wait: fc.nat(60),
    send: fc.nat(3),
    settle: fc.array(fc.record({ which: fc.nat(40), how: fc.constantFrom('ack', 'ack', 'ack', 'ack', 'nack') }), {
      maxLength: 4,
    }),
    answer: fc.constantFrom<StoreAnswer>('ok', 'throws', 'rejects', { after: 30 }, { after: 90, fails: true }),
  });

  it('never saves past a hole, in no order, and has saved all of it after drain', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 20, size: 'max' }),
        fc.integer({ min: 1, max: 4 }),
        async (steps, everyCount) => {
          const rig = checkpointRig({ every: 50, everyCount, maxFailures: 1_000, maxUnsaved: 5 });
          const acked = new Map<number, boolean>();
          const low = (): number => {
            let at = 0;
            while (acked.get(at) === true) at += 1;
            return at;
          };
          let sent = 0;
          const within = (): void => {
            for (const call of rig.store.calls) expect(Number(call.split(' ')[1])).toBeLessThan(low());
          };
          for (const { wait, send, settle, answer } of steps) {
            rig.store.answer = answer;
            for (let n = 0; n < send; n += 1) rig.send(String(sent++));
            for (const { which, how } of settle) {
              const delivery = rig.out.get(String(which));
              if (delivery === undefined || acked.has(which)) continue;
              acked.set(which, how === 'ack');
              if (how === 'ack') delivery.ack();
              else delivery.nack();
            }
            within();
            await rig.until(rig.scheduler.now() + wait);
            within();
          }
          rig.store.answer = 'ok';
          await rig.until(rig.scheduler.now() + 100);
          rig.subscription.unsubscribe();
          await rig.saved.drain();
          within();
          const stored = rig.store.stored.map(Number);
          expect(stored).toEqual([...stored].sort((a, b) => a - b));
          expect([stored.at(-1) ?? -1, rig.store.peak <= 1, rig.timers, rig.ends]).toEqual([low() - 1, true, 0, []]);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('works with credit that the source gives', async () => {
    const store = scriptedStore(new VirtualTimeScheduler());
    const saved = checkpoint(store, 'posts');
    const positionOf = (value: string): string => `after ${value}`;
    of('a', 'b', 'c')
      .pipe(deliver({ maxUnacked: 1, positionOf }), saved)
      .subscribe((delivery) => delivery.ack());
    await saved.drain();
    expect(store.stored).toEqual(['after c']);
  });
});
