import { describe, expect, it } from '@jest/globals';
import { AbiParsingError, EventStreamerError } from '../../../sources/chain/errors.js';
import { eventSignature } from '../../../sources/chain/event-topic.js';
import { extractAbiEvent, extractAbiEvents, keyedEvents } from '../../../sources/chain/extract-abi.js';
import { erc20, erc721, structs, uniswapV2Pair } from './real-abis.js';
import { thrownBy } from './thrown-by.js';

const text = JSON.stringify(erc20);
const overloads = ['event Paid(address by)', 'event Paid(address by, uint256 amount)', 'event Other()'] as const;

describe('extractAbiEvent', () => {
  it('finds Transfer in the text of an ABI, with what is indexed', () => {
    expect(extractAbiEvent(text, 'Transfer')).toEqual({
      type: 'event',
      name: 'Transfer',
      anonymous: false,
      inputs: [
        { name: 'from', type: 'address', indexed: true },
        { name: 'to', type: 'address', indexed: true },
        { name: 'value', type: 'uint256', indexed: false },
      ],
    });
  });

  it('finds the same in the value of the ABI, and in its signatures', () => {
    const event = extractAbiEvent(text, 'Transfer');
    const signature = 'event Transfer(address indexed from, address indexed to, uint256 value)';
    expect(extractAbiEvent(erc20, 'Transfer')).toEqual(event);
    expect(extractAbiEvent([signature], 'Transfer')).toEqual(event);
    expect(extractAbiEvent(signature, 'Transfer')).toEqual(event);
    expect(extractAbiEvent(JSON.stringify([signature]), 'Transfer')).toEqual(event);
  });

  it('lists what there is when the event is not there', () => {
    const error = thrownBy(() => extractAbiEvent(text, 'Burn'));
    expect(error).toBeInstanceOf(AbiParsingError);
    expect(error).toBeInstanceOf(EventStreamerError);
    expect(error).toMatchObject({ code: 'event_not_found', path: 'abi', isRetryable: false });
    expect(error).toHaveProperty('message', 'Event "Burn" not found in ABI; it has Transfer, Approval');
  });

  it('says so of an ABI that has only functions', () => {
    const abi = [erc20[2]];
    expect(() => extractAbiEvent(abi, 'Transfer')).toThrow('Event "Transfer" not found in ABI; it has no events');
  });

  it('lists no more than fifty, and each name once', () => {
    const many = Array.from({ length: 60 }, (_, index) => `event E${index}()`);
    const error = thrownBy(() => extractAbiEvent([...many, 'event E0(bool)'], 'E60'));
    expect(error).toHaveProperty('message', expect.stringMatching(/E0, E1, .*E49, and 10 more$/));
  });

  it('does not mistake what every object has for an event', () => {
    expect(() => extractAbiEvent(text, 'constructor')).toThrow('not found in ABI');
    expect(extractAbiEvent(['event __proto__(bool a)'], '__proto__').inputs).toHaveLength(1);
  });

  it('keeps arrays and what is not indexed', () => {
    const inputs = [
      { name: 'ids', type: 'uint256[]' },
      { name: 'owners', type: 'address[]' },
    ];
    const event = extractAbiEvent(JSON.stringify([{ type: 'event', name: 'Many', inputs }]), 'Many');
    expect(event.inputs).toEqual(inputs.map((input) => ({ ...input, indexed: false })));
  });

  it('keeps anonymous, and events without parameters', () => {
    const abi = JSON.stringify([{ type: 'event', name: 'Quiet', inputs: [], anonymous: true }]);
    expect(extractAbiEvent(abi, 'Quiet')).toEqual({ type: 'event', name: 'Quiet', inputs: [], anonymous: true });
    expect(extractAbiEvent('[{"type":"event","name":"Bare"}]', 'Bare').inputs).toEqual([]);
  });

  it('reads the Swap of a Uniswap pair with what the compiler calls the types', () => {
    const { inputs } = extractAbiEvent(JSON.stringify(uniswapV2Pair), 'Swap');
    expect(inputs.map(({ name }) => name)).toEqual([
      'sender',
      'amount0In',
      'amount1In',
      'amount0Out',
      'amount1Out',
      'to',
    ]);
    expect(inputs[1]).toEqual({ name: 'amount0In', type: 'uint256', indexed: false, internalType: 'uint256' });
  });

  it('reads structs in structs', () => {
    const { inputs } = extractAbiEvent(structs, 'PositionUpdated');
    const components = inputs[0].components;
    expect(components).toHaveLength(4);
    expect(components[0]).toEqual({ name: 'liquidity', type: 'uint128' });
    expect(components[3].components.map(({ name }) => name)).toEqual(['token0', 'token1']);
  });

  it('reads two structs of structs, and arrays of structs', () => {
    expect(eventSignature(extractAbiEvent(structs, 'OrderFilled'))).toBe(
      'OrderFilled(bytes32,(address,(address,uint256)),(address,(address,uint256)))',
    );
    expect(eventSignature(extractAbiEvent(structs, 'BatchTransfer'))).toBe(
      'BatchTransfer(address,(address,uint256[2][])[])',
    );
  });

  it('takes null for nothing, and leaves nothing of it: the service writes what is left out that way', () => {
    const component = { name: 'a', type: 'bool', indexed: false, components: null, internalType: null };
    const input = { ...component, name: null, type: 'tuple', indexed: null, components: [component] };
    const abi = JSON.stringify([{ type: 'event', name: 'E', inputs: [input], anonymous: null }]);
    expect(extractAbiEvent(abi, 'E')).toStrictEqual({
      type: 'event',
      name: 'E',
      anonymous: false,
      inputs: [{ type: 'tuple', indexed: false, components: [{ name: 'a', type: 'bool' }] }],
    });
  });

  it('writes short types out, wherever they stand', () => {
    const { inputs } = extractAbiEvent(['event E(uint a, int[2][] b, (uint c)[] d, fixed e, ufixed[] f)'], 'E');
    expect(inputs.map(({ type }) => type)).toEqual([
      'uint256',
      'int256[2][]',
      'tuple[]',
      'fixed128x18',
      'ufixed128x18[]',
    ]);
    expect(inputs[2]?.components?.[0]?.type).toBe('uint256');
  });

  it('keeps parameters without a name, and with one that another has', () => {
    const { inputs } = extractAbiEvent('event E(uint256, uint256 x, bool x)', 'E');
    expect(inputs.map((input) => input.name)).toEqual([undefined, 'x', 'x']);
  });

  it('does not change what it was given', () => {
    const before = JSON.stringify(structs);
    extractAbiEvents(structs);
    expect(JSON.stringify(structs)).toBe(before);
  });
});

