/**
 * @jest-environment ./spec/tools/jsdom-environment.js
 */
import './test-bed.js';
import { inject, InjectionToken, PLATFORM_ID, type Provider } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { lastValueFrom, toArray } from 'rxjs';
import { provideTailrace, withRequest } from '../../../lib/angular/provide-tailrace.js';
import type { RequestAdditions, RequestFeatureOptions } from '../../../lib/angular/request-headers.js';
import { StreamClient } from '../../../lib/angular/stream-client.js';
import { byteStream } from '../../../lib/http.js';
import { retryBackoff } from '../../../operators/retry-backoff.js';
import { filteredStream } from '../../../sources/x/named-streams.js';
import { answer, jsonAnswer } from '../../servers/origin-steps.js';
import { startOrigin } from '../../servers/origin.js';

beforeEach(() => {
  TestBed.resetTestingModule();
});

function clientWith(
  intercept: () => RequestAdditions,
  options: RequestFeatureOptions = {},
  providers: readonly Provider[] = [],
): StreamClient {
  TestBed.configureTestingModule({ providers: [...providers, provideTailrace(withRequest(intercept, options))] });
  return TestBed.inject(StreamClient);
}

const secret = { headers: { 'x-secret': 'swordfish' } };
const thrown = (error: unknown): unknown => error;

describe('StreamClient.request', () => {
  it('asks for headers in the injection context, for every attempt', async () => {
    const session = new InjectionToken<{ token: string }>('session');
    const useValue = { token: 'first-token' };
    await using origin = await startOrigin(() => {
      useValue.token = 'second-token';
      return origin.requests.length === 1 ? [answer(503)] : [answer(200, {}, 'x')];
    });
    const client = clientWith(
      () => ({ headers: { authorization: `Bearer ${inject(session).token}`, 'x-page': 'a' } }),
      { origins: [origin.url] },
      [{ provide: session, useValue }],
    );
    const request = client.request({ url: origin.url, headers: { 'x-page': undefined, 'x-own': 'b' } });
    await lastValueFrom(byteStream(request).pipe(retryBackoff({ initialBackoff: 1 })));
    expect(origin.requests.map(({ headers }) => headers['authorization'])).toEqual([
      ...['Bearer first-token', 'Bearer second-token'],
    ]);
    expect(origin.requests[0]?.headers).toMatchObject({ 'x-own': 'b' });
    expect(origin.requests[0]?.headers).not.toHaveProperty('x-page');
  });

  it('gives nothing to an origin that is not named, and everything to the page', async () => {
    const client = clientWith(() => secret);
    expect(await client.request({ url: 'https://other.example/x' }).headers()).toEqual({});
    const own = client.request({ url: '/feed?a=1', format: 'sse', headers: async () => ({ b: 'c' }) });
    const without = client.request({ url: '/feed', headers: { 'X-Secret': undefined } });
    expect(await without.headers()).toEqual({ 'x-secret': undefined });
    expect(own).toMatchObject({ url: new URL('http://localhost/feed?a=1'), format: 'sse' });
    expect(await own.headers()).toEqual({ 'x-secret': 'swordfish', b: 'c' });
  });

  it('knows no page of its own on a server', async () => {
    const client = clientWith(() => secret, {}, [{ provide: PLATFORM_ID, useValue: 'server' }]);
    expect(await client.request({ url: 'http://localhost/feed' }).headers()).toEqual({});
  });
});

describe('StreamClient.fetch', () => {
  it('carries a source to a proxy, in place of the credential that the source insists on', async () => {
    await using origin = await startOrigin(() => [answer(200, {}, '{"data":{"id":"1","text":"a"}}\r\n')]);
    const client = clientWith(() => ({ headers: { authorization: 'Bearer of-the-session' } }), {
      origins: [origin.url],
    });
    const posts = filteredStream({
      ...{ bearerToken: 'held-by-the-proxy', baseUrl: origin.url, ...client.retry, fetch: client.fetch },
      ...{ onComplete: 'complete' as const, maxRetries: 0 },
    });
    const [post] = await lastValueFrom(posts.pipe(toArray()));
    expect(post?.data.id).toBe('1');
    expect(origin.requests[0]?.headers['authorization']).toBe('Bearer of-the-session');
  });

  it('leaves a request alone that goes elsewhere', async () => {
    await using origin = await startOrigin(() => [answer(200, {}, 'x')]);
    const client = clientWith(() => secret);
    await (await client.fetch(`${origin.url}/a`, { headers: { a: 'b' } })).text();
    expect(origin.requests[0]?.headers).toMatchObject({ a: 'b' });
    expect(origin.requests[0]?.headers).not.toHaveProperty('x-secret');
  });

  it('takes its headers to no other place', async () => {
    await using other = await startOrigin(() => [answer(200, {}, 'x')]);
    await using origin = await startOrigin(() => [answer(302, { location: other.url })]);
    const client = clientWith(() => secret, { origins: [origin.url] });
    for (const input of [origin.url, new URL(origin.url), new Request(origin.url)]) {
      const error: unknown = await client.fetch(input).catch(thrown);
      expect(error).toMatchObject({ errorType: 'fatal_error', code: 'redirect_refused' });
    }
    const manual = await client.fetch(origin.url, { redirect: 'manual' });
    expect(manual.status).toBe(302);
    expect(origin.requests.every(({ headers }) => headers['x-secret'] === 'swordfish')).toBe(true);
    expect(other.requests).toEqual([]);
  });

  it('lets no secret into an error, whoever repeats it', async () => {
    await using origin = await startOrigin(() => [jsonAnswer(403, { said: 'swordfish is wrong' })]);
    const client = clientWith(() => secret, { origins: [origin.url] });
    const error: unknown = await lastValueFrom(byteStream({ url: origin.url, fetch: client.fetch })).catch(thrown);
    expect(error).toMatchObject({ statusCode: 403, responseBody: '{"said":"[redacted] is wrong"}' });
  });

  it('refuses a header that HTTP does not allow, without quoting it', async () => {
    const client = clientWith(() => ({ headers: { 'x-secret': 'sword\nfish' } }));
    const error: unknown = await client.fetch('/').catch(thrown);
    expect(error).toMatchObject({ code: 'bad_header' });
    expect(String(error)).not.toContain('fish');
  });
});
