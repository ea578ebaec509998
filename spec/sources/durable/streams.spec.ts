import { describe, expect, it } from '@jest/globals';
import { firstValueFrom, type Observable, take, toArray } from 'rxjs';
import * as z from 'zod';
import type { Delivery } from '../../../lib/delivery.js';
import { createMonitor } from '../../../lib/state.js';
import type { DurableEvent } from '../../../sources/durable/batch-shapes.js';
import { durableBatches, durableEvents, durableMessages, durableStream } from '../../../sources/durable/streams.js';
import { startDurable } from '../../servers/durable.js';
import { eventually } from '../../servers/eventually.js';
import { startOrigin } from '../../servers/origin.js';
import { answer, chunk, endChunks, reset, type Script, stall } from '../../servers/origin-steps.js';
import { closing, watch } from '../x/watch.js';

const add = closing();
const all = <T>(source: Observable<T>): Promise<T[]> => firstValueFrom(source.pipe(toArray()));
const untyped = (value: unknown) => JSON.parse(JSON.stringify(value));
const head = (nextOffset: string, type: string, more: Record<string, string> = {}) => ({
  'content-type': type,
  'stream-next-offset': nextOffset,
  ...more,
});
const tail = { 'stream-up-to-date': 'true' };
const json = 'application/json';

async function scripted(script: Script) {
  return add(await startOrigin(script));
}

async function real() {
  return add(await startDurable());
}

