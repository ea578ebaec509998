import { describe, expect, it } from '@jest/globals';
import { deliveryQueue, type FullPolicy } from '../../lib/delivery-queue.js';
import { createMonitor } from '../../lib/state.js';

describe('deliveryQueue', () => {
  it.each<{ onFull: FullPolicy; kept: number[]; dropped: number; code: string | undefined }>([
    { onFull: 'pause', kept: [1, 2, 3, 4], dropped: 0, code: undefined },
    { onFull: 'error', kept: [1, 2], dropped: 0, code: 'slow_consumer' },
    { onFull: 'dropOldest', kept: [3, 4], dropped: 2, code: undefined },
    { onFull: 'dropNewest', kept: [1, 2], dropped: 2, code: undefined },
  ])('of 2 keeps $kept under $onFull', ({ onFull, kept, dropped, code }) => {
    const monitor = createMonitor();
    const queue = deliveryQueue<number>({ onFull, maxQueued: 2, report: monitor.report });
    const errors = [1, 2, 3, 4].map((value) => queue.push({ value, size: 0, position: undefined }));
    const taken: (number | undefined)[] = [];
    for (; queue.size > 0; queue.shift()) taken.push(queue.head?.value);
    expect([taken, monitor.state.dropped, errors.at(-1)?.code]).toEqual([kept, dropped, code]);
    expect(queue.head).toBeUndefined();
  });

  it('is empty once it is cleared', () => {
    const queue = deliveryQueue<number>({ onFull: 'pause', maxQueued: 2, report: undefined });
    for (const value of [1, 2, 3]) queue.push({ value, size: 0, position: undefined });
    queue.clear();
    expect([queue.size, queue.head]).toEqual([0, undefined]);
  });
});
