import { asyncScheduler, type SchedulerLike, Subscription } from 'rxjs';
import { maxDuration } from '../../lib/check-options.js';
import { ackFlushes, type AckFlushes } from './ack-flushes.js';
import type { HeldBatch } from './passing-line.js';
import type { EventStreamerError } from './errors.js';
import type { ChainNotice } from './notices.js';

/** One call, and what came of it. */
export interface AckRequest {
  readonly connectionId: string;
  readonly batchIds: readonly string[];
  /** All of them came over this connection. */
  readonly isOwn: boolean;
  /** Answered; these were not taken. */
  readonly next: (refused: readonly string[]) => void;
  readonly error: (error: EventStreamerError) => void;
}

export interface AckQueueOptions {
  readonly call: (request: AckRequest) => Subscription;
  /** Milliseconds from the first acknowledgment to the call. */
  readonly interval: number;
  readonly scheduler: SchedulerLike | undefined;
  /** The service has taken these, or they are given up. */
  readonly onTaken: (taken: readonly HeldBatch[]) => void;
  /** The service does not know the connection in hand any more. */
  readonly onLost: (error: EventStreamerError) => void;
  readonly onNotice: (notice: ChainNotice) => void;
}

/** Acknowledgments of one session, over all of its connections. */
export interface AckQueue {
  add(held: HeldBatch): void;
  /** What waits goes to this connection from now on. */
  connected(connectionId: string): void;
  /** What waits stays. */
  disconnected(): void;
  /** Forgets what waits: these, or all of it where another subscription follows. */
  drop(batchIds?: readonly string[]): void;
  /** Sends what waits now, and resolves when nothing is left, a call has brought nothing forward, or after 5 s. */
  flush(): Promise<void>;
  /**
   * The session is over: what comes from now on is sent at once, over the last connection. A call that has not come to its end 5 s later is broken
   * off.
   */
  end(): void;
}

/** What one call may carry: the service's own limit is not known, and a body of 50 KB offends nobody. */
const maxPerCall = 1_000;
/** What a failed call waits at least, doubled with every failure in a row. */
const firstPause = 50;
const longestPause = 30_000;
/** An id of an earlier connection is not tried for ever where the service does not know it. */
const maxRefusals = 3;

/** What is acknowledged by one id: a service may use it again when it sends the batch again. */
interface WaitingAck {
  readonly id: string;
  readonly held: HeldBatch[];
  /** How often a connection that did not deliver the batch has refused it. */
  refusals: number;
}

interface Queue {
  readonly options: AckQueueOptions;
  readonly scheduler: SchedulerLike;
  readonly waiting: Map<string, WaitingAck>;
  readonly flushes: AckFlushes;
  /** The last one, also when it is over. */
  connectionId: string | undefined;
  isConnected: boolean;
  running: Subscription | undefined;
  timer: Subscription | undefined;
  failures: number;
  ended: boolean;
}

/** An empty queue. One call at a time; what comes meanwhile goes into the next one. */
export function ackQueue(options: AckQueueOptions): AckQueue {
  const { interval, scheduler = asyncScheduler } = options;
  const waiting = new Map<string, WaitingAck>();
  const flushes = ackFlushes(scheduler, () => {
    if (!queue.ended) return;
    queue.running?.unsubscribe();
    queue.running = undefined;
  });
  const state = { connectionId: undefined, isConnected: false, running: undefined, timer: undefined };
  const queue: Queue = { options, scheduler, waiting, flushes, ...state, failures: 0, ended: false };
  const flush = (): Promise<void> => {
    const flushed = flushes.add();
    flushOn(queue, false);
    return flushed;
  };
  return {
    add: (held) => {
      if (held.batch === undefined) return;
      putBack(waiting, { id: held.batch.batchId, held: [held], refusals: 0 });
      if (queue.ended) queueMicrotask(() => void flush());
      else arm(queue, interval);
    },
    connected: (id) => {
      queue.connectionId = id;
      queue.isConnected = true;
      queue.failures = 0;
      disarm(queue);
      arm(queue, interval);
    },
    disconnected: () => {
      queue.isConnected = false;
      disarm(queue);
    },
    drop: (batchIds) => {
      if (batchIds === undefined) waiting.clear();
      else for (const id of batchIds) waiting.delete(id);
    },
    flush,
    end: () => {
      queue.ended = true;
      queue.isConnected = false;
      disarm(queue);
    },
  };
}

