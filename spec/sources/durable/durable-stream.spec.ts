import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { inspect } from 'node:util';
import { lastValueFrom, of, tap } from 'rxjs';
import type { Delivery } from '../../../lib/delivery.js';
import { DurableStream } from '../../../sources/durable/durable-stream.js';
import { IdempotentProducer } from '../../../sources/durable/idempotent-producer.js';
import { eventually } from '../../servers/eventually.js';
import { answer, stall } from '../../servers/origin-steps.js';
import { startProxy } from '../../servers/proxy.js';
import { messagesOf, realServer, rejectionOf, scriptedServer, textOf } from './written.js';

const json = { contentType: 'application/json' };
const quick = { initialBackoff: 1, maxBackoff: 1 };
const unhandled: unknown[] = [];
const note = (reason: unknown): void => void unhandled.push(reason);

beforeAll(() => void process.on('unhandledRejection', note));
afterAll(() => {
  process.off('unhandledRejection', note);
  expect(unhandled).toEqual([]);
});

describe('DurableStream', () => {
  it('lends its headers to a producer, and shows them to nobody who looks at it', async () => {
    const origin = await scriptedServer([[answer(200, { 'stream-next-offset': '1' })]]);
    const stream = new DurableStream(origin.url, { ...json, headers: { authorization: 'Bearer hidden' } });
    await new IdempotentProducer(stream, 'p').append(1);
    expect(origin.requests[0]?.headers).toMatchObject({ authorization: 'Bearer hidden', 'producer-id': 'p' });
    expect(inspect(stream, { depth: 9 })).not.toContain('hidden');
  });

  it('sends nothing when it is made, and takes its URL in front or among the options', async () => {
    const origin = await scriptedServer([[answer(500)]]);
    const stream = new DurableStream(origin.url, json);
    expect(stream.url).toBe(origin.url);
    expect(stream.contentType).toBe('application/json');
    expect(stream.creation).toBeUndefined();
    expect(new DurableStream({ url: new URL(origin.url), ...json }).url).toBe(`${origin.url}/`);
    expect(origin.connections).toBe(0);
  });

  it('is created, appended to, read, closed and deleted', async () => {
    const { url } = await realServer();
    const stream = await DurableStream.create({ url: `${url}/a`, ...json, ttlSeconds: 60 });
    expect(stream.creation).toMatchObject({ created: true, closed: false });
    const { nextOffset } = await stream.append({ id: 1 });
    await expect(stream.head()).resolves.toMatchObject({ exists: true, offset: nextOffset, ttlSeconds: 60 });
    await expect(stream.create(json)).rejects.toMatchObject({ code: 'stream_exists' });
    await expect(stream.create({ ...json, ttlSeconds: 60 })).resolves.toMatchObject({ created: false });
    const { finalOffset } = await stream.close({ body: [2] });
    await expect(stream.close()).resolves.toEqual({ finalOffset });
    await expect(stream.append(3)).rejects.toMatchObject({ name: 'StreamClosedError', offset: finalOffset });
    await expect(messagesOf(`${url}/a`)).resolves.toEqual([{ id: 1 }, [2]]);
    await expect(stream.delete()).resolves.toEqual({ existed: true });
    await expect(stream.delete()).resolves.toEqual({ existed: false });
    await expect(stream.head()).resolves.toEqual({ exists: false });
  });

  it('connects to what is there, and to nothing else', async () => {
    const { url } = await realServer();
    await expect(rejectionOf(DurableStream.connect(`${url}/a`))).resolves.toMatchObject({
      name: 'StreamNotFoundError',
      code: 'stream_not_found',
      statusCode: 404,
    });
    await DurableStream.create(`${url}/a`, { contentType: 'text/plain', body: 'x' });
    const stream = await DurableStream.connect({ url: `${url}/a` });
    expect(stream.contentType).toBe('text/plain');
    await stream.append('y');
    await expect(textOf(`${url}/a`)).resolves.toBe('xy');
  });

  it('forks', async () => {
    const { url } = await realServer();
    const stream = await DurableStream.create(`${url}/a`, { ...json, body: 1 });
    const fork = await stream.fork('b', { body: 'own' });
    expect([fork.url, fork.contentType]).toEqual([`${url}/b`, 'application/json']);
    await fork.append(2);
    await expect(messagesOf(fork.url)).resolves.toEqual([1, 'own', 2]);
    await expect(messagesOf(stream.url)).resolves.toEqual([1]);
    await expect(stream.fork('https://elsewhere.example/b')).rejects.toThrow(/on the same server/);
  });

  it('takes 1,000 appends at once in a few requests, in order', async () => {
    const { url } = await realServer();
    let posts = 0;
    const counting: typeof fetch = (input, init) => {
      posts += 1;
      return fetch(input, init);
    };
    const stream = await DurableStream.create(`${url}/a`, { ...json, fetch: counting });
    const controller = new AbortController();
    const values = Array.from({ length: 1_000 }, (_, n) => ({ n, text: `grüß ${n} 🚀` }));
    const results = await Promise.all(values.map((value) => stream.append(value, { signal: controller.signal })));
    expect(posts).toBe(3);
    expect(new Set(results.map(({ nextOffset }) => nextOffset)).size).toBe(2);
    await expect(messagesOf(stream.url)).resolves.toEqual(values);
  });

  it('sends each alone without batching, in order', async () => {
    const { url } = await realServer();
    const stream = await DurableStream.create(`${url}/a`, { ...json, batching: false });
    const results = await Promise.all(Array.from({ length: 20 }, (_, n) => stream.append(n)));
    expect(new Set(results.map(({ nextOffset }) => nextOffset)).size).toBe(20);
    await expect(messagesOf(stream.url)).resolves.toEqual([...new Array(20).keys()]);
  });

  it('keeps the order of appends whatever they are and whenever they come', async () => {
    const { url } = await realServer();
    let count = 0;
    const step = fc.record({ value: fc.jsonValue({ maxDepth: 2 }), wait: fc.nat(2) });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), fc.boolean(), async (steps, batching) => {
        const stream = await DurableStream.create(`${url}/${count++}`, { ...json, batching, maxBatchItems: 3 });
        const appends: Promise<unknown>[] = [];
        for (const { value, wait } of steps) {
          appends.push(stream.append(value));
          for (let turn = 0; turn < wait; turn += 1) await new Promise((resolve) => setImmediate(resolve));
        }
        await Promise.all(appends);
        expect(await messagesOf(stream.url)).toEqual(JSON.parse(JSON.stringify(steps.map(({ value }) => value))));
      }),
      { numRuns: 25 },
    );
  });

  it('takes a message that is longer than a batch', async () => {
    const { url } = await realServer();
    const stream = await DurableStream.create(`${url}/a`, { ...json, maxBatchLength: 1_000 });
    const big = 'ü🚀'.repeat(500_000);
    await Promise.all([stream.append('a'), stream.append(big), stream.append('b')]);
    await expect(messagesOf(stream.url)).resolves.toEqual(['a', big, 'b']);
  });

  it('stores once what was under way when the connection dropped, and goes on', async () => {
    const { url } = await realServer();
    await DurableStream.create(`${url}/a`, json);
    await using proxy = await startProxy(Number(new URL(url).port), (n) => (n === 0 ? { cutAfter: 1 } : {}));
    const stream = new DurableStream(`${proxy.url}/a`, { ...json, ...quick });
    const [first, second] = [stream.append(1), stream.append(2)];
    await expect(rejectionOf(first)).resolves.toMatchObject({ code: 'outcome_unknown' });
    await second;
    await expect(messagesOf(`${url}/a`)).resolves.toEqual([1, 2]);
  });

  it('repeats what may be stored where that is allowed, and hands the permission to no reader', async () => {
    const { url, server } = await realServer();
    const stream = await DurableStream.create(`${url}/a`, { ...json, ...quick, retryAppends: true });
    server.injectFault('/a', { status: 500, count: 2, method: 'POST' });
    await Promise.all([stream.append(1), stream.append(2)]);
    server.injectFault('/a', { dropConnection: true, count: 1, method: 'POST' });
    await stream.append(3);
    const response = await stream.stream({ live: false });
    await expect(response.json()).resolves.toEqual([1, 2, 3]);
    expect(Object.keys(stream.options)).not.toContain('retryAppends');
  });

  it('appends what an async iterable or an Observable gives', async () => {
    const { url } = await realServer();
    const stream = await DurableStream.create(`${url}/a`, json);
    async function* numbers(): AsyncGenerator<number> {
      for (let n = 0; n < 3_000; n += 1) yield n;
    }
    await expect(stream.appendStream(numbers())).resolves.toMatchObject({ appended: 3_000 });
    const { nextOffset } = await stream.appendStream(of('x', ['y']));
    await expect(messagesOf(stream.url)).resolves.toEqual([...new Array(3_000).keys(), 'x', ['y']]);
    await expect(stream.head()).resolves.toMatchObject({ offset: nextOffset });
  });
});

