import { describe, expect, it } from '@jest/globals';
import { Interface } from 'ethers';
import { readSignatures } from '../../../sources/chain/abi-grammar.js';
import { thrownBy } from './thrown-by.js';

const path = 'abi[0]';
const read = (text: string): ReturnType<typeof readSignatures> => readSignatures(text, (index) => `abi[${index}]`);

describe('readSignatures', () => {
  it('reads an event, its parameters with and without names', () => {
    expect(read('event Transfer(address indexed from, address indexed, uint256 value)')).toEqual([
      {
        type: 'event',
        path,
        name: 'Transfer',
        anonymous: false,
        inputs: [
          { type: 'address', indexed: true, name: 'from' },
          { type: 'address', indexed: true },
          { type: 'uint256', name: 'value' },
        ],
      },
    ]);
  });

  it('knows anonymous events', () => {
    expect(read('event Quiet() anonymous;')).toMatchObject([{ name: 'Quiet', anonymous: true, inputs: [] }]);
  });

  it.each([
    '((uint a, bool[2] b)[] c, bool) p',
    'tuple(tuple(uint a, bool[2] b)[] c, bool) p',
    'tuple ( (uint a,bool [2] b) [] c , bool ) p',
  ])('reads tuples with and without the word, as in %j', (parameter) => {
    const inner = [
      { type: 'uint', name: 'a' },
      { type: 'bool[2]', name: 'b' },
    ];
    const components = [{ type: 'tuple[]', name: 'c', components: inner }, { type: 'bool' }];
    expect(read(`event E(${parameter})`)).toMatchObject([{ inputs: [{ type: 'tuple', name: 'p', components }] }]);
  });

  it.each([
    ['function f()', { stateMutability: 'nonpayable', outputs: [] }],
    [
      'function f() external view returns (uint256, string memory s)',
      { stateMutability: 'view', outputs: [{ type: 'uint256' }, { type: 'string', name: 's' }] },
    ],
    [
      'function f(bytes calldata data, (bool a)[] memory) public payable virtual override',
      { stateMutability: 'payable', inputs: [{ type: 'bytes', name: 'data' }, { type: 'tuple[]' }] },
    ],
    ['function f() constant returns(bool)', { stateMutability: 'view', outputs: [{ type: 'bool' }] }],
    ['error Bad(address payable who)', { type: 'error', inputs: [{ type: 'address', name: 'who' }] }],
    ['constructor(uint256 a) payable', { type: 'constructor', stateMutability: 'payable' }],
    ['fallback() external payable', { type: 'fallback', stateMutability: 'payable', inputs: [] }],
    ['receive() external payable', { type: 'receive', stateMutability: 'payable' }],
    [
      'struct S { uint256 a; (bool b)[2] c; Other[] d; }',
      { type: 'struct', name: 'S', inputs: [{ name: 'a' }, { name: 'c', type: 'tuple[2]' }, { type: 'Other[]' }] },
    ],
  ])('reads %j', (text, expected) => {
    expect(read(text)).toMatchObject([expected]);
  });

  it('reads what ethers writes', () => {
    const written = [
      'event E(tuple(uint256 a, tuple(bool b)[2] c) indexed p, string s)',
      'function f(uint256 a) view returns (tuple(bool b) r)',
    ];
    const full = new Interface(written).format(false);
    expect(full.map((text) => read(text)[0]?.name)).toEqual(['E', 'f']);
    expect(full.flatMap(read)).toEqual(written.flatMap(read));
  });

  it('reads any number, with and without semicolons, each with its place', () => {
    expect(read('event A(); event B()\nevent C();;').map(({ name, path }) => [name, path])).toEqual([
      ['A', 'abi[0]'],
      ['B', 'abi[1]'],
      ['C', 'abi[2]'],
    ]);
    expect(thrownBy(() => read('event A(); event B(uint256'))).toMatchObject({ path: 'abi[1]' });
    expect(read('')).toEqual([]);
  });

  it.each([
    ...[
      'Transfer(address)',
      'event',
      'event (bool)',
      'event E',
      'event E(',
      'event E(bool',
      'event E(bool,)',
      'event E(,bool)',
    ],
    ...[
      'event E(bool))',
      'event E((bool)',
      'event E(bool[)',
      'event E(bool])',
      'event E(bool[1)',
      'event E(bool a b)',
      'event E(1bool)',
    ],
    ...[
      'event E(bool a indexed)',
      'event E(bytes memory a)',
      'error E(bool indexed a)',
      'function f(bool indexed a)',
      'event E(bool a) payable',
    ],
    ...[
      'struct S',
      'struct S {',
      'struct S { bool }',
      'struct S { bool a }x',
      'struct S { bool a,',
      'event E(bool a) anonymous x',
    ],
    ...['event É()', 'event E(bool é)', 'event E(bool a) // a comment', 'mapping(bool => bool) m', '[]', '"event E()"'],
  ])('refuses %j', (text) => {
    expect(thrownBy(() => read(text).length)).toMatchObject({ name: 'AbiParsingError', code: 'invalid_abi' });
  });

  it('refuses what would exhaust the stack', () => {
    expect(() => read(`event E(${'('.repeat(100_000)}`)).toThrow('32 levels');
  });

  it('needs a time that grows with the text and no more', () => {
    const many = `event E(${Array.from({ length: 20_000 }, (_, index) => `uint256[2][] indexed p${index}`).join(', ')})`;
    expect(read(many)[0]?.inputs).toHaveLength(20_000);
  });
});
