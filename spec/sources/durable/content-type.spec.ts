import { describe, expect, it } from '@jest/globals';
import { firstValueFrom } from 'rxjs';
import { contentTypeRule, typeOf } from '../../../sources/durable/content-type.js';
import { checkDurable } from '../../../sources/durable/options.js';
import { answer } from '../../servers/origin-steps.js';
import { scriptedServer } from './written.js';

describe('the media type of a stream', () => {
  it('is what the caller says, without a request', async () => {
    const checked = checkDurable('append', 'http://127.0.0.1:1/a', {});
    await expect(firstValueFrom(typeOf(checked, 'text/plain'))).resolves.toBe('text/plain');
  });

  it('is what the server says, or bytes where it says nothing', async () => {
    const origin = await scriptedServer([[answer(200, { 'content-type': 'text/csv' })], [answer(200)]]);
    const type = typeOf(checkDurable('append', origin.url, {}), undefined);
    await expect(firstValueFrom(type)).resolves.toBe('text/csv');
    await expect(firstValueFrom(type)).resolves.toBe('application/octet-stream');
  });

  it.each([
    ['application/json', true],
    ['text/plain; charset=utf-8', true],
    ['application/vnd.a+json', true],
    ['text', false],
    ['/json', false],
    ['text/', false],
    ['text/plain\r\nx-a: b', false],
    [' text/plain', false],
    [7, false],
  ])('%j is one: %s', (value, expected) => {
    expect(contentTypeRule.test(value)).toBe(expected);
  });
});
