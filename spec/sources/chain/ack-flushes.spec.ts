import { describe, expect, it } from '@jest/globals';
import { VirtualTimeScheduler } from 'rxjs';
import { ackFlushes } from '../../../sources/chain/ack-flushes.js';
import { runUntil } from '../x/scripted-x.js';

describe('ackFlushes', () => {
  it('keeps everybody waiting until it is done, or for five seconds each', async () => {
    const scheduler = new VirtualTimeScheduler(undefined, 0);
    const heard: string[] = [];
    const flushes = ackFlushes(scheduler, () => heard.push('late'));
    void flushes.add().then(() => heard.push('first'));
    expect(flushes.isAsked).toBe(true);
    flushes.done();
    await runUntil(scheduler, 1_000);
    expect([flushes.isAsked, heard]).toEqual([false, ['first']]);
    void flushes.add().then(() => heard.push('second'));
    await runUntil(scheduler, 5_999);
    expect(heard).toEqual(['first']);
    await runUntil(scheduler, 6_000);
    expect(heard).toEqual(['first', 'late', 'second']);
  });
});
