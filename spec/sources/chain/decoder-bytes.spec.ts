import { describe, expect, it } from '@jest/globals';
import { dataOf, word, wordOf } from './log-words.js';
import { decodeValue, refusal } from './one-value.js';

const lenient = { strict: false } as const;
const utf8 = (text: string): string => Buffer.from(text).toString('hex');
/** One dynamic value: where it is, how long it is, and what it is. */
const content = (length: number | bigint, ...words: string[]): string => dataOf(word(32), word(length), ...words);

describe('bytes', () => {
  it.each([
    ['0x', content(0)],
    ['0x01', content(1, wordOf('01'))],
    [`0x${'ab'.repeat(32)}`, content(32, 'ab'.repeat(32))],
    [`0x${'ab'.repeat(33)}`, content(33, 'ab'.repeat(32), wordOf('ab'))],
  ])('are %s', (value, data) => {
    expect(decodeValue('bytes', data)).toBe(value);
    expect(decodeValue('bytes', data, lenient)).toBe(value);
  });

  it('have zeros up to a whole slot, unless dirt is allowed', () => {
    const dirty = content(2, wordOf('abcd01'));
    const bare = content(2, 'abcd');
    expect(refusal(() => decodeValue('bytes', dirty))).toBe(
      'value: has something else than zeros behind its last byte',
    );
    expect(refusal(() => decodeValue('bytes', bare))).toBe('value: reaches 30 bytes past the end of the data');
    expect(decodeValue('bytes', dirty, lenient)).toBe('0xabcd');
    expect(decodeValue('bytes', bare, lenient)).toBe('0xabcd');
  });

  it.each<[string, string]>([
    ['a length of one byte more than there is', content(33, wordOf('ab'))],
    ['a length of 2^53', content(2n ** 53n, wordOf('ab'))],
    ['a length of 2^256 - 1', content(2n ** 256n - 1n, wordOf('ab'))],
    ['no length', dataOf(word(32))],
    ['an offset just behind the end', dataOf(word(96), word(0), word(0))],
    ['an offset of 2^255', dataOf(word(2n ** 255n), word(0))],
  ])('are refused with %s, lenient or not', (_, data) => {
    for (const strict of [true, false]) {
      expect(refusal(() => decodeValue('bytes', data, { strict }))).toMatch(
        /^value: reaches .* past the end of the data$/,
      );
    }
  });
});

describe('text', () => {
  it.each(['', 'a', 'grüße, 世界 👋', '\ufeffmark', 'x'.repeat(64)])('is UTF-8: %j', (value) => {
    const digits = utf8(value);
    const words = digits.match(/.{1,64}/g) ?? [];
    expect(decodeValue('string', content(digits.length / 2, ...words.map(wordOf)))).toBe(value);
  });

  it.each(['ff', 'c3', 'c0af', 'eda080', 'f4908080'])('is refused where it is not: %s', (digits) => {
    const data = content(digits.length / 2, wordOf(digits));
    for (const strict of [true, false]) {
      expect(refusal(() => decodeValue('string', data, { strict }))).toBe('value: is not UTF-8');
    }
  });

  it('is read again after a refusal', () => {
    expect(refusal(() => decodeValue('string', content(1, wordOf('c3'))))).toBe('value: is not UTF-8');
    expect(decodeValue('string', content(1, wordOf('61')))).toBe('a');
  });
});
