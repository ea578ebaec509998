import type { StreamError } from '../../lib/errors.js';
import { DurableStreamError, StaleEpochError } from './errors.js';
import type { Overrides } from './exchange.js';
import { type Batch, rejectItems, renumber } from './producer-batch.js';
import type { ProducerEpoch } from './producer-epoch.js';
import type { CheckedProducer } from './producer-options.js';

/** Batches that have a number and no answer yet, in order, and what is known of their numbers. */
export interface ProducerLine {
  readonly options: LineOptions;
  readonly epoch: ProducerEpoch;
  batches: Batch[];
  nextSeq: number;
  /** Numbers are about to change. */
  renumbering: Renumbering | undefined;
  /** Why nothing goes any more. */
  broken: StreamError | undefined;
  /** The server has said what it knows of this id, or the owner vouches for it. */
  known: boolean;
  /** The epoch was found here, and not given by the owner, who may repeat what an earlier process has sent. */
  isOwnEpoch: boolean;
}

export interface LineOptions {
  readonly producer: CheckedProducer;
  readonly overrides: Overrides;
  readonly contentType: () => string;
  /** There may be room now. */
  readonly onProgress: () => void;
  /** All that waits outside has failed with this as well. */
  readonly onFailure: (error: StreamError) => void;
}

/** From `from` on nothing is sent until every request that carries an old number is over. */
export interface Renumbering {
  from: number;
  /** A new epoch above this one, and everything from 0; `undefined` keeps the epoch. */
  claimAbove: number | undefined;
}

/** Below all numbers. */
export const everything = -1;

export function isHeld({ renumbering }: ProducerLine, { seq }: Batch): boolean {
  return renumbering !== undefined && seq >= renumbering.from;
}

/** Leaves the line without a word. */
export function leave(line: ProducerLine, batch: Batch): void {
  batch.phase = 'done';
  line.batches = line.batches.filter((one) => one !== batch);
}

/** Leaves the line as failed; its request is aborted. */
export function drop(line: ProducerLine, batch: Batch, error: unknown): void {
  batch.request?.unsubscribe();
  leave(line, batch);
  rejectItems(batch, error);
}

/** Asks for other numbers from `from` on; retries that wait are cut short. */
export function hold(line: ProducerLine, from: number, claimAbove?: number): void {
  const last = line.renumbering;
  const above = claimAbove === undefined ? last?.claimAbove : Math.max(claimAbove, last?.claimAbove ?? 0);
  line.renumbering = { from: Math.min(from, last?.from ?? from), claimAbove: above };
  for (const batch of line.batches) {
    if (batch.phase === 'sending' || !isHeld(line, batch)) continue;
    batch.request?.unsubscribe();
    batch.phase = 'ready';
  }
}

/** Nothing is sent any more. What is under way may still be told that it is stored, unless it stands behind `after`. */
export function breakOff(line: ProducerLine, error: StreamError, after: number = Number.POSITIVE_INFINITY): void {
  line.broken = error;
  line.renumbering = undefined;
  for (const batch of line.batches) if (batch.phase !== 'sending' || batch.seq >= after) drop(line, batch, error);
  line.options.onFailure(error);
}

/** What concerns the stream as a whole: all that is behind the batch fails too. Its number is free again when the rest is over. */
export function failFrom(line: ProducerLine, batch: Batch, error: StreamError): void {
  drop(line, batch, error);
  // The number may be taken or not: whatever came next under it could be taken for a repeat.
  if (batch.inDoubt) return breakOff(line, error);
  for (const one of line.batches) {
    if (one.seq < batch.seq) continue;
    rejectItems(one, error);
    one.dead = true;
  }
  hold(line, batch.seq);
  line.options.onFailure(error);
}

/** Gives out the numbers that were asked for, once no request carries an old one. */
export function settleNumbers(line: ProducerLine): void {
  const { renumbering, batches, epoch, options } = line;
  const held = batches.filter((batch) => isHeld(line, batch));
  if (renumbering === undefined || held.some(({ phase }) => phase === 'sending')) return;
  let { claimAbove } = renumbering;
  if (claimAbove === undefined && held.some(({ inDoubt }) => inDoubt)) {
    // A lost request may still arrive and take a number that another batch has by then. A new epoch shuts it out, but what is in doubt under the
    // old one must be settled before.
    if (held.length < batches.length) return;
    if (!options.producer.autoClaim) return breakOff(line, lateArrival());
    claimAbove = epoch.number;
  }
  line.batches = batches.filter(({ dead }) => !dead);
  line.renumbering = undefined;
  if (claimAbove === undefined) line.nextSeq = renumber(line.batches, renumbering.from, renumbering.from);
  else if (epoch.claim(claimAbove)) line.nextSeq = renumber(line.batches, everything, 0);
  else breakOff(line, tooManyClaims(claimAbove));
}

function lateArrival(): DurableStreamError {
  const message =
    'a batch was refused while others were lost on the way; they may still arrive, so only a new epoch is safe';
  return new DurableStreamError(message, { errorType: 'fatal_error', code: 'outcome_unknown' });
}

function tooManyClaims(currentEpoch: number): StaleEpochError {
  const message = 'another producer of the same id claims as eagerly as this one';
  return new StaleEpochError(message, { errorType: 'client_error', code: 'stale_epoch', currentEpoch });
}