describe('reading by the handle', () => {
  it('gives a response, with the options of the handle', async () => {
    const { url } = await realServer();
    const seen: unknown[] = [];
    const counting: typeof fetch = (input, init) => {
      const request = new Request(input, init);
      seen.push(request.headers.get('tenant'));
      return fetch(request);
    };
    const options = { ...json, headers: { tenant: 'a' }, fetch: counting, maxBatchItems: 7 };
    const stream = await DurableStream.create(`${url}/a`, options);
    await stream.appendStream(of(1, [2], 'drei'));
    const response = await stream.stream({ live: false, headers: undefined });
    await expect(response.json()).resolves.toEqual([1, [2], 'drei']);
    expect(new Set(seen)).toEqual(new Set(['a']));
    const own = await stream.stream({ live: false, headers: { tenant: 'b' } });
    await own.json();
    expect(seen.at(-1)).toBe('b');
    await expect(new DurableStream(`${url}/none`).stream()).rejects.toMatchObject({ code: 'stream_not_found' });
  });

  it('gives deliveries, of JSON, text or bytes', async () => {
    const { url } = await realServer();
    const stream = await DurableStream.create(`${url}/a`, { ...json, closed: true, body: { id: 1 } });
    const values: unknown[] = [];
    const settle = tap<Delivery<unknown>>((delivery) => {
      values.push(delivery.value);
      delivery.ack();
    });
    await lastValueFrom(stream.deliveries<{ id: number }>({ maxUnacked: 1 }).pipe(settle));
    await lastValueFrom(stream.deliveries({ maxUnacked: 1, mode: 'text' }).pipe(settle));
    expect(values).toEqual([{ id: 1 }, '[{"id":1}]']);
    await lastValueFrom(stream.deliveries({ maxUnacked: 1, mode: 'bytes' }).pipe(settle));
    expect(values[2]).toEqual(new TextEncoder().encode('[{"id":1}]'));
    expect(() => stream.deliveries(JSON.parse('{}'))).toThrow(/"maxUnacked" is missing/);
  });
});

