import { afterEach, describe, expect, it } from '@jest/globals';
import { byteStream } from '../../../lib/http.js';
import { defaultTransport } from '../../../lib/node/default-transport.js';
import { type Origin, startOrigin } from '../../servers/origin.js';
import { answer } from '../../servers/origin-steps.js';
import { outcomeOf } from '../outcome.js';
import { describeTransport } from '../transport-contract.js';

describeTransport('defaultTransport in Node', () => defaultTransport());

/** fetch says of each request what it is for; `node:http` does not. */
function waysOf({ requests }: Origin): string[] {
  return requests.map(({ headers }) => (headers['sec-fetch-mode'] === undefined ? 'node:http' : 'fetch'));
}

describe('what requests go by in Node', () => {
  const { fetch } = globalThis;
  const keys = [1, 2].map((version) => Symbol.for(`undici.globalDispatcher.${version}`));
  afterEach(() => {
    globalThis.fetch = fetch;
    for (const key of keys) Reflect.deleteProperty(globalThis, key);
  });

  it('is node:http where nothing is said, from request() on', async () => {
    await using origin = await startOrigin([[answer(200)]]);
    await outcomeOf(byteStream({ url: origin.url }));
    await outcomeOf(byteStream({ url: origin.url, transport: defaultTransport() }));
    expect(waysOf(origin)).toEqual(['node:http', 'node:http']);
  });

  it('has one pool of connections, however often it is asked for', async () => {
    await using origin = await startOrigin([[answer(204)]]);
    for (let times = 0; times < 4; times += 1) await outcomeOf(byteStream({ url: origin.url }));
    expect(origin.connections).toBe(1);
  });

  it("is the caller's fetch, and a global one that was replaced, as long as it is", async () => {
    await using origin = await startOrigin([[answer(200)]]);
    const request = { url: origin.url, transport: defaultTransport() };
    await outcomeOf(byteStream({ url: origin.url, fetch: (input, init) => fetch(input, init) }));
    globalThis.fetch = (input, init) => fetch(input, init);
    await outcomeOf(byteStream(request));
    globalThis.fetch = fetch;
    await outcomeOf(byteStream(request));
    expect(waysOf(origin)).toEqual(['fetch', 'fetch', 'node:http']);
  });

  it.each([
    [1, 'ProxyAgent', 'fetch'],
    [1, 'MockAgent', 'fetch'],
    [1, 'ComposedDispatcher', 'fetch'],
    [2, 'EnvHttpProxyAgent', 'fetch'],
    [2, 'A name of tomorrow', 'fetch'],
    [1, 'Agent', 'node:http'],
    [2, 'Agent', 'node:http'],
    [1, 'Dispatcher1Wrapper', 'node:http'],
  ])('a global dispatcher (%i) that is a %s is reached by %s', async (version, name, way) => {
    await using origin = await startOrigin([[answer(200)]]);
    const dispatcher: unknown = Object.create({ constructor: { name } });
    Reflect.set(globalThis, Symbol.for(`undici.globalDispatcher.${version}`), dispatcher);
    await outcomeOf(byteStream({ url: origin.url }));
    expect(waysOf(origin)).toEqual([way]);
  });
});
