import { describe, expect, it } from '@jest/globals';
import { AbiDecodingError, AbiParsingError } from '../../../sources/chain/errors.js';
import { eventDecoder } from '../../../sources/chain/event-decoder.js';
import { eventTopic } from '../../../sources/chain/event-topic.js';
import { alice, bob, tokenLog, transfer, transfer721, transferLog } from './erc-logs.js';
import { dataOf, word } from './log-words.js';

const paid = { type: 'event', name: 'Paid', inputs: [{ name: 'amount', type: 'uint256' }], anonymous: false } as const;
const paidTo = {
  type: 'event',
  name: 'Paid',
  inputs: [
    { name: 'to', type: 'address', indexed: true },
    { name: 'amount', type: 'uint256' },
  ],
  anonymous: false,
} as const;

describe('eventDecoder', () => {
  it('finds the event by the first topic, in letters of any size', () => {
    const decode = eventDecoder([paid, transfer]);
    const log = { ...transferLog(7), blockNumber: 3 };
    const decoded = decode(log);
    expect(decoded).toEqual({
      type: 'event',
      name: 'Transfer',
      signature: 'Transfer(address,address,uint256)',
      args: { from: alice, to: bob, value: 7n },
      log,
    });
    expect(decoded.log.blockNumber).toBe(3);
    const capitals = log.topics.map((topic) => `0x${topic.slice(2).toUpperCase()}`);
    expect(decode({ ...log, topics: capitals })).toMatchObject({ type: 'event', args: { value: 7n } });
  });

  it('knows the types of an ABI that the compiler knows', () => {
    const decoded = eventDecoder([transfer, paid])(transferLog(7));
    if (decoded.type !== 'event' || decoded.name !== 'Transfer') throw new Error(decoded.type);
    const value: bigint = decoded.args.value;
    expect(value).toBe(7n);
  });

  it('tells overloads apart', () => {
    const decode = eventDecoder([paid, paidTo]);
    expect(decode({ topics: [eventTopic(paid)], data: dataOf(word(1)) })).toMatchObject({
      signature: 'Paid(uint256)',
      args: { amount: 1n },
    });
    expect(
      decode({ topics: [eventTopic(paidTo), dataOf(word('b0'.repeat(20)))], data: dataOf(word(2)) }),
    ).toMatchObject({
      signature: 'Paid(address,uint256)',
      args: { to: bob, amount: 2n },
    });
  });

  it.each([[[transfer, transfer721]], [[transfer721, transfer]]])('tells ERC-20 and ERC-721 apart', (abi) => {
    const decode = eventDecoder(abi);
    expect(decode(transferLog(1))).toMatchObject({ type: 'event', args: { value: 1n } });
    expect(decode(tokenLog(2))).toMatchObject({ type: 'event', args: { tokenId: 2n } });
  });

  it('makes a value of what does not fit', () => {
    const log = tokenLog(1);
    const decoded = eventDecoder([transfer])(log);
    expect(decoded).toMatchObject({ type: 'undecodable', name: 'Transfer', error: { path: 'topics' }, log });
    expect(decoded).toHaveProperty('error', expect.any(AbiDecodingError));
  });

  it.each<[unknown, string, string]>([
    [undefined, 'undecodable', 'log'],
    [null, 'undecodable', 'log'],
    [7, 'undecodable', 'log'],
    [{}, 'undecodable', 'topics'],
    [{ topics: 'none' }, 'undecodable', 'topics'],
    [{ topics: transferLog(1).topics }, 'undecodable', 'data'],
  ])('makes a value of what is no log: %j', (log, type, path) => {
    const decode: unknown = Reflect.apply(eventDecoder([transfer]), undefined, [log]);
    expect(decode).toMatchObject({ type, error: { path }, log });
  });

  it.each<[unknown]>([
    [{ topics: [], data: '0x' }],
    [{ topics: [null], data: '0x' }],
    [{ topics: [word(1)], data: '0x' }],
  ])('makes a value of what it does not know: %j', (log) => {
    expect(Reflect.apply(eventDecoder([transfer]), undefined, [log])).toEqual({ type: 'unknown', log });
  });

  it('does not guess which logs are of anonymous events', () => {
    const decode = eventDecoder([{ ...paid, anonymous: true }]);
    expect(decode({ topics: [], data: dataOf(word(1)) })).toMatchObject({ type: 'unknown' });
    expect(decode({ topics: [eventTopic(paid)], data: dataOf(word(1)) })).toMatchObject({ type: 'unknown' });
  });

  it('reads ABIs in all their forms', () => {
    const text = 'event Transfer(address indexed from, address indexed to, uint value)';
    for (const abi of [text, [text], JSON.stringify([transfer])]) {
      expect(eventDecoder(abi, { integers: 'text' })(transferLog(5))).toMatchObject({ args: { value: '5' } });
    }
  });

  it('takes the same event twice for one, with the names of the first', () => {
    const renamed = { ...transfer, inputs: transfer.inputs.map((input, index) => ({ ...input, name: `p${index}` })) };
    expect(eventDecoder([transfer, renamed])(transferLog(5))).toMatchObject({ args: { value: 5n } });
  });

  it('refuses events that no log tells apart, and ABIs that cannot be', () => {
    const inputs = transfer.inputs.map((input, index) => ({ ...input, indexed: index > 0 }));
    expect(() => eventDecoder([transfer, { ...transfer, inputs }])).toThrow(AbiParsingError);
    expect(() => eventDecoder([transfer, { ...transfer, inputs }])).toThrow(/no log says which it is of/);
    expect(() => eventDecoder('nonsense')).toThrow(AbiParsingError);
    expect(() => eventDecoder([])).toThrow(AbiParsingError);
  });

  it('refuses options that cannot be', () => {
    expect(() => Reflect.apply(eventDecoder, undefined, [[transfer], { strict: 1 }])).toThrow(
      /eventDecoder: option "strict"/,
    );
  });
});