describe('an event with overloads', () => {
  it('is ambiguous by its name, and the error says how to ask', () => {
    expect(() => extractAbiEvent(overloads, 'Paid')).toThrow(
      'Duplicate event name Paid: ask for Paid(address) or Paid(address,uint256)',
    );
  });

  it.each(['Paid(address,uint256)', ' Paid ( address , uint ) ', 'Paid(address by, uint256 amount)'])(
    'is found by its full signature, as in %j',
    (signature) => {
      expect(extractAbiEvent(overloads, signature).inputs).toHaveLength(2);
    },
  );

  it('is not found by a signature that it does not have', () => {
    expect(() => extractAbiEvent(overloads, 'Paid(bool)')).toThrow('"Paid(bool)" not found in ABI; it has Paid, Other');
  });

  it('needs a signature that can be read', () => {
    const error = thrownBy(() => extractAbiEvent(overloads, 'Paid(address'));
    expect(error).toMatchObject({ path: 'name', code: 'invalid_abi' });
    expect(() => extractAbiEvent(overloads, 'Paid(addres)')).toThrow('is no Solidity type');
  });

  it('does not keep others from being found', () => {
    expect(extractAbiEvent(overloads, 'Other').inputs).toEqual([]);
  });

  it('has twins that only differ in what is indexed, which no signature tells apart', () => {
    const twins = [erc20[0], erc721[0]];
    expect(() => extractAbiEvent(twins, 'Transfer(address,address,uint256)')).toThrow('they have one signature');
  });
});

describe('extractAbiEvents', () => {
  it('has the events by their names, and nothing of the functions', () => {
    expect(Object.keys(extractAbiEvents(text))).toEqual(['Transfer', 'Approval']);
    expect(Object.keys(extractAbiEvents(uniswapV2Pair))).toEqual([
      'Approval',
      'Burn',
      'Mint',
      'Swap',
      'Sync',
      'Transfer',
    ]);
  });

  it('has none of an ABI without events', () => {
    expect(extractAbiEvents([erc20[2]])).toEqual({});
  });

  it('has the three indexed parameters of ERC-721', () => {
    const { Transfer } = extractAbiEvents(erc721);
    expect(Transfer?.inputs.map(({ name, indexed }) => [name, indexed])).toEqual([
      ['from', true],
      ['to', true],
      ['tokenId', true],
    ]);
  });

  it('refuses two events of one name', () => {
    const twice = JSON.stringify([erc20[0], erc20[0]]);
    expect(() => extractAbiEvents(twice)).toThrow('Duplicate event name Transfer');
    expect(thrownBy(() => extractAbiEvents(overloads))).toMatchObject({ path: 'abi', code: 'invalid_abi' });
  });

  it('tells overloads apart by their signatures where that is asked for', () => {
    const events = extractAbiEvents(overloads, { keys: 'signature' });
    expect(Object.keys(events)).toEqual(['Paid(address)', 'Paid(address,uint256)', 'Other()']);
    expect(() => extractAbiEvents([erc20[0], erc20[0]], { keys: 'signature' })).toThrow(
      'Duplicate event name Transfer(',
    );
  });

  it('keeps an event that has the name of a member of every object', () => {
    const events = extractAbiEvents(['event __proto__()', 'event constructor()', 'event toString()']);
    expect(Object.keys(events)).toEqual(['__proto__', 'constructor', 'toString']);
  });

  it('refuses options that it does not have', () => {
    // @ts-expect-error there is no such way
    expect(() => extractAbiEvents(erc20, { keys: 'topic' })).toThrow(TypeError);
    // @ts-expect-error there is no such option
    expect(() => extractAbiEvents(erc20, { key: 'name' })).toThrow(TypeError);
  });
});

describe('keyedEvents', () => {
  it('keys by name unless told otherwise', () => {
    expect(Object.keys(keyedEvents([extractAbiEvent(erc20, 'Transfer')], {}))).toEqual(['Transfer']);
  });
});
