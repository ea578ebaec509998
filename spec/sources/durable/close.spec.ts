import { describe, expect, it } from '@jest/globals';
import { firstValueFrom } from 'rxjs';
import { appendDurable } from '../../../sources/durable/append.js';
import { closeDurable } from '../../../sources/durable/close.js';
import { createDurable } from '../../../sources/durable/create.js';
import { headDurable } from '../../../sources/durable/head.js';
import { answer, reset } from '../../servers/origin-steps.js';
import { messagesOf, realServer, rejectionOf, scriptedServer } from './written.js';

const quick = { initialBackoff: 1, maxBackoff: 1 };
const json = { contentType: 'application/json' };

describe('closeDurable', () => {
  it('closes for good, and says the same again', async () => {
    const { url } = await realServer();
    await firstValueFrom(createDurable(`${url}/a`, json));
    const { nextOffset } = await firstValueFrom(appendDurable(`${url}/a`, 1, json));
    const close = closeDurable(`${url}/a`);
    await expect(firstValueFrom(close)).resolves.toEqual({ finalOffset: nextOffset });
    await expect(firstValueFrom(close)).resolves.toEqual({ finalOffset: nextOffset });
    await expect(firstValueFrom(headDurable(`${url}/a`))).resolves.toMatchObject({ closed: true });
    await expect(rejectionOf(firstValueFrom(appendDurable(`${url}/a`, 2, json)))).resolves.toMatchObject({
      name: 'StreamClosedError',
      code: 'stream_closed',
      offset: nextOffset,
    });
  });

  it('stores a last message in the same step, once', async () => {
    const { url } = await realServer();
    await firstValueFrom(createDurable(`${url}/a`, json));
    const { finalOffset } = await firstValueFrom(closeDurable(`${url}/a`, { body: ['last'] }));
    await expect(messagesOf(`${url}/a`)).resolves.toEqual([['last']]);
    const again = firstValueFrom(closeDurable(`${url}/a`, { body: ['last'], ...json }));
    await expect(rejectionOf(again)).resolves.toMatchObject({ name: 'StreamClosedError', offset: finalOffset });
    await expect(messagesOf(`${url}/a`)).resolves.toEqual([['last']]);
  });

  it('is repeated without a body, whatever happened', async () => {
    const origin = await scriptedServer([
      [reset()],
      [answer(500)],
      [answer(204, { 'stream-next-offset': '1_1', 'stream-closed': 'true' })],
    ]);
    await expect(firstValueFrom(closeDurable(origin.url, quick))).resolves.toEqual({ finalOffset: '1_1' });
    const last = origin.requests.at(-1);
    expect(last?.headers).toMatchObject({ 'stream-closed': 'true', 'content-length': '0' });
    expect(last?.headers).not.toHaveProperty('content-type');
  });

  it('is not repeated with a body that may be stored', async () => {
    const origin = await scriptedServer([[answer(500)]]);
    const close = firstValueFrom(closeDurable(origin.url, { body: 'x', contentType: 'text/plain', ...quick }));
    await expect(rejectionOf(close)).resolves.toMatchObject({ code: 'outcome_unknown' });
    expect(origin.requests).toHaveLength(1);
  });

  it('fails where there is no such stream', async () => {
    const { url } = await realServer();
    await expect(rejectionOf(firstValueFrom(closeDurable(`${url}/a`)))).resolves.toMatchObject({
      name: 'StreamNotFoundError',
    });
  });

  it('refuses a last message that cannot be one, at once', () => {
    const make = (): unknown => closeDurable('http://127.0.0.1:1/a', { body: 7, contentType: 'text/plain' });
    expect(make).toThrow(/takes text or bytes/);
    expect(() => closeDurable('http://127.0.0.1:1/a', { body: () => 1 })).toThrow(/no JSON form/);
  });
});
