import { describe, expect, it } from '@jest/globals';
import { type SchedulerAction, type SchedulerLike, type Subscription, VirtualTimeScheduler } from 'rxjs';
import { type IdleTimer, idleTimer } from '../../lib/idle-timer.js';

interface Bench {
  readonly timer: IdleTimer;
  readonly clock: VirtualTimeScheduler;
  /** What it said, and when. */
  readonly said: [string, number][];
  at(time: number, action: () => void): void;
  run(until?: number): void;
}

function bench(limit: number, withHalf = true): Bench {
  const clock = new VirtualTimeScheduler();
  const said: [string, number][] = [];
  const onHalf = withHalf ? (): void => void said.push(['half', clock.frame]) : undefined;
  const timer = idleTimer({ limit, scheduler: clock, onHalf, onIdle: () => void said.push(['idle', clock.frame]) });
  return {
    ...{ timer, clock, said },
    at: (time, action) => void clock.schedule(action, time),
    run: (until = Infinity) => {
      clock.maxFrames = until;
      clock.flush();
    },
  };
}

describe('idleTimer', () => {
  it('says half and idle once, at their times', () => {
    const { said, run } = bench(100);
    run();
    expect(said).toEqual([
      ['half', 50],
      ['idle', 100],
    ]);
  });

  it('starts the silence anew with each touch, the warning too', () => {
    const { said, run, at, timer } = bench(100);
    for (const time of [49, 120]) at(time, () => timer.touch());
    run();
    expect(said).toEqual([
      ['half', 99],
      ['half', 170],
      ['idle', 220],
    ]);
  });

  it('counts a touch at the last moment', () => {
    const { said, run, at, timer } = bench(100, false);
    at(100, () => timer.touch());
    run();
    expect(said).toEqual([['idle', 200]]);
  });

  it('is not woken by touches: one timer at a time', () => {
    const { clock, timer } = bench(100);
    for (let count = 0; count < 1_000; count += 1) timer.touch();
    expect(clock.actions).toHaveLength(1);
  });

  it('stands still while paused, and begins a new silence afterwards, warning included', () => {
    const { said, run, at, timer } = bench(100);
    at(60, () => timer.pause());
    at(1_000, () => timer.resume());
    run();
    expect(said).toEqual([
      ['half', 50],
      ['half', 1_050],
      ['idle', 1_100],
    ]);
  });

  it('takes a second pause or resume for nothing', () => {
    const { said, run, at, timer } = bench(100, false);
    at(10, () => timer.resume());
    at(20, () => timer.pause());
    at(30, () => timer.pause());
    at(40, () => timer.resume());
    at(50, () => timer.resume());
    run();
    expect(said).toEqual([['idle', 140]]);
  });

  it('says nothing after stop, and cannot be resumed', () => {
    const { said, run, at, timer, clock } = bench(100);
    at(10, () => timer.stop());
    at(20, () => timer.resume());
    run();
    expect(said).toEqual([]);
    expect(clock.actions).toHaveLength(0);
  });

  it('may be paused or stopped by its own warning', () => {
    const clock = new VirtualTimeScheduler();
    let idle = 0;
    const timer: IdleTimer = idleTimer({
      limit: 100,
      scheduler: clock,
      onHalf: () => timer.pause(),
      onIdle: () => (idle += 1),
    });
    clock.flush();
    expect([idle, clock.frame]).toEqual([0, 50]);
  });

  it('gives a blocked event loop the time to read what lies in the socket', () => {
    const { said, clock, timer } = lateBench();
    // The timer of 100 ms fires at 400: the loop was blocked, and data came meanwhile.
    clock.time = 400;
    clock.fire();
    expect(said).toEqual([]);
    timer.touch();
    clock.time = 405;
    clock.fire();
    expect(said).toEqual([]);
    clock.time = 500;
    clock.fire();
    clock.fire();
    expect(said).toEqual([500]);
  });

  it('judges after that time where nothing came', () => {
    const { said, clock } = lateBench();
    clock.time = 400;
    clock.fire();
    expect(clock.delays.at(-1)).toBe(5);
    clock.time = 405;
    clock.fire();
    expect(said).toEqual([405]);
  });

  it('reads the sockets once more even when its timer was in time', () => {
    const { said, clock } = lateBench();
    clock.time = 100;
    clock.fire();
    expect([said, clock.delays.at(-1)]).toEqual([[], 0]);
  });
});

interface LateClock {
  time: number;
  readonly delays: number[];
  /** Runs what was scheduled last, however late. */
  fire(): void;
}

/** A scheduler whose timers fire when told to. */
function lateBench(): { said: number[]; clock: LateClock; timer: IdleTimer } {
  const virtual = new VirtualTimeScheduler();
  const delays: number[] = [];
  const clock: LateClock = {
    time: 0,
    delays,
    fire: () => {
      const action = virtual.actions.shift();
      if (action !== undefined && !action.closed) action.execute(action.state, action.delay);
    },
  };
  const scheduler: SchedulerLike = {
    now: () => clock.time,
    schedule: <T>(work: (this: SchedulerAction<T>, state?: T) => void, delay = 0, state?: T): Subscription => {
      delays.push(delay);
      return virtual.schedule(work, delay, state);
    },
  };
  const said: number[] = [];
  const timer = idleTimer({ limit: 100, scheduler, onIdle: () => void said.push(clock.time) });
  return { said, clock, timer };
}
