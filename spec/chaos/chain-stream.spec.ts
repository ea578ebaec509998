import { describe, expect, it } from '@jest/globals';
import { runChainLives } from './chain-lives.js';
import { seedsOf } from './seeded.js';

/** Worlds at a time. */
const crowd = 8;

describe('a chain stream under seeded faults (CHAOS_SEED runs one again)', () => {
  it('loses nothing, acknowledges nothing unhandled, and saves no position too early', async () => {
    const seeds = seedsOf(60);
    const runs = seeds.length;
    const wrong: string[] = [];
    const worker = async (): Promise<void> => {
      for (let seed = seeds.shift(); seed !== undefined; seed = seeds.shift())
        wrong.push(...(await runChainLives(seed)));
    };
    await Promise.all(Array.from({ length: crowd }, worker));
    expect(wrong).toEqual([]);
    expect(runs).toBeGreaterThan(0);
  }, 240_000);
});
