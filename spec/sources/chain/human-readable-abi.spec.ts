import { describe, expect, it } from '@jest/globals';
import { entriesOfText, entriesOfTexts } from '../../../sources/chain/human-readable-abi.js';
import { thrownBy } from './thrown-by.js';

const placed = (texts: readonly string[]): ReturnType<typeof entriesOfTexts> =>
  entriesOfTexts(texts.map((text, index) => ({ path: `abi[${index}]`, text })));

describe('structs', () => {
  it('are put in where they are named, in any order, arrays of them too', () => {
    const entries = placed([
      'event E(Order indexed order, Asset[2][] assets)',
      'struct Order { Asset a; bool b; }',
      'struct Asset { uint256 n; }',
    ]);
    const asset = [{ name: 'n', type: 'uint256' }];
    expect(entries).toMatchObject([
      {
        path: 'abi[0]',
        entry: {
          type: 'event',
          inputs: [
            {
              name: 'order',
              type: 'tuple',
              indexed: true,
              components: [{ name: 'a', type: 'tuple', components: asset }, { name: 'b' }],
            },
            { name: 'assets', type: 'tuple[2][]', components: asset },
          ],
        },
      },
    ]);
  });

  it('are found in tuples, and in what functions give back', () => {
    const [f] = placed(['function f((S a)[] b) returns (S)', 'struct S { bool c; }']);
    const components = [{ name: 'c', type: 'bool' }];
    expect(f?.entry).toMatchObject({
      inputs: [{ type: 'tuple[]', components: [{ type: 'tuple', components }] }],
      outputs: [{ type: 'tuple', components }],
    });
  });

  it('are no elements themselves, and leave the places of the others', () => {
    expect(placed(['struct S { bool a; }', 'event E(S s)']).map(({ path }) => path)).toEqual(['abi[1]']);
    expect(entriesOfText('struct S { bool a; } event E(S s)').map(({ path }) => path)).toEqual(['abi[1]']);
  });

  it('stay names where there is none of them', () => {
    expect(placed(['event E(Unknown[] a)'])).toMatchObject([{ entry: { inputs: [{ type: 'Unknown[]' }] } }]);
  });

  it('cannot hold themselves', () => {
    const texts = ['event E(A a)', 'struct A { B[] b; }', 'struct B { A a; }'];
    expect(thrownBy(() => placed(texts))).toMatchObject({ path: 'abi[0]', code: 'invalid_abi' });
    expect(() => placed(texts)).toThrow('a struct that holds itself');
  });

  it('cannot grow without end', () => {
    const doubling = Array.from({ length: 30 }, (_, index) => `struct S${index} { S${index + 1} a; S${index + 1} b; }`);
    expect(() => placed(['event E(S0 s)', ...doubling])).toThrow('more than 4096 types');
  });

  it('have one definition, and no name that is a type', () => {
    expect(thrownBy(() => placed(['struct S { bool a; }', 'struct S { bool b; }']))).toMatchObject({
      path: 'abi[1]',
      message: 'abi[1]: Duplicate struct name S',
    });
    for (const name of ['uint256', 'bytes', 'tuple', 'address', 'fixed128x18', 'uint7']) {
      expect(() => placed([`struct ${name} { bool a; }`])).toThrow('the name of a type');
    }
  });

  it('are not mistaken for what every object has', () => {
    expect(placed(['event E(constructor a)'])).toMatchObject([{ entry: { inputs: [{ type: 'constructor' }] } }]);
  });
});

describe('a text of an array', () => {
  it.each([
    ['', 'found 0'],
    ['event A(); event B()', 'found 2'],
  ])('holds one signature, and not %j', (text, words) => {
    expect(() => placed([text])).toThrow(words);
    expect(thrownBy(() => placed([text]))).toMatchObject({ path: 'abi[0]' });
  });
});
