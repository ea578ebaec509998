import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ringQueue } from '../../lib/ring-queue.js';

describe('ringQueue', () => {
  it('does what an array does, whatever the order of pushes, shifts and clears', () => {
    const step = fc.oneof(
      {
        weight: 6,
        arbitrary: fc.record({ kind: fc.constant('push' as const), count: fc.integer({ min: 1, max: 40 }) }),
      },
      {
        weight: 5,
        arbitrary: fc.record({ kind: fc.constant('shift' as const), count: fc.integer({ min: 1, max: 40 }) }),
      },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('clear' as const), count: fc.constant(1) }) },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const queue = ringQueue<number>();
        const model: number[] = [];
        let pushed = 0;
        for (const { kind, count } of steps) {
          for (let times = 0; times < count; times += 1) {
            if (kind === 'push') {
              queue.push(pushed);
              model.push(pushed);
              pushed += 1;
            } else if (kind === 'shift') {
              expect(queue.shift()).toBe(model.shift());
            } else {
              queue.clear();
              model.length = 0;
            }
            expect(queue.size).toBe(model.length);
          }
        }
        while (model.length > 0) expect(queue.shift()).toBe(model.shift());
      }),
      { numRuns: 60 },
    );
  });

  it('gives nothing when it is empty, before and after use', () => {
    const queue = ringQueue<string>();
    expect(queue.shift()).toBeUndefined();
    queue.push('a');
    queue.shift();
    expect(queue.shift()).toBeUndefined();
    expect(queue.size).toBe(0);
  });

  it('counts values that are undefined', () => {
    const queue = ringQueue<undefined>();
    queue.push(undefined);
    expect(queue.size).toBe(1);
    queue.shift();
    expect(queue.size).toBe(0);
  });

  it('keeps the order when it grows with its head in the middle, and after a burst', () => {
    const queue = ringQueue<number>();
    for (let value = 0; value < 10; value += 1) queue.push(value);
    for (let value = 0; value < 10; value += 1) queue.shift();
    for (let value = 0; value < 5_000; value += 1) queue.push(value);
    for (let value = 0; value < 5_000; value += 1) expect(queue.shift()).toBe(value);
    queue.push(1);
    expect(queue.shift()).toBe(1);
  });

  it('keeps nothing alive that was taken or cleared', async () => {
    const used = ringQueue<object>();
    const emptied = ringQueue<object>();
    const push = (queue: typeof used): WeakRef<object> => {
      const value = {};
      queue.push(value);
      return new WeakRef(value);
    };
    const taken = push(used);
    used.shift();
    const cleared = push(emptied);
    emptied.clear();
    // A WeakRef is strong until the end of the turn that made it.
    await new Promise((resolve) => setImmediate(resolve));
    setFlagsFromString('--expose-gc');
    const collectGarbage: unknown = runInNewContext('gc');
    if (typeof collectGarbage === 'function') Reflect.apply(collectGarbage, undefined, []);
    expect([taken.deref(), cleared.deref()]).toEqual([undefined, undefined]);
    expect([used.size, emptied.size]).toEqual([0, 0]);
  });

  it('empties a long queue in order', () => {
    const queue = ringQueue<number>();
    for (let value = 0; value < 400_000; value += 1) queue.push(value);
    let sum = 0;
    for (let value = 0; queue.size > 0; value += 1) sum += Number(queue.shift() === value);
    expect(sum).toBe(400_000);
  });
});