describe('the items of a stream', () => {
  it.each(['auto', true, 'long-poll', 'sse'] as const)(
    'come from the beginning on and then live, with live: %s',
    async (live) => {
      const server = await real();
      const url = await server.create('/s', json, '[1,[2]]', '{"a":3}');
      const seen = watch(durableStream(url, { live }));
      await eventually(() => expect(seen.values).toEqual([1, [2], { a: 3 }]));
      await server.append('/s', '4');
      await eventually(() => expect(seen.values).toHaveLength(4));
      await server.closeStream('/s');
      await seen.ended;
      expect([seen.values.at(-1), seen.completed, seen.error]).toEqual([4, true, undefined]);
    },
  );

  it('end at the tail with live: false, over all pages', async () => {
    const origin = await scripted([
      [answer(200, head('b', json), '[1,2]')],
      [answer(200, head('c', json), '[]')],
      [answer(200, head('d', json, tail), '[3]')],
    ]);
    expect(await all(durableStream(`${origin.url}/s`, { live: false }))).toEqual([1, 2, 3]);
    expect(origin.requests.map(({ path }) => path)).toEqual(['/s?offset=-1', '/s?offset=b', '/s?offset=c']);
  });

  it('start where offset says, at the tail with now', async () => {
    const server = await real();
    const url = await server.create('/s', json, '[1,2]');
    const events = await all(durableEvents(url, { live: false }));
    await server.append('/s', '[3]');
    expect(await all(durableStream(url, { live: false, offset: events.at(-1)?.nextOffset }))).toEqual([3]);
    const monitor = createMonitor();
    const seen = watch(durableStream(url, { offset: 'now', monitor }));
    await eventually(() => monitor.state.bytesReceived > 0);
    await server.append('/s', '[4]');
    await eventually(() => expect(seen.values).toEqual([4]));
    seen.stop();
  });

  it('come before their body is whole, and each once although it breaks off', async () => {
    const origin = await scripted([
      [answer(200, head('b', json, tail)), chunk('[{"a":1},{"a":2},{"a"'), reset()],
      [answer(200, head('b', json, tail)), chunk('[{"a":1},{"a":2},{"a":3}]'), endChunks()],
    ]);
    const items = durableStream(`${origin.url}/s`, { live: false, initialBackoff: 1, maxBackoff: 1 });
    expect(await all(items)).toEqual([{ a: 1 }, { a: 2 }, { a: 3 }]);
    expect(origin.requests).toHaveLength(2);
  });

  it('are text with mode: text, no character of which is cut, whatever the responses', async () => {
    const [a = 0, b = 0, c = 0] = new TextEncoder().encode('€');
    const origin = await scripted([
      [answer(200, head('b', 'text/plain'), Uint8Array.of(0x61, a))],
      [answer(200, head('c', 'text/plain'), Uint8Array.of(b))],
      [answer(200, head('d', 'text/plain', { 'stream-closed': 'true' }), Uint8Array.of(c, 0x62, a))],
    ]);
    const texts: string[] = await all(durableStream(`${origin.url}/s`, { mode: 'text' }));
    expect(texts).toEqual(['a', '€b', '\ufffd']);
  });

  it.each([
    ['long-poll', 'text'],
    ['sse', 'text'],
    ['long-poll', 'bytes'],
    ['sse', 'bytes'],
  ] as const)('come live over %s as %s', async (live, mode) => {
    const server = await real();
    const type = mode === 'text' ? 'text/plain' : 'application/octet-stream';
    const url = await server.create('/s', type, 'one €');
    const join = (values: readonly (string | Uint8Array)[]): string =>
      values.map((value) => (typeof value === 'string' ? value : new TextDecoder().decode(value))).join('');
    const seen =
      mode === 'text' ? watch(durableStream(url, { live, mode })) : watch(durableStream(url, { live, mode }));
    await eventually(() => expect(join(seen.values)).toBe('one €'));
    await server.append('/s', '-two');
    await eventually(() => expect(join(seen.values)).toBe('one €-two'));
    await server.closeStream('/s');
    await seen.ended;
    expect(seen.completed).toBe(true);
  });

  it('of a JSON stream can be read as its text', async () => {
    const server = await real();
    const url = await server.create('/s', json, '[1,2]');
    expect(JSON.parse((await all(durableStream(url, { mode: 'text', live: false }))).join(''))).toEqual([1, 2]);
  });

  it.each([
    ['text/plain', 'text'],
    ['application/octet-stream', 'bytes'],
  ])('of a stream of %s are refused without a mode, with one named', async (type, mode) => {
    const server = await real();
    const seen = watch(durableStream(await server.create('/s', type, 'abc')));
    await seen.ended;
    expect(seen.error).toMatchObject({ name: 'DurableStreamError', code: 'content_type_mismatch' });
    expect(seen.error?.message).toContain(mode);
    expect(seen.values).toEqual([]);
  });

  it('are checked and typed by schema or decode', async () => {
    const server = await real();
    const url = await server.create('/s', json, '[{"n":1},{"n":"x"},{"n":2}]');
    const schema = z.object({ n: z.number() });
    const monitor = createMonitor();
    const told: string[] = [];
    const checked: Observable<{ n: number }> = durableStream(url, {
      ...{ schema, monitor, live: false },
      onInvalid: ({ message }) => void told.push(message),
    });
    expect(await all(checked)).toEqual([{ n: 1 }, { n: 2 }]);
    expect(told).toEqual(['At n: expected number, received string']);
    expect([monitor.state.malformed, monitor.state.totalItemsReceived]).toEqual([1, 2]);
    const decoded: Observable<string> = durableStream(url, { decode: (value) => JSON.stringify(value), live: false });
    expect(await all(decoded)).toEqual(['{"n":1}', '{"n":"x"}', '{"n":2}']);
    const strict = watch(durableStream(url, { schema, malformed: 'error' }));
    await strict.ended;
    expect([strict.values, strict.error?.code]).toEqual([[{ n: 1 }], 'malformed']);
  });

  it('are none of a stream that is not there', async () => {
    const server = await real();
    const seen = watch(durableStream(`${server.url}/no`));
    await seen.ended;
    expect(seen.error).toMatchObject({ name: 'StreamNotFoundError', code: 'stream_not_found', statusCode: 404 });
  });

  it('stop coming at unsubscription, which closes the socket', async () => {
    const origin = await scripted([[answer(200, head('b', json)), chunk('[1,2'), stall()]]);
    expect(await all(durableStream(`${origin.url}/s`).pipe(take(1)))).toEqual([1]);
    await eventually(() => expect(origin.activeSockets).toBe(0));
  });

  it('are not asked for before subscription, and options that cannot work are refused at once', async () => {
    const url = 'http://127.0.0.1:1/s';
    const makers: readonly ((options: Record<string, unknown>) => unknown)[] = [
      (options) => durableStream(url, untyped(options)),
      (options) => durableBatches(url, untyped(options)),
      (options) => durableEvents(url, untyped(options)),
      (options) => durableMessages(url, untyped(options)),
    ];
    for (const make of makers) {
      expect(() => make({ mode: 'xml' })).toThrow(TypeError);
      expect(() => make({ live: 'yes' })).toThrow('live');
      expect(() => make({ colour: 1 })).toThrow('colour');
      expect(() => make({ malformed: 'drop' })).toThrow('malformed');
    }
    expect(() => durableStream(url, { schema: z.string(), decode: String })).toThrow('one of');
    for (const maxUnacked of [0, 1.5, '5', null]) {
      expect(() => durableStream(url, untyped({ maxUnacked }))).toThrow('durableStream: option "maxUnacked"');
    }
    expect(() => durableMessages(url, untyped({ maxUnacked: 1 }))).toThrow('maxUnacked');
    expect(() => durableStream(url, untyped({ onFull: 'error' }))).toThrow('need "maxUnacked"');
    expect(() => durableStream(url, untyped({ mode: 'text', malformed: 'error' }))).toThrow('"malformed"');
  });

  it('have the type that the options say', () => {
    const url = 'http://127.0.0.1:1/s';
    const text: Observable<string> = durableStream(url, { mode: 'text' });
    const bytes: Observable<Delivery<Uint8Array>> = durableStream(url, { mode: 'bytes', maxUnacked: 1 });
    const own: Observable<{ id: string }> = durableStream<{ id: string }>(url);
    const batches: Observable<Delivery<readonly number[]>> = durableBatches(url, { decode: Number, maxUnacked: 1 });
    const events: Observable<DurableEvent<readonly number[]>> = durableEvents(url, { decode: Number });
    const unchecked = durableStream(url);
    // @ts-expect-error: without a schema nobody knows what comes
    const wrong: Observable<number> = unchecked;
    expect([text, bytes, own, batches, events, wrong]).toHaveLength(6);
  });
});

