import { describe, expect, it } from '@jest/globals';
import * as z from 'zod';
import { stream } from '../../../sources/durable/stream.js';
import type { StreamResponse } from '../../../sources/durable/stream-response.js';
import { eventually } from '../../servers/eventually.js';
import { answer, chunk, endChunks, type Script, stall } from '../../servers/origin-steps.js';

import { head, json, real, scripted, tail, taken } from './responses.js';

const untyped = (value: unknown) => JSON.parse(JSON.stringify(value));
const tick = () => new Promise((resolve) => setTimeout(resolve, 20));

describe('a response', () => {
  it.each(['auto', false, 'long-poll', 'sse', true] as const)(
    'awaited ends at the tail, with live: %s',
    async (live) => {
      const server = await real();
      const url = await server.create('/s', json, '[1,[2]]', '{"a":3}');
      const of = (): Promise<StreamResponse> => stream(url, { live });
      expect(await (await of()).json()).toEqual([1, [2], { a: 3 }]);
      expect(await (await of()).jsonBatches()).toEqual([[1, [2], { a: 3 }]]);
      if (live === 'sse') return;
      expect(JSON.parse(await (await of()).text())).toEqual([1, [2], { a: 3 }]);
      expect(JSON.parse(new TextDecoder().decode(await (await of()).body()))).toEqual([1, [2], { a: 3 }]);
    },
  );

  it('awaited reads all pages, over the connection that it came with', async () => {
    const { origin, url } = await scripted([
      [answer(200, head('b', json), '[1,2]')],
      [answer(200, head('c', json, { ...tail, 'stream-cursor': '7' }), '[3]')],
    ]);
    const response = await stream(`${url}?b=2&a=1`);
    const { status, contentType, headers, live, offset, upToDate, closed, cursor } = response;
    expect({ status, contentType, live, offset, upToDate, closed, cursor }).toEqual({
      ...{ status: 200, contentType: json, live: 'auto', offset: '-1', upToDate: false, closed: false },
      cursor: undefined,
    });
    expect([headers['stream-next-offset'], response.url]).toEqual(['b', url]);
    expect(await response.json()).toEqual([1, 2, 3]);
    expect(origin.requests.map(({ path }) => path)).toEqual(['/s?a=1&b=2&offset=-1', '/s?a=1&b=2&offset=b']);
    expect([response.offset, response.upToDate, response.closed, response.cursor]).toEqual(['c', true, false, '7']);
  });

  it('has all headers of its first answer', async () => {
    const { url } = await scripted([[answer(200, head('b', json, { ...tail, 'x-of-a-proxy': '1' }), '[]')]]);
    const { headers } = await stream(url, { live: false });
    expect(headers).toMatchObject({ 'content-type': json, 'x-of-a-proxy': '1' });
  });

  it('asks once for what it gives, however long nobody reads it', async () => {
    const { origin, url } = await scripted([[answer(200, head('b', json, tail)), chunk('[1,2]'), endChunks()]]);
    const response = await stream(url, { live: false });
    await tick();
    expect(origin.requests).toHaveLength(1);
    expect(await taken(response.json<number>(), 9)).toEqual([1, 2]);
    expect(origin.requests).toHaveLength(1);
  });

  it.each(['auto', 'long-poll', 'sse', true] as const)(
    'iterated goes on behind the tail, with live: %s',
    async (live) => {
      const server = await real();
      const url = await server.create('/s', json, '[1,2]');
      const response = await stream(url, { live });
      const seen: unknown[] = [];
      const offsets: string[] = [];
      for await (const item of response.json()) {
        seen.push(item);
        offsets.push(response.offset);
        if (item === 2) await server.append('/s', '[3]');
        if (item === 3) await server.closeStream('/s');
      }
      expect([seen, response.closed, response.upToDate]).toEqual([[1, 2, 3], true, true]);
      expect([offsets[0] === offsets[1], offsets[1] === offsets[2], offsets[2]]).toEqual([
        false,
        false,
        response.offset,
      ]);
    },
  );

  it('iterated ends at the tail with live: false', async () => {
    const server = await real();
    const url = await server.create('/s', 'text/plain', 'one €');
    expect((await taken((await stream(url, { live: false })).text(), 99)).join('')).toBe('one €');
    const bytes = await taken(await stream(url, { live: false }), 99);
    expect(new TextDecoder().decode(bytes[0])).toBe('one €');
    const batches = (await stream(url, { live: false })).jsonBatches();
    await expect(taken(batches, 9)).rejects.toMatchObject({ code: 'content_type_mismatch' });
  });

  it('gives batches and events with their offsets', async () => {
    const pages = [
      [answer(200, head('b', json), '[1,2]')],
      [answer(200, head('c', json, { ...tail, 'stream-closed': 'true' }), '[3]')],
    ];
    const batches = await stream((await scripted(pages)).url);
    expect(await taken(batches.jsonBatches(), 9)).toEqual([[1, 2], [3]]);
    const events = await stream((await scripted(pages)).url);
    const seen: unknown[] = [];
    for await (const { data, nextOffset, closed } of events.events<number>()) {
      seen.push([data, nextOffset, closed, events.offset]);
    }
    expect(seen).toEqual([
      [[1, 2], 'b', false, 'b'],
      [[3], 'c', true, 'c'],
    ]);
    const server = await real();
    const text = await server.create('/t', 'text/plain', 'abc');
    const [one] = await taken((await stream(text)).events({ mode: 'text' }), 1);
    const [two] = await taken((await stream(text, { live: 'sse' })).events({ mode: 'bytes' }), 1);
    expect([one?.data, two?.data, one?.nextOffset === two?.nextOffset]).toEqual([
      'abc',
      new TextEncoder().encode('abc'),
      true,
    ]);
  });

  it('checks messages', async () => {
    const server = await real();
    const url = await server.create('/s', json, '[1,"2",3]');
    const numbers: number[] = await (await stream(url)).json({ schema: z.number(), malformed: 'report' });
    expect(numbers).toEqual([1, 3]);
    const told: unknown[] = [];
    const onInvalid = ({ message }: { message: string }): unknown => told.push(message);
    expect(await (await stream(url)).json({ schema: z.number(), onInvalid })).toEqual([1, 3]);
    expect(told).toHaveLength(1);
    const refusal = { code: 'malformed', offset: '-1/1' };
    await expect((await stream(url)).json({ schema: z.number() })).rejects.toMatchObject(refusal);
    const strict = (await stream(url)).json({ decode: z.number().parse });
    const seen: number[] = [];
    const reading = async (): Promise<void> => {
      for await (const value of strict) seen.push(value);
    };
    await expect(reading()).rejects.toMatchObject({ ...refusal, cause: { name: 'ZodError' } });
    expect(seen).toEqual([1]);
    const response = await stream(url);
    expect(() => response.json(untyped({ colour: 1 }))).toThrow('colour');
    expect(() => response.events(untyped({ mode: 'xml' }))).toThrow('mode');
    expect(() => response.events(untyped({ mode: 'text', malformed: 'error' }))).toThrow('"malformed"');
    // What was refused has not consumed it.
    expect(await response.json()).toEqual([1, '2', 3]);
  });
});

