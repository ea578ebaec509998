import { describe, expect, it } from '@jest/globals';
import { startDurable } from '../servers/durable.js';
import { type Live, runReads } from './durable-reads.js';
import { seedsOf } from './seeded.js';

/** Readers at a time. */
const crowd = 24;

async function runAll(live: Live, count: number): Promise<{ wrong: string[]; runs: number }> {
  await using durable = await startDurable({ longPollTimeout: 220 });
  const seeds = seedsOf(count);
  const runs = seeds.length;
  const wrong: string[] = [];
  const worker = async (): Promise<void> => {
    for (let seed = seeds.shift(); seed !== undefined; seed = seeds.shift()) {
      const problem = await runReads(durable, live, seed);
      if (problem !== undefined) wrong.push(problem);
    }
  };
  await Promise.all(Array.from({ length: crowd }, worker));
  return { wrong, runs };
}

describe('durable reads under seeded faults (CHAOS_SEED runs one again)', () => {
  it.each([
    ['none', 334],
    ['long-poll', 333],
    ['sse', 333],
  ] as const)(
    'live %s, %d schedules: nothing lost, nothing twice, in order',
    async (live, count) => {
      const { wrong, runs } = await runAll(live, count);
      expect(wrong).toEqual([]);
      expect(runs).toBeGreaterThan(0);
    },
    120_000,
  );
});
