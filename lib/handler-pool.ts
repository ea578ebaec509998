import { type Delivery, deliveryFailed } from './delivery.js';
import { StreamError } from './errors.js';
import { type HandlerStarter, handlerStarter, type HandlerStarterOptions, stopJob } from './handler-run.js';
import { type HandlerJob, handlerTurns, type HandlerTurns, type HandlerTurnsOptions } from './handler-turns.js';
import { type RingQueue, ringQueue } from './ring-queue.js';

export interface HandlerPoolOptions<T, R> extends HandlerStarterOptions<T, R>, HandlerTurnsOptions {
  /** How many handlers may run at once. */
  readonly concurrency: number;
  readonly onHandlerError: 'nack' | 'error';
}

/** What the pool has to say. */
export interface HandlerPoolOutlet<R> {
  next(value: R): void;
  /** All handlers have ended: `leave`, the source, `release`, and then the consumer may hear of it. */
  end(failure: Failure | undefined): void;
}

/** An error in a box, because `undefined` can be thrown too. */
export interface Failure {
  readonly error: unknown;
}

/** The handlers of one subscription. */
export interface HandlerPool<T> {
  add(delivery: Delivery<T>): void;
  /** Nothing more comes; the first failure is the one that counts. */
  finish(failure?: Failure): void;
  /** Stops the handlers that run and acknowledges what is handled. Before the source is left, so that the source hears of it. */
  leave(): void;
  /** Gives back all that is not handled. After the source is left, or it would deliver more for it. */
  release(): void;
}

interface PoolStatus {
  state: 'open' | 'finished' | 'halted' | 'left';
  failure: Failure | undefined;
}

/** Runs the handler for every delivery, at most `concurrency` at once, and settles the deliveries. */
export function handlerPool<T, R>(options: HandlerPoolOptions<T, R>, outlet: HandlerPoolOutlet<R>): HandlerPool<T> {
  const { concurrency, maxHeld, onHandlerError } = options;
  const waiting = ringQueue<Delivery<T>>();
  const turns = handlerTurns<T, R>(options, (value) => outlet.next(value));
  const status: PoolStatus = { state: 'open', failure: undefined };
  let running = 0;
  let starting = false;

  const complete = (job: HandlerJob<T, R>, last: R | undefined): void => {
    running -= 1;
    turns.handled(job, last);
    startWaiting();
  };
  const fail = (job: HandlerJob<T, R>, reason: unknown): void => {
    running -= 1;
    turns.drop(job);
    stopJob(job, reason);
    giveUp(job.delivery, reason, { status, waiting, onHandlerError });
    turns.pass();
    startWaiting();
  };
  const result = (job: HandlerJob<T, R>, value: R): void => {
    if (!turns.result(job, value)) fail(job, heldTooMany(maxHeld));
  };
  const starter = handlerStarter<T, R>(options, { result, complete, fail, oldest: turns.oldest });
  /** What the consumer or the source adds meanwhile waits for this loop: no recursion, however many come at once. */
  const startWaiting = (): void => {
    if (starting) return;
    starting = true;
    while (running < concurrency && (status.state === 'open' || status.state === 'finished')) {
      const delivery = waiting.shift();
      if (delivery === undefined) break;
      running += 1;
      starter.run(turns.begin(delivery));
    }
    starting = false;
    if (turns.isEmpty && (status.state === 'halted' || status.state === 'finished')) outlet.end(status.failure);
  };
  const { leave, add, release } = departure(turns, waiting, starter);
  return {
    add: (delivery) => {
      add(delivery);
      startWaiting();
    },
    finish: (reason) => {
      status.failure ??= reason;
      if (status.state === 'open') status.state = 'finished';
      startWaiting();
    },
    leave: () => {
      status.state = 'left';
      leave();
    },
    release,
  };
}

/** The end of all that is not handled. May be called again. */
function departure<T, R>(
  turns: HandlerTurns<T, R>,
  waiting: RingQueue<Delivery<T>>,
  starter: HandlerStarter<T, R>,
): Omit<HandlerPool<T>, 'finish'> {
  let released = false;
  let stopped: readonly HandlerJob<T, R>[] = [];
  return {
    add: (delivery) => {
      if (released) delivery.release();
      else waiting.push(delivery);
    },
    leave: () => {
      starter.stop();
      if (turns.isEmpty) return;
      stopped = turns.leave();
      for (const job of stopped) stopJob(job, undefined);
    },
    release: () => {
      released = true;
      for (const job of stopped) job.delivery.release();
      stopped = [];
      while (waiting.size > 0) waiting.shift()?.release();
    },
  };
}

function heldTooMany(maxHeld: number): StreamError {
  return new StreamError(
    `more than ${maxHeld} results of one delivery wait for their turn; raise maxHeld, or take results as they come with ordered: false`,
    { errorType: 'fatal_error', code: 'slow_consumer' },
  );
}

interface FailureContext<T> {
  readonly status: PoolStatus;
  readonly waiting: RingQueue<Delivery<T>>;
  readonly onHandlerError: 'nack' | 'error';
}

/** What a failed delivery means for the pool. */
function giveUp<T>(
  delivery: Delivery<T>,
  reason: unknown,
  { status, waiting, onHandlerError }: FailureContext<T>,
): void {
  if (onHandlerError === 'nack') {
    // Operators that take a nack complete when all is settled: after that nobody upstream hears of it.
    if (status.state === 'finished') status.failure ??= { error: deliveryFailed(reason) };
    return delivery.nack(reason);
  }
  status.failure ??= { error: reason };
  if (status.state !== 'left') status.state = 'halted';
  // Given back at the end, with what waits: its credit would bring more deliveries.
  waiting.push(delivery);
}
