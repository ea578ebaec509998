import { describe, expect, it } from '@jest/globals';
import { keyLanes } from '../../lib/key-lanes.js';

describe('keyLanes', () => {
  it('gives one value of a key at a time, free ones in the order in which they became free', () => {
    const lanes = keyLanes<number>();
    for (const [key, value] of [
      ['a', 1],
      ['a', 2],
      ['b', 3],
    ] as const)
      lanes.add({ key, value });
    expect(lanes.size).toBe(3);
    expect([lanes.take(), lanes.take(), lanes.take()]).toEqual([
      { key: 'a', value: 1 },
      { key: 'b', value: 3 },
      undefined,
    ]);
    lanes.done('a');
    expect(lanes.take()).toEqual({ key: 'a', value: 2 });
    expect(lanes.size).toBe(0);
  });

  it('compares keys as a Map does', () => {
    const lanes = keyLanes<string>();
    const one = {};
    for (const key of [Number.NaN, Number.NaN, one, {}, one, undefined, undefined]) lanes.add({ key, value: 'x' });
    let free = 0;
    while (lanes.take() !== undefined) free += 1;
    expect(free).toBe(4);
  });

  it('gives back all that waits when it is cleared, and starts anew', () => {
    const lanes = keyLanes<number>();
    for (const value of [1, 2, 3]) lanes.add({ key: 'a', value });
    lanes.take();
    expect(lanes.clear().map(({ value }) => value)).toEqual([2, 3]);
    lanes.done('a');
    lanes.add({ key: 'a', value: 4 });
    expect([lanes.size, lanes.take()?.value]).toEqual([1, 4]);
  });
});
