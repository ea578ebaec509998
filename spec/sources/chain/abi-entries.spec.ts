import { describe, expect, it } from '@jest/globals';
import { abiEvents, eventsOf, openAbi } from '../../../sources/chain/abi-entries.js';
import { erc20, erc721 } from './real-abis.js';

describe('openAbi', () => {
  it('opens JSON text, its value, signatures, and one text of them', () => {
    const signature = 'event A()';
    const forms = [
      JSON.stringify([{ type: 'event', name: 'A' }]),
      [{ type: 'event', name: 'A' }],
      [signature],
      signature,
    ];
    for (const abi of [...forms, `\ufeff ${signature};\n`, `\ufeff${JSON.stringify([signature])}`]) {
      expect(openAbi(abi).entries).toMatchObject([{ path: 'abi[0]', entry: { type: 'event', name: 'A' } }]);
    }
  });

  it('lets both forms stand side by side, in their order, structs of the texts among themselves', () => {
    const abi = ['event A(S s)', { type: 'event', name: 'B' }, 'struct S { bool a; }', 'event C()'];
    expect(openAbi(abi).entries.map(({ path, entry }) => [path, entry['name']])).toEqual([
      ['abi[0]', 'A'],
      ['abi[1]', 'B'],
      ['abi[3]', 'C'],
    ]);
  });

  it('keeps elements whose type it does not know', () => {
    expect(openAbi([{ type: 'of tomorrow' }]).entries).toHaveLength(1);
  });
});

describe('abiEvents', () => {
  it('has the events in their order, overloads and twins included', () => {
    const abi = [...erc20, ...erc721, 'event Transfer(bool)'];
    expect(abiEvents(abi).map(({ name }) => name)).toEqual([
      ...['Transfer', 'Approval', 'Transfer', 'Approval', 'ApprovalForAll', 'Transfer'],
    ]);
    expect(eventsOf(openAbi(abi))).toEqual(abiEvents(abi));
  });

  it('has none of an ABI that has none', () => {
    expect(abiEvents(['function f()'])).toEqual([]);
  });

  it('refuses an event that cannot be, wherever it stands', () => {
    expect(() => abiEvents(['event A()', 'event B(uint256[0] a)'])).toThrow('abi[1].inputs[0].type');
    expect(() => abiEvents('event A(); event B(Unknown a)')).toThrow('abi[1].inputs[0].type');
    expect(() => abiEvents('event A((bool indexed a) b)')).toThrow('abi[0].inputs[0].components[0].indexed');
    expect(() => abiEvents('event A(() b)')).toThrow('needs components');
    expect(() => abiEvents('event A(bool indexed, bool indexed, bool indexed, bool indexed)')).toThrow('more than 3');
    expect(() => abiEvents('event A(bool indexed, bool indexed, bool indexed, bool indexed) anonymous')).not.toThrow();
  });
});
