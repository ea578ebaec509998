import { describe, expect, it } from '@jest/globals';
import {
  DurableStreamError,
  SequenceGapError,
  StaleEpochError,
  StreamClosedError,
} from '../../../sources/durable/errors.js';
import type { Batch } from '../../../sources/durable/producer-batch.js';
import type { ProducerOptions } from '../../../sources/durable/producer-options.js';
import type { ProducerAnswer } from '../../../sources/durable/producer-post.js';
import { takeAnswer } from '../../../sources/durable/producer-verdicts.js';
import { spiedLine } from './producer-lines.js';

const refused = { errorType: 'client_error', code: 'bad_request', statusCode: 400 } as const;
const refusal = new DurableStreamError('no', refused);
const stored = (duplicate: boolean): ProducerAnswer => ({ type: 'stored', duplicate, nextOffset: 'o' });
const gap = (expectedSeq: number): ProducerAnswer => ({
  type: 'gap',
  error: new SequenceGapError('gap', { ...refused, code: 'sequence_gap', expectedSeq, receivedSeq: 1 }),
});
const stale: ProducerAnswer = {
  type: 'stale',
  error: new StaleEpochError('stale', { ...refused, code: 'stale_epoch', currentEpoch: 4 }),
};

/** What an answer to the second of three batches, of two values each, does to all of them. */
function after(answer: ProducerAnswer, known: Partial<Batch> = {}, options: ProducerOptions = {}) {
  const { line, told, failures } = spiedLine([2, 2, 2], options);
  const second = line.batches[1];
  if (second === undefined) throw new Error('three batches');
  takeAnswer(line, Object.assign(second, known), answer);
  return { line, told, failures, second };
}

describe('an answer to a batch', () => {
  it('that it is stored goes to all of its callers', () => {
    const { line, told } = after(stored(false));
    const result = { duplicate: false, nextOffset: 'o', epoch: 0, seq: 1 };
    expect([told, line.epoch.accepted, line.batches.length]).toEqual([[[], [result, result], []], true, 2]);
  });

  it('that is a repeat of what was never sent means another producer, where one may claim', () => {
    expect(after(stored(true), {}, { autoClaim: true }).line.renumbering).toEqual({ from: -1, claimAbove: 0 });
    expect(after(stored(true), { inDoubt: true }, { autoClaim: true }).told[1]).toHaveLength(2);
    expect(after(stored(true)).told[1]).toHaveLength(2);
  });

  it('of a higher epoch breaks off, or claims', () => {
    expect(after(stale).line.broken).toMatchObject({ currentEpoch: 4 });
    expect(after(stale, {}, { autoClaim: true }).line.renumbering).toEqual({ from: -1, claimAbove: 4 });
  });

  it('of a gap lets it wait for those before it; without any it is the end', () => {
    expect(after(gap(0)).second.phase).toBe('behind');
    expect(after(gap(0), { wasFirst: true }).failures).toEqual(['sequence_gap']);
    expect(after(gap(5)).failures).toEqual(['protocol_error']);
  });

  it('of a closed stream fails it and those behind it at once', () => {
    const error = new StreamClosedError('closed', { ...refused, code: 'stream_closed' });
    const { told, failures } = after({ type: 'closed', error });
    expect([told, failures]).toEqual([[[], [error, error], [error, error]], ['stream_closed']]);
  });

  it('that refuses it fails it alone', () => {
    const { told, line } = after({ type: 'refused', error: refusal });
    expect(told).toMatchObject([[], [{ code: 'bad_request' }, { code: 'bad_request' }], []]);
    expect(line.renumbering).toEqual({ from: 1, claimAbove: undefined });
  });

  it('that it is too large cuts it in halves', () => {
    const { told, line } = after({ type: 'too-large', error: refusal });
    expect(told).toEqual([[], [], []]);
    expect(line.batches.map(({ items }) => items.length)).toEqual([2, 1, 1, 2]);
  });

  it('to a probe says only what the server knows', () => {
    const fresh = after(gap(0), { probes: true }, { autoClaim: true });
    expect([fresh.second.phase, fresh.line.known, fresh.line.renumbering]).toEqual(['ready', true, undefined]);
    expect(after(gap(3), { probes: true }, { autoClaim: true }).line.renumbering).toEqual({ from: -1, claimAbove: 0 });
    expect(after({ type: 'refused', error: refusal }, { probes: true }).told).toEqual([[], [], []]);
  });

  it('changes nothing for those who were told of a failure', () => {
    expect(after(stale, { dead: true }).line.broken).toBeUndefined();
  });
});
