import { describe, expect, it } from '@jest/globals';
import { VirtualTimeScheduler } from 'rxjs';
import { type Dated, handlerTimeout } from '../../lib/handler-timeout.js';

interface Job extends Dated {
  readonly name: string;
}

describe('handlerTimeout', () => {
  it('expires each job at its own time with one timer, and none after the last', () => {
    const scheduler = new VirtualTimeScheduler();
    const jobs: Job[] = [];
    const expired: string[] = [];
    const expire = (job: Job): void => {
      jobs.splice(jobs.indexOf(job), 1);
      expired.push(`${job.name} at ${scheduler.now()}`);
    };
    const timeout = handlerTimeout<Job>({ limit: 10, oldest: () => jobs[0], expire, scheduler });
    for (const [name, at] of [
      ['a', 0],
      ['b', 4],
      ['c', 4],
      ['d', 30],
    ] as const) {
      scheduler.schedule(() => {
        const job = { name, startedAt: Infinity };
        jobs.push(job);
        timeout.watch(job);
        if (name === 'a') scheduler.schedule(() => void jobs.shift(), 7);
      }, at);
    }
    scheduler.flush();
    expect(expired).toEqual(['b at 14', 'c at 14', 'd at 40']);
    expect(scheduler.actions).toHaveLength(0);
  });

  it('keeps one timer although a job that expires makes way for the next', () => {
    const scheduler = new VirtualTimeScheduler();
    const jobs: Job[] = [];
    const times: number[] = [];
    const begin = (): void => {
      const job = { name: 'next', startedAt: Infinity };
      jobs.push(job);
      timeout.watch(job);
    };
    const expire = (): void => {
      jobs.shift();
      times.push(scheduler.now());
      if (times.length < 3) begin();
      expect(scheduler.actions).toHaveLength(0);
    };
    const timeout = handlerTimeout<Job>({ limit: 10, oldest: () => jobs[0], expire, scheduler });
    begin();
    scheduler.flush();
    expect(times).toEqual([10, 20, 30]);
  });

  it('does nothing once it is stopped', () => {
    const scheduler = new VirtualTimeScheduler();
    const job = { name: 'a', startedAt: Infinity };
    const timeout = handlerTimeout<Job>({ limit: 1, oldest: () => job, expire: () => expect(1).toBe(2), scheduler });
    timeout.watch(job);
    timeout.stop();
    timeout.watch(job);
    expect(scheduler.actions).toHaveLength(0);
  });
});
