import { describe, expect, it } from '@jest/globals';
import { type Observable, of, VirtualTimeScheduler } from 'rxjs';
import { retryBudget } from '../../../lib/retry-budget.js';
import { afterBudget } from '../../../sources/x/connect-budget.js';

const per = 1_000;

function rig(max = 1) {
  const scheduler = new VirtualTimeScheduler();
  const budget = retryBudget({ max, per, scheduler });
  const log: string[] = [];
  const stream = (name: string): Observable<string> =>
    afterBudget(
      { budget, config: { scheduler } },
      {
        connect: () => {
          log.push(`${scheduler.now()} ${name} connects`);
          return of(name);
        },
        onWait: (attempt, delay) => log.push(`${scheduler.now()} ${name} waits ${attempt} ${delay}`),
      },
    );
  return { scheduler, budget, log, stream };
}

describe('afterBudget', () => {
  it('takes a place for the first connection, and at once where one is free', () => {
    const { log, stream, budget } = rig();
    stream('a').subscribe();
    expect(log).toEqual(['0 a connects']);
    expect(budget.take().delay).toBe(per);
  });

  it('makes the first connection wait for its place, and says so', () => {
    const { log, stream, scheduler } = rig();
    const seen: string[] = [];
    for (const name of ['a', 'b', 'c']) stream(name).subscribe((value) => seen.push(value));
    expect([log, seen]).toEqual([['0 a connects', '0 b waits 0 1000', '0 c waits 0 2000'], ['a']]);
    scheduler.flush();
    expect(log.slice(3)).toEqual(['1000 b connects', '2000 c connects']);
    expect(seen).toEqual(['a', 'b', 'c']);
  });

  it('takes nothing before it is subscribed to, nor for later connections, whose retry has a place already', () => {
    const { log, stream, budget } = rig();
    const source = stream('a');
    expect(budget.take().delay).toBe(0);
    source.subscribe().unsubscribe();
    source.subscribe();
    expect(log).toEqual(['0 a waits 0 1000', '0 a connects']);
  });

  it('gives the place back when it is left during the wait, and leaves no timer', () => {
    const { log, stream, scheduler, budget } = rig();
    stream('a').subscribe();
    stream('b').subscribe().unsubscribe();
    expect(scheduler.actions.filter((action) => !action.closed)).toEqual([]);
    expect(budget.take().delay).toBe(per);
    scheduler.flush();
    expect(log).toEqual(['0 a connects', '0 b waits 0 1000']);
  });

  it('keeps the place once it is used', () => {
    const { stream, scheduler, budget } = rig();
    stream('a').subscribe();
    stream('b').subscribe();
    scheduler.flush();
    expect(budget.take().delay).toBe(per);
  });
});
