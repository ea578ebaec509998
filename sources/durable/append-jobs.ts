import { type RingQueue, ringQueue } from '../../lib/ring-queue.js';
import type { Delivery } from '../../lib/delivery.js';

/** What became of the oldest value: emitted in the order of the source, whatever order the answers came in. */
export interface AppendJobEvents<R> {
  /** A value is stored, and all before it are done. */
  readonly onStored: (value: unknown, result: R) => void;
  /** A plain value is not, and all before it are done. */
  readonly onFailed: (error: unknown) => void;
  /** Nothing is under way. */
  readonly onIdle: () => void;
}

/** Values on their way to a target. */
export interface AppendJobs {
  readonly isIdle: boolean;
  /** As many as are allowed are under way. */
  readonly isFull: boolean;
  /** A delivery waits for its turn; a plain value is appended at once. */
  add(value: unknown, delivery: Delivery<unknown> | undefined): void;
  /** Gives up on everything; deliveries are released. */
  leave(): void;
}

interface Job<R> {
  readonly value: unknown;
  readonly delivery: Delivery<unknown> | undefined;
  end: 'stored' | 'nacked' | 'failed' | undefined;
  result: { readonly of: R } | undefined;
  error: unknown;
}

interface Line<R> {
  readonly append: (value: unknown) => Promise<R>;
  readonly maxPending: number;
  readonly events: AppendJobEvents<R>;
  /** Deliveries that wait for their turn. */
  readonly waiting: RingQueue<Job<R>>;
  /** Behind `head`, in the order of the source. */
  readonly started: RingQueue<Job<R>>;
  /** The oldest value under way. */
  head: Job<R> | undefined;
  running: number;
  isLeft: boolean;
  isEmitting: boolean;
}

export function appendJobs<R>(
  append: (value: unknown) => Promise<R>,
  maxPending: number,
  events: AppendJobEvents<R>,
): AppendJobs {
  const line: Line<R> = {
    ...{ append, maxPending, events, waiting: ringQueue<Job<R>>(), started: ringQueue<Job<R>>() },
    ...{ head: undefined, running: 0, isLeft: false, isEmitting: false },
  };
  return {
    get isIdle() {
      return line.head === undefined && line.waiting.size === 0 && !line.isEmitting;
    },
    get isFull() {
      return line.running >= maxPending;
    },
    add: (value, delivery) => {
      line.waiting.push({ value, delivery, end: undefined, result: undefined, error: undefined });
      fill(line);
    },
    leave: () => leave(line),
  };
}

function fill<R>(line: Line<R>): void {
  while (!line.isLeft && line.running < line.maxPending) {
    const job = line.waiting.shift();
    if (job === undefined) return;
    start(line, job);
  }
}

function start<R>(line: Line<R>, job: Job<R>): void {
  line.running += 1;
  // While the head is being emitted its place is taken, though it is under way no more.
  if (line.head === undefined && !line.isEmitting) line.head = job;
  else line.started.push(job);
  attempt(line.append, job.value).then(
    (result) => {
      job.result = { of: result };
      job.end = 'stored';
      settle(line, job);
    },
    (error: unknown) => {
      job.error = error;
      job.end = job.delivery === undefined ? 'failed' : 'nacked';
      settle(line, job);
    },
  );
}

function settle<R>(line: Line<R>, job: Job<R>): void {
  line.running -= 1;
  if (line.isLeft) return;
  // Its credit may bring the next delivery at once.
  if (job.end === 'stored') job.delivery?.ack();
  else if (job.end === 'nacked') job.delivery?.nack(job.error);
  fill(line);
  emit(line);
}

function emit<R>(line: Line<R>): void {
  // A consumer may bring the next value while it takes this one; the loop that runs goes on with it.
  if (line.isEmitting) return;
  line.isEmitting = true;
  const { events, started } = line;
  for (line.head ??= started.shift(); line.head?.end !== undefined && !line.isLeft; line.head = started.shift()) {
    if (line.head.end === 'failed') events.onFailed(line.head.error);
    else if (line.head.result !== undefined) events.onStored(line.head.value, line.head.result.of);
  }
  line.isEmitting = false;
  if (!line.isLeft && line.head === undefined && line.waiting.size === 0) events.onIdle();
}

function leave<R>(line: Line<R>): void {
  const { started, waiting } = line;
  line.isLeft = true;
  for (let job = line.head ?? started.shift(); job !== undefined; job = started.shift()) {
    if (job.end === undefined) job.delivery?.release();
  }
  for (let job = waiting.shift(); job !== undefined; job = waiting.shift()) job.delivery?.release();
}

/** A target that throws has failed like one that rejects. */
async function attempt<R>(append: (value: unknown) => Promise<R>, value: unknown): Promise<R> {
  return append(value);
}