describe('an abort', () => {
  it('rejects each call with its reason at once, and closes the socket', async () => {
    const origin = await scriptedServer([[answer(200, { 'content-length': '5' }), stall()]]);
    const calls: ((stream: DurableStream, signal: AbortSignal) => Promise<unknown>)[] = [
      (stream, signal) => stream.create({ signal }),
      (stream, signal) => stream.append('x', { signal }),
      (stream, signal) => stream.appendStream(of('x'), { signal }),
      (stream, signal) => stream.close({ signal }),
      (stream, signal) => stream.delete({ signal }),
      (stream, signal) => stream.fork('b', { signal }),
      ({ url }, signal) => DurableStream.create(url, { signal }),
    ];
    for (const call of calls) {
      const controller = new AbortController();
      const before = origin.requests.length;
      const promise = call(new DurableStream(`${origin.url}/a`, { contentType: 'text/plain' }), controller.signal);
      await eventually(() => origin.requests.length > before);
      const reason = new Error('enough');
      controller.abort(reason);
      await expect(promise).rejects.toBe(reason);
      await eventually(() => origin.activeSockets === 0);
    }
  });

  it('takes a waiting append out without touching the others', async () => {
    const { url, server } = await realServer();
    const stream = await DurableStream.create(`${url}/a`, json);
    server.injectFault('/a', { delayMs: 30, count: 1, method: 'POST' });
    const controller = new AbortController();
    const appends = [stream.append(1), stream.append(2, { signal: controller.signal }), stream.append(3)];
    controller.abort('changed my mind');
    await expect(appends[1]).rejects.toBe('changed my mind');
    await Promise.all([appends[0], appends[2]]);
    await expect(messagesOf(stream.url)).resolves.toEqual([1, 3]);
  });

  it('before the call sends nothing', async () => {
    const origin = await scriptedServer([[answer(200)]]);
    const stream = new DurableStream(origin.url, json);
    await expect(stream.append(1, { signal: AbortSignal.abort('no') })).rejects.toBe('no');
    await expect(DurableStream.connect(origin.url, { signal: AbortSignal.abort('no') })).rejects.toBe('no');
    expect(origin.connections).toBe(0);
  });
});

