import { describe, expect, it } from '@jest/globals';
import { EventFragment, id } from 'ethers';
import fc from 'fast-check';
import type { AbiEvent, AbiInput } from '../../../sources/chain/abi.js';
import { abiEvents } from '../../../sources/chain/abi-entries.js';
import { AbiParsingError } from '../../../sources/chain/errors.js';
import { checkTopic, eventSignature, eventTopic } from '../../../sources/chain/event-topic.js';
import { extractAbiEvent } from '../../../sources/chain/extract-abi.js';
import { erc20, erc721, structs, uniswapV2Pair } from './real-abis.js';
import { thrownBy } from './thrown-by.js';

const topics: readonly (readonly [string, string])[] = [
  ['Transfer', '0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef'],
  ['Approval', '0x8c5be1e5ebec7d5bd14f71427d1e84f3dd0314c0f7b2291e5b200ac8c7c3b925'],
  ['Mint', '0x4c209b5fc8ad50758f13e2e1088ba56a560dff690a1c6fef26394f4c03821c4f'],
  ['Burn', '0xdccd412f0b1252819cb1fd330b93224ca42612892bb3f4f789976e6d81936496'],
  ['Swap', '0xd78ad95fa46c994b6551d0da85fc275fe613ce37657fb8d5e3d130840159d822'],
  ['Sync', '0x1c411e9a96e071241c2f21f7726b17ae89e3cab4c78be50e062b03a9fffbbad1'],
];

describe('eventTopic', () => {
  it.each(topics)('of %s is what chains have', (name, topic) => {
    expect(eventTopic(extractAbiEvent(uniswapV2Pair, name))).toBe(topic);
  });

  it('is that of ethers for ABIs from outside', () => {
    for (const event of [erc20, erc721, uniswapV2Pair, structs].flatMap((abi) => abiEvents(abi))) {
      expect([event.name, eventTopic(event)]).toEqual([event.name, EventFragment.from(event).topicHash]);
    }
  });

  it('is the hash that the contract has where a type is written short', () => {
    const inputs = [
      { name: 'a', type: 'uint' },
      { name: 'b', type: 'int[2]' },
      { type: 'tuple', components: [{ type: 'uint[]' }] },
    ];
    const event: AbiEvent = { type: 'event', name: 'T', inputs, anonymous: false };
    expect(eventSignature(event)).toBe('T(uint256,int256[2],(uint256[]))');
    expect(eventTopic(event)).toBe(id('T(uint256,int256[2],(uint256[]))'));
  });

  it('names the event and the place of a type that cannot be', () => {
    const event: AbiEvent = {
      type: 'event',
      name: 'T',
      inputs: [{ type: 'bool' }, { type: 'uint7' }],
      anonymous: false,
    };
    expect(thrownBy(() => eventTopic(event))).toMatchObject({ name: 'AbiParsingError', path: 'T.inputs[1].type' });
  });
});

const words = fc.oneof(
  fc.constantFrom('address', 'bool', 'string', 'bytes', 'uint', 'int'),
  fc.tuple(fc.constantFrom('uint', 'int'), fc.integer({ min: 1, max: 32 })).map(([base, size]) => `${base}${size * 8}`),
  fc.integer({ min: 1, max: 32 }).map((size) => `bytes${size}`),
);
const dimensions = fc
  .array(fc.option(fc.integer({ min: 1, max: 12 })), { maxLength: 3 })
  .map((lengths) => lengths.map((length) => `[${length ?? ''}]`).join(''));
const names = fc.option(fc.constantFrom('a', '_b', '$c9'), { nil: undefined });

function inputs(depth: number): fc.Arbitrary<AbiInput> {
  const leaf = fc.tuple(words, dimensions, names).map(([type, after, name]) => ({ name, type: type + after }));
  if (depth === 0) return leaf;
  const tuple = fc
    .tuple(fc.array(inputs(depth - 1), { minLength: 1, maxLength: 3 }), dimensions, names)
    .map(([components, after, name]) => ({ name, type: `tuple${after}`, components }));
  return fc.oneof({ weight: 3, arbitrary: leaf }, tuple);
}

/** As Solidity writes a parameter. */
function written({ name, type, components }: AbiInput, isIndexed: boolean): string {
  const base =
    components === undefined
      ? type
      : type.replace('tuple', `(${components.map((one) => written(one, false)).join(', ')})`);
  return [base, ...(isIndexed ? ['indexed'] : []), ...(name === undefined ? [] : [name])].join(' ');
}

describe('any event', () => {
  const events = fc.tuple(fc.array(inputs(3), { maxLength: 5 }), fc.integer({ min: 0, max: 3 }));

  it('has the topic and the signature of ethers, from JSON', () => {
    fc.assert(
      fc.property(events, ([list, indexed]) => {
        const json = list.map((input, index) => ({ ...input, name: input.name ?? '', indexed: index < indexed }));
        const element = { type: 'event', name: 'E', inputs: json, anonymous: false } as const;
        const fragment = EventFragment.from(element);
        const event = extractAbiEvent(JSON.stringify([element]), 'E');
        expect([eventTopic(event), eventSignature(event)]).toEqual([fragment.topicHash, fragment.format('sighash')]);
      }),
      { numRuns: 100 },
    );
  });

  it('has them from text as well, and there are the same parameters in both', () => {
    fc.assert(
      fc.property(events, ([list, indexed]) => {
        const text = `event E(${list.map((input, index) => written(input, index < indexed)).join(', ')})`;
        const json = list.map((input, index) => ({ ...input, indexed: index < indexed }));
        const event = extractAbiEvent(text, 'E');
        expect(eventTopic(event)).toBe(EventFragment.from(text).topicHash);
        expect(event).toEqual(extractAbiEvent(JSON.stringify([{ type: 'event', name: 'E', inputs: json }]), 'E'));
      }),
      { numRuns: 100 },
    );
  });
});

describe('checkTopic', () => {
  const transfer = extractAbiEvent(erc20, 'Transfer');
  const topic = eventTopic(transfer);

  it('takes the hash of the event, in capitals too', () => {
    expect(() => checkTopic(transfer, topic)).not.toThrow();
    expect(() => checkTopic(transfer, `0x${topic.slice(2).toUpperCase()}`)).not.toThrow();
  });

  it('refuses the hash of another event, and says whose it should be', () => {
    const error = thrownBy(() => checkTopic(transfer, eventTopic(extractAbiEvent(erc20, 'Approval'))));
    expect(error).toBeInstanceOf(AbiParsingError);
    expect(error).toMatchObject({ path: 'topic0', code: 'invalid_abi' });
    expect(error).toHaveProperty(
      'message',
      expect.stringContaining(`Transfer(address,address,uint256), which is ${topic}`),
    );
  });

  it.each([
    '',
    '0x',
    topic.slice(2),
    topic.slice(0, -1),
    `${topic}0`,
    `${topic.slice(0, -1)}g`,
    ` ${topic}`,
    `${topic}\n`,
  ])('refuses %j', (text) => {
    expect(thrownBy(() => checkTopic(transfer, text))).toMatchObject({ path: 'topic0' });
  });

  it('asks of an anonymous event only that the form is right, since its first topic is a value', () => {
    const anonymous = { ...transfer, anonymous: true };
    expect(() => checkTopic(anonymous, `0x${'7'.repeat(64)}`)).not.toThrow();
    expect(() => checkTopic(anonymous, '0x7')).toThrow('64 hex digits');
  });
});
