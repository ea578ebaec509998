import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { VirtualTimeScheduler } from 'rxjs';
import type { Outcome } from '../../lib/delivery.js';
import { redeliver } from '../../operators/redeliver.js';
import { creditSource } from './credit-source.js';

const exact = { initialBackoff: 100, jitter: 'none' } as const;

describe('redeliver', () => {
  it('settles every original once, as its last delivery was, whatever the delays, failures and departures', () => {
    const outcome = fc.constantFrom<Outcome>('ack', 'nack', 'nack', 'release');
    const step = fc.record({ outcome, delay: fc.nat(300) });
    fc.assert(
      fc.property(
        fc.array(fc.array(step, { minLength: 4, maxLength: 4 }), { minLength: 1, maxLength: 12 }),
        fc.record({
          max: fc.integer({ min: 1, max: 4 }),
          window: fc.integer({ min: 1, max: 6 }),
          ordered: fc.boolean(),
        }),
        fc.record({ leaveAt: fc.option(fc.nat(900)), end: fc.constantFrom('complete', 'error', 'never') }),
        (plans, { max, window, ordered }, { leaveAt, end }) => {
          const scheduler = new VirtualTimeScheduler();
          const root = creditSource({ total: plans.length, window, end, now: () => scheduler.now() });
          const out = new Map<number, number>();
          const last = new Map<number, Outcome>();
          const order: number[] = [];
          const subscription = root.source.pipe(redeliver({ max, ordered, backoff: exact, scheduler })).subscribe({
            next: (delivery) => {
              const { value, attempt } = delivery;
              expect(out.get(value) ?? 0).toBe(0);
              expect(root.settled.some((settlement) => settlement.value === value)).toBe(false);
              out.set(value, 1);
              order.push(value);
              const plan = plans[value]?.[attempt - 1] ?? { outcome: 'ack', delay: 0 };
              scheduler.schedule(() => {
                out.set(value, 0);
                last.set(value, plan.outcome);
                delivery[plan.outcome]();
              }, plan.delay);
            },
            error: () => undefined,
          });
          if (leaveAt !== null) scheduler.schedule(() => subscription.unsubscribe(), leaveAt);
          scheduler.flush();
          expect(scheduler.actions).toHaveLength(0);
          expect(root.settled.map(({ value }) => value).sort((a, b) => a - b)).toEqual(
            Array.from({ length: root.emitted() }, (_, index) => index),
          );
          expect(root.peak()).toBeLessThanOrEqual(window);
          for (const settlement of root.settled) {
            if (settlement.outcome !== 'release') expect(settlement.outcome).toBe(last.get(settlement.value));
            else if (leaveAt === null && end !== 'error') expect(last.get(settlement.value)).toBe('release');
          }
          if (ordered) expect(order).toEqual([...order].sort((a, b) => a - b));
        },
      ),
      { numRuns: 300 },
    );
  });
});
