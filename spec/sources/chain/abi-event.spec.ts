import { describe, expect, it } from '@jest/globals';
import { entryName, readAbiEvent } from '../../../sources/chain/abi-event.js';
import { thrownBy } from './thrown-by.js';

describe('readAbiEvent', () => {
  it('fills in what is left out, and leaves out what it does not know', () => {
    const given = { type: 'event', name: 'E', inputs: [{ type: 'uint', indexed: true }], signature: '0x' };
    expect(readAbiEvent(given, 'event')).toStrictEqual({
      type: 'event',
      name: 'E',
      inputs: [{ type: 'uint256', indexed: true }],
      anonymous: false,
    });
  });

  it('gives for its own result the same once more', () => {
    const event = readAbiEvent({ type: 'event', name: 'E', anonymous: true, inputs: [{ type: 'fixed[]' }] }, 'event');
    expect(readAbiEvent(event, 'event')).toStrictEqual(event);
  });

  it.each([
    [undefined, 'event'],
    ['event E()', 'event'],
    [[], 'event'],
    [{ name: 'E' }, 'event.type'],
    [{ type: 'function', name: 'E' }, 'event.type'],
    [{ type: 'event', name: 'E', inputs: [{ type: 'bool' }, { type: 'bol' }] }, 'event.inputs[1].type'],
  ])('refuses %j', (value, path) => {
    expect(thrownBy(() => readAbiEvent(value, 'event'))).toMatchObject({ name: 'AbiParsingError', path });
  });
});

describe('entryName', () => {
  it.each(['Transfer', '_a', '$', 'a1'])('takes %s', (name) => {
    expect(entryName('event', name, 'p')).toBe(name);
  });

  it.each(['', ' a', 'a b', '1a', 'a-b', 'é', 'a\n', 'a'.repeat(257)])('refuses %j', (name) => {
    expect(() => entryName('error', name, 'p')).toThrow("p.name: error 'name' is no identifier");
  });
});
