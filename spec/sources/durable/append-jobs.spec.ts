import { describe, expect, it } from '@jest/globals';
import { appendJobs } from '../../../sources/durable/append-jobs.js';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function jobsOf(append: (value: unknown) => Promise<unknown>, maxPending = 2) {
  const said: unknown[] = [];
  const jobs = appendJobs(append, maxPending, {
    onStored: (value) => void said.push(value),
    onFailed: (error) => void said.push(error),
    onIdle: () => void said.push('idle'),
  });
  return { jobs, said };
}

describe('append jobs', () => {
  it('come out in order, and say when nothing is under way', async () => {
    const { jobs, said } = jobsOf(async (value) => (value === 1 ? turn() : value));
    expect(jobs.isIdle).toBe(true);
    jobs.add(1, undefined);
    jobs.add(2, undefined);
    expect([jobs.isIdle, jobs.isFull]).toEqual([false, true]);
    await turn();
    await turn();
    expect(said).toEqual([1, 2, 'idle']);
  });

  it('pass a failure at its place', async () => {
    const { jobs, said } = jobsOf((value) => (value === 1 ? Promise.reject(new Error('no')) : Promise.resolve()), 9);
    for (const value of [0, 1, 2]) jobs.add(value, undefined);
    await turn();
    expect(said).toEqual([0, new Error('no'), 2, 'idle']);
  });

  it('say nothing after they are left', async () => {
    const { jobs, said } = jobsOf(async (value) => value, 1);
    for (const value of [0, 1]) jobs.add(value, undefined);
    jobs.leave();
    await turn();
    expect(said).toEqual([]);
  });
});
