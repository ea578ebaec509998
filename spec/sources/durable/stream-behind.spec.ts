import { describe, expect, it } from '@jest/globals';
import { createMonitor } from '../../../lib/state.js';
import { stream } from '../../../sources/durable/stream.js';
import { answer, chunk, endChunks, reset } from '../../servers/origin-steps.js';

import { head, json, real, scripted, tail, taken } from './responses.js';

const fast = { initialBackoff: 1, maxBackoff: 1 };
const untyped = (value: unknown) => JSON.parse(JSON.stringify(value));
const tick = () => new Promise((resolve) => setTimeout(resolve, 20));

describe('what is behind a response', () => {
  it('rejects before there is one', async () => {
    const server = await real();
    await expect(stream(`${server.url}/no`)).rejects.toMatchObject({ name: 'StreamNotFoundError', statusCode: 404 });
    await expect(stream(server.url, untyped({ colour: 1 }))).rejects.toThrow('colour');
    await expect(stream(server.url, { maxLength: 0 })).rejects.toThrow('maxLength');
    await expect(stream('nonsense')).rejects.toThrow(TypeError);
  });

  it('retries before the first headers and in the body, and shows one connection for each that was read', async () => {
    const { origin, url } = await scripted([
      [answer(503, {}, 'busy')],
      [answer(200, head('b', json, tail)), chunk('[1,2,3'), reset()],
      [answer(200, head('b', json, tail)), chunk('[1,2,3,4]'), endChunks()],
    ]);
    const monitor = createMonitor();
    const events: string[] = [];
    monitor.events$.subscribe(({ type }) => void events.push(type));
    const response = await stream(url, { ...fast, monitor });
    expect(events.filter((type) => type !== 'warning')).toEqual(['error', 'reconnect']);
    expect(await response.json()).toEqual([1, 2, 3, 4]);
    expect(origin.requests).toHaveLength(3);
    expect(events.filter((type) => type === 'connect' || type === 'disconnect')).toEqual([
      ...['connect', 'disconnect', 'connect', 'disconnect'],
    ]);
    expect(monitor.state).toMatchObject({ totalItemsReceived: 4, isConnected: false });
  });

  it('asks the error handler once for what holds from then on', async () => {
    const { origin, url } = await scripted(({ headers, path }) => {
      if (headers['authorization'] !== 'Bearer new') return [answer(401)];
      return [
        path.endsWith('offset=-1') ? answer(200, head('b', json), '[1]') : answer(200, head('c', json, tail), '[2]'),
      ];
    });
    let asked = 0;
    const response = await stream(url, {
      headers: { Authorization: 'Bearer old' },
      onError: ({ statusCode }) => {
        asked += 1;
        return statusCode === 401 ? { headers: { authorization: 'Bearer new' } } : undefined;
      },
    });
    expect(await response.json()).toEqual([1, 2]);
    expect([asked, origin.requests.length]).toEqual([1, 3]);
  });

  it('reads no more than one piece ahead of the loop', async () => {
    const server = await real();
    const text = 'x'.repeat(1_000);
    const body = JSON.stringify(Array.from({ length: 5_000 }, (_, n) => ({ n, text })));
    const monitor = createMonitor();
    const response = await stream(await server.create('/s', json, body), { live: false, monitor });
    await tick();
    expect(monitor.state.bytesReceived).toBe(0);
    let count = 0;
    for await (const _item of response.json()) {
      count += 1;
      if (count > 1) continue;
      await tick();
      expect(monitor.state.bytesReceived).toBeLessThan(300_000);
    }
    expect(count).toBe(5_000);
  });

  it('refuses to hold more than maxLength when awaited', async () => {
    const server = await real();
    const url = await server.create('/s', json, '[1,2,3,4,5,6]');
    await expect((await stream(url, { maxLength: 10 })).json()).rejects.toMatchObject({ code: 'response_too_large' });
    expect(await taken((await stream(url, { maxLength: 10, live: false })).json(), 9)).toHaveLength(6);
  });
});
