import { describe, expect, it } from '@jest/globals';
import { parseContractAbi } from '../../../sources/chain/parse-contract-abi.js';
import { erc20, erc721, uniswapV2Pair } from './real-abis.js';
import { thrownBy } from './thrown-by.js';

const full = [
  ...uniswapV2Pair,
  { type: 'fallback', stateMutability: 'payable' },
  { type: 'receive', stateMutability: 'payable' },
  { type: 'error', name: 'Locked', inputs: [{ name: 'until', type: 'uint' }] },
  { type: 'something of tomorrow', inputs: 7 },
];

describe('parseContractAbi', () => {
  it('sorts a whole ABI', () => {
    const parsed = parseContractAbi(JSON.stringify(full));
    expect(Object.keys(parsed)).toEqual(['events', 'functions', 'constructor', 'fallback', 'receive', 'errors', 'raw']);
    expect(Object.keys(parsed.events)).toEqual(['Approval', 'Burn', 'Mint', 'Swap', 'Sync', 'Transfer']);
    expect(Object.keys(parsed.functions)).toEqual(['getReserves']);
    expect(parsed.constructor).toEqual({ type: 'constructor', inputs: [], stateMutability: 'nonpayable' });
    expect(parsed.fallback).toEqual({ type: 'fallback', stateMutability: 'payable' });
    expect(parsed.receive).toEqual({ type: 'receive', stateMutability: 'payable' });
    expect(parsed.errors).toEqual([{ type: 'error', name: 'Locked', inputs: [{ name: 'until', type: 'uint256' }] }]);
    expect(parsed.raw).toEqual(full);
  });

  it('has the elements as they were given, whatever form they had', () => {
    expect(parseContractAbi(full).raw).toBe(full);
    expect(parseContractAbi(erc721).raw).toBe(erc721);
    expect(parseContractAbi('event A(); event B()').raw).toEqual(['event A(); event B()']);
  });

  it('has all overloads of a function under its name', () => {
    const { functions } = parseContractAbi(erc721);
    expect(functions['safeTransferFrom']?.map(({ inputs }) => inputs.length)).toEqual([3, 4]);
  });

  it('has nothing where there is nothing', () => {
    const { constructor, fallback, receive, errors } = parseContractAbi(erc20);
    expect({ constructor, fallback, receive, errors }).toEqual({
      constructor: undefined,
      fallback: undefined,
      receive: undefined,
      errors: [],
    });
  });

  it.each([
    [{}, 'nonpayable'],
    [{ stateMutability: null }, 'nonpayable'],
    [{ stateMutability: 'pure' }, 'pure'],
    [{ constant: true }, 'view'],
    [{ constant: false, payable: true }, 'payable'],
  ])('reads what a function promises from %j', (flags, stateMutability) => {
    const abi = [{ type: 'function', name: 'f', inputs: [], ...flags }];
    expect(parseContractAbi(abi).functions['f']).toEqual([
      { type: 'function', name: 'f', inputs: [], outputs: [], stateMutability },
    ]);
  });

  it('leaves types of functions alone: libraries have their own', () => {
    const input = { name: 'self', type: 'Lib.Set storage' };
    const abi = [{ type: 'function', name: 'f', inputs: [input] }];
    expect(parseContractAbi(abi).functions['f']?.[0]?.inputs).toEqual([input]);
  });

  it.each([
    [{ type: 'function' }, 'abi[0]', "function missing 'name' field"],
    [{ type: 'function', name: 7 }, 'abi[0].name', "'name' must be a string"],
    [{ type: 'function', name: 'f', outputs: 'bool' }, 'abi[0].outputs', 'must be an array'],
    [{ type: 'function', name: 'f', outputs: [{ name: 'a' }] }, 'abi[0].outputs[0]', "input 0 missing 'type' field"],
    [{ type: 'function', name: 'f', inputs: [{ type: 'bool', indexed: true }] }, 'abi[0].inputs[0].indexed', 'indexed'],
    [{ type: 'function', name: 'f', stateMutability: 7 }, 'abi[0].stateMutability', 'must be a string'],
    [{ type: 'error', inputs: [] }, 'abi[0]', "error missing 'name' field"],
    [{ type: 'constructor', inputs: [7] }, 'abi[0].inputs[0]', 'must be an object'],
  ])('refuses %j', (element, path, words) => {
    const error = thrownBy(() => parseContractAbi([element]));
    expect(error).toMatchObject({ name: 'AbiParsingError', path });
    expect(error).toHaveProperty('message', expect.stringContaining(words));
  });

  it.each(['constructor', 'fallback', 'receive'])('refuses a second %s', (type) => {
    expect(thrownBy(() => parseContractAbi([{ type }, { type }]))).toMatchObject({ path: 'abi[1]' });
  });

  it('refuses two events of one name, unless they go by their signatures', () => {
    const abi = ['event Paid(address by)', 'event Paid(address by, uint256 amount)'];
    expect(() => parseContractAbi(abi)).toThrow('Duplicate event name Paid');
    const { events } = parseContractAbi(abi, { keys: 'signature' });
    expect(Object.keys(events)).toEqual(['Paid(address)', 'Paid(address,uint256)']);
    // @ts-expect-error there is no such option
    expect(() => parseContractAbi(abi, { by: 'signature' })).toThrow(TypeError);
  });
});
