import type { StreamError } from '../../lib/errors.js';
import { durableError } from './answers.js';
import { DurableStreamError, type SequenceGapError, StaleEpochError } from './errors.js';
import { type Batch, halvesOf } from './producer-batch.js';
import { breakOff, drop, everything, hold, leave, type ProducerLine } from './producer-line.js';
import type { ProducerAnswer } from './producer-post.js';

/** What an answer of the server means for its batch and all others (draft 1.0, 5.2.1). */
export function takeAnswer(line: ProducerLine, batch: Batch, answer: ProducerAnswer): void {
  batch.phase = 'ready';
  if (batch.dead || (batch.probes && !takeProbe(line, batch, answer))) return;
  if (answer.type === 'stored') return takeStored(line, batch, answer);
  if (line.broken !== undefined) return drop(line, batch, line.broken);
  switch (answer.type) {
    case 'closed':
      return breakOff(line, answer.error, batch.seq);
    case 'stale':
      return takeStale(line, batch, answer.error);
    case 'gap':
      return takeGap(line, batch, answer.error);
    case 'refused':
      drop(line, batch, durableError(answer.error));
      return hold(line, batch.seq);
    case 'too-large':
      return takeTooLarge(line, batch, answer.error);
  }
}

/** `false` where the answer says no more than what the server knows. */
function takeProbe(line: ProducerLine, batch: Batch, answer: ProducerAnswer): boolean {
  batch.probes = false;
  line.known = answer.type !== 'too-large';
  // The epoch is in use already.
  if (answer.type === 'gap' && answer.error.expectedSeq > 0) hold(line, everything, line.epoch.number);
  // 400 is what a higher epoch gets that does not begin at 0.
  return answer.type !== 'gap' && answer.type !== 'refused';
}

function takeStored(line: ProducerLine, batch: Batch, answer: Extract<ProducerAnswer, { type: 'stored' }>): void {
  const { epoch, options } = line;
  const { duplicate, nextOffset } = answer;
  // A repeat of something that we have not sent: another producer has claimed the same epoch, and ours was dropped.
  const isForeign = duplicate && line.isOwnEpoch && !epoch.accepted && !batch.inDoubt;
  if (isForeign && line.broken === undefined) {
    return options.producer.autoClaim
      ? hold(line, everything, epoch.number)
      : breakOff(line, takenOver(epoch.number), batch.seq);
  }
  epoch.accept();
  leave(line, batch);
  for (const { resolve } of batch.items) resolve({ duplicate, nextOffset, epoch: epoch.number, seq: batch.seq });
}

function takeStale(line: ProducerLine, batch: Batch, error: StaleEpochError): void {
  if (line.options.producer.autoClaim) hold(line, everything, error.currentEpoch);
  else breakOff(line, error, batch.seq);
}

function takeGap(line: ProducerLine, batch: Batch, error: SequenceGapError): void {
  if (error.expectedSeq > batch.seq) breakOff(line, unexpected(error));
  // Nothing of ours is missing, so the server has forgotten what it had acknowledged: the stream was made again, for one.
  else if (batch.wasFirst) breakOff(line, error);
  else batch.phase = 'behind';
}

function takeTooLarge(line: ProducerLine, batch: Batch, error: StreamError): void {
  if (batch.items.length > 1) {
    // The second half shares its number with the batch behind it until numbers are given out again, by place.
    const halves = halvesOf(batch, line.options.contentType());
    line.batches = line.batches.flatMap((one) => (one === batch ? halves : [one]));
    batch.phase = 'done';
  } else {
    drop(line, batch, durableError(error));
  }
  hold(line, batch.seq);
}

function takenOver(currentEpoch: number): StaleEpochError {
  const details = { errorType: 'client_error', code: 'stale_epoch', currentEpoch } as const;
  return new StaleEpochError('another producer has taken the same epoch', details);
}

function unexpected(cause: SequenceGapError): DurableStreamError {
  const message = `the server refuses a number below the one that it expects (${cause.expectedSeq})`;
  return new DurableStreamError(message, { errorType: 'fatal_error', code: 'protocol_error', statusCode: 409, cause });
}