describe('a second reading', () => {
  const ways: Record<string, (response: StreamResponse) => AsyncIterable<unknown>> = {
    body: (response) => response.body(),
    text: (response) => response.text(),
    json: (response) => response.json(),
    jsonBatches: (response) => response.jsonBatches(),
    events: (response) => response.events(),
    bytes: (response) => response,
  };
  const consumed = { name: 'StreamConsumedError', code: 'stream_consumed' };

  it.each(Object.keys(ways))('is refused at once after %s, of whatever kind', async (name) => {
    const server = await real();
    const url = await server.create('/s', json, '[1]');
    for (const again of Object.keys(ways)) {
      const response = await stream(url, { live: false });
      await taken(ways[name]?.(response) ?? [], 9).catch(() => undefined);
      const second = ways[again]?.(response);
      await expect(taken(second ?? [], 1)).rejects.toMatchObject(consumed);
      await expect(response.json()).rejects.toMatchObject(consumed);
    }
  });

  it('is refused although the first one has only begun, or was only asked for', async () => {
    const server = await real();
    const response = await stream(await server.create('/s', json, '[1]'));
    const first = response.json();
    await expect(response.text()).rejects.toMatchObject(consumed);
    expect([await first, await first]).toEqual([[1], [1]]);
    await expect(taken(first, 1)).rejects.toMatchObject(consumed);
    const iterated = (await stream(await server.create('/t', json, '[1]'))).json();
    expect(await taken(iterated, 1)).toEqual([1]);
    await expect(iterated).rejects.toMatchObject(consumed);
    await expect(taken(iterated, 1)).rejects.toMatchObject(consumed);
  });

  it('is what bytes over SSE are not: they are refused in words of their own', async () => {
    const server = await real();
    const response = await stream(await server.create('/s', json, '[1]'), { live: 'sse' });
    await expect(taken(response, 1)).rejects.toMatchObject({ code: 'not_supported' });
    await expect(response.body()).rejects.toThrow('json()');
    expect(await response.json()).toEqual([1]);
  });
});

