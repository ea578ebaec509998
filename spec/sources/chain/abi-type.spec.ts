import { describe, expect, it } from '@jest/globals';
import type { AbiInput } from '../../../sources/chain/abi.js';
import { abiTypeOf, canonicalType, headSize, isDynamic } from '../../../sources/chain/abi-type.js';
import { AbiParsingError } from '../../../sources/chain/errors.js';
import { thrownBy } from './thrown-by.js';

const pair = [
  { name: 'a', type: 'uint' },
  { name: 'b', type: 'bytes4[2]' },
];
const named = [{ name: 'text', type: 'string' }];

describe('abiTypeOf', () => {
  it.each<[string, AbiInput['components'], { canonical: string; dynamic: boolean; head: number }]>([
    ['uint', undefined, { canonical: 'uint256', dynamic: false, head: 32 }],
    ['int', undefined, { canonical: 'int256', dynamic: false, head: 32 }],
    ['uint8', undefined, { canonical: 'uint8', dynamic: false, head: 32 }],
    ['int248', undefined, { canonical: 'int248', dynamic: false, head: 32 }],
    ['fixed', undefined, { canonical: 'fixed128x18', dynamic: false, head: 32 }],
    ['ufixed8x80', undefined, { canonical: 'ufixed8x80', dynamic: false, head: 32 }],
    ['address', undefined, { canonical: 'address', dynamic: false, head: 32 }],
    ['bool', undefined, { canonical: 'bool', dynamic: false, head: 32 }],
    ['function', undefined, { canonical: 'function', dynamic: false, head: 32 }],
    ['string', undefined, { canonical: 'string', dynamic: true, head: 32 }],
    ['bytes', undefined, { canonical: 'bytes', dynamic: true, head: 32 }],
    ['bytes1', undefined, { canonical: 'bytes1', dynamic: false, head: 32 }],
    ['bytes32', undefined, { canonical: 'bytes32', dynamic: false, head: 32 }],
    ['uint[]', undefined, { canonical: 'uint256[]', dynamic: true, head: 32 }],
    ['uint[3]', undefined, { canonical: 'uint256[3]', dynamic: false, head: 96 }],
    ['uint[3][2]', undefined, { canonical: 'uint256[3][2]', dynamic: false, head: 192 }],
    ['uint[][2]', undefined, { canonical: 'uint256[][2]', dynamic: true, head: 32 }],
    ['string[2]', undefined, { canonical: 'string[2]', dynamic: true, head: 32 }],
    ['tuple', pair, { canonical: '(uint256,bytes4[2])', dynamic: false, head: 96 }],
    ['tuple[2]', pair, { canonical: '(uint256,bytes4[2])[2]', dynamic: false, head: 192 }],
    ['tuple', named, { canonical: '(string)', dynamic: true, head: 32 }],
    ['tuple[][4]', named, { canonical: '(string)[][4]', dynamic: true, head: 32 }],
  ])('reads %s', (type, components, { canonical, dynamic, head }) => {
    const read = abiTypeOf({ type, components }, 'abi[0].inputs[0]');
    expect({ canonical: canonicalType(read), dynamic: isDynamic(read), head: headSize(read) }).toEqual({
      canonical,
      dynamic,
      head,
    });
  });

  it('reads the innermost array first', () => {
    expect(abiTypeOf({ type: 'bool[2][]' }, 'p')).toEqual({
      kind: 'array',
      length: undefined,
      of: { kind: 'array', length: 2, of: { kind: 'bool' } },
    });
  });

  it('keeps the names of components, and has empty ones for those without', () => {
    const components = [{ type: 'bool' }, { name: 'b', type: 'bool' }];
    expect(abiTypeOf({ type: 'tuple', components }, 'p')).toEqual({
      kind: 'tuple',
      components: [
        { name: '', type: { kind: 'bool' } },
        { name: 'b', type: { kind: 'bool' } },
      ],
    });
  });

  it.each([
    ...['uint7', 'uint0', 'int264', 'uint08', 'uint2560', 'uint8x1', 'uint 8', ' uint8', 'uint8 '],
    ...['bytes0', 'bytes33', 'bytes032', 'bytes320', 'bytes8x1'],
    ...['fixed8', 'fixed7x1', 'fixed8x0', 'fixed8x81', 'fixed264x18', 'ufixed128x', 'fixedx18'],
    ...['uint256[0]', 'uint256[01]', 'uint256[-1]', 'uint256[1.5]', 'uint256[n]', 'uint256[1e3]', 'uint256[ ]'],
    ...['uint256[', 'uint256]', 'uint256[]]', 'uint256[[]]', 'uint256[2]x', '[]', 'uint256][', 'bool[2][3'],
    ...[
      '',
      'Foo',
      'uint256x',
      'address payable',
      'Address',
      'mapping(address=>uint)',
      '(uint256)',
      '__proto__',
      'byte',
    ],
    ...['bool[4294967296]', 'bool[99999999999999999999999]', 'bool[65536][65536]', 'tuple', 'tuple[]'],
  ])('refuses %j, and says where', (type) => {
    const error = thrownBy(() => abiTypeOf({ type }, 'abi[3].inputs[1]'));
    expect(error).toBeInstanceOf(AbiParsingError);
    expect(error).toMatchObject({ path: 'abi[3].inputs[1].type', code: 'invalid_abi' });
    expect(error).toHaveProperty('message', expect.stringContaining('abi[3].inputs[1].type'));
  });

  it('refuses components of what is no tuple, and a tuple without any', () => {
    const both = { type: 'uint256', components: [] };
    expect(thrownBy(() => abiTypeOf(both, 'p'))).toMatchObject({ path: 'p.components' });
    expect(thrownBy(() => abiTypeOf({ type: 'tuple[]', components: [] }, 'p'))).toMatchObject({ path: 'p.type' });
  });

  it('leads to the component', () => {
    const components = [{ type: 'bool' }, { type: 'tuple[2]', components: [{ type: 'uint9' }] }];
    const error = thrownBy(() => abiTypeOf({ type: 'tuple', components }, 'p'));
    expect(error).toMatchObject({ path: 'p.components[1].components[0].type' });
  });

  it('cuts what it quotes', () => {
    const error = thrownBy(() => abiTypeOf({ type: 'x'.repeat(100_000) }, 'p'));
    expect(String(error).length).toBeLessThan(300);
  });
});

