import { describe, expect, it } from '@jest/globals';
import ky from 'ky';
import { lastValueFrom } from 'rxjs';
import { byteStream } from '../../lib/http.js';
import { jsonCall } from '../../lib/json-call.js';
import { kyTransport } from '../../lib/ky-transport.js';
import { startOrigin } from '../servers/origin.js';
import { answer } from '../servers/origin-steps.js';
import { describeTransport } from './transport-contract.js';

describeTransport('kyTransport', () => kyTransport());

describe('kyTransport', () => {
  const json = { 'content-type': 'application/json' };

  it('repeats nothing, not even what ky would', async () => {
    await using origin = await startOrigin([[answer(503, { 'retry-after': '0' })]]);
    await expect(lastValueFrom(byteStream({ url: origin.url, transport: kyTransport() }))).rejects.toMatchObject({
      statusCode: 503,
    });
    expect(origin.requests).toHaveLength(1);
  });

  it('runs the hooks of an instance of the caller', async () => {
    await using origin = await startOrigin([[answer(200, json, '{}')]]);
    const instance = ky.extend({ hooks: { beforeRequest: [(request) => request.headers.set('x-trace', '1')] } });
    await lastValueFrom(jsonCall({ url: origin.url, transport: kyTransport({ instance }) }));
    expect(origin.requests[0]?.headers).toMatchObject({ 'x-trace': '1' });
  });

  it('is what a call goes by, with the fetch that it is given', async () => {
    const seen: boolean[] = [];
    const fetch = async (input: string | URL | Request): Promise<Response> => {
      seen.push(input instanceof Request);
      return new Response('{"a":1}', { headers: json });
    };
    expect(await lastValueFrom(jsonCall({ url: 'http://127.0.0.1/', fetch }))).toEqual({ a: 1 });
    // ky hands a `Request` on, fetch itself takes what it is given.
    expect(seen).toEqual([true]);
  });
});
