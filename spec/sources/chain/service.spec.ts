import { describe, expect, it } from '@jest/globals';
import { firstValueFrom, map, toArray } from 'rxjs';
import { type ChainCall, chainService, type ChainStreamRequest } from '../../../sources/chain/service.js';
import { refusedUrl } from '../../servers/origin.js';
import { answer, chunk, endChunks, fin, jsonAnswer, reset, stall } from '../../servers/origin-steps.js';
import { always, scriptedServices } from './scripted-service.js';

const scripted = scriptedServices();
const read: ChainCall<unknown>['read'] = (value) => value;
const get = { operation: 'get it', subject: 'service', path: '/it', read } as const;
const post = { ...get, method: 'POST', json: { a: 1 } } as const;

describe('options', () => {
  it('are refused at once where they can never work', () => {
    const make = (options: object) => (): unknown => Reflect.apply(chainService, undefined, ['eventStreamer', options]);
    const least = { serviceUrl: 'http://localhost:8000', subscriberId: 'me' };
    expect(make({ subscriberId: 'me' })).toThrow('eventStreamer: option "serviceUrl" is missing');
    expect(make({ ...least, serviceUrl: 'localhost:8000' })).toThrow('option "serviceUrl" must be an absolute http');
    expect(make({ ...least, serviceUrl: 'http://u:CANARY@a' })).toThrow('option "serviceUrl" must be');
    expect(make({ ...least, subscriberId: '' })).toThrow('option "subscriberId" must be a non-empty text');
    expect(make({ ...least, timeout: 0 })).toThrow('option "timeout" must be a whole number');
    expect(make({ ...least, maxRetries: -2 })).toThrow('option "maxRetries" must be a whole number');
    expect(make({ ...least, token: 'x' })).toThrow('unknown option "token"');
    expect(make(least)).not.toThrow();
  });

  it('may have slashes at the end of the address', () => {
    const { serviceUrl, subscriberId } = chainService('x', { serviceUrl: 'http://a/b//', subscriberId: 'me' });
    expect([serviceUrl, subscriberId]).toEqual(['http://a/b', 'me']);
  });
});

