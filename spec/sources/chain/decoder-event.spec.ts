import { describe, expect, it } from '@jest/globals';
import type { AbiEvent, AbiInput } from '../../../sources/chain/abi.js';
import { logReader } from '../../../sources/chain/decoder-event.js';
import { alice, bob, tokenLog, transfer, transferLog, transferTopic } from './erc-logs.js';
import { dataOf, word, wordOf } from './log-words.js';
import { refusal } from './one-value.js';

const reading = { strict: true, integers: 'bigint', checksum: undefined } as const;
const readTransfer = logReader(transfer, transferTopic, reading);
const eventOf = (inputs: readonly AbiInput[], anonymous = false): AbiEvent => ({
  type: 'event',
  name: 'E',
  inputs,
  anonymous,
});
const topic0 = `0x${'e'.repeat(64)}`;

describe('what is taken for a log of an event', () => {
  it('is one with its topics and its data, in letters of any size', () => {
    const expected = { from: alice, to: bob, value: 7n };
    const log = transferLog(7);
    expect(readTransfer(log)).toEqual(expected);
    const capitals = log.topics.map((topic) => `0x${topic.slice(2).toUpperCase()}`);
    expect(readTransfer({ ...log, topics: capitals, blockNumber: 1 })).toEqual(expected);
  });

  it('gives names in the order of the event, whatever is indexed', () => {
    const inputs = [
      { name: 'b', type: 'uint8', indexed: false },
      { name: 'a', type: 'uint8', indexed: true },
      { name: 'c', type: 'bool', indexed: false },
    ];
    const args = logReader(
      eventOf(inputs),
      topic0,
      reading,
    )({
      topics: [topic0, dataOf(word(2))],
      data: dataOf(word(1), word(1)),
    });
    expect(Object.entries(args)).toEqual([
      ['b', 1n],
      ['a', 2n],
      ['c', true],
    ]);
  });

  it('has no parameters for an event without any', () => {
    const read = logReader(eventOf([]), topic0, reading);
    expect(read({ topics: [topic0], data: '0x' })).toEqual({});
    expect(refusal(() => read({ topics: [topic0], data: '0x00' }))).toBe('data: has 1 bytes that belong to no value');
  });

  it.each<[unknown, string]>([
    [undefined, 'log: is no object'],
    [null, 'log: is no object'],
    ['0x', 'log: is no object'],
    [{}, 'topics: are no array'],
    [{ topics: transferTopic, data: '0x' }, 'topics: are no array'],
    [{ topics: [], data: '0x' }, 'topics: are 0, and the event has 3'],
    [{ ...transferLog(1), topics: transferLog(1).topics.slice(0, 2) }, 'topics: are 2, and the event has 3'],
    [{ ...transferLog(1), topics: tokenLog(1).topics }, 'topics: are 4, and the event has 3'],
    [tokenLog(1), 'topics: are 4, and the event has 3'],
    [{ ...transferLog(1), topics: [null, null, null] }, 'topics[0]: is no text'],
    [{ ...transferLog(1), topics: [topic0, topic0, topic0] }, 'topics[0]: is the hash of another event'],
    [{ ...transferLog(1), topics: [transferTopic, '0x01', alice] }, 'topics[1]: is not 32 bytes long'],
    [
      { ...transferLog(1), topics: [transferTopic, dataOf(word(1)), `${dataOf(word(1))}00`] },
      'topics[2]: is not 32 bytes long',
    ],
    [
      { ...transferLog(1), topics: [transferTopic, dataOf(word(1)), 'zz'] },
      'topics[2]: is no hexadecimal text of whole bytes behind 0x',
    ],
    [
      { ...transferLog(1), topics: [transferTopic, dataOf(word(1)), dataOf(wordOf('1'))] },
      'to: is longer than an address',
    ],
    [{ topics: transferLog(1).topics }, 'data: is no text'],
    [{ ...transferLog(1), data: '' }, 'data: is no hexadecimal text of whole bytes behind 0x'],
    [{ ...transferLog(1), data: '0x' }, 'data: reaches 32 bytes past the end of the data'],
    [{ ...transferLog(1), data: dataOf(word(1)).slice(0, -2) }, 'data: reaches 1 bytes past the end of the data'],
    [{ ...transferLog(1), data: dataOf(word(1), word(0)) }, 'data: has 32 bytes that belong to no value'],
  ])('is not %j', (log, message) => {
    expect(refusal(() => readTransfer(log))).toBe(message);
  });

  it('says nothing of the log in the message', () => {
    const secret = 'c0ffee'.repeat(10);
    const logs = [
      { ...transferLog(1), topics: [transferTopic, dataOf(word(secret)), dataOf(word(1))] },
      { ...transferLog(1), data: `0x${secret}` },
      { ...transferLog(1), data: `0x${secret}zz${secret}` },
    ];
    for (const log of logs) expect(refusal(() => readTransfer(log))).not.toContain('c0ffee');
  });
});

