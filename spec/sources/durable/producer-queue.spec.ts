import { describe, expect, it } from '@jest/globals';
import { producerQueue } from '../../../sources/durable/producer-queue.js';
import { spiedItem } from './producer-values.js';

function queueOf(limits: { maxBatchItems: number; maxBatchLength: number }, ...values: readonly unknown[]) {
  const queue = producerQueue(limits);
  for (const value of values) queue.push(spiedItem(value));
  return queue;
}
const lengths = (items: readonly { readonly size: number }[]): number[] => items.map(({ size }) => size);

describe('the queue of a producer', () => {
  it('cuts by number', () => {
    const queue = queueOf({ maxBatchItems: 2, maxBatchLength: 99 }, 1, 22, 333);
    expect(queue.isBatchFull).toBe(true);
    expect(lengths(queue.cut())).toEqual([1, 2]);
    expect([queue.isBatchFull, queue.size]).toEqual([false, 1]);
    expect(lengths(queue.cut())).toEqual([3]);
    expect(queue.cut()).toEqual([]);
  });

  it('cuts before a body gets too long, brackets and commas counted, and takes one value at least', () => {
    const queue = queueOf({ maxBatchItems: 9, maxBatchLength: 6 }, 1, 22, 55555555, 1);
    expect(lengths(queue.cut())).toEqual([1, 2]);
    expect(lengths(queue.cut())).toEqual([8]);
    expect(queue.isBatchFull).toBe(false);
    expect(lengths(queue.cut())).toEqual([1]);
  });

  it('gives up all that waits, what a cut has left over first', () => {
    const queue = queueOf({ maxBatchItems: 9, maxBatchLength: 3 }, 1, 22, 333);
    queue.cut();
    expect(lengths(queue.takeAll())).toEqual([2, 3]);
    expect([queue.size, queue.isBatchFull]).toEqual([0, false]);
  });
});
