import { describe, expect, it } from '@jest/globals';
import { fastLoopGuard } from '../../../sources/durable/fast-loop.js';

function answer(guard: ReturnType<typeof fastLoopGuard>, times: number, took = 1): void {
  for (let n = 0; n < times; n += 1) guard.answered(false, took);
}

describe('fastLoopGuard', () => {
  it('waits after five empty answers in a row, each time twice as long, up to ten seconds', () => {
    const guard = fastLoopGuard(() => 1);
    answer(guard, 4);
    expect(guard.delay()).toBe(0);
    expect(guard.params()).toBeUndefined();
    const waits = Array.from({ length: 9 }, () => {
      answer(guard, 1);
      return guard.delay();
    });
    expect(waits).toEqual([100, 200, 400, 800, 1_600, 3_200, 6_400, 10_000, 10_000]);
  });

  it('spreads the wait over its upper half', () => {
    const guard = fastLoopGuard(() => 0);
    answer(guard, 5);
    expect(guard.delay()).toBe(50);
  });

  it('makes every further request one that no cache has seen', () => {
    const guard = fastLoopGuard();
    answer(guard, 5);
    const seen = new Set(Array.from({ length: 20 }, () => JSON.stringify(guard.params())));
    expect(seen.size).toBe(20);
    expect([...seen][0]).toMatch(/^\{"_tailrace_uncached":"[0-9a-z]+"\}$/);
  });

  it.each([
    ['progress', true, 1],
    ['an answer that was waited for', false, 200],
  ])('ends with %s', (_, isProgress, took) => {
    const guard = fastLoopGuard();
    answer(guard, 8);
    guard.answered(isProgress, took);
    expect(guard.delay()).toBe(0);
    expect(guard.params()).toBeUndefined();
  });
});
