import { describe, expect, it } from '@jest/globals';
import { dataOf, word, wordOf } from './log-words.js';
import { decodeValue, refusal } from './one-value.js';

const ones = 'f'.repeat(64);
const text = { integers: 'text' } as const;
const lenient = { strict: false } as const;
const address = 'abcdef0123456789abcdef0123456789abcdef01';

describe('integers', () => {
  it.each<[string, string, bigint]>([
    ['uint8', word(0), 0n],
    ['uint8', word(255), 255n],
    ['uint48', word('f'.repeat(12)), 2n ** 48n - 1n],
    ['uint56', word(2n ** 53n + 1n), 2n ** 53n + 1n],
    ['uint256', word(1), 1n],
    ['uint256', ones, 2n ** 256n - 1n],
    ['uint', ones, 2n ** 256n - 1n],
    ['int8', word(127), 127n],
    ['int8', ones.slice(2) + '80', -128n],
    ['int8', ones, -1n],
    ['int24', word('7fffff'), 2n ** 23n - 1n],
    ['int24', ones.slice(6) + '800000', -(2n ** 23n)],
    ['int256', wordOf('8'), -(2n ** 255n)],
    ['int256', '7' + ones.slice(1), 2n ** 255n - 1n],
    ['int', ones, -1n],
  ])('reads %s %s as %s', (type, digits, value) => {
    expect(decodeValue(type, dataOf(digits))).toBe(value);
    expect(decodeValue(type, dataOf(digits), text)).toBe(String(value));
    expect(decodeValue(type, dataOf(digits.toUpperCase()))).toBe(value);
  });

  it.each<[string, string, bigint]>([
    ['uint8', word(256), 0n],
    ['uint248', ones, 2n ** 248n - 1n],
    ['int8', word(128), -128n],
    ['int8', ones.slice(2) + '7f', 127n],
    ['int248', wordOf('1'), 0n],
  ])('refuses what %s cannot hold, %s, and cuts it to %s when lenient', (type, digits, value) => {
    expect(refusal(() => decodeValue(type, dataOf(digits)))).toBe(`value: does not fit into ${type}`);
    expect(decodeValue(type, dataOf(digits), lenient)).toBe(value);
  });
});

describe('addresses', () => {
  it('are small letters, whatever the log has', () => {
    expect(decodeValue('address', dataOf(word(address)))).toBe(`0x${address}`);
    expect(decodeValue('address', dataOf(word(address.toUpperCase())))).toBe(`0x${address}`);
  });

  it('have the capitals of EIP-55 when asked for', () => {
    const known = '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed';
    expect(decodeValue('address', dataOf(word(known.slice(2).toLowerCase())), { checksum: true })).toBe(known);
  });

  it('have nothing but zeros before them, unless dirt is allowed', () => {
    const dirty = dataOf(word(`1${address}`));
    expect(refusal(() => decodeValue('address', dirty))).toBe('value: is longer than an address');
    expect(decodeValue('address', dirty, lenient)).toBe(`0x${address}`);
  });
});

describe('truth', () => {
  it('is 0 or 1', () => {
    expect(decodeValue('bool', dataOf(word(0)))).toBe(false);
    expect(decodeValue('bool', dataOf(word(1)))).toBe(true);
  });

  it.each([word(2), wordOf('1'), ones])('is not %s, which is true when lenient, as for a contract', (digits) => {
    expect(refusal(() => decodeValue('bool', dataOf(digits)))).toBe('value: is neither 0 nor 1');
    expect(decodeValue('bool', dataOf(digits), lenient)).toBe(true);
  });
});

describe('bytes of a fixed size', () => {
  it('are cut to their size', () => {
    expect(decodeValue('bytes1', dataOf(wordOf('ab')))).toBe('0xab');
    expect(decodeValue('bytes32', dataOf(ones))).toBe(`0x${ones}`);
    expect(decodeValue('function', dataOf(wordOf(`${address}12345678`)))).toBe(`0x${address}12345678`);
  });

  it('have nothing but zeros behind them, unless dirt is allowed', () => {
    expect(refusal(() => decodeValue('bytes4', dataOf(wordOf('abcdef0123'))))).toBe('value: is longer than 4 bytes');
    expect(decodeValue('bytes4', dataOf(wordOf('abcdef0123')), lenient)).toBe('0xabcdef01');
    expect(refusal(() => decodeValue('function', dataOf(ones)))).toBe('value: is longer than 24 bytes');
  });
});
