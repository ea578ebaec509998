import { describe, expect, it } from '@jest/globals';
import { type Outcome, runSchedule } from './schedule.js';
import { seedsOf } from './seeded.js';

/** Together in one turn of the loop, each on its own clock. */
const together = 50;

async function outcomes(seeds: readonly number[]): Promise<Outcome[]> {
  const all: Outcome[] = [];
  for (let at = 0; at < seeds.length; at += together) {
    all.push(...(await Promise.all(seeds.slice(at, at + together).map(replayable))));
  }
  return all;
}

/** An error of a run says which one it was. */
async function replayable(seed: number): Promise<Outcome> {
  try {
    return await runSchedule(seed);
  } catch (cause) {
    throw new Error(`CHAOS_SEED=${seed}: ${String(cause)}`, { cause });
  }
}

describe('a resumable source with retry, credit, checkpoint, redelivery and handlers', () => {
  it('keeps every promise in each of 1,000 random schedules; set CHAOS_SEED to see one again', async () => {
    const all = await outcomes(seedsOf(1_000));
    const wrong = all.flatMap(({ seed, broken, leftOver, missing, saved, size }) => {
      const faults = [
        broken ?? [],
        missing.length === 0 ? [] : `never handled: ${missing.join(' ')}`,
        saved === String(size) ? [] : `saved ${saved ?? 'nothing'} of ${size}`,
        Object.values(leftOver).every((count) => count === 0) ? [] : `left over: ${JSON.stringify(leftOver)}`,
      ].flat();
      return faults.length === 0 ? [] : [`CHAOS_SEED=${seed}: ${faults.join('; ')}`];
    });
    expect(wrong.slice(0, 5)).toEqual([]);
  }, 120_000);

  it('meets what it should: drops, failures, redeliveries and several lives', async () => {
    if (process.env['CHAOS_SEED'] !== undefined) return;
    const histories = (await outcomes(seedsOf(50))).map(({ history }) => history);
    expect(histories.filter((history) => history.includes('life 1')).length).toBeGreaterThan(10);
    expect(histories.filter((history) => /\(3\)/.test(history)).length).toBeGreaterThan(10);
  });

  it('does the same again for the same seed', async () => {
    const seeds = seedsOf(20);
    expect(await outcomes(seeds)).toEqual(await outcomes(seeds));
  });
});
