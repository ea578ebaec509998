import { type RingQueue, ringQueue } from '../../lib/ring-queue.js';
import type { EventsByName, ReceivedBatch } from './messages.js';

/** A batch that the position is not behind yet. */
export interface HeldBatch {
  /** What it is known by. `undefined`: it only waits for others. */
  readonly batch: Pick<ReceivedBatch, 'batchId' | 'connectionId' | 'resumeToken'> | undefined;
  /**
   * As they came. What was delivered of them may be less: without those that other batches hold. Once it is handled the places of its events alone: they
   * themselves would lie in memory until the service has answered, which costs as much as a third of reading them.
   */
  events: EventsByName | readonly string[];
  /** Batches that wait for this one to be handled. */
  readonly waiting: HeldBatch[];
  /** The consumer has acknowledged what was delivered of it. */
  handled: boolean;
  /** Batches in hand that this one waits for. */
  blockers: number;
  /** The service has taken the acknowledgment. */
  confirmed: boolean;
  /** Some of its events were in hand when it came. */
  mends: boolean;
  /** All of them were. */
  isRepeat: boolean;
  /** It came over an earlier connection. */
  isOld: boolean;
  /** A later connection has brought events of it again: the service is told under the new id. */
  repeated: boolean;
  /** Of an earlier subscription: nobody is to be told. */
  foreign: boolean;
}

export function heldBatch(batch: ReceivedBatch | undefined): HeldBatch {
  const kind = { mends: false, isRepeat: false, isOld: false, repeated: false, foreign: false };
  const head = batch && { batchId: batch.batchId, connectionId: batch.connectionId, resumeToken: batch.resumeToken };
  return {
    batch: head,
    events: batch?.events ?? [],
    waiting: [],
    handled: false,
    blockers: 0,
    confirmed: false,
    ...kind,
  };
}

/** It is handled, and so is all that it repeats. */
export function isDone({ handled, blockers }: HeldBatch): boolean {
  return handled && blockers === 0;
}

/** Batches in the order of their connection. */
export interface PassingLine {
  enter(held: HeldBatch): void;
  /** Takes those at the front that are done and confirmed. */
  advance(): readonly HeldBatch[];
  clear(): void;
}

/** An empty line. */
export function passingLine(): PassingLine {
  let rest: RingQueue<HeldBatch> = ringQueue();
  // Apart, because a ring shows nothing that it does not give away.
  let front: HeldBatch | undefined;
  return {
    enter: (held) => {
      if (front === undefined) front = held;
      else rest.push(held);
    },
    advance: () => {
      const passed: HeldBatch[] = [];
      for (; front !== undefined && isDone(front) && front.confirmed; front = rest.shift()) passed.push(front);
      return passed;
    },
    clear: () => {
      front = undefined;
      rest = ringQueue();
    },
  };
}
