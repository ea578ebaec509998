import { afterEach, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { inspect } from 'node:util';
import { firstValueFrom } from 'rxjs';
import { isStreamError } from '../../../lib/errors.js';
import { jsonCall } from '../../../lib/json-call.js';
import { checkXOptions, name, nameList, type XOptions, xRequest } from '../../../sources/x/api.js';
import { type Origin, startOrigin } from '../../servers/origin.js';
import { jsonAnswer } from '../../servers/origin-steps.js';
import type { OriginRequest } from '../../servers/http-request.js';

const origins: Origin[] = [];

afterEach(async () => {
  Reflect.deleteProperty(globalThis, 'document');
  for (const origin of origins.splice(0)) await origin.close();
});

/** What arrives at the server of a request with these options. */
async function sent(options: Partial<XOptions>, request: Parameters<typeof xRequest>[1]): Promise<OriginRequest> {
  const origin = await startOrigin([[jsonAnswer(200, {})]]);
  origins.push(origin);
  const all = { bearerToken: 'token-1', baseUrl: origin.url, ...options };
  await firstValueFrom(jsonCall(xRequest(all, request)));
  const [first] = origin.requests;
  if (first === undefined) throw new Error('nothing arrived');
  return first;
}

describe('xRequest', () => {
  it('goes to api.x.com, and to another base URL with its path', () => {
    const bearerToken = 'token-1';
    const at = (baseUrl: string | undefined) => xRequest({ bearerToken, baseUrl }, { path: '/2/x' }).url;
    expect(at(undefined)).toBe('https://api.x.com/2/x');
    expect(at('http://localhost:8080/')).toBe('http://localhost:8080/2/x');
    expect(at('https://proxy.example/x-api//')).toBe('https://proxy.example/x-api/2/x');
  });

  it('carries the token and the name of the package with its version', async () => {
    const request = await sent({}, { path: '/2/x' });
    expect(request).toMatchObject({ method: 'GET', path: '/2/x', body: '' });
    const agent = request.headers['user-agent'] ?? '';
    expect(request.headers['authorization']).toBe('Bearer token-1');
    expect(agent).toMatch(/^tailrace\/\d/);
    expect(JSON.parse(readFileSync('package.json', 'utf8'))).toHaveProperty('version', agent.slice('tailrace/'.length));
  });

  it('uses x-user-agent where there is a document', async () => {
    Reflect.set(globalThis, 'document', {});
    const request = await sent({ userAgent: 'mine/1' }, { path: '/2/x' });
    expect(request.headers).toMatchObject({ 'x-user-agent': 'mine/1' });
    expect(request.headers['user-agent']).not.toBe('mine/1');
  });

  it('sends headers of the caller, but never another authorization', async () => {
    const headers = { Authorization: 'Bearer other', 'User-Agent': 'theirs/2', 'x-trace': () => 'lazy' };
    const request = await sent({ headers }, { path: '/2/x' });
    expect(request.headers).toMatchObject({
      authorization: 'Bearer token-1',
      'user-agent': 'theirs/2',
      'x-trace': 'lazy',
    });
  });

  it('joins lists by commas, leaves empty ones and undefined out, and asks functions', async () => {
    const params = { ids: ['1', '2'], none: [], missing: undefined, dry_run: true, backfill_minutes: () => 3 };
    const { path } = await sent({}, { path: '/2/x', params });
    expect(Object.fromEntries(new URLSearchParams(path.slice(path.indexOf('?'))))).toEqual({
      ids: '1,2',
      dry_run: 'true',
      backfill_minutes: '3',
    });
  });

  it('sends JSON with the method it is given', async () => {
    const request = await sent({}, { path: '/2/x', method: 'DELETE', json: { uuids: ['a'] } });
    expect(request).toMatchObject({ method: 'DELETE', body: '{"uuids":["a"]}' });
  });

  it('asks a token function for every attempt, and says of a bad token only what it must be', async () => {
    let n = 0;
    const request = await sent({ bearerToken: async () => `fresh-${(n += 1)}` }, { path: '/2/x' });
    expect(request.headers['authorization']).toBe('Bearer fresh-1');
    const bad = xRequest({ bearerToken: () => 'CANARY\r\nx: y', baseUrl: 'http://127.0.0.1:9' }, { path: '/' });
    const error: unknown = await firstValueFrom(jsonCall(bad)).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ errorType: 'fatal_error', code: 'bad_header' });
    expect(isStreamError(error) && error.message).toMatch(/^the function of option "bearerToken" must return a token/);
    expect(inspect(error, { depth: 10 })).not.toContain('CANARY');
  });

  it('limits headers and silence by the timeout', () => {
    const request = xRequest({ bearerToken: 'a', timeout: 7 }, { path: '/' });
    expect(request).toMatchObject({ headersTimeout: 7, idleTimeout: 7 });
    expect(xRequest({ bearerToken: 'a' }, { path: '/' })).toMatchObject({
      headersTimeout: 30_000,
      idleTimeout: 30_000,
    });
  });

  it('reads a refusal in the words of X', () => {
    const headers = new Headers();
    const body = JSON.stringify({ title: 'x', type: 'https://api.x.com/2/problems/usage-capped' });
    const error = xRequest({ bearerToken: 'a' }, { path: '/' }).classify?.({ status: 429, headers, body, target: 'x' });
    expect(error).toMatchObject({ code: 'usage_capped', isRetryable: false });
  });
});

