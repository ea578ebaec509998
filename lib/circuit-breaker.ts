import {
  asyncScheduler,
  BehaviorSubject,
  Observable,
  type SchedulerLike,
  type Subscriber,
  type Subscription,
} from 'rxjs';
import { checkOptions, duration, instance, integer } from './check-options.js';

/** `closed`: all may connect. `open`: nobody. `half-open`: one tries, the others wait for what comes of it. */
export type CircuitState = 'closed' | 'open' | 'half-open';

/** When it opens, and for how long. */
export interface CircuitBreakerOptions {
  /** Failures in a row, over all streams, that open it. @default 5 */
  failureThreshold?: number | undefined;
  /** How long it stays open, in milliseconds. @default 30_000 */
  resetTimeout?: number | undefined;
  /** Timers and clock, for tests. @default asyncScheduler */
  scheduler?: SchedulerLike | undefined;
}

/** Leave to connect once; settles once, later calls do nothing. */
export interface CircuitPermit {
  success(): void;
  failure(): void;
  /** Neither: the consumer has gone, or the failure says nothing about the server. */
  release(): void;
}

/** The state that streams of one server share. */
export interface CircuitBreaker {
  readonly state: CircuitState;
  /** The state now, and every change. Never completes. */
  readonly state$: Observable<CircuitState>;
  /** Emits one permit as soon as one may connect, then completes. Unsubscribing ends the wait. */
  admit(): Observable<CircuitPermit>;
}

/**
 * Keeps many streams from knocking on a door that does not open. Pass one to the `circuitBreaker` option of all streams of
 * one server. A stream that is not admitted waits; it does not fail.
 */
export function circuitBreaker(options: CircuitBreakerOptions = {}): CircuitBreaker {
  const rules = { failureThreshold: integer(1), resetTimeout: duration(1), scheduler: instance };
  checkOptions('circuitBreaker', rules, options);
  const { failureThreshold = 5, resetTimeout = 30_000, scheduler } = options;
  const states = new BehaviorSubject<CircuitState>('closed');
  let failures = 0;

  const enter = (state: CircuitState): void => {
    if (states.value !== state) states.next(state);
  };
  const open = (): void => {
    failures = 0;
    enter('open');
    queue.freeIn(resetTimeout);
  };
  const close = (): void => {
    failures = 0;
    enter('closed');
    queue.admitWhile(() => (states.value === 'closed' ? regularPermit() : undefined));
  };
  const queue = probeQueue(scheduler, () => {
    enter('half-open');
    return settleOnce({ success: close, failure: open, release: () => queue.freeIn(0) });
  });
  const regularPermit = (): CircuitPermit =>
    settleOnce({
      success: () => (failures = 0),
      failure: () => {
        failures += 1;
        if (failures >= failureThreshold && states.value === 'closed') open();
      },
      release: () => undefined,
    });
  return {
    get state() {
      return states.value;
    },
    state$: states.asObservable(),
    admit: () =>
      new Observable((subscriber) => {
        if (states.value === 'closed') return grant(subscriber, regularPermit());
        return queue.wait(subscriber);
      }),
  };
}

function grant(subscriber: Subscriber<CircuitPermit>, permit: CircuitPermit): void {
  // A listener of `state$` may have ended the wait: a probe that nobody makes would bar the door for good.
  if (subscriber.closed) return permit.release();
  subscriber.next(permit);
  subscriber.complete();
}

function settleOnce(permit: CircuitPermit): CircuitPermit {
  let settled = false;
  const once = (action: () => void) => (): void => {
    if (settled) return;
    settled = true;
    action();
  };
  return { success: once(permit.success), failure: once(permit.failure), release: once(permit.release) };
}

interface ProbeQueue {
  wait(subscriber: Subscriber<CircuitPermit>): () => void;
  /** From then on the next in the queue may try. */
  freeIn(delay: number): void;
  /** Admits those that wait, until there is no permit: the first ones may have failed already. */
  admitWhile(permit: () => CircuitPermit | undefined): void;
}

/** Those that wait for an open breaker; one at a time is let through. No timer runs while nobody waits. */
function probeQueue(scheduler: SchedulerLike | undefined, probe: () => CircuitPermit): ProbeQueue {
  const now = scheduler === undefined ? () => performance.now() : () => scheduler.now();
  const waiting = new Set<Subscriber<CircuitPermit>>();
  let freeAt = Infinity;
  let timer: Subscription | undefined;

  const advance = (): void => {
    timer?.unsubscribe();
    const [first] = waiting;
    if (first === undefined || freeAt === Infinity) return;
    const delay = freeAt - now();
    if (delay > 0) {
      timer = (scheduler ?? asyncScheduler).schedule(advance, Math.ceil(delay));
      return;
    }
    freeAt = Infinity;
    waiting.delete(first);
    grant(first, probe());
  };
  return {
    wait: (subscriber) => {
      waiting.add(subscriber);
      advance();
      return () => {
        if (waiting.delete(subscriber)) advance();
      };
    },
    freeIn: (delay) => {
      freeAt = now() + delay;
      advance();
    },
    admitWhile: (permit) => {
      timer?.unsubscribe();
      for (const subscriber of [...waiting]) {
        const leave = permit();
        if (leave === undefined) return;
        waiting.delete(subscriber);
        grant(subscriber, leave);
      }
    },
  };
}
