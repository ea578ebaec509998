import { describe, expect, it } from '@jest/globals';
import { firstValueFrom, lastValueFrom } from 'rxjs';
import { appendCall, appendDurable, type AppendOptions } from '../../../sources/durable/append.js';
import { createDurable } from '../../../sources/durable/create.js';
import { checkDurable } from '../../../sources/durable/options.js';
import { answer, fin, pause, reset, stall } from '../../servers/origin-steps.js';
import { startProxy } from '../../servers/proxy.js';
import { messagesOf, realServer, rejectionOf, scriptedServer } from './written.js';

const quick = { initialBackoff: 1, maxBackoff: 1 };
const json = { contentType: 'application/json' };

describe('appendDurable', () => {
  it('appends one value at each subscription, an array as one message', async () => {
    const { url } = await realServer();
    await firstValueFrom(createDurable(`${url}/a`, json));
    const append = appendDurable(`${url}/a`, [1, '🚀 grüß'], json);
    const { nextOffset } = await lastValueFrom(append);
    expect(nextOffset).toMatch(/./);
    await lastValueFrom(append);
    await expect(messagesOf(`${url}/a`)).resolves.toEqual([
      [1, '🚀 grüß'],
      [1, '🚀 grüß'],
    ]);
  });

  it('asks for the media type where it is not told', async () => {
    const { url } = await realServer();
    await firstValueFrom(createDurable(`${url}/a`, json));
    await firstValueFrom(appendDurable(`${url}/a`, 'x'));
    await expect(messagesOf(`${url}/a`)).resolves.toEqual(['x']);
    await expect(rejectionOf(firstValueFrom(appendDurable(`${url}/none`, 'x')))).resolves.toMatchObject({
      code: 'stream_not_found',
    });
  });

  it('takes a seq that is greater than the last one, and no other', async () => {
    const { url } = await realServer();
    await firstValueFrom(createDurable(`${url}/a`, json));
    await firstValueFrom(appendDurable(`${url}/a`, 1, { ...json, seq: '0009' }));
    const old = firstValueFrom(appendDurable(`${url}/a`, 2, { ...json, seq: '0009' }));
    await expect(rejectionOf(old)).resolves.toMatchObject({ name: 'SeqConflictError', code: 'seq_conflict' });
    await firstValueFrom(appendDurable(`${url}/a`, 3, { ...json, seq: '0010' }));
    await expect(messagesOf(`${url}/a`)).resolves.toEqual([1, 3]);
  });

  it.each([429, 503])('is repeated after %d: the server has not taken it', async (status) => {
    const { url, server } = await realServer();
    await firstValueFrom(createDurable(`${url}/a`, json));
    server.injectFault('/a', { status, count: 2, method: 'POST' });
    await firstValueFrom(appendDurable(`${url}/a`, 1, { ...json, ...quick }));
    await expect(messagesOf(`${url}/a`)).resolves.toEqual([1]);
  });

  it.each([408, 425, 500, 502, 504])('is not repeated after %d: it may be stored', async (status) => {
    const origin = await scriptedServer([[answer(status)]]);
    const append = appendDurable(`${origin.url}/a`, 1, { ...json, ...quick });
    await expect(rejectionOf(firstValueFrom(append))).resolves.toMatchObject({
      name: 'DurableStreamError',
      code: 'outcome_unknown',
      errorType: 'fatal_error',
      statusCode: status,
    });
    expect(origin.requests).toHaveLength(1);
  });

  it('is stored once when the connection drops behind the request', async () => {
    const { url, server } = await realServer();
    await firstValueFrom(createDurable(`${url}/a`, json));
    await using proxy = await startProxy(Number(new URL(url).port), { cutAfter: 1 });
    const append = appendDurable(`${proxy.url}/a`, 1, { ...json, ...quick });
    await expect(rejectionOf(firstValueFrom(append))).resolves.toMatchObject({ code: 'outcome_unknown' });
    expect(server.store.has('/a')).toBe(true);
    await expect(messagesOf(`${url}/a`)).resolves.toEqual([1]);
  });

  it.each([
    ['a reset', [reset()]],
    ['a hang-up', [fin()]],
    ['silence', [stall()]],
  ])('leaves it open what became of it after %s', async (_name, steps) => {
    const origin = await scriptedServer([[pause(0), ...steps]]);
    const append = appendDurable(`${origin.url}/a`, 1, { ...json, ...quick, timeout: 80 });
    await expect(rejectionOf(firstValueFrom(append))).resolves.toMatchObject({ code: 'outcome_unknown' });
    expect(origin.connections).toBeLessThanOrEqual(2);
  });

  it.each([408, 425, 500, 502, 504])('is repeated after %d where that is allowed', async (status) => {
    const origin = await scriptedServer([[answer(status)], [answer(204, { 'stream-next-offset': '9_9' })]]);
    const append = appendDurable(`${origin.url}/a`, 1, { ...json, ...quick, retryAppends: true });
    await expect(firstValueFrom(append)).resolves.toEqual({ nextOffset: '9_9' });
    expect(origin.requests.map(({ body }) => body)).toEqual(['[1]', '[1]']);
  });

  it('is stored at least once over connections that drop where that is allowed', async () => {
    const { url } = await realServer();
    await firstValueFrom(createDurable(`${url}/a`, json));
    await using proxy = await startProxy(Number(new URL(url).port), (n) => (n === 0 ? { cutAfter: 1 } : {}));
    await firstValueFrom(appendDurable(`${proxy.url}/a`, 1, { ...json, ...quick, retryAppends: true }));
    await expect(messagesOf(`${url}/a`)).resolves.toEqual([1, 1]);
  });

  it('is not repeated after a refusal, whatever is allowed', async () => {
    const origin = await scriptedServer([[answer(400)]]);
    const append = appendDurable(`${origin.url}/a`, 1, { ...json, ...quick, retryAppends: true });
    await expect(rejectionOf(firstValueFrom(append))).resolves.toMatchObject({ code: 'bad_request' });
    expect(origin.requests).toHaveLength(1);
  });

  it('is stored, and says so, where the server does not tell the offset', async () => {
    const origin = await scriptedServer([[answer(204)]]);
    const append = appendDurable(`${origin.url}/a`, 1, json);
    await expect(rejectionOf(firstValueFrom(append))).resolves.toMatchObject({
      code: 'parse_error',
      message: expect.stringMatching(/is stored/),
    });
    expect(origin.requests).toHaveLength(1);
  });

  it.each<[string, unknown, AppendOptions, RegExp]>([
    ['undefined', undefined, json, /undefined has no JSON form/],
    ['a value for text', 1, { contentType: 'text/plain' }, /takes text or bytes/],
    ['a number as seq', 1, JSON.parse('{"seq":9}'), /"seq" must be a non-empty text/],
    ['an empty seq', 1, { seq: '' }, /"seq" must be/],
    ['a seq of two lines', 1, { seq: 'a\nb' }, /"seq" must be/],
    ['a permission that is none', 1, JSON.parse('{"retryAppends":1}'), /"retryAppends" must be/],
    ['a URL without a scheme', 1, JSON.parse('{"sequence":"1"}'), /unknown option "sequence"/],
  ])('refuses %s', async (_name, value, options, message) => {
    const make = async (): Promise<unknown> => firstValueFrom(appendDurable('http://127.0.0.1:1/a', value, options));
    await expect(make()).rejects.toThrow(message);
    await expect(make()).rejects.toBeInstanceOf(TypeError);
  });
});

describe('appendCall', () => {
  it('sends the body as it is, with type and seq', async () => {
    const origin = await scriptedServer([[answer(204, { 'stream-next-offset': '9_9' })]]);
    const batch = { body: new TextEncoder().encode('abc'), contentType: 'text/plain', seq: 'é' };
    await expect(firstValueFrom(appendCall(checkDurable('append', origin.url, {}), batch))).resolves.toEqual({
      nextOffset: '9_9',
    });
    expect(origin.requests[0]).toMatchObject({ method: 'POST', body: 'abc' });
    expect(origin.requests[0]?.headers).toMatchObject({ 'content-type': 'text/plain', 'stream-seq': 'é' });
  });
});
