import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { BehaviorSubject, concat, mergeMap, of, range, throwError, timer, VirtualTimeScheduler } from 'rxjs';
import { readGate } from '../../lib/read-gate.js';
import { batchAck } from '../../operators/batch-ack.js';
import { deadLetter } from '../../operators/dead-letter.js';
import { deliver } from '../../operators/deliver.js';
import { redeliver } from '../../operators/redeliver.js';
import { creditSource } from './credit-source.js';

const commitPlan = fc.record({
  delay: fc.option(fc.nat(80)),
  fails: fc.boolean(),
  failed: fc.array(fc.nat(3), { maxLength: 2 }),
});

describe('batchAck', () => {
  it('settles every original once, in order and with its own commit, whatever the delays, failures and departures', () => {
    const limits = fc.record({
      total: fc.integer({ min: 1, max: 25 }),
      window: fc.integer({ min: 1, max: 10 }),
      maxSize: fc.integer({ min: 1, max: 8 }),
      maxWait: fc.nat(60),
      end: fc.constantFrom('complete', 'error', 'never'),
    });
    fc.assert(
      fc.property(
        limits,
        fc.array(commitPlan),
        fc.option(fc.nat(300)),
        ({ maxSize, maxWait, ...rest }, plans, leaveAt) => {
          const scheduler = new VirtualTimeScheduler();
          const root = creditSource({ ...rest, now: () => scheduler.now() });
          const full = new BehaviorSubject(false);
          const committed: number[] = [];
          let running = 0;
          let commits = 0;
          const commit = (values: readonly number[]) => {
            expect(values.length).toBeLessThanOrEqual(maxSize);
            expect((running += 1)).toBe(1);
            committed.push(...values);
            const { delay, fails, failed } = plans[commits++] ?? { delay: 0, fails: false, failed: [] };
            const result = of({ failed: failed.filter((place) => place < values.length) });
            const start = delay === null ? of(0) : timer(delay, scheduler);
            return start.pipe(
              mergeMap(() => {
                expect(root.settled.some(({ value }) => values.includes(value))).toBe(false);
                running -= 1;
                return fails ? throwError(() => 'full') : result;
              }),
            );
          };
          let ended = false;
          const subscription = root.source
            .pipe(batchAck(commit, { maxSize, maxWait, flushOn: full, scheduler }))
            .subscribe({ error: () => (ended = true), complete: () => (ended = true) });
          if (leaveAt !== null) scheduler.schedule(() => subscription.unsubscribe(), leaveAt);
          scheduler.flush();
          expect(scheduler.actions).toHaveLength(0);
          expect([root.out(), root.settled.length]).toEqual([0, root.emitted()]);
          expect(root.settled.map(({ value }) => value)).toEqual(
            Array.from({ length: root.emitted() }, (_, index) => index),
          );
          expect(committed).toEqual(Array.from({ length: committed.length }, (_, index) => index));
          if (leaveAt !== null) return;
          expect(committed).toHaveLength(rest.total);
          expect(ended).toBe(rest.end !== 'never');
        },
      ),
      { numRuns: 300 },
    );
  });

  it('stores or buries every value of a real window behind redeliver and deadLetter', () => {
    fc.assert(
      fc.property(
        fc.array(commitPlan, { maxLength: 30 }),
        fc.record({ window: fc.integer({ min: 1, max: 10 }), maxSize: fc.integer({ min: 1, max: 20 }) }),
        (plans, { window, maxSize }) => {
          const scheduler = new VirtualTimeScheduler();
          const gate = readGate();
          const stored = new Set<number>();
          const buried = new Set<number>();
          let commits = 0;
          let completed = false;
          const commit = (values: readonly number[]) => {
            const { delay, fails, failed } = plans[commits++] ?? { delay: 0, fails: false, failed: [] };
            return timer(delay ?? 0, scheduler).pipe(
              mergeMap(() => {
                if (fails) return throwError(() => 'full');
                const places = failed.filter((place) => place < values.length);
                values.filter((_, place) => !places.includes(place)).forEach((value) => stored.add(value));
                return concat(of({ failed: places }));
              }),
            );
          };
          range(0, 30)
            .pipe(
              deliver({ maxUnacked: window, gate }),
              deadLetter(({ value }) => void buried.add(value)),
              redeliver({ max: 2, backoff: { initialBackoff: 10 }, scheduler }),
              batchAck(commit, { maxSize, maxWait: 50, flushOn: gate.paused$, scheduler }),
            )
            .subscribe({ complete: () => (completed = true) });
          scheduler.flush();
          expect(completed).toBe(true);
          expect(stored.size + buried.size).toBe(30);
          expect(scheduler.actions).toHaveLength(0);
        },
      ),
      { numRuns: 200 },
    );
  });
});
