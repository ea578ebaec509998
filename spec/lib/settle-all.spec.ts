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

  it('rejects with a reason after the last has ended', async () => {
    let done = false;
    const slow = new Promise<void>((resolve) => setImmediate(resolve)).then(() => void (done = true));
    await expect(settleAll([slow, Promise.reject(new Error('quick'))])).rejects.toThrow('quick');
    expect(done).toBe(true);
  });
});
