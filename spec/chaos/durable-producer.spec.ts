import { describe, expect, it } from '@jest/globals';
import { startDurable } from '../servers/durable.js';
import { type ProducerOutcome, runProducerSeed } from './producer-lives.js';
import { seedsOf } from './seeded.js';

/** Most of a seed's time is waiting. */
const atOnce = 10;

describe('a producer among faults and deaths', () => {
  it('loses nothing, doubles nothing and keeps the order over 500 schedules; one alone with CHAOS_SEED=n', async () => {
    await using durable = await startDurable();
    const seeds = seedsOf(500);
    const broken: ProducerOutcome[] = [];
    const worker = async (): Promise<void> => {
      for (let seed = seeds.shift(); seed !== undefined; seed = seeds.shift()) {
        const outcome = await runProducerSeed(durable, seed);
        if (outcome.broken !== undefined) broken.push(outcome);
      }
    };
    await Promise.all(Array.from({ length: atOnce }, worker));
    expect(broken).toEqual([]);
  }, 180_000);
});