describe('where dirt is allowed', () => {
  const lenient = logReader(transfer, transferTopic, { ...reading, strict: false });

  it('padding is cut off and trailing data left', () => {
    const dirty = dataOf(wordOf('ff').slice(0, 24) + alice.slice(2));
    const log = { topics: [transferTopic, dirty, dataOf(word(bob.slice(2)))], data: dataOf(word(5), word(6)) };
    expect(lenient(log)).toEqual({ from: alice, to: bob, value: 5n });
  });

  it('topics are still counted and the first is still compared', () => {
    expect(refusal(() => lenient(tokenLog(1)))).toBe('topics: are 4, and the event has 3');
    expect(refusal(() => lenient({ ...transferLog(1), topics: [topic0, topic0, topic0] }))).toMatch(/^topics\[0\]/);
    expect(refusal(() => lenient({ ...transferLog(1), data: '0x00' }))).toMatch(/^data: reaches 31 bytes/);
  });
});

describe('indexed parameters of types that fit into no topic', () => {
  it.each<AbiInput>([
    { type: 'string' },
    { type: 'bytes' },
    { type: 'uint256[]' },
    { type: 'uint8[1]' },
    { type: 'tuple', components: [{ name: 'a', type: 'uint256' }] },
  ])('are hashes: %j', (input) => {
    const hash = `0x${'9'.repeat(64)}`;
    const read = logReader(eventOf([{ ...input, name: 'p', indexed: true }]), topic0, reading);
    expect(read({ topics: [topic0, hash], data: '0x' })).toEqual({ p: hash });
  });

  it.each([['bytes32'], ['bytes4'], ['function']])('others are values: %s', (type) => {
    const read = logReader(eventOf([{ type, name: 'p', indexed: true }]), topic0, reading);
    const digits = type === 'bytes32' ? 64 : type === 'bytes4' ? 8 : 48;
    const value = `0x${'9'.repeat(digits)}`;
    expect(read({ topics: [topic0, dataOf(wordOf(value.slice(2)))], data: '0x' })).toEqual({ p: value });
  });
});

describe('anonymous events', () => {
  it('have their first parameter in the first topic', () => {
    const four = ['a', 'b', 'c', 'd'].map((name) => ({ name, type: 'uint8', indexed: true }));
    const read = logReader(eventOf(four, true), undefined, reading);
    const topics = [1, 2, 3, 4].map((value) => dataOf(word(value)));
    expect(read({ topics, data: '0x' })).toEqual({ a: 1n, b: 2n, c: 3n, d: 4n });
    expect(refusal(() => read({ topics: topics.slice(1), data: '0x' }))).toBe('topics: are 3, and the event has 4');
  });
});

describe('parameters without a name of their own', () => {
  it('go by their position', () => {
    const inputs = [
      { name: 'x', type: 'uint8' },
      { name: '', type: 'uint8' },
      { name: 'x', type: 'uint8' },
      { type: 'uint8' },
    ];
    const read = logReader(eventOf(inputs), topic0, reading);
    const data = dataOf(word(1), word(2), word(3), word(4));
    expect(read({ topics: [topic0], data })).toEqual({ x: 1n, 1: 2n, 2: 3n, 3: 4n });
    const dirty = dataOf(word(1), word(2), word(3), word(256));
    expect(refusal(() => read({ topics: [topic0], data: dirty }))).toBe('3: does not fit into uint8');
  });
});