function arm(queue: Queue, delay: number): void {
  const { isConnected, running, waiting, timer, scheduler } = queue;
  if (!isConnected || running !== undefined || waiting.size === 0 || timer !== undefined) return;
  queue.timer = scheduler.schedule(() => {
    queue.timer = undefined;
    send(queue);
  }, delay);
}

function disarm(queue: Queue): void {
  queue.timer?.unsubscribe();
  queue.timer = undefined;
}

function send(queue: Queue): void {
  const { options, waiting, connectionId } = queue;
  disarm(queue);
  if (connectionId === undefined || queue.running !== undefined || waiting.size === 0) return;
  const sent = [...waiting.values()].slice(0, maxPerCall);
  for (const { id } of sent) waiting.delete(id);
  // Before the call: one that answers at once would end before it has begun.
  const running = new Subscription();
  queue.running = running;
  running.add(
    options.call({
      connectionId,
      batchIds: sent.map(({ id }) => id),
      isOwn: sent.every((ack) => isOwn(ack, connectionId)),
      next: (refused) => {
        queue.failures = 0;
        const left = sortAnswer(queue, sent, { refused, connectionId });
        finish(queue, left === sent.length, options.interval);
      },
      error: (error) => failed(queue, sent, { error, connectionId }),
    }),
  );
}

function failed(
  queue: Queue,
  sent: readonly WaitingAck[],
  { error, connectionId }: { readonly error: EventStreamerError; readonly connectionId: string },
): void {
  const { options, waiting } = queue;
  queue.failures += 1;
  for (const ack of sent) if (!isRepeated(ack)) putBack(waiting, ack);
  const isLost = error.code === 'connection_lost';
  const message = `${sent.length} acknowledgments have failed`;
  if (!isLost) options.onNotice({ kind: 'ack_failed', message, cause: error });
  finish(queue, true, pauseAfter(queue.failures, options.interval, error));
  if (isLost && queue.isConnected && connectionId === queue.connectionId) options.onLost(error);
}

function finish(queue: Queue, isStuck: boolean, delay: number): void {
  queue.running = undefined;
  flushOn(queue, isStuck);
  arm(queue, delay);
}

/** Those who wait for a flush are told when there is nothing left to send, or no use in sending. */
function flushOn(queue: Queue, isStuck: boolean): void {
  const { flushes, running, waiting, connectionId } = queue;
  if (!flushes.isAsked || running !== undefined) return;
  if (waiting.size > 0 && !isStuck && connectionId !== undefined) send(queue);
  else flushes.done();
}

/** How many of those that were sent are still to be sent. */
function sortAnswer(
  { waiting, options: { onTaken, onNotice } }: Queue,
  sent: readonly WaitingAck[],
  { refused, connectionId }: { readonly refused: readonly string[]; readonly connectionId: string },
): number {
  const refusedIds = new Set(refused);
  const taken: HeldBatch[] = [];
  let left = 0;
  for (const ack of sent) {
    const isRefused = refusedIds.has(ack.id) && !isRepeated(ack);
    if (isRefused && !isGivenUp(ack, connectionId)) {
      left += 1;
      putBack(waiting, ack);
      continue;
    }
    const message = 'the service does not know a batch of an earlier connection; its acknowledgment is given up';
    // What only mends a gap has been sent again in its turn.
    if (isRefused && !ack.held.some(({ mends }) => mends)) onNotice({ kind: 'ack_refused', message });
    taken.push(...ack.held);
  }
  if (taken.length > 0) onTaken(taken);
  return left;
}

function isGivenUp(ack: WaitingAck, connectionId: string): boolean {
  if (isOwn(ack, connectionId)) return false;
  ack.refusals += 1;
  return ack.refusals >= maxRefusals;
}

function isOwn({ held }: WaitingAck, connectionId: string): boolean {
  return held.some(({ batch }) => batch?.connectionId === connectionId);
}

/** The service has sent it again and is told by another id, while this one was under way. */
function isRepeated({ held }: WaitingAck): boolean {
  return held.every(({ repeated }) => repeated);
}

function putBack(waiting: Map<string, WaitingAck>, ack: WaitingAck): void {
  const known = waiting.get(ack.id);
  if (known === undefined) waiting.set(ack.id, ack);
  else known.held.push(...ack.held);
}

function pauseAfter(failures: number, interval: number, { retryAfter = 0 }: EventStreamerError): number {
  const pause = Math.min(firstPause * 2 ** (failures - 1), longestPause);
  return Math.min(Math.max(interval, pause, retryAfter), maxDuration);
}
