import { describe, expect, it } from '@jest/globals';
import { type Subscription, VirtualTimeScheduler } from 'rxjs';
import {
  type CircuitBreaker,
  circuitBreaker,
  type CircuitPermit,
  type CircuitState,
} from '../../lib/circuit-breaker.js';

interface Bench {
  readonly breaker: CircuitBreaker;
  readonly clock: VirtualTimeScheduler;
  readonly states: CircuitState[];
  /** Permits in the order in which they were given. */
  readonly permits: CircuitPermit[];
  ask(): Subscription;
  permit(index: number): CircuitPermit;
  /** Lets time pass, timers included. */
  pass(milliseconds: number): void;
}

function bench(failureThreshold = 1, resetTimeout = 100): Bench {
  const clock = new VirtualTimeScheduler(undefined, 0);
  const breaker = circuitBreaker({ failureThreshold, resetTimeout, scheduler: clock });
  const states: CircuitState[] = [];
  const permits: CircuitPermit[] = [];
  breaker.state$.subscribe((state) => states.push(state));
  return {
    ...{ breaker, clock, states, permits },
    ask: () => breaker.admit().subscribe((permit) => permits.push(permit)),
    permit: (index) => {
      const permit = permits[index];
      if (permit === undefined) throw new Error(`no permit ${index}`);
      return permit;
    },
    pass: (milliseconds) => {
      clock.maxFrames += milliseconds;
      clock.flush();
      clock.frame = clock.maxFrames;
    },
  };
}

describe('circuitBreaker', () => {
  it('admits everybody at once while it is closed, and completes', () => {
    const { breaker } = bench();
    let completed = false;
    breaker.admit().subscribe({ complete: () => (completed = true) });
    expect([breaker.state, completed]).toEqual(['closed', true]);
  });

  it('opens after failures in a row over all streams; a success in between starts the count anew', () => {
    const { breaker, ask, permit } = bench(2);
    for (let index = 0; index < 4; index += 1) ask();
    permit(0).failure();
    permit(1).success();
    permit(2).failure();
    expect(breaker.state).toBe('closed');
    permit(3).failure();
    expect(breaker.state).toBe('open');
  });

  it('settles a permit once', () => {
    const { breaker, ask, permit } = bench(2);
    ask();
    permit(0).failure();
    permit(0).failure();
    permit(0).success();
    expect(breaker.state).toBe('closed');
    ask();
    permit(1).release();
    permit(1).failure();
    expect(breaker.state).toBe('closed');
  });

  it('lets one try when the time has passed, while the others wait', () => {
    const { breaker, ask, permit, permits, pass, states } = bench();
    ask();
    permit(0).failure();
    ask();
    ask();
    pass(99);
    expect(permits).toHaveLength(1);
    pass(1);
    expect([permits.length, breaker.state]).toEqual([2, 'half-open']);
    pass(1_000);
    expect(permits).toHaveLength(2);
    permit(1).success();
    expect([permits.length, breaker.state]).toEqual([3, 'closed']);
    expect(states).toEqual(['closed', 'open', 'half-open', 'closed']);
  });

  it('stays open for its whole time again when the one that tried has failed', () => {
    const { breaker, ask, permit, permits, pass } = bench();
    ask();
    permit(0).failure();
    ask();
    ask();
    pass(100);
    permit(1).failure();
    expect(breaker.state).toBe('open');
    pass(99);
    expect(permits).toHaveLength(2);
    pass(1);
    expect(permits).toHaveLength(3);
  });

  it('lets the next one try when the one that tried has gone', () => {
    const { ask, permit, permits, pass } = bench();
    ask();
    permit(0).failure();
    ask();
    ask();
    pass(100);
    permit(1).release();
    pass(0);
    expect(permits).toHaveLength(3);
  });

  it('admits at once where the time has passed while nobody waited', () => {
    const { breaker, ask, permit, permits, pass } = bench();
    ask();
    permit(0).failure();
    pass(500);
    expect(breaker.state).toBe('open');
    ask();
    expect([permits.length, breaker.state]).toEqual([2, 'half-open']);
  });

  it('keeps a timer only while somebody waits', () => {
    const { clock, ask, permit } = bench();
    ask();
    permit(0).failure();
    expect(clock.actions).toHaveLength(0);
    const first = ask();
    const second = ask();
    expect(clock.actions.filter((action) => !action.closed)).toHaveLength(1);
    first.unsubscribe();
    expect(clock.actions.filter((action) => !action.closed)).toHaveLength(1);
    second.unsubscribe();
    expect(clock.actions.filter((action) => !action.closed)).toHaveLength(0);
  });

  it('stops admitting when the first of those that waited fails at once', () => {
    const { breaker, ask, permit, permits, pass } = bench();
    ask();
    permit(0).failure();
    ask();
    breaker.admit().subscribe((leave) => leave.failure());
    ask();
    pass(100);
    permit(1).success();
    expect([breaker.state, permits.length]).toEqual(['open', 2]);
    pass(100);
    expect(permits).toHaveLength(3);
  });

  it('does not lose the try of one that leaves as the door opens', () => {
    const { breaker, ask, permit, permits, pass } = bench();
    ask();
    permit(0).failure();
    const leaving = ask();
    ask();
    breaker.state$.subscribe((state) => {
      if (state === 'half-open') leaving.unsubscribe();
    });
    pass(100);
    pass(0);
    expect(permits).toHaveLength(2);
  });

  it.each([
    [{ failureThreshold: 0 }, 'failureThreshold'],
    [{ resetTimeout: 0 }, 'resetTimeout'],
    [{ resetTimeout: Number.NaN }, 'resetTimeout'],
  ])('refuses %o', (options, name) => {
    expect(() => circuitBreaker(options)).toThrow(`circuitBreaker: option "${name}" must be`);
  });
});
