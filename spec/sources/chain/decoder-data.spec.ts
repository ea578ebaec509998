import { describe, expect, it } from '@jest/globals';
import { fault, numberAt, openHex, tailAt, take } from '../../../sources/chain/decoder-data.js';
import { dataOf, word } from './log-words.js';
import { refusal } from './one-value.js';

describe('openHex', () => {
  it.each(['0x', '0x00', `0x${'0123456789abcdef'.repeat(9)}`])('takes %s as it is', (text) => {
    expect(openHex(text, 'data').hex).toBe(text);
  });

  it('makes small letters of capitals', () => {
    expect(openHex('0xABcd', 'data').hex).toBe('0xabcd');
  });

  it.each([
    '',
    '0',
    'x',
    '0x0',
    '0x0g',
    '0x 1',
    '0x0\n',
    '0x00\n',
    '\n0x00',
    '0X00',
    '00',
    'ab00',
    '0x+1',
    '0x-1',
    '0x1_',
    '0x１２',
    '0x\u212a0',
  ])('refuses %j', (text) => {
    expect(refusal(() => openHex(text, 'data'))).toBe('data: is no hexadecimal text of whole bytes behind 0x');
  });

  it.each([undefined, null, 12, 12n, {}, [], ['0x00'], new String('0x00')])('refuses what is no text: %p', (value) => {
    expect(refusal(() => openHex(value, 'topics[2]'))).toBe('topics[2]: is no text');
  });
});

describe('take', () => {
  const place = ['p'];

  it('gives out every digit, in any order', () => {
    const data = openHex(dataOf(word(1), word(2)), 'data');
    take(data, 66, 64, place);
    take(data, 2, 64, place);
    expect(data.read).toBe(128);
  });

  it('refuses what lies behind the end', () => {
    const data = openHex(dataOf(word(1), word(2)), 'data');
    expect(refusal(() => take(data, 66, 66, place))).toBe('p: reaches 1 bytes past the end of the data');
    expect(refusal(() => take(data, 2e76, 64, place))).toMatch(/^p: reaches 1e\+76 bytes past/);
    expect(data.read).toBe(0);
  });

  it('refuses more in sum than there is', () => {
    const data = openHex(dataOf(word(1), word(2)), 'data');
    take(data, 2, 128, place);
    expect(refusal(() => take(data, 2, 2, place))).toBe('p: overlaps other values in the data');
  });
});

describe('numbers of the layout', () => {
  it('are exact as far as any data reaches, and beyond it too big', () => {
    const data = openHex(dataOf(word(2 ** 53 - 1), 'f'.repeat(64)), 'data');
    expect(numberAt(data, 2)).toBe(2 ** 53 - 1);
    expect(numberAt(data, 66)).toBeGreaterThan(1e77);
    expect(Number.isFinite(2 * numberAt(data, 66))).toBe(true);
  });

  it('count bytes, where places count digits', () => {
    expect(tailAt(openHex(dataOf(word(64)), 'data'), 2, 2)).toBe(130);
  });
});

describe('fault', () => {
  it('puts the indexes of arrays into the path', () => {
    const data = openHex('0x', 'data');
    data.indexes.push(3, 0);
    expect(fault(data, ['orders', 0, '.items', 1, '[2]'], 'is odd')).toMatchObject({
      path: 'orders[3].items[0][2]',
      message: 'orders[3].items[0][2]: is odd',
      code: 'invalid_log',
      errorType: 'fatal_error',
    });
  });
});
