import { describe, expect, it } from '@jest/globals';
import { responsesSequence } from '../../../sources/llm/responses-sequence.js';

/** `true` and `false` of `isNew`, or `gap`. */
function read(after: number | undefined, numbers: readonly unknown[]): unknown[] {
  const sequence = responsesSequence(after);
  return numbers.map((number) => {
    if (number === 'skip') return sequence.skip();
    try {
      return sequence.isNew(number);
    } catch {
      return 'gap';
    }
  });
}

describe('responsesSequence', () => {
  it.each([
    ['counts up from 0', undefined, [0, 1, 2], [true, true, true]],
    ['counts up from anywhere', undefined, [7, 8], [true, true]],
    ['takes events without a number', undefined, [0, undefined, null, 1], [true, true, true, true]],
    ['sees a gap', undefined, [0, 1, 3], [true, true, 'gap']],
    ['sees a gap at once', undefined, [0, 2], [true, 'gap']],
    ['drops repeats', undefined, [0, 1, 0, 1, 2], [true, true, false, false, true]],
    ['leaves a server alone that does not count', undefined, [0, 0, 0], [true, true, true]],
    ['goes on behind a position', 4, [5, 6], [true, true]],
    ['drops what lies before a position', 4, [0, 4, 5], [false, false, true]],
    ['sees a gap behind a position', 4, [6], ['gap']],
    ['counts a frame that could not be read', undefined, [0, 'skip', 2, 3], [true, undefined, true, true]],
    ['needs no number for such a frame', undefined, [0, 'skip', 1, 2], [true, undefined, true, true]],
    ['forgives it once', undefined, [0, 'skip', 2, 4], [true, undefined, true, 'gap']],
  ])('%s', (_name, after, numbers, expected) => {
    expect(read(after, numbers)).toEqual(expected);
  });

  it('says how many are missing, and where it is', () => {
    const sequence = responsesSequence(undefined);
    sequence.isNew(0);
    expect(() => sequence.isNew(5)).toThrow('event 5 follows event 0: 4 are missing');
    expect(sequence.last).toBe(0);
  });
});
