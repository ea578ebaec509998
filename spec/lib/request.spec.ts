import { describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';
import { byteStream } from '../../lib/http.js';
import { checkRequest, prepareRequest, type StreamRequest } from '../../lib/request.js';
import { startOrigin } from '../servers/origin.js';
import { answer } from '../servers/origin-steps.js';
import { failureOf, outcomeOf } from './outcome.js';

const url = 'http://127.0.0.1/path';
const canary = 'canary-5e1f';

/** Everything that a log could show of an error. */
function shown(error: unknown): string {
  const texts = [inspect(error, { depth: 10, showHidden: true }), JSON.stringify(error), String(error)];
  for (let link = error, depth = 0; link instanceof Error && depth < 10; link = link.cause, depth += 1) {
    texts.push(link.message, link.stack ?? '', JSON.stringify(link));
  }
  return texts.join('\n');
}

function thrownBy(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

function attempt(request: unknown): unknown {
  return Reflect.apply(checkRequest, undefined, ['here', request]);
}

async function prepared(request: StreamRequest) {
  return prepareRequest(checkRequest('here', request));
}

describe('checkRequest', () => {
  it.each([
    [{}, 'here: option "url" must be an absolute http or https URL'],
    [{ url: '/path' }, 'here: option "url" must be an absolute http or https URL'],
    [{ url: 'ftp://a.example/' }, 'here: option "url" must be an absolute http or https URL'],
    [{ url: 5 }, 'here: option "url" must be an absolute http or https URL'],
    [{ url, method: 'GE T' }, 'here: option "method" must be the name of an HTTP method, got a string'],
    [{ url, headersTimeout: Number.NaN }, 'here: option "headersTimeout" must be a whole number'],
    [{ url, headersTimeout: 0 }, 'here: option "headersTimeout" must be'],
    [{ url, idleTimeout: -1 }, 'here: option "idleTimeout" must be'],
    [{ url, idleTimeout: 2 ** 31 }, 'here: option "idleTimeout" must be'],
    [{ url, chunkSize: 0.5 }, 'here: option "chunkSize" must be'],
    [{ url, headers: 'a: b' }, 'here: option "headers" must be an object'],
    [{ url, transport: {} }, 'here: option "transport" must be a function'],
    [{ url, header: {} }, 'here: unknown option "header"'],
  ])('refuses %j', (request, message) => {
    expect(() => attempt(request)).toThrow(TypeError);
    expect(() => attempt(request)).toThrow(message);
  });

  it('takes a URL object as it is now', async () => {
    const target = new URL('http://a.example/b');
    const checked = checkRequest('here', { url: target });
    target.host = 'evil.example';
    expect((await prepareRequest(checked)).url.href).toBe('http://a.example/b');
  });

  it.each([
    { url: `http://user:${canary}@a.example/` },
    { url: `http://${canary}@a.example/` },
    { url: `not a url ${canary}` },
    { url: `http://a.example:99999/${canary}` },
    { url, headers: { authorization: `Bearer ${canary}\n` } },
    { url, headers: { authorization: ` Bearer ${canary}` } },
    { url, headers: { authorization: `${canary}\0x` } },
    { url, headers: { 'x-a': `${canary}\r\nx-b: c` } },
    { url, headers: { [`authorization: ${canary}`]: 'a' } },
    { url, headers: { [`x\r\n${canary}`]: 'a' } },
    { url, params: { token: canary } },
    { url: `http://a.example/?api_key=${canary}` },
    { url, method: `GET ${canary}` },
  ])('shows no secret in its refusal (%#)', (request) => {
    const error = thrownBy(() => attempt(request));
    expect(error).toBeInstanceOf(TypeError);
    expect(shown(error)).not.toContain(canary);
  });

  it.each(['token', 'Access_Token', 'api_key', 'KEY', 'password', 'authorization'])(
    'refuses the parameter "%s" in either place, unless it is allowed',
    async (name) => {
      const message = `parameter "${name}" looks like a credential; put it into headers, or set allowSecretInQuery`;
      expect(() => attempt({ url, params: { [name]: 'a' } })).toThrow(message);
      expect(() => attempt({ url: `${url}?${name}=a` })).toThrow(message);
      await expect(prepared({ url, params: () => ({ [name]: 'a' }) })).rejects.toMatchObject({ code: 'bad_url' });
      const allowed = await prepared({ url, params: () => ({ [name]: 'a' }), allowSecretInQuery: true });
      expect(allowed.url.search).toBe(`?${name}=a`);
    },
  );
});

describe('prepareRequest', () => {
  it('asks for no encoding, and for anything, unless told otherwise', async () => {
    expect((await prepared({ url })).headers).toEqual({ accept: '*/*', 'accept-encoding': 'identity' });
    const { headers } = await prepared({
      url,
      headers: { Accept: 'text/event-stream', 'X-Number': 5, 'x-none': undefined },
    });
    expect(headers).toEqual({ accept: 'text/event-stream', 'accept-encoding': 'identity', 'x-number': '5' });
  });

  it('is GET, or POST with a body, or what it is told to be', async () => {
    expect((await prepared({ url })).method).toBe('GET');
    expect((await prepared({ url, body: 'a' })).method).toBe('POST');
    expect((await prepared({ url, body: () => 'a' })).method).toBe('POST');
    expect((await prepared({ url, body: () => undefined })).method).toBe('GET');
    expect((await prepared({ url, body: 'a', method: 'PUT' })).method).toBe('PUT');
  });

  it('puts parameters in alphabetical order behind those of the URL, encoded', async () => {
    const { url: made } = await prepared({ url: `${url}?z=1`, params: { b: 'c d&e', a: true, n: 0, none: undefined } });
    expect(made.search).toBe('?z=1&a=true&b=c+d%26e&n=0');
    const { url: plain } = await prepared({ url, params: { b: 'c d&e', a: true } });
    expect(plain.search).toBe('?a=true&b=c+d%26e');
    const { url: marked } = await prepared({ url: `${url}#part`, params: { a: 1 } });
    expect([marked.search, marked.hash]).toEqual(['?a=1', '#part']);
  });

  it('takes a parameter or header that is called "then" for what it is', async () => {
    const values = { then: () => 'now', b: 'c' };
    const { url: made, headers: sent } = await prepared({ url, params: values, headers: values });
    expect([made.search, sent['then']]).toEqual(['?b=c&then=now', 'now']);
    const { url: later } = await prepared({ url, params: () => ({ then: 'now' }) });
    expect(later.search).toBe('?then=now');
  });

  it('waits for a promise of any realm', async () => {
    // those of the platform's own modules are of another one here
    const params = () => sleep(1, { a: 'b' });
    const headers = { 'x-token': () => sleep(1, 'c') };
    const { url: made, headers: sent } = await prepared({ url, params, headers });
    expect([made.search, sent['x-token']]).toEqual(['?a=b', 'c']);
  });

  it('refuses what holds its values in another way: they would be missing without a word', async () => {
    const untyped = (text: string) => JSON.parse(text);
    for (const made of [
      new Headers({ authorization: canary }),
      new Map([['a', canary]]),
      [['a', canary]],
      `a=${canary}`,
    ]) {
      for (const given of [() => untyped('null') ?? made, async () => untyped('null') ?? made]) {
        for (const request of [{ headers: given }, { params: given }]) {
          const error = await failureOf(byteStream({ url, ...request }));
          expect(error).toMatchObject({ code: 'bad_header', message: 'headers and params must be an object' });
          expect(shown(error)).not.toContain(canary);
        }
      }
    }
    const { url: plain } = await prepared({ url, params: () => untyped('null'), headers: async () => untyped('null') });
    expect(plain.search).toBe('');
  });

  it('refuses what a function gives as it refuses a value, for good, and shows no secret', async () => {
    for (const headers of [
      { authorization: () => `Bearer ${canary}\n` },
      { authorization: async () => `${canary}\x01` },
      () => ({ [`x: ${canary}`]: 'a' }),
      async () => ({ 'x-a': ` ${canary}` }),
    ]) {
      const error = await failureOf(byteStream({ url, headers }));
      expect(error).toMatchObject({
        errorType: 'fatal_error',
        code: 'bad_header',
        phase: 'request',
        isRetryable: false,
      });
      expect(shown(error)).not.toContain(canary);
    }
  });
});

describe('a request', () => {
  it('calls every function anew for every attempt', async () => {
    await using origin = await startOrigin([[answer(200)]]);
    let calls = 0;
    const stream = byteStream({
      url: origin.url,
      headers: async () => ({
        'x-fixed': 'f',
        'x-value': () => `v${(calls += 1)}`,
        'x-later': async () => `l${calls}`,
      }),
      params: { p: () => calls, q: async () => 'q' },
      body: () => `b${calls}`,
    });
    expect(calls).toBe(0);
    await outcomeOf(stream);
    await outcomeOf(stream);
    expect(origin.requests).toMatchObject([
      { method: 'POST', path: '/?p=0&q=q', body: 'b0', headers: { 'x-fixed': 'f', 'x-value': 'v1', 'x-later': 'l1' } },
      { method: 'POST', path: '/?p=1&q=q', body: 'b1', headers: { 'x-fixed': 'f', 'x-value': 'v2', 'x-later': 'l2' } },
    ]);
  });

  it('says on the wire that it wants no encoding, and sends an event id beyond ASCII as UTF-8', async () => {
    await using origin = await startOrigin([[answer(200)]]);
    await outcomeOf(byteStream({ url: origin.url, headers: { 'Last-Event-ID': '\u00e9v\u00e9nement-\u4e16' } }));
    expect(origin.requests[0]?.headers).toMatchObject({
      'accept-encoding': 'identity',
      'last-event-id': '\u00e9v\u00e9nement-\u4e16',
    });
  });

  it('fails with what its function throws, and sends nothing', async () => {
    await using origin = await startOrigin([[answer(200)]]);
    const reason = new RangeError('no token');
    const headers = (): never => {
      throw reason;
    };
    const error = await failureOf(byteStream({ url: origin.url, headers }));
    expect(error).toMatchObject({ errorType: 'fatal_error', code: 'unexpected', cause: reason });
    expect(origin.connections).toBe(0);
  });

  it('whose token call was aborted has failed: it is not complete', async () => {
    const headers = async (): Promise<never> => Promise.reject(new DOMException('aborted', 'AbortError'));
    const error = await failureOf(byteStream({ url, headers }));
    expect(error).toMatchObject({ errorType: 'connection_error', code: 'connection_failed', isRetryable: true });
  });
});
