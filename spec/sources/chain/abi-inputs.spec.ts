import { describe, expect, it } from '@jest/globals';
import { abiError, isAbiRecord, readInputs } from '../../../sources/chain/abi-inputs.js';
import { thrownBy } from './thrown-by.js';

describe('readInputs', () => {
  it('has new objects with the members that it knows, and indexed only for events', () => {
    const given = [{ name: 'a', type: 'uint[2]', internalType: 'uint256[2]', extra: 1 }];
    expect(readInputs(given, 'p', { indexed: true })).toStrictEqual([
      { name: 'a', type: 'uint256[2]', indexed: false, internalType: 'uint256[2]' },
    ]);
    expect(readInputs(given, 'p', { indexed: false })).toStrictEqual([
      { name: 'a', type: 'uint256[2]', internalType: 'uint256[2]' },
    ]);
    expect(readInputs(undefined, 'p', { indexed: true })).toEqual([]);
  });

  it.each([
    ['uint', 'uint256'],
    ['int[]', 'int256[]'],
    ['fixed[1]', 'fixed128x18[1]'],
    ['ufixed', 'ufixed128x18'],
    ['uint8', 'uint8'],
    ['uint_', 'uint_'],
    ['tuple', 'tuple'],
  ])('writes %s as %s', (type, long) => {
    expect(readInputs([{ type }], 'p', { indexed: false })).toEqual([{ type: long }]);
  });

  it('ends at 4,096 types in one parameter, and begins again with the next', () => {
    const wide = { type: 'tuple', components: Array.from({ length: 4_095 }, () => ({ type: 'bool' })) };
    expect(readInputs([wide, wide], 'p', { indexed: true })).toHaveLength(2);
    const wider = { ...wide, components: [...wide.components, { type: 'bool' }] };
    expect(thrownBy(() => readInputs([wide, wider], 'p', { indexed: true }))).toMatchObject({
      path: 'p[1].components[4095]',
    });
  });

  it('ends before an object that holds itself does', () => {
    const loop: { type: string; components: unknown[] } = { type: 'tuple', components: [] };
    loop.components.push(loop);
    expect(() => readInputs([loop], 'p', { indexed: true })).toThrow('more than 32 levels deep');
  });
});

describe('isAbiRecord', () => {
  it.each([
    [{}, true],
    [Object.create(null), true],
    [[], false],
    [null, false],
    [undefined, false],
    ['text', false],
    [7, false],
  ])('of %j is %s', (value, answer) => {
    expect(isAbiRecord(value)).toBe(answer);
  });
});

describe('abiError', () => {
  it('has its place in the message too', () => {
    expect(abiError('abi[1]', 'is odd')).toMatchObject({ path: 'abi[1]', message: 'abi[1]: is odd' });
  });
});