describe('checkXOptions', () => {
  it.each(['', 'undefined', 'null', 'CANARY 1', 'CANARY\n', 'CANARY\0', 'CANARYé', '\tCANARY', 'Bearer CANARY'])(
    'refuses the token %j without quoting it',
    (bearerToken) => {
      let message = '';
      try {
        checkXOptions('getRules', { bearerToken });
      } catch (error) {
        message = inspect(error);
      }
      expect(message).toContain('TypeError: getRules: option "bearerToken" must be a token of visible ASCII');
      expect(message).not.toContain('CANARY');
    },
  );

  it('refuses a missing token, as of JavaScript', () => {
    const options: Partial<XOptions> = {};
    expect(() => Reflect.apply(checkXOptions, undefined, ['getRules', options])).toThrow(
      'getRules: option "bearerToken" must be a token',
    );
  });

  it.each(['', 'api.x.com', 'ftp://x', '//x', 'http://user:CANARY@x', 'https://x?CANARY', 'https://x#CANARY'])(
    'refuses the base URL %j without quoting it',
    (baseUrl) => {
      const check = (): void => checkXOptions('w', { bearerToken: 'a', baseUrl });
      expect(check).toThrow('w: option "baseUrl" must be an absolute http or https URL');
      expect(check).not.toThrow('CANARY');
    },
  );

  it.each([
    ['timeout', 0],
    ['timeout', Number.NaN],
    ['maxRetries', -2],
    ['maxRetries', 1.5],
    ['userAgent', ''],
    ['headers', () => ({})],
    ['bearer', 'x'],
  ])('refuses %s %p', (option, value) => {
    const options = { bearerToken: 'a', [option]: value };
    expect(() => checkXOptions('w', options)).toThrow(new RegExp(`^w: (unknown )?option "${option}"`));
  });
});

describe('names', () => {
  it('hold nothing that could lead a path or a list elsewhere', () => {
    for (const good of ['123', 'filtered_stream', 'a-b', 'tweet.fields']) expect(name.test(good)).toBe(true);
    for (const bad of ['', '.', '..', 'a/b', 'a?b', 'a,b', 'a b', '%2e', 'x'.repeat(101), 7])
      expect(name.test(bad)).toBe(false);
    expect(nameList.test([])).toBe(true);
    expect(nameList.test(['a', '..'])).toBe(false);
    expect(nameList.test('ab')).toBe(false);
  });
});
