import { describe, expect, it } from '@jest/globals';
import { abiTypeOf } from '../../../sources/chain/abi-type.js';
import { headPlaces } from '../../../sources/chain/decoder-types.js';
import { AbiParsingError } from '../../../sources/chain/errors.js';
import { dataOf, word, wordOf } from './log-words.js';
import { decodeValue, refusal } from './one-value.js';

const uint = { type: 'uint256' };
const pair = {
  type: 'tuple',
  components: [
    { name: 'a', type: 'uint8' },
    { name: 'b', type: 'bool' },
  ],
};
const order = {
  type: 'tuple[]',
  components: [
    { name: 'maker', type: 'address' },
    { name: 'notes', type: 'string[]' },
  ],
};

describe('arrays', () => {
  it.each<[string, string[], unknown]>([
    ['uint256[]', [word(32), word(0)], []],
    ['uint256[]', [word(32), word(2), word(7), word(8)], [7n, 8n]],
    ['uint256[2]', [word(7), word(8)], [7n, 8n]],
    ['uint256[2][]', [word(32), word(1), word(7), word(8)], [[7n, 8n]]],
    ['uint256[][2]', [word(32), word(64), word(128), word(1), word(7), word(0)], [[7n], []]],
    ['string[1]', [word(32), word(32), word(1), wordOf('61')], ['a']],
    ['bytes1[1][1][1]', [wordOf('ab')], [[['0xab']]]],
  ])('reads %s', (type, words, value) => {
    expect(decodeValue(type, dataOf(...words))).toEqual(value);
  });

  it.each<[string, string[]]>([
    ['uint256[]', [word(32), word(2), word(7)]],
    ['uint256[]', [word(32), word(2n ** 32n)]],
    ['uint256[]', [word(32), word(2n ** 256n - 1n)]],
    ['uint256[][]', [word(32), word(2n ** 40n), word(32)]],
    ['uint256[134217727]', [word(7), word(8)]],
    ['string[134217727]', [word(32), word(32)]],
    ['uint256[1000][1000][100]', [word(7)]],
  ])('are refused before anything is made when the data has not so much: %s', (type, words) => {
    const began = process.memoryUsage().heapUsed;
    expect(refusal(() => decodeValue(type, dataOf(...words)))).toMatch(
      /^(value|data): reaches .* past the end of the data$/,
    );
    expect(process.memoryUsage().heapUsed - began).toBeLessThan(20_000_000);
  });

  it('are refused when they overlap, or a kilobyte would become a billion values', () => {
    const depth = 8;
    const type = `uint256${'[]'.repeat(depth)}`;
    // Each array has two elements, and both are the next array.
    const words = Array.from({ length: depth - 1 }, () => [word(2), word(64), word(64)]).flat();
    const data = dataOf(word(32), ...words, word(1), word(7));
    for (const strict of [true, false]) {
      expect(refusal(() => decodeValue(type, data, { strict }))).toContain('overlaps other values in the data');
    }
  });

  it('are refused when slots between them belong to nothing, unless dirt is allowed', () => {
    const data = dataOf(word(64), word(9), word(1), word(7));
    expect(refusal(() => decodeValue('uint256[]', data))).toBe('data: has 32 bytes that belong to no value');
    expect(decodeValue('uint256[]', data, { strict: false })).toEqual([7n]);
  });
});

describe('tuples', () => {
  it('are objects by the names of their components', () => {
    expect(decodeValue(pair, dataOf(word(1), word(1)))).toEqual({ a: 1n, b: true });
  });

  it('are arrays where a component has no name', () => {
    const half = { type: 'tuple', components: [{ name: 'a', type: 'uint8' }, uint] };
    expect(decodeValue(half, dataOf(word(1), word(2)))).toEqual([1n, 2n]);
  });

  it('keep both of two components of one name', () => {
    const twice = {
      type: 'tuple',
      components: [
        { name: 'a', ...uint },
        { name: 'a', ...uint },
      ],
    };
    expect(decodeValue(twice, dataOf(word(1), word(2)))).toEqual({ a: 1n, 1: 2n });
  });

  it('keep a component called __proto__', () => {
    const odd = { type: 'tuple', components: [{ name: '__proto__', ...pair }] };
    const value = decodeValue(odd, dataOf(word(1), word(1)));
    expect(Object.entries(Object(value))).toEqual([['__proto__', { a: 1n, b: true }]]);
  });
});

describe('the path of an error', () => {
  const orders = (maker: string, text: string): string =>
    dataOf(
      ...[word(32), word(2), word(64), word(160)],
      ...[word(1), word(64), word(0)],
      ...[word(maker), word(64), word(1), word(32), word(1), wordOf(text)],
    );

  it('leads through arrays and tuples', () => {
    expect(decodeValue(order, orders('1', '61'))).toHaveLength(2);
    expect(refusal(() => decodeValue(order, orders('f'.repeat(64), '61')))).toMatch(/^value\[1\]\.maker: is longer/);
    expect(refusal(() => decodeValue(order, orders('1', 'ff')))).toBe('value[1].notes[0]: is not UTF-8');
  });

  it('counts the components of a tuple without names', () => {
    const list = { type: 'tuple[2]', components: [uint, { type: 'bool' }] };
    const data = dataOf(word(1), word(1), word(1), word(2));
    expect(refusal(() => decodeValue(list, data))).toBe('value[1][1]: is neither 0 nor 1');
  });
});

describe('types that no decoder reads', () => {
  it.each(['fixed', 'ufixed128x10', 'fixed8x1[]'])('are refused when the event is compiled: %s', (type) => {
    let thrown: unknown;
    try {
      decodeValue(type, '0x');
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(AbiParsingError);
    expect(thrown).toMatchObject({ code: 'invalid_abi', path: 'One.inputs[0].type' });
  });
});

describe('headPlaces', () => {
  it('counts digits, static arrays and tuples in full and dynamic types as one slot', () => {
    const types = [
      uint,
      { type: 'uint8[3]' },
      { type: 'string' },
      { ...pair, type: 'tuple[2]' },
      { type: 'bool[][2]' },
    ];
    expect(headPlaces(types.map((input) => abiTypeOf(input, 'x')))).toEqual({
      starts: [0, 64, 256, 320, 576],
      size: 640,
    });
    expect(headPlaces([])).toEqual({ starts: [], size: 0 });
  });
});
