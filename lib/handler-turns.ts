import type { Subscription } from 'rxjs';
import type { Delivery } from './delivery.js';

/** A delivery whose handler runs, or has run and whose results wait for their turn. */
export interface HandlerJob<T, R> {
  readonly delivery: Delivery<T>;
  state: 'running' | 'handled' | 'settled';
  /** Results that wait for their turn. */
  held: R[] | undefined;
  /** When it went on its own way, by the clock of the timeout; Infinity before. */
  startedAt: number;
  /** What its results come through. */
  scope: Subscription | undefined;
  controller: AbortController | undefined;
  /** Its neighbours in order of delivery. */
  previous: HandlerJob<T, R> | undefined;
  next: HandlerJob<T, R> | undefined;
}

export interface HandlerTurnsOptions {
  /** Results in order of delivery; or else as they come. */
  readonly ordered: boolean;
  /** How many results of one job may wait for their turn. */
  readonly maxHeld: number;
}

/** Who may emit, and when what is acknowledged. */
export interface HandlerTurns<T, R> {
  readonly isEmpty: boolean;
  begin(delivery: Delivery<T>): HandlerJob<T, R>;
  /** The running job that began first. */
  oldest(): HandlerJob<T, R> | undefined;
  /** Emits or holds a result; `false` when too many are held. */
  result(job: HandlerJob<T, R>, value: R): boolean;
  /** The handler is over, with this last result. Acknowledges when all results are out. */
  handled(job: HandlerJob<T, R>, last: R | undefined): void;
  /** The handler has failed: drops what it holds. `pass` comes after the delivery is settled. */
  drop(job: HandlerJob<T, R>): void;
  /** Emits what has its turn now. */
  pass(): void;
  /** Acknowledges what is handled with nothing left to emit, empties itself and gives the rest, to be released. */
  leave(): HandlerJob<T, R>[];
}

/**
 * Jobs in order of delivery. In order, a job is acknowledged when its results are out and not before: so what waits for its turn keeps its
 * credit, and never grows past the window of the source.
 */
export function handlerTurns<T, R>(options: HandlerTurnsOptions, emit: (value: R) => void): HandlerTurns<T, R> {
  const { ordered, maxHeld } = options;
  const jobs = jobList<T, R>();
  let passing = false;

  // What is held goes first, or it would be overtaken.
  const hasTurn = (job: HandlerJob<T, R>): boolean => !ordered || (job === jobs.head && job.held === undefined);
  const acknowledge = (job: HandlerJob<T, R>): void => {
    if (job.state !== 'handled') return;
    jobs.remove(job);
    job.delivery.ack();
  };
  const pass = (): void => {
    if (!ordered || passing) return;
    passing = true;
    for (let job = jobs.head; job !== undefined; job = jobs.head) {
      sendHeld(job, emit);
      if (job.state === 'running') break;
      acknowledge(job);
    }
    passing = false;
  };
  return {
    get isEmpty() {
      return jobs.head === undefined;
    },
    begin: jobs.append,
    oldest: () => {
      let job = jobs.head;
      while (job !== undefined && job.state !== 'running') job = job.next;
      return job;
    },
    result: (job, value) => {
      if (hasTurn(job)) emit(value);
      else if ((job.held?.length ?? 0) >= maxHeld) return false;
      else hold(job, value);
      return true;
    },
    handled: (job, last) => {
      job.state = 'handled';
      if (!hasTurn(job)) return last === undefined ? undefined : hold(job, last);
      if (last !== undefined) emit(last);
      acknowledge(job);
      if (jobs.head !== undefined) pass();
    },
    drop: jobs.remove,
    pass,
    leave: () => leave(jobs),
  };
}

function hold<T, R>(job: HandlerJob<T, R>, value: R): void {
  if (job.held === undefined) job.held = [value];
  else job.held.push(value);
}

/** The consumer may make the job emit more, end it, or leave. */
function sendHeld<T, R>(job: HandlerJob<T, R>, emit: (value: R) => void): void {
  while (job.held !== undefined) {
    const { held } = job;
    // Not empty-handed before the last one is out, and then at once: a consumer that leaves with it has had them all.
    job.held = [];
    let left = held.length;
    for (const value of held) {
      left -= 1;
      if (left === 0 && job.held?.length === 0) job.held = undefined;
      emit(value);
      if (job.state === 'settled') return;
    }
  }
}

function leave<T, R>(jobs: JobList<T, R>): HandlerJob<T, R>[] {
  const unhandled: HandlerJob<T, R>[] = [];
  for (let job = jobs.head; job !== undefined; job = jobs.head) {
    const isHandled = job.state === 'handled' && job.held === undefined;
    jobs.remove(job);
    if (isHandled) job.delivery.ack();
    else unhandled.push(job);
  }
  return unhandled;
}

interface JobList<T, R> {
  readonly head: HandlerJob<T, R> | undefined;
  append(delivery: Delivery<T>): HandlerJob<T, R>;
  remove(job: HandlerJob<T, R>): void;
}

/** Linked both ways, because a job may end anywhere in it. */
function jobList<T, R>(): JobList<T, R> {
  let head: HandlerJob<T, R> | undefined;
  let tail: HandlerJob<T, R> | undefined;
  return {
    get head() {
      return head;
    },
    append: (delivery) => {
      // Written out: spreading parts into it would cost ten times as much.
      const job: HandlerJob<T, R> = {
        delivery,
        state: 'running',
        held: undefined,
        startedAt: Infinity,
        scope: undefined,
        controller: undefined,
        previous: tail,
        next: undefined,
      };
      if (tail === undefined) head = job;
      else tail.next = job;
      tail = job;
      return job;
    },
    remove: (job) => {
      if (job.state === 'settled') return;
      job.state = 'settled';
      job.held = undefined;
      if (job.previous === undefined) head = job.next;
      else job.previous.next = job.next;
      if (job.next === undefined) tail = job.previous;
      else job.next.previous = job.previous;
    },
  };
}