describe('the batches of a stream', () => {
  it.each(['long-poll', 'sse'] as const)('are those of the server, over %s', async (live) => {
    const server = await real();
    const url = await server.create('/s', json, '[1,2]', '[3]');
    const seen = watch(durableBatches(url, { live }));
    await eventually(() => expect(seen.values).toEqual([[1, 2, 3]]));
    await server.append('/s', '[4,5]');
    await eventually(() => expect(seen.values).toHaveLength(2));
    await server.append('/s', '[[6]]');
    await eventually(() => expect(seen.values).toEqual([[1, 2, 3], [4, 5], [[6]]]));
    seen.stop();
  });

  it('are delivered with the offset behind them', async () => {
    const origin = await scripted([
      [answer(200, head('b', json), '[1,2]')],
      [answer(200, head('c', json), '[]')],
      [answer(200, head('d', json, tail), '[3]')],
    ]);
    const batches = await all(durableBatches(`${origin.url}/s`, { live: false, maxUnacked: 5 }));
    expect(batches.map(({ value, position }) => [value, position])).toEqual([
      [[1, 2], 'b'],
      [[3], 'd'],
    ]);
  });
});

describe('the events of a stream', () => {
  it('tell where it stands, and keep-alives are none', async () => {
    const server = add(await startDurable({ longPollTimeout: 30 }));
    const url = await server.create('/s', json, '[1,2]');
    const seen = watch(durableEvents(url));
    await eventually(() => expect(seen.values).toHaveLength(1));
    await new Promise((resolve) => setTimeout(resolve, 90));
    await server.append('/s', '3');
    await server.closeStream('/s');
    await seen.ended;
    const [first, second] = seen.values;
    expect(first).toMatchObject({ data: [1, 2], upToDate: true, closed: false });
    expect(second).toMatchObject({ data: [3], upToDate: true });
    expect(seen.values.at(-1)?.closed).toBe(true);
    expect(seen.values.length).toBeLessThanOrEqual(3);
    expect(seen.values.at(-1)?.nextOffset).toBe(second?.nextOffset);
  });

  it('carry text and bytes as modes', async () => {
    const server = await real();
    const url = await server.create('/s', 'text/plain', 'héllo');
    const [text] = await all(durableEvents(url, { mode: 'text', live: false }));
    const [bytes] = await all(durableEvents(url, { mode: 'bytes', live: false, maxUnacked: 1 }));
    expect([text?.data, bytes?.value.data]).toEqual(['héllo', new TextEncoder().encode('héllo')]);
    expect(bytes?.position).toBe(text?.nextOffset);
  });
});

describe('the messages of a stream', () => {
  it('hide nothing', async () => {
    const server = await real();
    const url = await server.create('/s', json, '[1,"x",3]');
    const told = await all(durableMessages(url, { live: false, schema: z.number() }));
    expect(told.map(({ type }) => type)).toEqual(['open', 'items', 'malformed', 'items', 'position']);
    const bytes = await all(durableMessages(await server.create('/t', 'text/plain', 'abc'), { live: false }));
    expect(bytes.map(({ type }) => type)).toEqual(['open', 'bytes', 'position']);
  });
});