describe('nesting', () => {
  const inTuples = (levels: number): AbiInput =>
    Array.from({ length: levels }).reduce<AbiInput>((inner) => ({ type: 'tuple', components: [inner] }), {
      type: 'bool',
    });

  it('goes to 32 levels, and no further', () => {
    expect(() => abiTypeOf(inTuples(32), 'p')).not.toThrow();
    expect(() => abiTypeOf(inTuples(33), 'p')).toThrow('more than 32 levels');
    expect(() => abiTypeOf({ type: `bool${'[]'.repeat(32)}` }, 'p')).not.toThrow();
    expect(() => abiTypeOf({ type: `bool${'[]'.repeat(33)}` }, 'p')).toThrow('more than 32 levels');
  });

  it('counts arrays and tuples together', () => {
    const inArrays = (count: number): AbiInput => ({ type: `tuple${'[]'.repeat(count)}`, components: [inTuples(15)] });
    expect(() => abiTypeOf(inArrays(16), 'p')).not.toThrow();
    expect(() => abiTypeOf(inArrays(17), 'p')).toThrow('more than 32 levels');
  });

  it('does not take a depth that would exhaust the stack', () => {
    expect(() => abiTypeOf(inTuples(100_000), 'p')).toThrow(AbiParsingError);
    expect(() => abiTypeOf({ type: `bool${'[]'.repeat(100_000)}` }, 'p')).toThrow(AbiParsingError);
  });

  it('ends at 4,096 types in one parameter, however few objects they are', () => {
    const shared = Array.from({ length: 30 }).reduce<AbiInput>(
      (inner) => ({ type: 'tuple', components: [inner, inner] }),
      { type: 'bool' },
    );
    expect(() => abiTypeOf(shared, 'p')).toThrow('4096 types');
  });
});
