import { describe, expect, it } from '@jest/globals';
import { Subscriber } from 'rxjs';
import { draftLength, draftOf } from '../../../sources/durable/append-body.js';
import {
  type AppendLimits,
  type WaitingAppend,
  waitingLine,
  type WaitingTurn,
} from '../../../sources/durable/append-waiting.js';

const limits: AppendLimits = {
  batching: true,
  maxBatchLength: 10,
  maxBatchItems: 3,
  maxQueuedItems: 5,
  maxQueuedLength: 20,
};
const json = 'application/json';

function append(value: unknown, seq?: string): WaitingAppend {
  const draft = draftOf('append', value);
  return {
    ...{ kind: 'append', where: 'append', draft, seq, length: draftLength(draft) },
    ...{ subscriber: new Subscriber(), message: new Uint8Array(0), leave: undefined },
  };
}

function taken(line: ReturnType<typeof waitingLine>, type = json): string[] {
  return line.takeBatch(type).taken.map(({ message }) => new TextDecoder().decode(message));
}

describe('the line of appends', () => {
  it('gives as many as make one request, by number and by length, in order', () => {
    const line = waitingLine({ ...limits, maxQueuedLength: 100 });
    for (const value of [1, 2, 3, 4, 'abcdefghijk', 'ab', 'cd', 'ef']) line.push(append(value));
    const batches = Array.from({ length: 5 }, () => taken(line));
    // [4] and the long one are longer than 10 together; ["ab","cd"] is 11
    expect(batches).toEqual([['1', '2', '3'], ['4'], ['"abcdefghijk"'], ['"ab"'], ['"cd"']]);
  });

  it('counts a body of bytes without brackets', () => {
    const line = waitingLine(limits);
    for (const value of ['abcde', 'fghij', 'k']) line.push(append(value));
    expect([taken(line, 'text/plain'), taken(line, 'text/plain')]).toEqual([['abcde', 'fghij'], ['k']]);
  });

  it('gives one with a seq alone, and one at a time without batching', () => {
    const line = waitingLine(limits);
    for (const entry of [append(1), append(2, 'a'), append(3)]) line.push(entry);
    expect([taken(line), taken(line), taken(line)]).toEqual([['1'], ['2'], ['3']]);
    const single = waitingLine({ ...limits, batching: false });
    for (const entry of [append(1), append(2)]) single.push(entry);
    expect([taken(single), taken(single)]).toEqual([['1'], ['2']]);
  });

  it('stops at a call that must not be overtaken', () => {
    const line = waitingLine(limits);
    const turn: WaitingTurn = { kind: 'turn', length: 0, start: () => undefined };
    for (const entry of [append(1), turn, append(2)]) line.push(entry);
    expect(taken(line)).toEqual(['1']);
    expect(line.first()).toBe(turn);
    expect(line.remove(turn)).toBe(true);
    expect(line.remove(turn)).toBe(false);
    expect(taken(line)).toEqual(['2']);
  });

  it('takes out what the stream cannot hold, with its error', () => {
    const line = waitingLine(limits);
    for (const value of [{ a: 1 }, 'ok', '', 'fine']) line.push(append(value));
    const { taken: good, refused } = line.takeBatch('text/plain');
    expect(good).toHaveLength(2);
    expect(refused.map(({ error }) => String(error))).toEqual([
      expect.stringMatching(/takes text or bytes/),
      expect.stringMatching(/empty append/),
    ]);
    expect(line.first()).toBeUndefined();
  });

  it('is full at its limits, and has room again behind what leaves', () => {
    const line = waitingLine(limits);
    const entries = Array.from({ length: 5 }, (_, n) => append(n));
    for (const entry of entries) line.push(entry);
    expect(line.isFull).toBe(true);
    for (const entry of entries) line.remove(entry);
    expect(line.isFull).toBe(false);
    line.push(append('x'.repeat(20)));
    expect(line.isFull).toBe(true);
    expect(line.removeAppends()).toHaveLength(1);
    expect(line.isFull).toBe(false);
  });
});