describe('a mistake of the caller', () => {
  it.each([
    ['no URL', JSON.parse('[{}]'), /"url"/],
    ['an unknown option', ['http://a.example', JSON.parse('{"batch":true}')], /unknown option "batch"/],
    ['no batching at all', ['http://a.example', { maxBatchItems: 0 }], /"maxBatchItems" must be a whole number/],
    ['a half limit', ['http://a.example', { maxQueuedLength: 0.5 }], /"maxQueuedLength" must be/],
    ['a wrong flag', ['http://a.example', JSON.parse('{"batching":1}')], /"batching" must be true or false/],
  ])('is refused when the handle is made: %s', (_name, given, message) => {
    expect(() => Reflect.construct(DurableStream, given)).toThrow(TypeError);
    expect(() => Reflect.construct(DurableStream, given)).toThrow(message);
  });

  it('rejects the call, before anything is sent', async () => {
    const origin = await scriptedServer([[answer(200)]]);
    const stream = new DurableStream(origin.url, json);
    await expect(stream.append(undefined)).rejects.toThrow(/undefined has no JSON form/);
    await expect(stream.append(1, JSON.parse('{"seq":1}'))).rejects.toThrow(/"seq" must be/);
    await expect(stream.append(1, JSON.parse('{"signal":{}}'))).rejects.toThrow(/"signal" must be an AbortSignal/);
    await expect(stream.create(JSON.parse('{"ttlSeconds":-1}'))).rejects.toThrow(/"ttlSeconds"/);
    await expect(stream.close(JSON.parse('{"final":1}'))).rejects.toThrow(/unknown option "final"/);
    await expect(stream.appendStream(JSON.parse('[1]'))).rejects.toThrow(/async iterable/);
    await expect(DurableStream.create(JSON.parse('{"ttlSeconds":1}'))).rejects.toThrow(/"url"/);
    expect(origin.connections).toBe(0);
  });

  it('or an append that nobody awaits ends no process', async () => {
    const { url } = await realServer();
    const stream = new DurableStream(`${url}/none`, json);
    void stream.append(1);
    void stream.append(2);
    void stream.fork('://');
    void DurableStream.connect(`${url}/none`);
    await expect(stream.append(3)).rejects.toMatchObject({ code: 'stream_not_found' });
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(unhandled).toEqual([]);
  });
});
