import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { EMPTY, mergeMap, throwError, timer, VirtualTimeScheduler } from 'rxjs';
import type { Outcome } from '../../lib/delivery.js';
import { type DeadLetter, deadLetter } from '../../operators/dead-letter.js';
import { creditSource } from './credit-source.js';

describe('deadLetter', () => {
  it('settles every original once, whatever the delays, failures and departures', () => {
    const step = fc.record({
      outcome: fc.constantFrom<Outcome>('ack', 'nack', 'nack', 'release'),
      delay: fc.nat(100),
      sinkDelay: fc.nat(60),
      sinkFails: fc.boolean(),
    });
    fc.assert(
      fc.property(
        fc.array(step, { minLength: 1, maxLength: 12 }),
        fc.record({ window: fc.integer({ min: 1, max: 6 }), end: fc.constantFrom('complete', 'error', 'never') }),
        fc.option(fc.nat(300)),
        (plans, { window, end }, leaveAt) => {
          const scheduler = new VirtualTimeScheduler();
          const root = creditSource({ total: plans.length, window, end, now: () => scheduler.now() });
          const planOf = (value: number) =>
            plans[value] ?? { outcome: 'ack', delay: 0, sinkDelay: 0, sinkFails: false };
          const sink = ({ value }: DeadLetter<number>) => {
            const { sinkDelay, sinkFails } = planOf(value);
            return timer(2 * sinkDelay, scheduler).pipe(mergeMap(() => (sinkFails ? throwError(() => 'full') : EMPTY)));
          };
          let ended = false;
          const subscription = root.source.pipe(deadLetter(sink, { timeout: 101, scheduler })).subscribe({
            next: (delivery) => {
              const { outcome, delay } = planOf(delivery.value);
              scheduler.schedule(() => delivery[outcome](), delay);
            },
            error: () => (ended = true),
            complete: () => (ended = true),
          });
          if (leaveAt !== null) scheduler.schedule(() => subscription.unsubscribe(), leaveAt);
          scheduler.flush();
          expect(scheduler.actions).toHaveLength(0);
          expect(root.out()).toBe(0);
          expect(new Set(root.settled.map(({ value }) => value)).size).toBe(root.emitted());
          for (const { value, outcome } of root.settled) {
            const plan = planOf(value);
            const done =
              plan.outcome === 'nack' ? (plan.sinkFails || plan.sinkDelay > 50 ? 'nack' : 'ack') : plan.outcome;
            const gaveUp = plan.outcome === 'nack' && (leaveAt !== null || end === 'error');
            expect(gaveUp ? ['release', done] : [done]).toContain(outcome);
          }
          if (leaveAt === null && end !== 'never') expect(ended).toBe(true);
        },
      ),
      { numRuns: 300 },
    );
  });
});
