import { describe, expect, it } from '@jest/globals';
import { firstValueFrom } from 'rxjs';
import { appendDurable } from '../../../sources/durable/append.js';
import { closeDurable } from '../../../sources/durable/close.js';
import { createDurable } from '../../../sources/durable/create.js';
import { deleteDurable } from '../../../sources/durable/delete.js';
import { forkDurable, forkTarget } from '../../../sources/durable/fork.js';
import { headDurable } from '../../../sources/durable/head.js';
import { messagesOf, realServer, rejectionOf } from './written.js';

const json = { contentType: 'application/json' };

async function source(url: string): Promise<string[]> {
  await firstValueFrom(createDurable(url, json));
  const offsets: string[] = [];
  for (const value of [1, 2, 3]) {
    offsets.push((await firstValueFrom(appendDurable(url, value, json))).nextOffset);
  }
  return offsets;
}

describe('forkDurable', () => {
  it('begins with all of its source, and sees nothing that comes later', async () => {
    const { url } = await realServer();
    await source(`${url}/a`);
    const fork = forkDurable(`${url}/a`, 'b', json);
    await expect(firstValueFrom(fork)).resolves.toMatchObject({ created: true, contentType: 'application/json' });
    await expect(firstValueFrom(fork)).resolves.toMatchObject({ created: false });
    await firstValueFrom(appendDurable(`${url}/a`, 4, json));
    await firstValueFrom(appendDurable(`${url}/b`, 'own', json));
    await expect(messagesOf(`${url}/b`)).resolves.toEqual([1, 2, 3, 'own']);
  });

  it('leaves it at an offset, at a number of messages behind one, at the position of a delivery', async () => {
    const { url } = await realServer();
    const [, , last = ''] = await source(`${url}/a`);
    // Messages of one request: the real server takes apart no more than that.
    await fetch(`${url}/a`, { method: 'POST', body: '[4,5,6]', headers: { 'content-type': 'application/json' } });
    await firstValueFrom(forkDurable(`${url}/a`, '/b', { forkOffset: last }));
    await expect(messagesOf(`${url}/b`)).resolves.toEqual([1, 2, 3]);
    await firstValueFrom(forkDurable(`${url}/a`, '/c', { forkOffset: last, forkSubOffset: 1 }));
    await expect(messagesOf(`${url}/c`)).resolves.toEqual([1, 2, 3, 4]);
    await firstValueFrom(forkDurable(`${url}/a`, '/d', { forkOffset: `${last}/2` }));
    await expect(messagesOf(`${url}/d`)).resolves.toEqual([1, 2, 3, 4, 5]);
  });

  it('is open where its source is closed, and outlives it', async () => {
    const { url } = await realServer();
    await source(`${url}/a`);
    await firstValueFrom(closeDurable(`${url}/a`));
    await firstValueFrom(forkDurable(`${url}/a`, `${url}/b`));
    await expect(firstValueFrom(headDurable(`${url}/b`))).resolves.toMatchObject({ closed: false });
    await firstValueFrom(deleteDurable(`${url}/a`));
    await expect(messagesOf(`${url}/b`)).resolves.toEqual([1, 2, 3]);
    await expect(rejectionOf(firstValueFrom(headDurable(`${url}/a`)))).resolves.toMatchObject({ code: 'stream_gone' });
    await expect(rejectionOf(firstValueFrom(forkDurable(`${url}/a`, '/c')))).resolves.toMatchObject({
      code: 'stream_exists',
      statusCode: 409,
    });
  });

  it('works for paths that need escaping', async () => {
    const { url } = await realServer();
    await source(`${url}/ä b`);
    await firstValueFrom(forkDurable(`${url}/ä b`, '/c'));
    await expect(messagesOf(`${url}/c`)).resolves.toEqual([1, 2, 3]);
  });

  it.each([
    ['a missing source', '/none', {}, { name: 'StreamNotFoundError', statusCode: 404 }],
    ['another media type', '/a', { contentType: 'text/plain' }, { code: 'stream_exists', statusCode: 409 }],
    ['an offset behind the end', '/a', { forkOffset: '0000000000000009_9999999999999999' }, { code: 'bad_request' }],
    ['too many messages', '/a', { forkSubOffset: 9 }, { code: 'bad_request', statusCode: 400 }],
  ])('fails for %s', async (_name, path, options, expected) => {
    const { url } = await realServer();
    await source(`${url}/a`);
    const fork = forkDurable(`${url}${path}`, '/target', options);
    await expect(rejectionOf(firstValueFrom(fork))).resolves.toMatchObject(expected);
  });

  it('refuses a source on another server, and targets that are none', () => {
    expect(() => forkDurable('https://a.example/a', 'https://b.example/b')).toThrow(/on the same server/);
    expect(() => forkDurable('a', '/b')).toThrow(/must be an absolute http or https URL/);
    expect(() => forkDurable('https://a.example/a', 'https://')).toThrow(/must be a URL or a path/);
    expect(() => forkDurable('https://a.example/a', '/b', JSON.parse('{"forkedFrom":"/c"}'))).toThrow(/unknown option/);
  });
});

describe('forkTarget', () => {
  it('is beside the source', () => {
    expect(forkTarget('fork', 'https://a.example/x/a?tenant=1', 'b')).toBe('https://a.example/x/b');
    expect(forkTarget('fork', 'https://a.example/x/a', new URL('https://a.example/c?d=1'))).toBe(
      'https://a.example/c?d=1',
    );
  });
});
