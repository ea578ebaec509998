import { describe, expect, it } from '@jest/globals';
import { Subscription } from 'rxjs';
import { DurableStreamError } from '../../../sources/durable/errors.js';
import {
  breakOff,
  drop,
  failFrom,
  hold,
  isHeld,
  leave,
  settleNumbers,
} from '../../../sources/durable/producer-line.js';
import { spiedLine } from './producer-lines.js';

const error = new DurableStreamError('no', { errorType: 'client_error', code: 'stream_gone' });

describe('the line of a producer', () => {
  it('lets a batch go in silence, or as failed with its request aborted', () => {
    const { line, told } = spiedLine([1, 1]);
    const [first, second] = line.batches;
    if (first === undefined || second === undefined) throw new Error('two batches');
    second.request = new Subscription();
    leave(line, first);
    drop(line, second, error);
    expect([told, line.batches, second.request.closed]).toEqual([[[], [error]], [], true]);
  });

  it('holds what is behind, cuts its waits short, and gives new numbers when nothing is under way', () => {
    const { line } = spiedLine([1, 1, 1, 1]);
    const [, second, third, fourth] = line.batches;
    if (second === undefined || third === undefined || fourth === undefined) throw new Error('four batches');
    third.phase = 'waiting';
    third.request = new Subscription();
    drop(line, second, error);
    hold(line, 1);
    expect(line.batches.map((batch) => isHeld(line, batch))).toEqual([false, true, true]);
    expect([third.phase, third.request.closed]).toEqual(['ready', true]);
    settleNumbers(line);
    expect(line.renumbering).toBeDefined();
    fourth.phase = 'behind';
    settleNumbers(line);
    expect(line.batches.map(({ seq, phase }) => [seq, phase])).toEqual([
      [0, 'sending'],
      [1, 'ready'],
      [2, 'ready'],
    ]);
    expect([line.nextSeq, line.renumbering]).toEqual([3, undefined]);
  });

  it('claims above the highest epoch it has heard of, and counts from 0', () => {
    const { line } = spiedLine([1, 1]);
    hold(line, -1, 6);
    hold(line, 1, 4);
    for (const batch of line.batches) batch.phase = 'ready';
    settleNumbers(line);
    expect([line.epoch.number, line.nextSeq]).toEqual([7, 2]);
  });

  it('waits for what is in doubt under the old epoch before it takes a new one by itself', () => {
    const { line } = spiedLine([1, 1], { autoClaim: true });
    const [first, second] = line.batches;
    if (first === undefined || second === undefined) throw new Error('two batches');
    Object.assign(second, { phase: 'ready', inDoubt: true });
    hold(line, 1);
    settleNumbers(line);
    expect(line.epoch.number).toBe(0);
    leave(line, first);
    settleNumbers(line);
    expect([line.epoch.number, second.seq]).toEqual([1, 0]);
  });

  it('breaks off all but what is under way before a place', () => {
    const { line, told, failures } = spiedLine([1, 1, 1]);
    const [first] = line.batches;
    if (first !== undefined) first.phase = 'waiting';
    breakOff(line, error, 2);
    expect(told).toEqual([[error], [], [error]]);
    expect([line.broken, failures]).toEqual([error, ['stream_gone']]);
  });

  it('fails from a batch on, and frees its number unless the batch is in doubt', () => {
    for (const inDoubt of [false, true]) {
      const { line, told } = spiedLine([1, 1, 1]);
      const [, second, third] = line.batches;
      if (second === undefined || third === undefined) throw new Error('three batches');
      second.inDoubt = inDoubt;
      failFrom(line, second, error);
      expect(told.slice(0, 2)).toEqual([[], [error]]);
      expect([third.dead, line.broken]).toEqual(inDoubt ? [false, error] : [true, undefined]);
      third.phase = 'ready';
      settleNumbers(line);
      expect(line.nextSeq).toBe(inDoubt ? 3 : 1);
    }
  });
});
