import { describe, expect, it } from '@jest/globals';
import { VirtualTimeScheduler } from 'rxjs';
import { lingerTimer } from '../../../sources/durable/producer-linger.js';

describe('the linger timer', () => {
  it('is due once after its time, however often it is started', () => {
    const scheduler = new VirtualTimeScheduler();
    const due: number[] = [];
    const timer = lingerTimer({ lingerMs: 5, scheduler, onDue: () => due.push(scheduler.frame) });
    timer.start();
    timer.start();
    expect(timer.isDue).toBe(false);
    scheduler.flush();
    expect([due, timer.isDue]).toEqual([[5], true]);
    timer.start();
    scheduler.flush();
    expect(due).toEqual([5]);
    timer.reset();
    expect(timer.isDue).toBe(false);
  });

  it('leaves no timer behind when it is reset', () => {
    const scheduler = new VirtualTimeScheduler();
    const timer = lingerTimer({ lingerMs: 5, scheduler, onDue: () => expect('due').toBe('never') });
    timer.start();
    timer.reset();
    scheduler.flush();
    expect(timer.isDue).toBe(false);
  });

  it('waits for the end of the synchronous work with 0', async () => {
    const said: string[] = [];
    lingerTimer({ lingerMs: 0, scheduler: undefined, onDue: () => said.push('due') }).start();
    said.push('work');
    await new Promise((resolve) => setImmediate(resolve));
    expect(said).toEqual(['work', 'due']);
  });
});
