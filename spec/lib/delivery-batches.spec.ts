import { describe, expect, it } from '@jest/globals';
import { VirtualTimeScheduler } from 'rxjs';
import { createDelivery, type Delivery, type Outcome } from '../../lib/delivery.js';
import { deliveryBatches, type DeliveryBatchOptions, releaseAll } from '../../lib/delivery-batches.js';

function gathering(options: Partial<DeliveryBatchOptions<number>>) {
  const scheduler = new VirtualTimeScheduler();
  const limits = { maxSize: 100, maxWait: 1_000, idleFlush: 1_000, maxBytes: Infinity, sizeOf: undefined, scheduler };
  const log: string[] = [];
  const settler = { settle: ({ value }: Delivery<number>, outcome: Outcome) => log.push(`${outcome} ${value}`) };
  const wakes: number[] = [];
  const batches = deliveryBatches<number>({ ...limits, ...options }, () => wakes.push(scheduler.now()));
  const make = (value: number): Delivery<number> =>
    createDelivery({ value, position: undefined, attempt: 1, tag: undefined }, settler);
  const add = (...values: number[]): void => values.forEach((value) => batches.add(make(value)));
  const take = (all = false): number[] | undefined => batches.take(all)?.map(({ value }) => value);
  return { scheduler, batches, make, add, take, wakes, log };
}

describe('deliveryBatches', () => {
  it('gives out what is due, oldest first, and the rest only when asked for all', () => {
    const { add, take, wakes } = gathering({ maxSize: 2 });
    add(0, 1, 2, 3, 4);
    expect(wakes).toHaveLength(2);
    expect([take(), take(), take(), take(true), take(true)]).toEqual([[0, 1], [2, 3], undefined, [4], undefined]);
  });

  it('keeps one timer while something is held, for the oldest, and none otherwise', () => {
    const { add, take, wakes, scheduler } = gathering({ maxWait: 50 });
    expect(scheduler.actions).toHaveLength(0);
    add(0, 1);
    expect(scheduler.actions).toHaveLength(1);
    scheduler.flush();
    expect(wakes).toEqual([50]);
    add(2);
    expect(take()).toEqual([0, 1, 2]);
    expect(scheduler.actions).toHaveLength(0);
  });

  it('is due while the window is full, a moment later, so that the last delivery comes along', () => {
    const { add, take, batches, scheduler } = gathering({});
    add(0);
    batches.setFull(true);
    expect(take()).toBeUndefined();
    add(1);
    scheduler.maxFrames = 0;
    scheduler.flush();
    expect(take()).toEqual([0, 1]);
    add(2);
    batches.setFull(false);
    scheduler.flush();
    expect(take()).toBeUndefined();
  });

  it('begins a new batch for a value that does not fit, and wakes only when that value is held', () => {
    const { add, take, wakes } = gathering({ maxBytes: 10, sizeOf: (value) => value });
    add(6, 6);
    expect(wakes).toHaveLength(1);
    expect([take(), take(true)]).toEqual([[6], [6]]);
  });

  it('refuses a delivery whose size cannot be told', () => {
    const sizeOf = (value: number): number => {
      if (value === 0) throw new Error('boom');
      return value;
    };
    const { add, log, take } = gathering({ maxBytes: 10, sizeOf });
    add(0, -1, Number.NaN, 1);
    expect(log).toEqual(['nack 0', 'nack -1', 'nack NaN']);
    expect(take(true)).toEqual([1]);
  });

  it('gives all back in order and stops its timers', () => {
    const { add, batches, log, scheduler, make } = gathering({ maxSize: 2 });
    add(0, 1, 2);
    batches.setFull(true);
    batches.release();
    expect(log).toEqual(['release 0', 'release 1', 'release 2']);
    expect(scheduler.actions).toHaveLength(0);
    releaseAll([make(3)]);
    releaseAll();
    expect(log.at(-1)).toBe('release 3');
  });
});
