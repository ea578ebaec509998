import { describe, expect, it } from '@jest/globals';
import { byteStream } from '../../lib/http.js';
import { redirected, refused } from '../../lib/redirect.js';
import { checkRequest, prepareRequest } from '../../lib/request.js';
import type { Transport, TransportRequest } from '../../lib/transport.js';
import { startOrigin } from '../servers/origin.js';
import { answer, chunk, endChunks, stall } from '../servers/origin-steps.js';
import { failureOf, outcomeOf } from './outcome.js';

const headers = { authorization: 'Bearer canary-token', 'x-api-key': 'canary-key', cookie: 'sid=canary-cookie' };
const end = [answer(200), chunk('arrived'), endChunks()];

describe('a redirect to the same origin', () => {
  it.each(['/there?a=b', 'there?a=b', '//HOST/there?a=b', 'http://HOST/there?a=b', '?a=b'])(
    'is followed: %s',
    async (shape) => {
      await using origin = await startOrigin(({ path }) =>
        path === '/start' ? [answer(302, { location: shape.replace('HOST', `127.0.0.1:${origin.port}`) })] : end,
      );
      const { text, completed } = await outcomeOf(byteStream({ url: `${origin.url}/start`, headers }));
      expect({ text, completed }).toEqual({ text: 'arrived', completed: true });
      expect(origin.requests[1]?.path).toBe(shape === '?a=b' ? '/start?a=b' : '/there?a=b');
      expect(origin.requests[1]?.headers).toMatchObject(headers);
    },
  );

  it('is followed three times and no more', async () => {
    const hops = (count: number) => [...Array.from({ length: count }, () => [answer(307, { location: '/next' })]), end];
    await using three = await startOrigin(hops(3));
    expect((await outcomeOf(byteStream({ url: three.url }))).text).toBe('arrived');
    await using four = await startOrigin(hops(4));
    expect(await failureOf(byteStream({ url: four.url }))).toMatchObject(refusal);
    expect([three.requests.length, four.requests.length]).toEqual([4, 4]);
  });

  it('T28 to itself ends in an error', async () => {
    await using origin = await startOrigin([[answer(302, { location: '/' })]]);
    expect(await failureOf(byteStream({ url: origin.url }))).toMatchObject(refusal);
    expect(origin.requests).toHaveLength(4);
  });

  it('is followed although its own body never ends, or breaks off', async () => {
    await using origin = await startOrigin([[answer(302, { location: '/b' }), chunk('moved'), stall()], end]);
    expect((await outcomeOf(byteStream({ url: origin.url }))).text).toBe('arrived');
    await origin.closed(0);
    const transport: Transport = async ({ url }) => ({
      ...{ status: url.endsWith('/b') ? 204 : 302, headers: new Headers({ location: '/b' }), hiddenRedirect: false },
      body: { read: () => Promise.reject(new Error('broken')), cancel: () => Promise.reject(new Error('broken')) },
    });
    const { error } = await outcomeOf(byteStream({ url: origin.url, transport }));
    expect(error).toMatchObject({ phase: 'body' });
  });

  it.each([
    { status: 307, method: 'POST' },
    { status: 308, method: 'PUT' },
    { status: 302, method: 'PUT' },
    { status: 303, method: 'GET' },
  ])('$status leaves $method what it is', async ({ status, method }) => {
    await using origin = await startOrigin([[answer(status, { location: '/there' })], end]);
    const body = method === 'GET' ? undefined : 'the body';
    await outcomeOf(byteStream({ url: origin.url, method, body, headers: { 'content-type': 'text/x' } }));
    expect(origin.requests[1]).toMatchObject({ method, body: body ?? '' });
    expect(origin.requests[1]?.headers['content-type']).toBe('text/x');
  });

  it.each([
    { status: 301, method: 'POST' },
    { status: 302, method: 'POST' },
    { status: 303, method: 'POST' },
    { status: 303, method: 'PUT' },
    { status: 303, method: 'DELETE' },
  ])(
    '$status would make a GET of $method, and is refused: its answer would pass for that of the write',
    async (one) => {
      const { status, method } = one;
      await using origin = await startOrigin([[answer(status, { location: '/there' })], end]);
      const error = await failureOf(byteStream({ url: origin.url, method, body: 'the body' }));
      expect(error).toMatchObject(refusal);
      expect(error.message).toMatch(new RegExp(`to a GET, in place of ${method}$`));
      expect(origin.requests).toHaveLength(1);
    },
  );

  it('303 leaves HEAD what it is', async () => {
    const request = await prepareRequest(checkRequest('here', { url: 'http://a.example/', method: 'HEAD' }));
    const response = { status: 303, headers: new Headers({ location: '/b' }), body: undefined, hiddenRedirect: false };
    expect(redirected(request, response)).toMatchObject({ method: 'HEAD' });
  });
});