describe('call', () => {
  it('is cold, sends path, query, headers and body, and gives one value', async () => {
    let token = 0;
    const headers = async (): Promise<{ authorization: string }> => ({ authorization: `Bearer ${++token}` });
    const { client, sent, origin } = await scripted(always(200, { b: 2 }), { headers });
    const call = client.call({ ...post, params: { x: 'a b', y: undefined } });
    expect(sent()).toEqual([]);
    for (let time = 0; time < 2; time += 1) {
      await expect(firstValueFrom(call.pipe(toArray()))).resolves.toEqual([{ b: 2 }]);
    }
    expect(sent()).toEqual(Array(2).fill({ line: 'POST /it?x=a+b', body: { a: 1 } }));
    expect(origin.requests.map((request) => request.headers['authorization'])).toEqual(['Bearer 1', 'Bearer 2']);
    expect(origin.requests[0]?.headers).toMatchObject({
      accept: 'application/json',
      'content-type': 'application/json',
    });
  });

  it('reads 204 as no value', async () => {
    const { client } = await scripted([[answer(204)]]);
    await expect(firstValueFrom(client.call(get).pipe(toArray()))).resolves.toEqual([undefined]);
  });

  it('repeats what is safe, and on giving up keeps status, body, attempts and the last failure', async () => {
    const { client, sent } = await scripted(always(502, { error: 'down' }));
    await expect(firstValueFrom(client.call(get))).rejects.toMatchObject({
      ...{ name: 'EventStreamerConnectionError', code: 'retries_exhausted', status: 502, body: '{"error":"down"}' },
      ...{ attempts: 4, operation: 'get it', isRetryable: true },
      cause: { name: 'EventStreamerConnectionError', code: 'http_server_error' },
    });
    expect(sent()).toHaveLength(4);
  });

  it.each([
    ['a 5xx', [jsonAnswer(500, {})]],
    ['an answer that breaks off', [answer(200, { 'content-length': '9' }), chunk('{'), reset()]],
    ['no answer', [stall()]],
    ['a connection that is closed', [fin()]],
  ])('does not repeat what may have been done: after %s', async (_name, steps) => {
    const { client, sent } = await scripted([steps, [jsonAnswer(200, {})]], { timeout: 250 });
    await expect(firstValueFrom(client.call(post))).rejects.toMatchObject({ isRetryable: true, operation: 'get it' });
    expect(sent()).toHaveLength(1);
  });

  it.each([429, 503])('repeats what certainly did nothing: after %i', async (status) => {
    const { client, sent } = await scripted([[jsonAnswer(status, {})], [jsonAnswer(201, { id: 1 })]]);
    await expect(firstValueFrom(client.call(post))).resolves.toEqual({ id: 1 });
    expect(sent()).toHaveLength(2);
  });

  it('repeats anything that is said to be repeatable, and nothing with maxRetries 0', async () => {
    const { client, sent } = await scripted([[jsonAnswer(500, {})], [jsonAnswer(200, {})], [jsonAnswer(500, {})]]);
    await firstValueFrom(client.call({ ...post, repeatable: true }));
    await expect(firstValueFrom(client.call({ ...get, maxRetries: 0 }))).rejects.toMatchObject({ status: 500 });
    expect(sent()).toHaveLength(3);
  });

  it('is a timeout where no answer comes, or where it stops', async () => {
    const silent = await scripted([[stall()]], { timeout: 30, maxRetries: 0 });
    const timeout = { name: 'EventStreamerTimeoutError', errorType: 'timeout', operation: 'get it' };
    await expect(firstValueFrom(silent.client.call(get))).rejects.toMatchObject({
      ...timeout,
      code: 'headers_timeout',
    });
    const stopped = await scripted([[answer(200), chunk('{'), stall()]], { timeout: 250, maxRetries: 0 });
    await expect(firstValueFrom(stopped.client.call(get))).rejects.toMatchObject(timeout);
  });

  it('is a connection error where nothing listens, after the retries', async () => {
    const options = { serviceUrl: await refusedUrl(), subscriberId: 'me', maxRetries: 1, random: () => 0 };
    await expect(firstValueFrom(chainService('test', options).call(post))).rejects.toMatchObject({
      ...{ name: 'EventStreamerConnectionError', code: 'retries_exhausted', attempts: 2 },
      cause: { code: 'connection_refused' },
    });
  });

  it('is malformed where read throws, or the answer is no JSON', async () => {
    const { client } = await scripted([[jsonAnswer(200, {})], [answer(200, {}, '<html>CANARY')]]);
    const failing = (): never => {
      throw new RangeError('no');
    };
    const malformed = { name: 'EventStreamerError', code: 'malformed', operation: 'get it' };
    await expect(firstValueFrom(client.call({ ...get, read: failing }))).rejects.toMatchObject(malformed);
    const thrown: unknown = await firstValueFrom(client.call(get)).catch((error: unknown) => error);
    expect(thrown).toMatchObject(malformed);
    expect(String(thrown)).not.toContain('CANARY');
  });

  it('never says a header', async () => {
    const headers = { authorization: 'Bearer CANARY-1234567890' };
    const { client } = await scripted(always(401, { error: 'Bearer CANARY-1234567890 is not known' }), { headers });
    const thrown: unknown = await firstValueFrom(client.call(get)).catch((error: unknown) => error);
    expect(thrown).toMatchObject({ name: 'EventStreamerAuthError', status: 401 });
    expect(`${String(thrown)} ${JSON.stringify(thrown)} ${String(Reflect.get(Object(thrown), 'body'))}`).not.toContain(
      'CANARY',
    );
  });
});

describe('open', () => {
  const stream: ChainStreamRequest = { operation: 'open stream', path: '/s', idleTimeout: 0 };

  it('sends the headers of the client before its own, whatever their case, and retries nothing', async () => {
    const headers = { Authorization: 'Bearer a', 'X-Own': 'client' };
    const { client, origin } = await scripted([[answer(200), chunk('x'), endChunks()], [jsonAnswer(503, {})]], {
      headers,
    });
    const request = { ...stream, params: { resume_token: 'a+b/=' }, headers: { 'x-own': 'stream', accept: 'a/b' } };
    const bytes = client.open(request, (response) =>
      response.bytes.pipe(map((piece) => new TextDecoder().decode(piece))),
    );
    await expect(firstValueFrom(bytes.pipe(toArray()))).resolves.toEqual(['x']);
    expect(origin.requests[0]).toMatchObject({
      path: '/api-root/s?resume_token=a%2Bb%2F%3D',
      headers: { authorization: 'Bearer a', 'x-own': 'client', accept: 'a/b' },
    });
    await expect(firstValueFrom(bytes)).rejects.toMatchObject({
      ...{ name: 'EventStreamerConnectionError', status: 503, operation: 'open stream' },
    });
    expect(origin.requests).toHaveLength(2);
  });

  it('says what is missing, and what breaks', async () => {
    const { client } = await scripted([[jsonAnswer(404, { error: 'gone' })], [answer(200), chunk('x'), reset()]]);
    const bytes = client.open(stream, (response) => response.bytes);
    await expect(firstValueFrom(bytes.pipe(toArray()))).rejects.toMatchObject({ code: 'subscription_not_found' });
    await expect(firstValueFrom(bytes.pipe(toArray()))).rejects.toMatchObject({
      ...{ name: 'EventStreamerConnectionError', errorType: 'stream_interrupted' },
    });
  });
});
