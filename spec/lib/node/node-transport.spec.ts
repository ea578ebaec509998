import { describe, expect, it } from '@jest/globals';
import { getEventListeners } from 'node:events';
import { byteStream } from '../../../lib/http.js';
import { nodeTransport } from '../../../lib/node/index.js';
import { startOrigin } from '../../servers/origin.js';
import { answer } from '../../servers/origin-steps.js';
import { outcomeOf } from '../outcome.js';
import { describeTransport } from '../transport-contract.js';

describeTransport('nodeTransport', () => nodeTransport());

const get = { method: 'GET', headers: {}, body: undefined, redirect: 'manual' } as const;

describe('nodeTransport', () => {
  it('has one connection for requests that follow each other', async () => {
    await using origin = await startOrigin([
      [answer(200, {}, 'a')],
      [answer(204)],
      [answer(404, {}, 'b')],
      [answer(200)],
    ]);
    const transport = nodeTransport();
    for (let times = 0; times < 6; times += 1) await outcomeOf(byteStream({ url: origin.url, transport }));
    expect(origin.requests.map(({ connection }) => connection)).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it('names itself as fetch does in Node, unless the request says who asks', async () => {
    await using origin = await startOrigin([[answer(200)]]);
    const transport = nodeTransport();
    await outcomeOf(byteStream({ url: origin.url, transport }));
    await outcomeOf(byteStream({ url: origin.url, transport, headers: { 'User-Agent': 'somebody/1.0' } }));
    expect(origin.requests.map(({ headers }) => headers['user-agent'])).toEqual(['node', 'somebody/1.0']);
  });

  it('leaves no listener on a signal that lives on', async () => {
    await using origin = await startOrigin([[answer(200, {}, 'a')]]);
    const { signal } = new AbortController();
    const { body } = await nodeTransport()({ ...get, url: origin.url, signal });
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    while (!(await body?.read())?.done);
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });

  it('opens a connection for each request with keepAlive: false', async () => {
    await using origin = await startOrigin([[answer(200)]]);
    const transport = nodeTransport({ keepAlive: false });
    await outcomeOf(byteStream({ url: origin.url, transport }));
    await outcomeOf(byteStream({ url: origin.url, transport }));
    expect(origin.connections).toBe(2);
  });

  it('frames the body of a GET, which would else be read as a request', async () => {
    await using origin = await startOrigin([[answer(200)]]);
    await outcomeOf(byteStream({ url: origin.url, method: 'GET', body: 'query', transport: nodeTransport() }));
    expect(origin.requests).toMatchObject([{ method: 'GET', body: 'query' }]);
  });

  it('gives a header that came twice as one list', async () => {
    await using origin = await startOrigin([[answer(200, { 'set-cookie': ['a=1', 'b=2'], 'x-a': ['1', '2'] })]]);
    const { signal } = new AbortController();
    const { headers } = await nodeTransport()({ ...get, url: origin.url, signal });
    expect([headers.get('Set-Cookie'), headers.get('x-a'), headers.get('x-b')]).toEqual(['a=1, b=2', '1, 2', null]);
    expect([...(headers.entries?.() ?? [])]).toEqual(
      expect.arrayContaining([
        ['set-cookie', 'a=1, b=2'],
        ['x-a', '1, 2'],
      ]),
    );
  });

  it.each([
    [{ keepAlive: 'yes' }, 'option "keepAlive" must be true or false'],
    [{ ca: 5 }, 'option "ca" must be PEM text, or a list of it'],
    [{ rejectUnauthorized: false }, 'unknown option "rejectUnauthorized"'],
  ])('refuses %j', (options, message) => {
    expect(() => Reflect.apply(nodeTransport, undefined, [options])).toThrow(message);
  });
});
