import { describe, expect, it } from '@jest/globals';
import { firstValueFrom, lastValueFrom } from 'rxjs';
import { createDurable } from '../../../sources/durable/create.js';
import { headCall, headDurable, headOrAbsent } from '../../../sources/durable/head.js';
import { checkDurable } from '../../../sources/durable/options.js';
import { answer } from '../../servers/origin-steps.js';
import { realServer, rejectionOf, scriptedServer } from './written.js';

describe('headDurable', () => {
  it('gives all that the server knows', async () => {
    const origin = await scriptedServer([
      [
        answer(200, {
          'content-type': 'application/json; charset=utf-8',
          'content-length': '12',
          'stream-next-offset': '5_5',
          etag: '"a"',
          'cache-control': 'no-store',
          'stream-closed': 'TRUE',
          'stream-ttl': '60',
          'stream-expires-at': '2035-01-31T12:00:00Z',
        }),
      ],
    ]);
    await expect(lastValueFrom(headDurable(`${origin.url}/a`))).resolves.toEqual({
      exists: true,
      contentType: 'application/json; charset=utf-8',
      offset: '5_5',
      etag: '"a"',
      cacheControl: 'no-store',
      closed: true,
      ttlSeconds: 60,
      expiresAt: '2035-01-31T12:00:00Z',
    });
    expect(origin.requests[0]?.method).toBe('HEAD');
  });

  it('leaves undefined what the server does not say', async () => {
    const { url } = await realServer();
    await firstValueFrom(createDurable(`${url}/a`));
    const head = await firstValueFrom(headDurable(`${url}/a`));
    expect(head).toMatchObject({ exists: true, ttlSeconds: undefined, expiresAt: undefined, closed: false });
  });

  it('says that a stream is missing, and asks no error handler about it', async () => {
    const { url } = await realServer();
    let asked = 0;
    const onError = (): undefined => {
      asked += 1;
    };
    await expect(firstValueFrom(headDurable(`${url}/a`, { onError, maxRetries: 0 }))).resolves.toEqual({
      exists: false,
    });
    expect(asked).toBe(0);
  });

  it('is repeated on transient failures, after the time that the server asks for', async () => {
    const origin = await scriptedServer([[answer(503, { 'retry-after': '0.05' })], [answer(200)]]);
    await firstValueFrom(headDurable(origin.url, { initialBackoff: 0, maxBackoff: 0 }));
    const [first, second] = origin.requests;
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThan(0);
    expect(origin.requests).toHaveLength(2);
  });

  it('fails on a stream that is deleted and kept for its forks', async () => {
    const origin = await scriptedServer([[answer(410)]]);
    await expect(rejectionOf(firstValueFrom(headDurable(origin.url)))).resolves.toMatchObject({ code: 'stream_gone' });
  });
});

describe('the calls behind it', () => {
  it('fail on a missing stream, or not', async () => {
    const { url } = await realServer();
    const checked = checkDurable('head', `${url}/a`, {});
    await expect(rejectionOf(firstValueFrom(headCall(checked)))).resolves.toMatchObject({
      name: 'StreamNotFoundError',
      code: 'stream_not_found',
    });
    await expect(firstValueFrom(headOrAbsent(checked))).resolves.toEqual({ exists: false });
  });
});
