import type { PositionSource } from './delivery.js';
import { StreamError } from './errors.js';
import { ringQueue } from './ring-queue.js';
import type { StreamReporter } from './state.js';

/** What happens to values that come while all credit is out. */
export type FullPolicy = 'pause' | 'error' | 'dropOldest' | 'dropNewest';

export interface QueueOptions {
  readonly onFull: FullPolicy;
  /** How many values may wait under every policy but `pause`. */
  readonly maxQueued: number;
  readonly report: StreamReporter | undefined;
}

export interface Waiting<T> {
  readonly value: T;
  readonly size: number;
  /** Asked for when the value came: a source may answer with where it is, and it reads on. */
  readonly position: string | PositionSource | undefined;
}

/** Values that wait for credit, oldest first. */
export interface DeliveryQueue<T> {
  /** The oldest; it stays until `shift`. */
  readonly head: Waiting<T> | undefined;
  readonly size: number;
  /** Keeps the value, or lets one go as the policy says, or returns why the stream cannot go on. */
  push(waiting: Waiting<T>): StreamError | undefined;
  shift(): void;
  clear(): void;
}

/** What one piece of a body may hold and more: a source that comes this far does not heed the gate. */
const maxPaused = 1_000_000;

/** An empty queue. Limits: `maxQueued`; a million values under `pause`. */
export function deliveryQueue<T>({ onFull, maxQueued, report }: QueueOptions): DeliveryQueue<T> {
  const limit = onFull === 'pause' ? maxPaused : maxQueued;
  const rest = ringQueue<Waiting<T>>();
  // Apart, because a ring shows nothing that it does not give away.
  let head: Waiting<T> | undefined;
  const shift = (): void => {
    head = rest.shift();
  };
  const keep = (waiting: Waiting<T>): void => {
    if (head === undefined) head = waiting;
    else rest.push(waiting);
  };
  return {
    get head() {
      return head;
    },
    get size() {
      return head === undefined ? 0 : rest.size + 1;
    },
    push: (waiting) => {
      const size = head === undefined ? 0 : rest.size + 1;
      if (size < limit) return void keep(waiting);
      if (onFull === 'pause') return unheeded();
      if (onFull === 'error') return overflowed(maxQueued);
      report?.dropped();
      if (onFull === 'dropNewest') return undefined;
      shift();
      return void keep(waiting);
    },
    shift,
    clear: () => {
      head = undefined;
      rest.clear();
    },
  };
}

function overflowed(maxQueued: number): StreamError {
  return slowConsumer(
    `the consumer is too slow: ${maxQueued} values wait for it; handle faster, raise maxQueued, or let values go with onFull`,
  );
}

function unheeded(): StreamError {
  return slowConsumer(
    `the consumer is too slow, and the source does not pause: ${maxPaused} values wait; give its request the gate, or choose another onFull`,
  );
}

function slowConsumer(message: string): StreamError {
  return new StreamError(message, { errorType: 'fatal_error', code: 'slow_consumer' });
}
