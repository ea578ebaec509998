import type { SchedulerLike } from 'rxjs';
import {
  createDelivery,
  type Delivery,
  type Outcome,
  type PositionSource,
  type SettledDelivery,
  type Settler,
} from './delivery.js';
import { StreamError } from './errors.js';
import { type IdleTimer, idleTimer } from './idle-timer.js';
import type { ReadGate } from './read-gate.js';
import { ringQueue } from './ring-queue.js';
import type { StreamReporter } from './state.js';

/** What happens to values that come while all credit is out. */
export type FullPolicy = 'pause' | 'error' | 'dropOldest' | 'dropNewest';

export interface DeliveryWindowOptions<T> {
  readonly maxUnacked: number;
  /** Infinity for none. */
  readonly maxUnackedBytes: number;
  readonly sizeOf: (value: T) => number;
  readonly positionOf: (value: T) => string | PositionSource | undefined;
  readonly onFull: FullPolicy;
  /** How many values may wait under every policy but `pause`. */
  readonly maxQueued: number;
  readonly gate: ReadGate | undefined;
  readonly report: StreamReporter | undefined;
  /** A full window in which nothing settles for this long is told of, in milliseconds. */
  readonly stallWarning: number;
  readonly scheduler: SchedulerLike | undefined;
}

/** Credit at work on one subscription. */
export interface DeliveryWindow<T> {
  /** Delivers the value, or keeps it until there is credit. */
  offer(value: T): void;
  /** The source is over: `end` is called when all that waits has been delivered. */
  finish(end: () => void): void;
  /** The subscriber is gone: drops what waits. */
  close(): void;
}

/** Where deliveries and failures go. */
export interface DeliveryOutlet<T> {
  next(delivery: Delivery<T>): void;
  error(error: StreamError): void;
}

/**
 * At most `maxUnacked` deliveries out; what comes beyond waits here, and under `pause` the gate is closed meanwhile, so that no more than
 * the rest of one piece of the body ever waits. Reading goes on at half.
 *
 * The tag of a delivery is its size in bytes.
 */
export function deliveryWindow<T>(options: DeliveryWindowOptions<T>, outlet: DeliveryOutlet<T>): DeliveryWindow<T> {
  const { maxUnacked, maxUnackedBytes, sizeOf, positionOf, gate, report } = options;
  const waiting = ringQueue<{ readonly value: T }>();
  const stall = stallTimer(options);
  let count = 0;
  let bytes = 0;
  let full = false;
  let draining = false;
  let closed = false;
  let end: (() => void) | undefined;

  const isFull = (): boolean => count >= maxUnacked || bytes >= maxUnackedBytes;
  const isHalf = (): boolean => count <= maxUnacked / 2 && bytes <= maxUnackedBytes / 2;
  const settler: Settler<T, number> = {
    settle: ({ tag }: SettledDelivery<T, number>, outcome: Outcome, reason: unknown) => {
      count -= 1;
      bytes -= tag;
      report?.outstandingBy(-1);
      if (closed) return;
      stall.touch();
      if (outcome === 'nack') return outlet.error(refused(reason));
      if (full && !draining && isHalf()) drain();
    },
  };
  const deliver = (value: T): void => {
    const size = maxUnackedBytes === Infinity ? 0 : sizeOf(value);
    count += 1;
    bytes += size;
    report?.outstandingBy(1);
    if (isFull()) fill();
    outlet.next(createDelivery({ value, position: positionOf(value), attempt: 1, tag: size }, settler));
  };
  const fill = (): void => {
    if (full) return;
    full = true;
    stall.start();
    if (options.onFull === 'pause') gate?.close();
  };
  const drain = (): void => {
    draining = true;
    while (waiting.size > 0 && !isFull() && !closed) {
      const next = waiting.shift();
      if (next !== undefined) deliver(next.value);
    }
    draining = false;
    if (closed) return;
    if (!isFull()) {
      full = false;
      stall.stop();
      gate?.open();
    }
    if (waiting.size === 0) end?.();
  };
  return {
    offer: (value) => {
      // A consumer that settles at once has emptied the window before it is filled, without ever having waited.
      if (full && !draining && waiting.size === 0 && isHalf()) drain();
      if (!full && !draining) return deliver(value);
      if (options.onFull === 'pause' || waiting.size < options.maxQueued) return waiting.push({ value });
      overflow(value);
    },
    finish: (over) => {
      if (waiting.size === 0) return over();
      end = over;
    },
    close: () => {
      closed = true;
      waiting.clear();
      stall.stop();
    },
  };

  function overflow(value: T): void {
    if (options.onFull === 'error') return outlet.error(overflowed(options.maxQueued));
    report?.dropped();
    if (options.onFull === 'dropNewest') return;
    waiting.shift();
    waiting.push({ value });
  }
}

interface StallTimer {
  start(): void;
  touch(): void;
  stop(): void;
}

/** Runs only while the window is full. */
function stallTimer<T>({ stallWarning, maxUnacked, report, scheduler }: DeliveryWindowOptions<T>): StallTimer {
  let timer: IdleTimer | undefined;
  const message = `all credit is out (${maxUnacked} deliveries) and nothing has settled for ${stallWarning} ms`;
  return {
    start: () => {
      if (report === undefined) return;
      const onIdle = (): void => report.warn({ kind: 'stalled_consumer', message });
      timer = idleTimer({ limit: stallWarning, scheduler, onIdle });
    },
    touch: () => timer?.touch(),
    stop: () => {
      timer?.stop();
      timer = undefined;
    },
  };
}

function refused(reason: unknown): StreamError {
  return new StreamError('a delivery has failed, and neither redeliver nor deadLetter stands upstream of its handler', {
    errorType: 'fatal_error',
    code: 'delivery_failed',
    cause: reason,
  });
}

function overflowed(maxQueued: number): StreamError {
  return new StreamError(
    `the consumer is too slow: ${maxQueued} values wait for it; handle faster, raise maxQueued, or let values go with onFull`,
    { errorType: 'fatal_error', code: 'slow_consumer' },
  );
}
