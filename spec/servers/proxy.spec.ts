import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from './eventually.js';
import { answer, fin, send } from './origin-steps.js';
import { startOrigin, type Origin } from './origin.js';
import { startProxy } from './proxy.js';
import { exchange } from './raw-client.js';

/** The head is 19 bytes, the body 81: one hundred in all. */
const head = 'HTTP/1.1 200 OK\r\n\r\n';
const whole = head + 'b'.repeat(81);

describe('a proxy', () => {
  let origin: Origin;
  beforeEach(async () => {
    origin = await startOrigin([[answer(200), send('b'.repeat(81)), fin()]]);
  });
  afterEach(() => origin.close());

  it('passes everything on when it has no toxics', async () => {
    await using proxy = await startProxy(origin.port);
    await expect(exchange(proxy.port)).resolves.toMatchObject({ text: whole, end: 'fin' });
    expect(proxy.connections).toBe(1);
    await eventually(() => expect(proxy.openSockets).toBe(0));
  });

  it.each([
    [0, 'reset'],
    [40, 'reset'],
    [40, 'fin'],
  ] as const)('cuts after %i bytes by %s', async (cutAfter, cutBy) => {
    await using proxy = await startProxy(origin.port, { cutAfter, cutBy });
    await expect(exchange(proxy.port)).resolves.toMatchObject({ text: whole.slice(0, cutAfter), end: cutBy });
  });

  it('slices into pieces that arrive as such', async () => {
    await using proxy = await startProxy(origin.port, { slice: 10 });
    const { text, pieces } = await exchange(proxy.port);
    expect(text).toBe(whole);
    expect(Math.max(...pieces)).toBeLessThan(40);
    expect(pieces.length).toBeGreaterThan(4);
  });

  it('holds back by latency and by rate', async () => {
    await using proxy = await startProxy(origin.port, { latency: 30 });
    expect(await elapsed(() => exchange(proxy.port))).toBeGreaterThanOrEqual(29);
    proxy.setToxics({ rate: 1_000 });
    expect(await elapsed(() => exchange(proxy.port))).toBeGreaterThanOrEqual(95);
  });

  it('stalls with both connections open', async () => {
    await using proxy = await startProxy(origin.port, { stallAfter: 30 });
    let ended = false;
    const pending = exchange(proxy.port).then((result) => {
      ended = true;
      return result;
    });
    await eventually(() => expect([proxy.openSockets, origin.openSockets]).toEqual([1, 1]));
    await new Promise((resolve) => setTimeout(resolve, 40));
    expect(ended).toBe(false);
    proxy.dropAll();
    await expect(pending).resolves.toMatchObject({ text: whole.slice(0, 30) });
  });

  it('corrupts exactly one byte, wherever it is cut', async () => {
    await using proxy = await startProxy(origin.port, { corruptAt: 25, slice: 7 });
    const { text } = await exchange(proxy.port);
    expect(text).toBe(`${whole.slice(0, 25)}${String.fromCharCode(0x62 ^ 0xff)}${whole.slice(26)}`);
  });

  it('chooses by connection', async () => {
    await using proxy = await startProxy(origin.port, (connection) =>
      connection === 0 ? { cutAfter: 5, cutBy: 'fin' } : {},
    );
    expect((await exchange(proxy.port)).text).toHaveLength(5);
    expect((await exchange(proxy.port)).text).toHaveLength(100);
    expect(proxy.connections).toBe(2);
  });

  it('resets its client when the origin cannot be reached', async () => {
    await using proxy = await startProxy(origin.port);
    await origin.close();
    expect((await exchange(proxy.port)).end).toBe('reset');
  });
});

async function elapsed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
