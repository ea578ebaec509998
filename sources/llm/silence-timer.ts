import type { SchedulerLike, Subscription } from 'rxjs';
import { activeTime } from './active-time.js';

/** Whom a {@link SilenceTimer} tells. */
export interface SilenceSettings<Name> {
  readonly scheduler?: SchedulerLike | undefined;
  /** Half of a limit has passed; once per silence. Its own time does not count. */
  readonly onHalf: (name: Name) => void;
  /** A limit has passed. Nothing is said after it. */
  readonly onLimit: (name: Name) => void;
}

/** Several limits of silence, measured in the time that is not the consumer's. */
export interface SilenceTimer<Name> {
  /** From here, or anew, at most `limit` milliseconds. */
  start(name: Name, limit: number): void;
  /** A sign of life, if it runs. */
  touch(name: Name): void;
  end(name: Name): void;
  /** Does work whose time does not count. */
  outside(work: () => void): void;
  pause(isPaused: boolean): void;
  stop(): void;
}

interface Running<Name> {
  readonly name: Name;
  readonly limit: number;
  /** In active time. */
  readonly last: number;
  readonly isHalfSaid: boolean;
  /** The limit has passed, and what waits in the socket is read before it is believed. */
  readonly isExcused: boolean;
}

/** A timer of this lateness means that the event loop was blocked, or the machine slept: no silence of the server's. */
const blockedFor = 50;
/** A few turns of the loop, in which the sockets are read. */
const graceTime = 5;

/** One timer serves all limits; it is moved on when it fires, never per event, because `clearTimeout` and `setTimeout` cost more than reading an event. */
export function silenceTimer<Name>({ scheduler, onHalf, onLimit }: SilenceSettings<Name>): SilenceTimer<Name> {
  const time = activeTime(scheduler);
  const running = new Map<Name, Running<Name>>();
  let due: { readonly at: number; readonly timer: Subscription } | undefined;
  let isStopped = false;

  const disarm = (): void => {
    due?.timer.unsubscribe();
    due = undefined;
  };
  const arm = (least = 0): void => {
    if (isStopped || time.isHeld || running.size === 0) return;
    const at = Math.max(nextDue(running.values()), time.now() + least);
    if (due !== undefined && due.at <= at) return;
    disarm();
    due = { at, timer: time.schedule(check, at - time.now()) };
  };
  const check = (lateness: number): void => {
    due = undefined;
    const wasBlocked = lateness > blockedFor;
    if (wasBlocked) time.excuse(lateness);
    const { over, halves, hasExcused } = judge(running, time.now());
    if (over !== undefined) {
      stop();
      return onLimit(over);
    }
    arm(hasExcused && wasBlocked ? graceTime : 0);
    for (const name of halves) if (!isStopped) outside(() => onHalf(name));
  };
  const start = (name: Name, limit: number | undefined): void => {
    if (limit === undefined) return;
    running.set(name, { name, limit, last: time.now(), isHalfSaid: false, isExcused: false });
    arm();
  };
  const outside = (work: () => void): void => {
    time.hold();
    try {
      work();
    } finally {
      time.release();
      arm();
    }
  };
  const stop = (): void => {
    isStopped = true;
    disarm();
  };
  return {
    start,
    touch: (name) => start(name, running.get(name)?.limit),
    end: (name) => void running.delete(name),
    outside,
    pause: (isPaused) => {
      time.pause(isPaused);
      if (isPaused) disarm();
      else arm();
    },
    stop,
  };
}

/** When the next limit has something to say, in active time. */
function nextDue<Name>(limits: Iterable<Running<Name>>): number {
  let next = Infinity;
  for (const { last, limit, isHalfSaid } of limits) next = Math.min(next, last + (isHalfSaid ? limit : limit / 2));
  return next;
}

interface Judgement<Name> {
  readonly over: Name | undefined;
  readonly halves: readonly Name[];
  readonly hasExcused: boolean;
}

/** A limit that has passed is believed the second time: what waits in the socket is read in between. */
function judge<Name>(running: Map<Name, Running<Name>>, now: number): Judgement<Name> {
  const halves: Name[] = [];
  let hasExcused = false;
  for (const one of running.values()) {
    const silence = now - one.last;
    const isExcused = silence >= one.limit;
    if (isExcused && one.isExcused) return { over: one.name, halves, hasExcused };
    const isHalfSaid = silence >= one.limit / 2;
    if (isHalfSaid && !one.isHalfSaid) halves.push(one.name);
    hasExcused ||= isExcused;
    running.set(one.name, { ...one, isHalfSaid, isExcused });
  }
  return { over: undefined, halves, hasExcused };
}
