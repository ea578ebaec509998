import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { backoffDelay, type Jitter, jitteredDelay, withSchedule } from '../../lib/backoff.js';
import { maxDuration } from '../../lib/check-options.js';

const upTo = (count: number): number[] => Array.from({ length: count }, (_, n) => n);
const schedules = fc.record({
  initialBackoff: fc.integer({ min: 0, max: 10_000 }),
  maxBackoff: fc.integer({ min: 10_000, max: maxDuration }),
  backoffMultiplier: fc.double({ min: 1, max: 10, noNaN: true }),
});
const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

describe('backoffDelay', () => {
  it('doubles from 1 s to 64 s and stays there', () => {
    const schedule = { initialBackoff: 1_000, backoffMultiplier: 2, maxBackoff: 64_000 };
    expect(upTo(8).map((n) => backoffDelay(n, schedule) / 1_000)).toEqual([1, 2, 4, 8, 16, 32, 64, 64]);
    expect(upTo(8).map((n) => backoffDelay(n) / 1_000)).toEqual([1, 2, 4, 8, 16, 32, 64, 64]);
  });

  it('grows by a step where one is given', () => {
    const schedule = { initialBackoff: 0, backoffStep: 250, maxBackoff: 16_000 };
    expect([0, 1, 2, 63, 64, 65].map((n) => backoffDelay(n, schedule))).toEqual([0, 250, 500, 15_750, 16_000, 16_000]);
  });

  it('survives two thousand failures', () => {
    expect(backoffDelay(2_000)).toBe(64_000);
    expect(backoffDelay(2_000, { initialBackoff: 0 })).toBe(0);
    expect(backoffDelay(2_000, { backoffMultiplier: 1 })).toBe(1_000);
  });

  it('never shrinks and never passes its maximum', () => {
    fc.assert(
      fc.property(schedules, fc.integer({ min: 0, max: 3_000 }), (schedule, n) => {
        const delay = backoffDelay(n, schedule);
        expect(delay).toBeGreaterThanOrEqual(schedule.initialBackoff);
        expect(delay).toBeLessThanOrEqual(schedule.maxBackoff);
        expect(backoffDelay(n + 1, schedule)).toBeGreaterThanOrEqual(delay);
      }),
      { numRuns: 200 },
    );
  });
});

describe('jitteredDelay', () => {
  type Bounds = (delay: number, initial: number, max: number) => readonly [number, number];
  const kinds: readonly (readonly [Jitter, Bounds])[] = [
    [true, (delay) => [delay, delay * 1.25]],
    ['full', (delay) => [0, delay]],
    ['equal', (delay) => [delay / 2, delay]],
    ['decorrelated', (_delay, initial, max) => [Math.min(initial, max), max]],
    ['none', (delay) => [delay, delay]],
    [false, (delay) => [delay, delay]],
  ];

  it.each(kinds)('keeps jitter %s within its bounds, in whole milliseconds that a timer can hold', (jitter, bounds) => {
    const inputs = fc.tuple(schedules, chance, fc.integer({ min: 0, max: 2_000 }), fc.integer({ min: 0, max: 1e9 }));
    fc.assert(
      fc.property(inputs, ([schedule, random, n, previous]) => {
        const delay = jitteredDelay(n, { ...schedule, jitter }, { random: () => random, previous });
        const [low, high] = bounds(backoffDelay(n, schedule), schedule.initialBackoff, schedule.maxBackoff);
        expect(Number.isInteger(delay)).toBe(true);
        expect(delay).toBeGreaterThanOrEqual(Math.floor(low));
        expect(delay).toBeLessThanOrEqual(Math.min(Math.ceil(high), maxDuration));
      }),
      { numRuns: 150 },
    );
  });

  it.each([
    [true, 0, 1_000],
    [true, 0.5, 1_125],
    ['full', 0, 0],
    ['full', 0.5, 500],
    ['equal', 0, 500],
    ['equal', 0.5, 750],
    ['decorrelated', 0, 1_000],
    ['decorrelated', 0.5, 2_000],
    ['none', 0.5, 1_000],
  ] as const)('%s with chance %d waits %d ms first', (jitter, random, expected) => {
    expect(jitteredDelay(0, { jitter }, { random: () => random })).toBe(expected);
  });

  it('grows a decorrelated wait to three times the one before', () => {
    const at = (previous: number): number =>
      jitteredDelay(0, { jitter: 'decorrelated' }, { random: () => 1, previous });
    expect([at(1_000), at(3_000), at(60_000)]).toEqual([3_000, 9_000, 64_000]);
  });

  it('adds up to a quarter by default', () => {
    expect(jitteredDelay(0, {}, { random: () => 1 })).toBe(1_250);
    expect(jitteredDelay(0, {})).toBeGreaterThanOrEqual(1_000);
  });

  it('never makes a wait longer than a timer can hold, which would fire at once', () => {
    const schedule = { initialBackoff: maxDuration, maxBackoff: maxDuration };
    expect(jitteredDelay(0, schedule, { random: () => 1 })).toBe(maxDuration);
  });
});

describe('withSchedule', () => {
  const all = { initialBackoff: 1, maxBackoff: 2, backoffStep: 3, jitter: 'full' } as const;

  it('takes from the schedule of all what the special one leaves out, undefined included', () => {
    const special = { maxBackoff: 9, jitter: undefined };
    expect(withSchedule(all, special)).toEqual({ ...all, maxBackoff: 9, backoffMultiplier: undefined });
  });

  it('does not give a step to one that multiplies', () => {
    expect(withSchedule(all, { backoffMultiplier: 4 }).backoffStep).toBeUndefined();
    expect(withSchedule(all, { backoffMultiplier: 4, backoffStep: 5 }).backoffStep).toBe(5);
  });
});
