import { Subscription } from 'rxjs';
import type { StreamError } from '../../lib/errors.js';
import { durableError } from './answers.js';
import { DurableStreamError, StaleEpochError } from './errors.js';
import { type Batch, newBatch, type QueuedItem } from './producer-batch.js';
import { producerEpoch } from './producer-epoch.js';
import { drop, failFrom, isHeld, type LineOptions, type ProducerLine, settleNumbers } from './producer-line.js';
import { lastNumber } from './producer-options.js';
import { producerPost } from './producer-post.js';
import { takeAnswer } from './producer-verdicts.js';

/** Sends batches under consecutive numbers, several at a time. */
export interface ProducerPipeline {
  readonly epoch: number;
  readonly nextSeq: number;
  readonly length: number;
  /** Whether another batch would be sent at once. */
  readonly hasRoom: boolean;
  /** Why nothing goes any more, until `restart`. */
  readonly broken: StreamError | undefined;
  add(items: readonly QueuedItem[], closes: boolean): void;
  /** Aborts everything and rejects what is unacknowledged. */
  stop(error: unknown): void;
  /** The next epoch that nobody is known to have, from number 0. Rejects what a broken pipeline has still under way. */
  restart(): void;
}

/**
 * A batch keeps number and bytes over all of its attempts, so that the server can tell a repeat. Numbers change only where the server has surely
 * not stored what carried them, and nothing that carries an old one is under way.
 */
export function producerPipeline(options: LineOptions): ProducerPipeline {
  const line = newLine(options);
  return {
    get epoch() {
      return line.epoch.number;
    },
    get nextSeq() {
      return line.nextSeq;
    },
    get length() {
      return line.batches.length;
    },
    get hasRoom() {
      return line.renumbering === undefined && line.broken === undefined && line.batches.length < widthOf(line);
    },
    get broken() {
      return line.broken;
    },
    add: (items, closes) => {
      line.batches.push(newBatch(line.nextSeq, items, options.contentType(), closes));
      line.nextSeq += 1;
      advance(line);
    },
    stop: (error) => dropAll(line, error),
    restart: () => {
      const { broken } = line;
      dropAll(line, broken);
      line.broken = undefined;
      // The number after ours may be the one that has fenced us.
      line.epoch.next(broken instanceof StaleEpochError ? broken.currentEpoch : 0);
      line.nextSeq = 0;
      line.known = true;
      line.isOwnEpoch = true;
    },
  };
}

function newLine(options: LineOptions): ProducerLine {
  const { checked, epoch: first, autoClaim } = options.producer;
  const { scheduler, resetAfter: stableAfter = 5_000 } = checked.config;
  const now = scheduler === undefined ? () => performance.now() : () => scheduler.now();
  return {
    ...{ options, batches: [], nextSeq: 0, renumbering: undefined, broken: undefined },
    epoch: producerEpoch({ first, stableAfter, now }),
    known: !autoClaim,
    isOwnEpoch: autoClaim,
  };
}

/** Several under way at once only when the server knows the epoch: the first of them must be number 0. */
function widthOf({ epoch, options }: ProducerLine): number {
  return epoch.accepted ? options.producer.maxInFlight : 1;
}

function dropAll(line: ProducerLine, error: unknown): void {
  line.renumbering = undefined;
  for (const batch of line.batches) drop(line, batch, error);
}

/** Sends what may be sent. */
function advance(line: ProducerLine): void {
  settleNumbers(line);
  for (const [index, batch] of line.batches.slice(0, widthOf(line)).entries()) {
    const isDue = batch.phase === 'ready' || (batch.phase === 'behind' && index === 0);
    if (isDue && !isHeld(line, batch)) send(line, batch, index === 0);
  }
  line.options.onProgress();
}

function send(line: ProducerLine, batch: Batch, isFirst: boolean): void {
  batch.wasFirst = isFirst;
  batch.probes = !line.known;
  batch.request = new Subscription();
  let isAnswered = false;
  const fail = (error: StreamError): void => {
    if (isAnswered) return;
    isAnswered = true;
    batch.phase = 'ready';
    if (line.broken !== undefined) drop(line, batch, line.broken);
    else if (!batch.dead) failFrom(line, batch, error);
    advance(line);
  };
  const subscription = postOf(line, batch).subscribe({
    next: (answer) => {
      isAnswered = true;
      takeAnswer(line, batch, answer);
      advance(line);
    },
    error: (error: unknown) => fail(durableError(error)),
    complete: () => fail(withoutAnswer()),
  });
  batch.request.add(subscription);
}

function postOf(line: ProducerLine, batch: Batch): ReturnType<typeof producerPost> {
  const { producer, overrides, contentType } = line.options;
  const { body, closes } = batch;
  return producerPost(producer.checked, overrides, {
    ...{ id: producer.id, epoch: line.epoch.number, body, closes, contentType: contentType() },
    // No server has got so far, so it can only say what it expects instead.
    seq: batch.probes ? lastNumber : batch.seq,
    onSend: () => (batch.phase = 'sending'),
    onFailure: (processed) => {
      if (processed === 'maybe' && !batch.probes) batch.inDoubt = true;
      batch.phase = 'waiting';
      if (line.broken === undefined && !isHeld(line, batch)) return;
      if (line.broken !== undefined) drop(line, batch, line.broken);
      batch.request?.unsubscribe();
      if (line.broken === undefined) batch.phase = 'ready';
      advance(line);
    },
  });
}

/** A header function that aborts ends a call in silence. */
function withoutAnswer(): DurableStreamError {
  return new DurableStreamError('aborted by someone else', { errorType: 'fatal_error', code: 'aborted' });
}
