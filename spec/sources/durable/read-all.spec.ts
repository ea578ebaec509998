import { describe, expect, it } from '@jest/globals';
import { firstValueFrom, toArray } from 'rxjs';
import * as z from 'zod';
import { readAll } from '../../../sources/durable/read-all.js';
import { startDurable } from '../../servers/durable.js';
import { eventually } from '../../servers/eventually.js';
import { startOrigin } from '../../servers/origin.js';
import { answer, chunk, endChunks, reset, type Script, stall } from '../../servers/origin-steps.js';
import { closing, watch } from '../x/watch.js';

const add = closing();
const head = (nextOffset: string, type: string, more: Record<string, string> = {}) => ({
  'content-type': type,
  'stream-next-offset': nextOffset,
  ...more,
});
const tail = { 'stream-up-to-date': 'true' };
const json = 'application/json';
const fast = { initialBackoff: 1, maxBackoff: 1 };
const untyped = (value: unknown) => JSON.parse(JSON.stringify(value));

async function scripted(script: Script): Promise<string> {
  return `${add(await startOrigin(script)).url}/s`;
}

describe('readAll', () => {
  it('gives what a real stream holds, in every shape', async () => {
    const server = add(await startDurable());
    const url = await server.create('/s', json, '[1,[2]]', '{"a":"€"}');
    const all = readAll(url);
    expect(await firstValueFrom(all.json())).toEqual([1, [2], { a: '€' }]);
    expect(await firstValueFrom(all.jsonBatches())).toEqual([[1, [2], { a: '€' }]]);
    expect(JSON.parse(await firstValueFrom(all.text()))).toEqual([1, [2], { a: '€' }]);
    expect(new TextDecoder().decode(await firstValueFrom(all.bytes()))).toContain('€');
    const empty = readAll(await server.create('/e', json));
    expect(await firstValueFrom(empty.json())).toEqual([]);
    expect(await firstValueFrom(empty.jsonBatches())).toEqual([]);
  });

  it('reads all pages, takes none for the tail that is not said to be it, and emits once', async () => {
    const pages = [
      [answer(200, head('b', json), '[1,2]')],
      [answer(200, head('c', json), '[]')],
      [answer(200, head('d', json), '[3]')],
      [answer(200, head('e', json, tail), '[4]')],
    ];
    expect(
      await firstValueFrom(
        readAll(await scripted(pages))
          .json()
          .pipe(toArray()),
      ),
    ).toEqual([[1, 2, 3, 4]]);
    expect(await firstValueFrom(readAll(await scripted(pages)).jsonBatches())).toEqual([[1, 2], [3], [4]]);
  });

  it('ends at closed as well', async () => {
    const url = await scripted([[answer(200, head('b', 'text/plain', { 'stream-closed': 'true' }), 'abc')]]);
    expect(await firstValueFrom(readAll(url).text())).toBe('abc');
  });

  it('puts characters together that are cut between pages', async () => {
    const [a = 0, b = 0, c = 0] = new TextEncoder().encode('€');
    const pages = [
      [answer(200, head('b', 'text/plain'), Uint8Array.of(a))],
      [answer(200, head('c', 'text/plain', tail), Uint8Array.of(b, c, a))],
    ];
    expect(await firstValueFrom(readAll(await scripted(pages)).text())).toBe('€\ufffd');
    expect(await firstValueFrom(readAll(await scripted(pages)).bytes())).toEqual(Uint8Array.of(a, b, c, a));
  });

  it('survives a response that breaks off, and counts what it repeats once', async () => {
    const body = 'x'.repeat(2_000);
    const url = await scripted([
      [answer(200, head('b', 'text/plain', tail)), chunk(body.slice(0, 1_900)), reset()],
      [answer(200, head('b', 'text/plain', tail)), chunk(body), endChunks()],
    ]);
    expect(await firstValueFrom(readAll(url, { ...fast, maxLength: 2_000 }).text())).toBe(body);
  });

  it('refuses to hold more than maxLength, and closes the socket', async () => {
    const origin = add(await startOrigin([[answer(200, head('c', json)), chunk('[1,2,3,4,5,6,'), stall()]]));
    const seen = watch(readAll(`${origin.url}/s`, { maxLength: 10 }).json());
    await seen.ended;
    expect(seen.error).toMatchObject({ name: 'DurableStreamError', code: 'response_too_large' });
    expect([seen.values, seen.error?.message.includes('maxLength')]).toEqual([[], true]);
    await eventually(() => expect(origin.activeSockets).toBe(0));
  });

  it('counts all pages against maxLength', async () => {
    const pages = [[answer(200, head('b', json), '[1,2,3]')], [answer(200, head('c', json, tail), '[4,5,6]')]];
    const read = async (maxLength: number): Promise<unknown> =>
      firstValueFrom(readAll(await scripted(pages), { maxLength }).json());
    expect(await read(14)).toEqual([1, 2, 3, 4, 5, 6]);
    await expect(read(13)).rejects.toMatchObject({ code: 'response_too_large' });
  });

  it('starts at an offset, and checks messages', async () => {
    const server = add(await startDurable());
    const url = await server.create('/s', json, '[1,"2",3]');
    expect(await firstValueFrom(readAll(url, { schema: z.number(), malformed: 'report' }).json())).toEqual([1, 3]);
    await expect(firstValueFrom(readAll(url, { schema: z.number() }).json())).rejects.toMatchObject({
      code: 'malformed',
    });
    expect(await firstValueFrom(readAll(url, { offset: '-1/2', schema: z.number() }).json())).toEqual([3]);
    await expect(firstValueFrom(readAll(url, { decode: z.number().parse }).json())).rejects.toMatchObject({
      code: 'malformed',
    });
    expect(() => readAll(url, { schema: z.number() }).text()).toThrow('"schema"');
  });

  it('passes errors, and refuses options that cannot work', async () => {
    const server = add(await startDurable());
    await expect(firstValueFrom(readAll(`${server.url}/no`).json())).rejects.toMatchObject({
      name: 'StreamNotFoundError',
    });
    const text = await server.create('/t', 'text/plain', 'a');
    await expect(firstValueFrom(readAll(text).json())).rejects.toMatchObject({ code: 'content_type_mismatch' });
    for (const options of [{ maxLength: 0 }, { maxLength: '5' }, { live: 'yes' }, { colour: 1 }, { offset: 5 }]) {
      expect(() => readAll(text, untyped(options))).toThrow(TypeError);
    }
  });
});
