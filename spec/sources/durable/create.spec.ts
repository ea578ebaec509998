import { describe, expect, it } from '@jest/globals';
import { firstValueFrom } from 'rxjs';
import { createDurable, type CreateOptions } from '../../../sources/durable/create.js';
import { headDurable } from '../../../sources/durable/head.js';
import { answer } from '../../servers/origin-steps.js';
import { messagesOf, realServer, rejectionOf, scriptedServer, textOf } from './written.js';

const quick = { initialBackoff: 1, maxBackoff: 1 };

describe('createDurable', () => {
  it('makes a stream, then says that it is there', async () => {
    const { url } = await realServer();
    const make = createDurable(`${url}/a`, { contentType: 'application/json' });
    const result = await firstValueFrom(make);
    expect(result).toMatchObject({ created: true, contentType: 'application/json', closed: false });
    expect(result.location).toBe(`${url}/a`);
    expect(result.nextOffset).toMatch(/./);
    await expect(firstValueFrom(make)).resolves.toEqual({ ...result, created: false, location: undefined });
  });

  it('sends nothing before it is subscribed to', async () => {
    const { url } = await realServer();
    createDurable(`${url}/a`);
    await expect(firstValueFrom(headDurable(`${url}/a`))).resolves.toEqual({ exists: false });
  });

  it('puts the first message in, an array as one', async () => {
    const { url } = await realServer();
    await firstValueFrom(createDurable(`${url}/a`, { contentType: 'application/json', body: [1, [2]] }));
    await expect(messagesOf(`${url}/a`)).resolves.toEqual([[1, [2]]]);
    await firstValueFrom(createDurable(`${url}/n`, { contentType: 'application/json', body: null }));
    await expect(messagesOf(`${url}/n`)).resolves.toEqual([null]);
    await firstValueFrom(createDurable(`${url}/t`, { contentType: 'text/plain', body: 'grüß', closed: true }));
    await expect(textOf(`${url}/t`)).resolves.toBe('grüß');
    await expect(firstValueFrom(headDurable(`${url}/t`))).resolves.toMatchObject({ closed: true });
  });

  it('says how long the stream lives: seconds, a Date or RFC 3339', async () => {
    const { url } = await realServer();
    await firstValueFrom(createDurable(`${url}/a`, { ttlSeconds: 3600 }));
    await expect(firstValueFrom(headDurable(`${url}/a`))).resolves.toMatchObject({ ttlSeconds: 3600 });
    const expiresAt = '2035-01-31T12:00:00.000Z';
    await firstValueFrom(createDurable(`${url}/b`, { expiresAt: new Date(expiresAt) }));
    await firstValueFrom(createDurable(`${url}/b`, { expiresAt }));
    await expect(firstValueFrom(headDurable(`${url}/b`))).resolves.toMatchObject({ expiresAt });
  });

  it('refuses a stream of another configuration', async () => {
    const { url } = await realServer();
    await firstValueFrom(createDurable(`${url}/a`, { contentType: 'text/plain' }));
    const again = createDurable(`${url}/a`, { contentType: 'application/json' });
    await expect(rejectionOf(firstValueFrom(again))).resolves.toMatchObject({
      name: 'DurableStreamError',
      code: 'stream_exists',
      statusCode: 409,
    });
    const closed = createDurable(`${url}/a`, { contentType: 'text/plain', closed: true });
    await expect(rejectionOf(firstValueFrom(closed))).resolves.toMatchObject({ code: 'stream_exists' });
  });

  it('is repeated on transient failures', async () => {
    const { url, server } = await realServer();
    server.injectFault('/a', { status: 503, count: 2, method: 'PUT' });
    await expect(firstValueFrom(createDurable(`${url}/a`, quick))).resolves.toMatchObject({ created: true });
    server.injectFault('/b', { dropConnection: true, count: 1, method: 'PUT' });
    await expect(firstValueFrom(createDurable(`${url}/b`, quick))).resolves.toMatchObject({ created: true });
  });

  it('sends exactly the headers that were asked for', async () => {
    const origin = await scriptedServer([[answer(201, { 'stream-next-offset': 'x' })]]);
    await firstValueFrom(createDurable(`${origin.url}/a`));
    await firstValueFrom(
      createDurable(`${origin.url}/a`, { forkedFrom: '/ä b', forkOffset: '7_7/3', forkSubOffset: 2 }),
    );
    const [plain, fork] = origin.requests.map(({ headers }) => headers);
    expect(Object.keys(plain ?? {}).filter((name) => name.startsWith('stream-'))).toEqual([]);
    expect(plain).toMatchObject({ 'content-type': 'application/octet-stream' });
    expect(fork).toMatchObject({
      'stream-forked-from': '/%C3%A4%20b',
      'stream-fork-offset': '7_7',
      'stream-fork-sub-offset': '5',
    });
    expect(fork).not.toHaveProperty('content-type');
  });

  it.each<[string, CreateOptions, RegExp]>([
    ['two ends', { ttlSeconds: 1, expiresAt: new Date() }, /either option "ttlSeconds" or option "expiresAt"/],
    ['half a second', { ttlSeconds: 0.5 }, /"ttlSeconds" must be a whole number/],
    ['a negative lifetime', { ttlSeconds: -1 }, /"ttlSeconds" must be a whole number/],
    ['no time', { expiresAt: new Date(Number.NaN) }, /"expiresAt" must be a valid Date/],
    ['a day without time', { expiresAt: '2035-01-31' }, /"expiresAt" must be a valid Date or an RFC 3339/],
    ['the 31st of February', { expiresAt: '2035-13-31T12:00:00Z' }, /"expiresAt" must be a valid Date/],
    ['no media type', { contentType: 'json' }, /"contentType" must be a media type/],
    ['a header in the media type', { contentType: 'text/plain\r\nx: y' }, /"contentType" must be a media type/],
    ['a value for bytes', { body: { a: 1 } }, /takes text or bytes/],
    ['an empty body', { contentType: 'text/plain', body: '' }, /empty append/],
    ['an offset without a source', { forkOffset: '1_1' }, /need option "forkedFrom"/],
    ['a source elsewhere', { forkedFrom: 'https://elsewhere.example/a' }, /on the same server/],
    ['a source nowhere', { forkedFrom: '' }, /"forkedFrom" must be the path/],
    ['an offset of several lines', { forkedFrom: '/a', forkOffset: 'a\nb' }, /"forkOffset" must be/],
    ['a fork with a body of no type', { forkedFrom: '/a', body: 'x' }, /needs option "contentType"/],
    ['an option that there is not', JSON.parse('{"ttl":1}'), /unknown option "ttl"/],
  ])('refuses %s at once', (_name, options, message) => {
    expect(() => createDurable('http://127.0.0.1:1/a', options)).toThrow(TypeError);
    expect(() => createDurable('http://127.0.0.1:1/a', options)).toThrow(message);
  });
});