describe('the end of a response', () => {
  const slow: Script = [[answer(200, head('b', json, tail)), chunk('[1,2'), stall()]];

  it('is break, which closes the socket', async () => {
    const { origin, url } = await scripted(slow);
    expect(await taken((await stream(url)).json(), 1)).toEqual([1]);
    await eventually(() => expect(origin.activeSockets).toBe(0));
  });

  it('is disposal, also of one that nobody has read', async () => {
    const { origin, url } = await scripted(slow);
    {
      await using response = await stream(url);
      expect([response.status, origin.activeSockets]).toEqual([200, 1]);
    }
    await eventually(() => expect(origin.activeSockets).toBe(0));
  });

  it('is cancel: what is iterated ends, what is awaited is rejected, and nothing can be read any more', async () => {
    const { origin, url } = await scripted(slow);
    const first = await stream(url);
    const iterator = first.json()[Symbol.asyncIterator]();
    expect((await iterator.next()).value).toBe(1);
    const waiting = iterator.next();
    first.cancel();
    expect((await waiting).done).toBe(true);
    const second = await stream(url);
    const all = second.json();
    const rejected = expect(all).rejects.toMatchObject({ code: 'already_closed' });
    await tick();
    second.cancel();
    await rejected;
    const third = await stream(url);
    third.cancel();
    await expect(third.json()).rejects.toMatchObject({ code: 'already_closed' });
    await eventually(() => expect(origin.activeSockets).toBe(0));
  });

  it('is the signal, in every phase, with its reason', async () => {
    const { origin, url } = await scripted([[stall()], ...slow]);
    const reason = new Error('enough');
    const waiting = new AbortController();
    const opening = expect(stream(url, { signal: waiting.signal })).rejects.toBe(reason);
    await eventually(() => expect(origin.requests).toHaveLength(1));
    waiting.abort(reason);
    await opening;
    await expect(stream(url, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(origin.requests).toHaveLength(1);
    const unread = new AbortController();
    const response = await stream(url, { signal: unread.signal });
    unread.abort(reason);
    await expect(response.json()).rejects.toBe(reason);
    const reading = new AbortController();
    const iterator = (await stream(url, { signal: reading.signal })).json()[Symbol.asyncIterator]();
    expect((await iterator.next()).value).toBe(1);
    const next = iterator.next();
    reading.abort(reason);
    await expect(next).rejects.toBe(reason);
    await eventually(() => expect(origin.activeSockets).toBe(0));
  });
});
