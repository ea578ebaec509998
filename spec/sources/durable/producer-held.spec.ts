import { describe, expect, it } from '@jest/globals';
import { heldValues } from '../../../sources/durable/producer-held.js';

describe('the values that a producer holds', () => {
  it('have room by number and by length, passed by the last one at most', () => {
    const held = heldValues({ maxQueued: 3, maxQueuedLength: 10 });
    held.add({ size: 9 });
    expect(held.hasRoom).toBe(true);
    held.add({ size: 50 });
    expect([held.count, held.length, held.hasRoom]).toEqual([2, 59, false]);
    held.remove({ size: 50 });
    held.add({ size: 0 });
    expect(held.hasRoom).toBe(true);
    held.add({ size: 0 });
    expect(held.hasRoom).toBe(false);
  });
});