describe('a redirect elsewhere', () => {
  it('T29 to another origin is refused, and nothing is sent there', async () => {
    await using other = await startOrigin([end]);
    await using origin = await startOrigin([[answer(302, { location: `${other.url}/there?q=secret-place` })]]);
    const error = await failureOf(byteStream({ url: `${origin.url}/start?q=hidden`, headers }));
    expect(error).toMatchObject(refusal);
    expect(error.message).toBe(`refused the redirect of ${origin.url}/start to another origin (${other.url})`);
    expect([origin.requests.length, other.connections]).toEqual([1, 0]);
  });

  it.each([
    'https://127.0.0.1:PORT/',
    'file:///etc/passwd',
    'data:text/plain,a',
    '//evil.example/',
    '\\\\evil.example\\',
    '/\\evil.example',
    'http://localhost:PORT/',
    'http://user:canary@127.0.0.1:PORT/',
    'http://',
    'http://[',
  ])('T30 is refused: %s', async (location) => {
    await using origin = await startOrigin(() => [
      answer(302, { location: location.replace('PORT', `${origin.port}`) }),
    ]);
    const error = await failureOf(byteStream({ url: origin.url, headers }));
    expect(error).toMatchObject(refusal);
    expect(error.message).not.toContain('canary');
    expect(origin.requests).toHaveLength(1);
  });

  it('from https to http is refused', () => {
    const from = { url: new URL('https://a.example/'), method: 'GET', headers: {}, body: undefined };
    const response = { status: 302, body: undefined, hiddenRedirect: false };
    const location = new Headers({ location: 'http://a.example/' });
    expect(() => redirected(from, { ...response, headers: location })).toThrow('another origin (http://a.example)');
  });
});

describe('a redirect that the browser hides', () => {
  const answers = (seen: TransportRequest[]): Transport => {
    return async (request) => {
      seen.push(request);
      const hiddenRedirect = request.redirect === 'manual';
      return { status: hiddenRedirect ? 0 : 204, headers: new Headers(), body: undefined, hiddenRedirect };
    };
  };

  it('is left to the browser where no credential is sent', async () => {
    const seen: TransportRequest[] = [];
    const { completed } = await outcomeOf(byteStream({ url: 'http://a.example/', transport: answers(seen) }));
    expect([completed, seen.map(({ redirect }) => redirect)]).toEqual([true, ['manual', 'follow']]);
  });

  it.each([
    { headers: { 'x-api-key': 'k' } },
    { headers: { Authorization: 'Bearer canary' } },
    { params: { key: 'k' } },
    { method: 'POST', body: 'of a write' },
  ])('is refused where one is, however short, and for a write: %j', async (secret) => {
    const seen: TransportRequest[] = [];
    const request = { url: 'http://a.example/', transport: answers(seen), allowSecretInQuery: true, ...secret };
    const error = await failureOf(byteStream(request));
    expect(error).toMatchObject(refusal);
    expect(seen).toHaveLength(1);
  });
});

const refusal = { errorType: 'fatal_error', code: 'redirect_refused', phase: 'request', isRetryable: false };

describe('refused', () => {
  it('names where from, without the query', () => {
    expect(refused(new URL('http://a.example/b?c=d'), 'e').message).toBe(
      'refused the redirect of http://a.example/b to e',
    );
  });
});
