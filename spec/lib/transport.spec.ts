import { describe, expect, it } from '@jest/globals';
import { fetchTransport } from '../../lib/transport.js';
import { startOrigin } from '../servers/origin.js';
import { answer } from '../servers/origin-steps.js';
import { describeTransport } from './transport-contract.js';

describeTransport('fetchTransport', () => fetchTransport());

describe('fetchTransport', () => {
  const signal = new AbortController().signal;
  const request = { url: 'http://127.0.0.1/', method: 'GET', headers: {}, body: undefined, signal } as const;

  it('uses the fetch that it is given, with redirects as they are asked for', async () => {
    const seen: unknown[] = [];
    const transport = fetchTransport(async (input, init) => {
      seen.push([new Request(input, init).url, init?.redirect ?? new Request(input, init).redirect]);
      return new Response('a');
    });
    await transport({ ...request, redirect: 'manual' });
    await transport({ ...request, redirect: 'follow' });
    expect(seen).toEqual([
      ['http://127.0.0.1/', 'manual'],
      ['http://127.0.0.1/', 'follow'],
    ]);
  });

  it('says where the platform hides a redirect', async () => {
    const hidden = Object.defineProperty(new Response(null), 'type', { value: 'opaqueredirect' });
    const response = await fetchTransport(async () => hidden)({ ...request, redirect: 'manual' });
    expect(response).toMatchObject({ hiddenRedirect: true, body: undefined });
  });

  it('repeats nothing, not even what ky would', async () => {
    await using origin = await startOrigin([[answer(503, { 'retry-after': '0' })]]);
    const response = await fetchTransport()({ ...request, url: origin.url, redirect: 'manual' });
    expect([response.status, origin.requests.length]).toEqual([503, 1]);
  });
});
