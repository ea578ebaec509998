import { describe, expect, it } from '@jest/globals';
import { producerEpoch } from '../../../sources/durable/producer-epoch.js';

describe('the epoch of a producer', () => {
  it('goes above its own number and above that of the server', () => {
    const epoch = producerEpoch({ first: 3, stableAfter: 10, now: () => 0 });
    epoch.accept();
    expect(epoch.claim(1)).toBe(true);
    expect([epoch.number, epoch.accepted]).toEqual([4, false]);
    expect(epoch.claim(9)).toBe(true);
    expect(epoch.number).toBe(10);
  });

  it('can be claimed five times in a row, and again after a stable one', () => {
    let time = 0;
    const epoch = producerEpoch({ first: 0, stableAfter: 10, now: () => time });
    const claims = (count: number): boolean[] => Array.from({ length: count }, () => epoch.claim(0));
    expect(claims(6)).toEqual([true, true, true, true, true, false]);
    epoch.accept();
    time = 9;
    epoch.accept();
    expect(claims(1)).toEqual([false]);
    time = 10;
    expect(claims(6)).toEqual([true, true, true, true, true, false]);
  });

  it('is not counted when the owner takes the next', () => {
    const epoch = producerEpoch({ first: 0, stableAfter: 10, now: () => 0 });
    for (let times = 0; times < 8; times += 1) epoch.next(0);
    expect(epoch.number).toBe(8);
    epoch.next(11);
    expect(epoch.number).toBe(12);
    expect(epoch.claim(0)).toBe(true);
  });

  it('ends at 2^53-1', () => {
    const epoch = producerEpoch({ first: Number.MAX_SAFE_INTEGER, stableAfter: 10, now: () => 0 });
    expect(epoch.claim(0)).toBe(false);
  });
});
