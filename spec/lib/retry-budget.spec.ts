import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { VirtualTimeScheduler } from 'rxjs';
import { type RetryBudget, retryBudget } from '../../lib/retry-budget.js';

function budget(max: number, per: number): { budget: RetryBudget; clock: VirtualTimeScheduler } {
  const clock = new VirtualTimeScheduler();
  return { budget: retryBudget({ max, per, scheduler: clock }), clock };
}

describe('retryBudget', () => {
  it('lets max through at once and makes the next ones wait for the window', () => {
    const { budget: shared } = budget(2, 1_000);
    expect([1, 2, 3, 4, 5].map(() => shared.take().delay)).toEqual([0, 0, 1_000, 1_000, 2_000]);
  });

  it('frees a place when its window has passed, and not before', () => {
    const { budget: shared, clock } = budget(1, 1_000);
    shared.take();
    clock.frame = 999;
    expect(shared.take().delay).toBe(1);
    clock.frame = 2_500;
    expect(shared.take().delay).toBe(0);
  });

  it('never gives a place earlier than wanted, and a far one keeps nobody from a near one', () => {
    const { budget: shared } = budget(1, 1_000);
    expect(shared.take(60_000).delay).toBe(60_000);
    expect(shared.take().delay).toBe(0);
    expect(shared.take(59_500).delay).toBe(61_000);
    expect(shared.take(500).delay).toBe(1_000);
    const { budget: other } = budget(1, 1_000);
    expect([other.take(1_000).delay, other.take().delay]).toEqual([1_000, 0]);
  });

  it('takes a place back once, and only its own', () => {
    const { budget: shared } = budget(1, 1_000);
    const first = shared.take();
    first.release();
    expect(shared.take().delay).toBe(0);
    first.release();
    expect(shared.take().delay).toBe(1_000);
  });

  it('never lets more than max into any window, whatever is asked for and given back', () => {
    const asks = fc.record({
      pause: fc.integer({ min: 0, max: 40 }),
      earliest: fc.integer({ min: 0, max: 60 }),
      release: fc.boolean(),
    });
    const inputs = [
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 1, max: 30 }),
      fc.array(asks, { maxLength: 40 }),
    ] as const;
    fc.assert(
      fc.property(...inputs, (max, per, steps) => {
        const { budget: shared, clock } = budget(max, per);
        const times: number[] = [];
        for (const { pause, earliest, release } of steps) {
          clock.frame += pause;
          const place = shared.take(earliest);
          expect(place.delay).toBeGreaterThanOrEqual(earliest);
          if (release) place.release();
          else times.push(clock.frame + place.delay);
        }
        times.sort((a, b) => a - b);
        for (const [index, time] of times.entries())
          expect((times[index + max] ?? Infinity) - time).toBeGreaterThanOrEqual(per);
      }),
      { numRuns: 300 },
    );
  });

  it('runs on the monotonic clock by default', () => {
    expect(retryBudget({ max: 1, per: 60_000 }).take().delay).toBe(0);
  });

  it.each([
    [{ max: 0, per: 1 }, 'max'],
    [{ max: 1.5, per: 1 }, 'max'],
    [{ max: 1, per: 0 }, 'per'],
    [{ max: 1, per: 2 ** 31 }, 'per'],
  ])('refuses %o', (options, name) => {
    expect(() => retryBudget(options)).toThrow(`retryBudget: option "${name}" must be`);
  });

  it('misses what has no default', () => {
    expect(() => Reflect.apply(retryBudget, undefined, [{ per: 1 }])).toThrow('option "max" is missing');
    expect(() => Reflect.apply(retryBudget, undefined, [{ max: 1 }])).toThrow('option "per" is missing');
  });
});
