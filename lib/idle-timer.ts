import type { SchedulerLike } from 'rxjs';

export interface IdleTimerOptions {
  /** Silence of this many milliseconds is too much. */
  readonly limit: number;
  readonly onIdle: () => void;
  /** Half of the limit has passed in silence. Called once per silence. */
  readonly onHalf?: (() => void) | undefined;
  readonly scheduler?: SchedulerLike | undefined;
}

export interface IdleTimer {
  /** Something happened: the silence starts anew. About 40 ns. */
  touch(): void;
  /** Stands still: the time until `resume` counts as no silence. */
  pause(): void;
  resume(): void;
  stop(): void;
}

/**
 * A timer of this lateness means that the event loop was blocked, or the machine slept: what the server sent meanwhile
 * lies unread in the socket, and blaming the server would drop a good connection.
 */
const blockedFor = 50;
/**
 * Long enough for a few turns of the loop that read the sockets. A timer in time gets one turn: the loop may have been blocked until
 * just before it.
 */
const graceTime = 5;

type Cancel = () => void;
type Plan = (task: () => void, delay: number) => Cancel;

/** The platform's own: rxjs' timers cost three times as much, and a request has two that never fire. */
const planned: Plan = (task, delay) => {
  const id = setTimeout(task, delay);
  return () => clearTimeout(id);
};

function plannedBy(scheduler: SchedulerLike): Plan {
  return (task, delay) => {
    const action = scheduler.schedule(task, delay);
    return () => action.unsubscribe();
  };
}

/**
 * Calls `onIdle` once when nothing happened for `limit` milliseconds. Runs from the moment it is made.
 *
 * One timer is kept and moved on only when it fires, never per `touch`: `clearTimeout` and `setTimeout` per item cost
 * eight times as much. The clock is monotonic (`performance.now`), so that a change of the wall clock is no silence; with a
 * `scheduler` its clock is used.
 */
export function idleTimer({ limit, onIdle, onHalf, scheduler }: IdleTimerOptions): IdleTimer {
  const plan = scheduler === undefined ? planned : plannedBy(scheduler);
  const now = scheduler === undefined ? () => performance.now() : () => scheduler.now();
  const half = limit / 2;
  let last = now();
  let halfSaid = onHalf === undefined;
  let excused = false;
  let stopped = false;
  let due: Cancel | undefined;

  const arm = (delay: number): void => {
    const expected = now() + delay;
    due = plan(() => check(now() - expected), delay);
  };
  const check = (lateness: number): void => {
    const silence = now() - last;
    if (silence < half && !halfSaid) return arm(half - silence);
    if (silence < limit) {
      if (!halfSaid && silence >= half) {
        halfSaid = true;
        const current = due;
        onHalf?.();
        // onHalf may have stopped, paused or resumed the timer.
        if (due !== current) return;
      }
      return arm(limit - silence);
    }
    if (!excused) {
      excused = true;
      return arm(lateness > blockedFor ? graceTime : 0);
    }
    stop();
    onIdle();
  };
  const touch = (): void => {
    last = now();
    excused = false;
    halfSaid = onHalf === undefined;
  };
  const start = (): void => {
    touch();
    arm(halfSaid ? limit : half);
  };
  const pause = (): void => {
    due?.();
    due = undefined;
  };
  const stop = (): void => {
    stopped = true;
    pause();
  };
  start();
  return {
    touch,
    pause,
    resume: () => {
      if (due === undefined && !stopped) start();
    },
    stop,
  };
}
