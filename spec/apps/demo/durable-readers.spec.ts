import { describe, expect, it } from '@jest/globals';
import { modes, startReader } from '../../../apps/demo/durable-readers.js';
import { startDurable } from '../../servers/durable.js';
import { eventually } from '../../servers/eventually.js';

const report = { item: () => undefined, event: () => undefined, summary: () => undefined };

describe('a reader of the demo', () => {
  it.each(modes)('by %s counts what is lost, what comes twice and what comes too late', async (mode) => {
    await using server = await startDurable();
    const numbers = [1, 3, 2, 3].map((n) => ({ n, text: `message ${n}` }));
    const url = await server.create('/demo', 'application/json', JSON.stringify(numbers));
    const reader = startReader(url, mode, report);
    await eventually(() => reader.summary(new Set()).duplicates === 1);
    expect(reader.summary(new Set([1, 2, 3, 4, 5]))).toEqual({
      ...{ received: 3, lost: 2, duplicates: 1, disordered: 1, reconnects: 0 },
    });
    expect(reader.isOver).toBe(false);
    reader.stop();
  });
});
