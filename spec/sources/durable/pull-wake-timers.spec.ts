import { describe, expect, it } from '@jest/globals';
import { VirtualTimeScheduler } from 'rxjs';
import { leaseTimers } from '../../../sources/durable/pull-wake-timers.js';

describe('leaseTimers', () => {
  it('beats at every third, and is over a lease after the last heartbeat that was answered was sent', () => {
    const time = new VirtualTimeScheduler(undefined, 200);
    const log: string[] = [];
    const timers = leaseTimers(30, time, {
      beat: () => log.push(`${time.now()} beat`),
      over: () => {
        log.push(`${time.now()} over`);
        timers.stop();
      },
    });
    time.schedule(() => timers.extend(12), 15);
    time.flush();
    expect(log).toEqual(['10 beat', '20 beat', '30 beat', '40 beat', '42 over']);
  });

  it('does nothing after it is stopped, and takes the shortest and the longest lease', () => {
    for (const leaseTtl of [1, 2 ** 40]) {
      const time = new VirtualTimeScheduler(undefined, 100);
      let calls = 0;
      leaseTimers(leaseTtl, time, { beat: () => (calls += 1), over: () => (calls += 1) }).stop();
      time.flush();
      expect(calls).toBe(0);
    }
  });
});
