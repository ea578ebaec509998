import { describe, expect, it } from '@jest/globals';
import type { AbiInput } from '../../../sources/chain/abi.js';
import { eventValues, withArgs } from '../../../sources/chain/event-values.js';
import { extractAbiEvent } from '../../../sources/chain/extract-abi.js';
import type { ChainEvent } from '../../../sources/chain/messages.js';
import { sampleBatch } from './sample-batches.js';
import { thrownBy } from './thrown-by.js';

function eventWith(parameters: object): ChainEvent {
  const event = sampleBatch('one', { E: [parameters] }).events['E']?.[0];
  if (event === undefined) throw new Error('no event');
  return event;
}

/** The arguments of an event of the wire, by the ABI's text. */
function read(text: string, parameters: object, integers: 'bigint' | 'text' = 'bigint'): unknown {
  const values = eventValues(extractAbiEvent([text], 'E'), integers);
  return values(eventWith(parameters), () => 'E[0]').args;
}

describe('the values of an event', () => {
  it.each([
    ['event E(uint256 a)', { a: '115792089237316195423570985008687907853269984665640564039457584007913129639935' }],
    ['event E(int8 a)', { a: '-128' }],
    ['event E(uint8[] a)', { a: ['1', '2'] }],
    ['event E(uint8[2][] a)', { a: [['1', '2']] }],
    ['event E((uint8 n, address by) a)', { a: { n: '1', by: '0x1' } }],
    ['event E((uint8 n, (int8 m, bool b)[] list) a)', { a: { n: '1', list: [{ m: '-2', b: true }] } }],
    ['event E((uint8, string) a)', { a: ['1', 'x'] }],
    ['event E(uint8)', { 0: '7' }],
    ['event E(uint8 x, uint8 x)', { x: '1', 1: '2' }],
  ])('%s: integers are bigint, or the text that came', (text, parameters) => {
    const big = (value: unknown): unknown => {
      if (typeof value === 'string' && /^-?\d+$/.test(value)) return BigInt(value);
      if (Array.isArray(value)) return value.map(big);
      if (typeof value !== 'object' || value === null) return value;
      return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, big(one)]));
    };
    expect(read(text, parameters)).toEqual(big(parameters));
    expect(read(text, parameters, 'text')).toEqual(parameters);
  });

  it('that came as whole numbers are read too', () => {
    expect(read('event E(uint8 a, int8[] b)', { a: 5, b: [-1] })).toEqual({ a: 5n, b: [-1n] });
    expect(read('event E(uint8 a)', { a: 5 }, 'text')).toEqual({ a: '5' });
  });

  it('that are tuples with names become objects, also where they came as lists', () => {
    const text = 'event E((uint8 n, (address by, bytes data) from) a)';
    const value = { n: 1n, from: { by: '0x1', data: '0x' } };
    expect(read(text, { a: ['1', ['0x1', '0x']] })).toEqual({ a: value });
    expect(read('event E((address by, bool b) a)', { a: ['0x1', true] }, 'text')).toEqual({
      a: { by: '0x1', b: true },
    });
  });

  it('that are no integers stay as they came, and are not looked at', () => {
    const text = 'event E(address a, bool b, string c, bytes d, bytes4 e, string[] f)';
    const parameters = { a: '1', b: '2', c: '3', d: '4', e: '5', f: ['6'] };
    expect(read(text, parameters)).toEqual(parameters);
  });

  it('that are hashes stay hashes', () => {
    const inputs: AbiInput[] = [
      { name: 'list', type: 'uint256[]', indexed: true },
      { name: 'pair', type: 'tuple', indexed: true, components: [{ name: 'n', type: 'uint8' }] },
      { name: 'n', type: 'uint8', indexed: true },
    ];
    const values = eventValues({ type: 'event', name: 'E', anonymous: false, inputs }, 'bigint');
    const parameters = { list: '0xab', pair: '0xcd', n: '1' };
    expect(values(eventWith(parameters), () => '').args).toEqual({ ...parameters, n: 1n });
  });

  it.each([
    ['event E(uint256 a)', { a: '0x10' }, 'uint256'],
    ['event E(uint256 a)', { a: '-1' }, 'uint256'],
    ['event E(uint256 a)', { a: '1.5' }, 'uint256'],
    ['event E(uint256 a)', { a: '' }, 'uint256'],
    ['event E(uint256 a)', { a: ' 1' }, 'uint256'],
    ['event E(uint256 a)', { a: '9'.repeat(79) }, 'uint256'],
    ['event E(uint256 a)', { a: 2 ** 53 }, 'uint256'],
    ['event E(uint256 a)', { a: 1.5 }, 'uint256'],
    ['event E(uint256 a)', { a: null }, 'uint256'],
    ['event E(uint256 a)', { a: true }, 'uint256'],
    ['event E(uint256 a)', {}, 'uint256'],
    ['event E(uint8[] a)', { a: '1' }, 'uint8[]'],
    ['event E(uint8[] a)', { a: ['1', 'secret'] }, 'uint8[]'],
    ['event E((uint8 n, bool b) a)', { a: ['1'] }, '(uint8,bool)'],
    ['event E((uint8 n, bool b) a)', { a: { n: '1' } }, '(uint8,bool)'],
    ['event E((uint8 n, bool b) a)', { a: '0x' }, '(uint8,bool)'],
    ['event E((uint8, bool) a)', { a: { 0: '1', 1: true } }, '(uint8,bool)'],
    ['event E((uint8, bool) a)', { a: ['1', true, true] }, '(uint8,bool)'],
  ])('%s: %j is no such thing, and the error says where and quotes nothing', (text, parameters, type) => {
    expect(thrownBy(() => read(text, parameters))).toMatchObject({
      ...{ name: 'EventStreamerValidationError', code: 'malformed', errorType: 'fatal_error' },
      message: `E[0].a is no ${type}`,
    });
  });

  it('leave the event of the batch as it was, and are written out as events of the wire', () => {
    const event = eventWith({ value: '12' });
    const values = eventValues(extractAbiEvent(['event E(uint256 value)'], 'E'), 'text');
    const big = eventValues(extractAbiEvent(['event E(uint256 value)'], 'E'), 'bigint')(event, () => '');
    expect(big['value']).toBe(12n);
    expect(big.meta).toEqual(event.meta);
    expect(big.args).toEqual({ value: 12n });
    expect(event['value']).toBe('12');
    expect(JSON.stringify(values(event, () => ''))).toBe(JSON.stringify(event));
  });

  it('of a parameter with a name of the wire are its own where they can be', () => {
    const text: string = 'event E(uint256 timestamp, address address, uint256 n)';
    const values = eventValues(extractAbiEvent([text], 'E'), 'bigint');
    const event = eventWith({ n: '1' });
    expect(values(event, () => '').args).toEqual({ address: '0xc0', n: 1n });
    const covering = { ...event, timestamp: '17' };
    Object.setPrototypeOf(covering, Object.getPrototypeOf(event));
    const read = values(covering, () => '');
    expect(read.args).toEqual({ timestamp: 17n, address: '0xc0', n: 1n });
    expect(read['timestamp']).toBe(17n);
    expect(read.meta).toMatchObject({ address: '0xc0', blockNumber: event.meta.blockNumber });
    expect(Object.keys(read)).not.toContain('args');
  });

  it('of parameters called args and meta are found in args', () => {
    const values = eventValues(extractAbiEvent(['event E(uint8 args, uint8 meta)'], 'E'), 'bigint');
    const read = values(eventWith({ args: '1', meta: '2' }), () => '');
    expect(read.args).toEqual({ args: 1n, meta: 2n });
    expect(read.meta.address).toBe('0xc0');
  });

  it('are refused with their types, when the reader is made', () => {
    const inputs = [{ name: 'a', type: 'uint7' }];
    expect(() => eventValues({ type: 'event', name: 'E', anonymous: false, inputs }, 'text')).toThrow(
      'E.inputs[0].type',
    );
  });
});

describe('an event with other arguments', () => {
  it('has them flat and apart, and its place as before', () => {
    const event = eventWith({ a: '1', b: '2' });
    const changed = withArgs(event, { a: 1 });
    expect(changed.args).toEqual({ a: 1 });
    expect(changed['a']).toBe(1);
    expect(changed.meta).toEqual(event.meta);
    expect(JSON.parse(JSON.stringify(changed))).toEqual({ ...JSON.parse(JSON.stringify(event)), a: 1 });
    expect(event['a']).toBe('1');
  });
});
