import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { floodingFlow } from '../../../../apps/console/server/flooding.js';
import { steadyFlow } from '../../../../apps/console/server/steady-flow.js';

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

/** A flow that only says at what rate it runs; 0 when it has been stopped. */
function watched(): { readonly rates: readonly number[]; start(perSecond: number): () => void } {
  const rates: number[] = [];
  const start = (perSecond: number): (() => void) => {
    rates.push(perSecond);
    return () => rates.push(0);
  };
  return { rates, start };
}

describe('a flow with floods', () => {
  it('runs a hundred times as fast for a while, and never twice at once', () => {
    const { rates, start } = watched();
    const flow = floodingFlow(start, { perSecond: 5, floodMs: 1_000 });
    flow.flood();
    jest.advanceTimersByTime(999);
    expect(rates).toEqual([5, 0, 500]);
    jest.advanceTimersByTime(1);
    expect(rates).toEqual([5, 0, 500, 0, 5]);
  });

  it('lasts as long again when it is asked for in the middle of it', () => {
    const { rates, start } = watched();
    const flow = floodingFlow(start, { perSecond: 5, floodMs: 1_000 });
    flow.flood();
    jest.advanceTimersByTime(900);
    flow.flood();
    jest.advanceTimersByTime(900);
    expect(rates).toEqual([5, 0, 500]);
    jest.advanceTimersByTime(100);
    expect(rates.at(-1)).toBe(5);
  });

  it('begins anew at the rate of the moment, and stops for good', () => {
    const { rates, start } = watched();
    const flow = floodingFlow(start, { perSecond: 5, floodMs: 1_000 });
    flow.flood();
    flow.restart();
    expect(rates).toEqual([5, 0, 500, 0, 500]);
    flow.stop();
    jest.advanceTimersByTime(10_000);
    expect(rates).toEqual([5, 0, 500, 0, 500, 0]);
  });
});

describe('a steady flow', () => {
  it('makes what is due on average, and nothing when it has been stopped', () => {
    let made = 0;
    const stop = steadyFlow(5, () => (made += 1));
    jest.advanceTimersByTime(2_000);
    expect(made).toBe(10);
    stop();
    jest.advanceTimersByTime(2_000);
    expect(made).toBe(10);
  });
});
