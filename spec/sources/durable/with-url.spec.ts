import { describe, expect, it } from '@jest/globals';
import { stream } from '../../../sources/durable/stream.js';
import { hasUrl } from '../../../sources/durable/with-url.js';
import { answer } from '../../servers/origin-steps.js';
import { scriptedServer } from './written.js';

describe('hasUrl', () => {
  it.each<[string, string | URL | { url: string }, boolean]>([
    ['an address', 'http://a.test/s', false],
    ['a URL', new URL('http://a.test/s'), false],
    ['options with one', { url: 'http://a.test/s' }, true],
    ['nothing', JSON.parse('null'), false],
  ])('tells %s from the other form', (_name, first, expected) => {
    expect(hasUrl(first)).toBe(expected);
  });
});

describe('stream', () => {
  it('takes the URL among the options, as a handle does', async () => {
    const head = { 'content-type': 'application/json', 'stream-next-offset': '7_7', 'stream-up-to-date': 'true' };
    const origin = await scriptedServer([[answer(200, head, '[1]')]]);
    const response = await stream({ url: `${origin.url}/s`, offset: '5_5', live: false });
    await expect(response.json()).resolves.toEqual([1]);
    expect(origin.requests[0]?.path).toBe('/s?offset=5_5');
  });

  it('refuses options that it does not know in either form', async () => {
    await expect(stream('http://127.0.0.1:1/s', JSON.parse('{"ofset":"1"}'))).rejects.toThrow(/unknown option "ofset"/);
    await expect(stream(JSON.parse('{"url":"http://127.0.0.1:1/s","ofset":"1"}'))).rejects.toThrow(/"ofset"/);
    await expect(stream(JSON.parse('{"offset":"1"}'))).rejects.toBeInstanceOf(TypeError);
  });
});
