import { describe, expect, it } from '@jest/globals';
import { VirtualTimeScheduler } from 'rxjs';
import { activeTime } from '../../../sources/llm/active-time.js';
import { type SilenceTimer, silenceTimer } from '../../../sources/llm/silence-timer.js';
import { eventually } from '../../servers/eventually.js';

function timer(): {
  readonly scheduler: VirtualTimeScheduler;
  readonly said: string[];
  readonly silence: SilenceTimer<string>;
} {
  const scheduler = new VirtualTimeScheduler();
  const said: string[] = [];
  const silence = silenceTimer<string>({
    scheduler,
    onHalf: (name) => said.push(`${scheduler.now()} half ${name}`),
    onLimit: (name) => said.push(`${scheduler.now()} limit ${name}`),
  });
  return { scheduler, said, silence };
}

describe('silenceTimer', () => {
  it('says which limit has passed first, and then nothing more', () => {
    const { scheduler, said, silence } = timer();
    silence.start('slow', 100);
    silence.start('fast', 20);
    scheduler.flush();
    expect(said).toEqual(['10 half fast', '20 limit fast']);
  });

  it('keeps one timer, however often it is touched', () => {
    const { scheduler, silence } = timer();
    silence.start('a', 100);
    for (let n = 0; n < 1_000; n += 1) silence.touch('a');
    expect(scheduler.actions).toHaveLength(1);
    silence.stop();
    expect(scheduler.actions).toHaveLength(0);
  });

  it('does not touch what does not run', () => {
    const { scheduler, said, silence } = timer();
    silence.touch('a');
    silence.start('b', 2);
    silence.end('b');
    scheduler.flush();
    expect(said).toEqual([]);
  });

  it('believes a limit only after what waits has been read', () => {
    const { scheduler, said, silence } = timer();
    silence.start('a', 10);
    // Due in the same turn as the limit, and behind it: bytes that lay in the socket.
    scheduler.schedule(() => scheduler.schedule(() => silence.touch('a')), 10);
    scheduler.flush();
    expect(said).toEqual(['5 half a', '15 half a', '20 limit a']);
  });

  it('counts no time in which the event loop was blocked', async () => {
    const said: string[] = [];
    const silence = silenceTimer<string>({ onHalf: () => said.push('half'), onLimit: () => said.push('limit') });
    silence.start('a', 60);
    const until = performance.now() + 90;
    while (performance.now() < until);
    await eventually(() => said.includes('limit'));
    // 30 of the 60 ms were over when it was late, and the rest is still to come.
    expect(performance.now() - until).toBeGreaterThan(20);
  });
});

describe('activeTime', () => {
  it('stands still while it is held or paused, however these overlap', () => {
    const scheduler = new VirtualTimeScheduler();
    const time = activeTime(scheduler);
    scheduler.frame = 10;
    time.hold();
    scheduler.frame = 20;
    time.pause(true);
    time.pause(true);
    time.release();
    scheduler.frame = 30;
    expect([time.now(), time.isHeld, time.isPaused]).toEqual([10, true, true]);
    time.pause(false);
    scheduler.frame = 35;
    expect([time.now(), time.isHeld]).toEqual([15, false]);
    time.excuse(5);
    expect(time.now()).toBe(10);
  });
});
