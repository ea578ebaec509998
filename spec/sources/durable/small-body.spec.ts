import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { lastValueFrom, of, toArray } from 'rxjs';
import { bodyParts } from '../../../sources/durable/body-parts.js';
import { smallBody, smallLengthOf, wholeArray } from '../../../sources/durable/small-body.js';

const open = { type: 'open', live: 'catch-up', status: 200, contentType: undefined, headers: {} } as const;
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/** What goes out of a body in these pieces, and what ends it. */
async function read(pieces: readonly Uint8Array[], smallLength: number): Promise<{ items: unknown[]; error: string }> {
  const items: unknown[] = [];
  let error = '';
  const target = { nextOffset: '9', cursor: undefined, upToDate: true, closed: false };
  const limits = { maxItemLength: 1_000_000, maxBatchLength: 1_000_000 };
  const shape = { isJson: true, mayBeEmpty: false, whole: false, limits, smallLength, open };
  const parts = bodyParts(of(...pieces), { at: { offset: '0', skip: 0 }, target, ...shape });
  await new Promise<void>((resolve) => {
    parts.subscribe({
      next: (some) => some.forEach((part) => part.type === 'items' && items.push(...part.items)),
      error: (thrown: unknown) => {
        error = thrown instanceof Error ? thrown.message : 'no error';
        resolve();
      },
      complete: resolve,
    });
  });
  return { items, error };
}

describe('a small body', () => {
  it.each([
    [{ 'content-length': '98304' }, 98_304],
    [{ 'content-length': '98305' }, 0],
    [{ 'content-length': '100', 'content-encoding': 'gzip' }, 0],
    [{ 'content-length': 'a lot' }, 0],
    [{}, 0],
  ])('is known by its headers: %j', (headers: Record<string, string>, expected) => {
    expect(smallLengthOf(new Headers(headers), 1_000_000)).toBe(expected);
  });

  it('is none where an element may not be as long', () => {
    expect(smallLengthOf(new Headers({ 'content-length': '100' }), 99)).toBe(0);
  });

  it('is parsed as a whole when it is an array, whatever mark it begins with', () => {
    expect(wholeArray(bytesOf('\ufeff[1,{"a":"é"}]\n'))).toEqual([1, { a: 'é' }]);
    expect(wholeArray(bytesOf('{"a":1}'))).toBeUndefined();
    expect(wholeArray(bytesOf('[1,2'))).toBeUndefined();
  });

  it.each([
    ['in one piece', ['[1,2,3]'], 7, ['[1,2,3]']],
    ['in two, of which the first is half of it', ['[1,2', ',3]'], 7, [undefined, '[1,2,3]']],
    ['in three', ['[1,2', ',', '3]'], 7, [undefined, undefined, '[1,2,3]']],
    ['drop by drop', ['[1', ',2', ',3]'], 7, ['[1', ',2', ',3]']],
    ['of no known length', ['[1,2', ',3]'], 0, ['[1,2', ',3]']],
    ['longer than it should be', ['[1,2', ',3] '], 7, [undefined, '[1,2,3] ']],
  ])('is held until it is whole: %s', (_, pieces, length, expected) => {
    const gather = smallBody(length);
    const given = pieces.map((piece) => gather(bytesOf(piece)));
    expect(given.map((piece) => piece && new TextDecoder().decode(piece))).toEqual(expected);
  });

  it('brings the same items and the same error as one that is taken apart, however it is cut', async () => {
    const text = fc.oneof(
      fc.array(fc.jsonValue(), { maxLength: 6 }).map((value) => JSON.stringify(value)),
      fc.constantFrom('[1,2,x]', '[1,2', '[', '{"a":1}', '[1] [2]', '[1,]', ' [ ] ', '[1]x', 'null', '\ufeff[1]'),
    );
    await fc.assert(
      fc.asyncProperty(text, fc.nat(), async (body, place) => {
        const bytes = bytesOf(body);
        const cut = place % (bytes.length + 1);
        const apart = await read([bytes], 0);
        expect(await read([bytes], bytes.length)).toEqual(apart);
        const pieces = [bytes.subarray(0, cut), bytes.subarray(cut)].filter(({ length }) => length > 0);
        expect(await read(pieces, bytes.length)).toEqual(apart);
      }),
      { numRuns: 200 },
    );
  });

  it('brings the same where it is not UTF-8', async () => {
    const byte = fc.constantFrom(
      0x22,
      0x2c,
      0x5d,
      0x31,
      0x5c,
      0x61,
      0x80,
      0xc3,
      0xa9,
      0xe2,
      0xef,
      0xbb,
      0xbf,
      0xf0,
      0xff,
    );
    const inside = fc.array(byte, { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(inside, async (some) => {
        const bytes = Uint8Array.of(0x5b, 0x22, ...some, 0x22, 0x5d);
        expect(await read([bytes], bytes.length)).toEqual(await read([bytes], 0));
      }),
      { numRuns: 300 },
    );
  });

  it('comes with its position, at once', async () => {
    const target = { nextOffset: '9', cursor: undefined, upToDate: true, closed: false };
    const limits = { maxItemLength: 1_000, maxBatchLength: 1_000 };
    const bytes = bytesOf('[1,2,3]');
    const shape = { isJson: true, mayBeEmpty: false, whole: false, limits, smallLength: bytes.length, open };
    const at = { offset: '0', skip: 1 };
    const batches = await lastValueFrom(bodyParts(of(bytes), { at, target, ...shape }).pipe(toArray()));
    expect(batches).toEqual([
      [open],
      [
        { type: 'items', items: [2, 3], from: { offset: '0', skip: 1 }, nextOffset: '9' },
        { type: 'position', ...target },
      ],
    ]);
  });

  it('is refused when more follows than its headers say', async () => {
    const bytes = bytesOf('[1,2]');
    const { items, error } = await read([bytes, bytesOf('[3]')], bytes.length);
    expect(items).toEqual([]);
    expect(error).toContain('longer than its Content-Length');
  });
});
