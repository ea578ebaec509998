import { describe, expect, it } from '@jest/globals';
import { settleAll } from '../../lib/settle-all.js';

describe('settleAll', () => {
  it('resolves when all have, at once where there are none', async () => {
    await settleAll([]);
    let done = false;
    const slow = new Promise<void>((resolve) => setImmediate(resolve)).then(() => void (done = true));
    await settleAll([Promise.resolve(), slow]);
    expect(done).toBe(true);
  });

  it('rejects with the first reason in order, after the last has ended', async () => {
    let done = false;
    const slow = new Promise<void>((resolve) => setImmediate(resolve)).then(() => void (done = true));
    const failing = slow.then(() => Promise.reject(new Error('slow')));
    await expect(settleAll([failing, Promise.reject(new Error('quick'))])).rejects.toThrow('slow');
    expect(done).toBe(true);
    await expect(settleAll([Promise.reject(undefined), slow])).rejects.toBeUndefined();
  });
});
