import { describe, expect, it } from '@jest/globals';
import { VirtualTimeScheduler } from 'rxjs';
import { sampler } from '../../lib/sampler.js';

function bench(): {
  clock: VirtualTimeScheduler;
  reads: () => number;
  shown: number[];
  look: () => () => void;
  change: ReturnType<typeof sampler>;
} {
  const clock = new VirtualTimeScheduler();
  let count = 0;
  const change = sampler(() => (count += 1), { interval: 10, scheduler: clock });
  const shown: number[] = [];
  const look = (): (() => void) => {
    const subscription = change.values$.subscribe(() => shown.push(clock.frame));
    return () => subscription.unsubscribe();
  };
  return { clock, reads: () => count, shown, look, change };
}

describe('sampler', () => {
  it('reads for whoever comes, and for nobody else', () => {
    const { reads, look, change } = bench();
    change.now();
    change.later();
    expect(reads()).toBe(0);
    look();
    expect(reads()).toBe(1);
  });

  it('shows changes at once or within the interval, however many there are', () => {
    const { clock, shown, look, change } = bench();
    look();
    change.later();
    change.later();
    change.now();
    expect(shown).toEqual([0, 0]);
    clock.flush();
    expect(shown).toEqual([0, 0, 10]);
  });

  it('keeps its timer while one is left who looks', () => {
    const { clock, look, change } = bench();
    const [first, second] = [look(), look()];
    change.later();
    const pending = (): number => clock.actions.filter((action) => !action.closed).length;
    first();
    expect(pending()).toBe(1);
    second();
    expect(pending()).toBe(0);
  });
});
