import { describe, expect, it } from '@jest/globals';
import { keccak_256 } from '@noble/hashes/sha3.js';
import { getAddress } from 'ethers';
import type { AbiEvent } from '../../../sources/chain/abi.js';
import { compileEvent, type CompileOptions, decodeEvent } from '../../../sources/chain/decode-event.js';
import { AbiParsingError } from '../../../sources/chain/errors.js';
import { alice, bob, tokenLog, transfer, transfer721, transferLog, transferTopic } from './erc-logs.js';
import { dataOf, hex, word } from './log-words.js';
import { refusal } from './one-value.js';

describe('compileEvent', () => {
  it('knows the event, its hash and its signature', () => {
    expect(compileEvent(transfer)).toMatchObject({
      event: transfer,
      topic0: transferTopic,
      signature: 'Transfer(address,address,uint256)',
    });
  });

  it('decodes with the types of an event that the compiler knows', () => {
    const args = compileEvent(transfer).decode(transferLog(10n ** 18n));
    const sum: bigint = args.value + 1n;
    const from: string = args.from;
    expect({ ...args, sum, from }).toEqual({ from: alice, to: bob, value: 10n ** 18n, sum: 10n ** 18n + 1n });
    const text: string = compileEvent(transfer, { integers: 'text' }).decode(transferLog(7)).value;
    expect(text).toBe('7');
  });

  it('tells ERC-20 and ERC-721 apart', () => {
    expect(compileEvent(transfer721).decode(tokenLog(9))).toEqual({ from: alice, to: bob, tokenId: 9n });
    expect(refusal(() => compileEvent(transfer).decode(tokenLog(9)))).toBe('topics: are 4, and the event has 3');
    expect(refusal(() => compileEvent(transfer721).decode(transferLog(9)))).toBe('topics: are 3, and the event has 4');
  });

  it('hashes types as they are written out, not as they are written', () => {
    const short = compileEvent({ type: 'event', name: 'T', inputs: [{ name: 'a', type: 'uint' }], anonymous: false });
    expect(short.signature).toBe('T(uint256)');
    expect(short.topic0).toBe(hex(keccak_256(new TextEncoder().encode('T(uint256)'))));
    expect(short.decode({ topics: [short.topic0], data: dataOf(word(3)) })).toEqual({ a: 3n });
  });

  it('takes an event that does not say whether it is anonymous', () => {
    const { anonymous: _, ...plain } = transfer;
    expect(compileEvent(plain).decode(transferLog(1))).toEqual({ from: alice, to: bob, value: 1n });
  });

  it('reads anonymous logs', () => {
    const compiled = compileEvent({ ...transfer, anonymous: true });
    const [, ...topics] = transferLog(4).topics;
    expect(compiled.decode({ ...transferLog(4), topics })).toEqual({ from: alice, to: bob, value: 4n });
    expect(refusal(() => compiled.decode(transferLog(4)))).toBe('topics: are 3, and the event has 2');
  });

  it('writes the capitals of addresses when asked to', () => {
    const { from, to } = compileEvent(transfer, { checksum: true }).decode(transferLog(1));
    expect([from, to]).toEqual([getAddress(alice), getAddress(bob)]);
    expect([from, to]).not.toEqual([alice, bob]);
  });

  it('keeps nothing of one log for the next', () => {
    const { decode } = compileEvent(transfer);
    const first = decode(transferLog(1));
    expect(refusal(() => decode(tokenLog(1)))).toMatch(/^topics/);
    expect(decode(transferLog(2))).toEqual({ ...first, value: 2n });
    expect(first).toEqual({ from: alice, to: bob, value: 1n });
  });

  it.each<[unknown, RegExp]>([
    [{ strict: 'yes' }, /option "strict" must be true or false/],
    [{ integers: 'number' }, /option "integers" must be one of "bigint", "text"/],
    [{ checksum: 1 }, /option "checksum"/],
    [{ loose: true }, /unknown option "loose"/],
    [null, /options/],
  ])('refuses options that cannot be: %j', (options, message) => {
    const call: (event: AbiEvent, options: CompileOptions) => unknown = compileEvent;
    expect(() => Reflect.apply(call, undefined, [transfer, options])).toThrow(TypeError);
    expect(() => Reflect.apply(call, undefined, [transfer, options])).toThrow(message);
  });

  it.each<unknown>([
    undefined,
    {},
    { ...transfer, inputs: [{ name: 'a', type: 'uint7' }] },
    { ...transfer, inputs: 'a' },
    { ...transfer, inputs: [{ name: 'a', type: 'fixed' }] },
    { ...transfer, inputs: Array.from({ length: 4 }, () => ({ name: 'a', type: 'bool', indexed: true })) },
  ])('refuses events that cannot be: %j', (event) => {
    expect(() => Reflect.apply(compileEvent, undefined, [event])).toThrow(AbiParsingError);
  });
});

describe('decodeEvent', () => {
  it('gives name and arguments', () => {
    expect(decodeEvent(compileEvent(transfer), transferLog(3))).toEqual({
      name: 'Transfer',
      args: { from: alice, to: bob, value: 3n },
    });
  });

  it('throws what the decoder throws', () => {
    expect(refusal(() => decodeEvent(compileEvent(transfer), tokenLog(3)))).toMatch(/^topics/);
  });
});
