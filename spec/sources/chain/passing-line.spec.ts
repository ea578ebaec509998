import { describe, expect, it } from '@jest/globals';
import { heldBatch, isDone, passingLine } from '../../../sources/chain/passing-line.js';

describe('passingLine', () => {
  it('lets go of what is handled, unblocked and confirmed, in order and from the front', () => {
    const line = passingLine();
    const [first, second, third] = [heldBatch(undefined), heldBatch(undefined), heldBatch(undefined)];
    for (const held of [first, second, third]) line.enter(held);
    second.handled = true;
    second.confirmed = true;
    expect(line.advance()).toEqual([]);
    first.handled = true;
    expect(line.advance()).toEqual([]);
    first.confirmed = true;
    first.blockers = 1;
    expect([isDone(first), line.advance()]).toEqual([false, []]);
    first.blockers = 0;
    expect(line.advance()).toEqual([first, second]);
    line.clear();
    third.handled = true;
    third.confirmed = true;
    expect(line.advance()).toEqual([]);
  });
});
