import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { bodyOf, draftLength, draftOf, joinMessages, messageOf } from '../../../sources/durable/append-body.js';

const json = 'application/json; charset=utf-8';

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

describe('the body of an append to a JSON stream', () => {
  it.each([
    [{ a: 1 }, '[{"a":1}]'],
    [[1, 2], '[[1,2]]'],
    [[], '[[]]'],
    ['', '[""]'],
    ['grüß dich', '["grüß dich"]'],
    [null, '[null]'],
    [false, '[false]'],
    [0, '[0]'],
    [new Date(0), '["1970-01-01T00:00:00.000Z"]'],
  ])('holds %j as one message', (value, expected) => {
    expect(text(bodyOf('append', value, json))).toBe(expected);
  });

  it('is one array that gives the values back, whatever they are', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue(), { minLength: 1 }), (values) => {
        const messages = values.map((value) => messageOf('append', draftOf('append', value), json));
        // -0 has no JSON form of its own
        expect(JSON.parse(text(joinMessages(messages, json)))).toEqual(JSON.parse(JSON.stringify(values)));
      }),
      { numRuns: 100 },
    );
  });

  it.each([
    ['undefined', undefined, /undefined has no JSON form/],
    ['a function', () => 1, /a function has no JSON form/],
    ['a symbol', Symbol('secret'), /a symbol has no JSON form/],
    ['a bigint', { n: 1n }, /bigint.*as text/],
    ['a circle', circle(), /itself \(a circle\)/],
    ['a million levels', deep(1_000_000), /nested too deeply/],
    ['a toJSON that throws', { toJSON: () => JSON.parse('secret') }, /toJSON or a getter has thrown/],
    ['a toJSON without a result', { toJSON: () => undefined }, /toJSON gives undefined/],
    ['bytes', new Uint8Array(3), /bytes are no message of a JSON stream/],
  ])('cannot be %s, and the error says so without the content', (_name, value, message) => {
    expect(() => bodyOf('append', value, json)).toThrow(TypeError);
    expect(() => bodyOf('append', value, json)).toThrow(message);
    expect(() => bodyOf('append', value, json)).not.toThrow(/secret/);
  });
});

describe('the body of an append to any other stream', () => {
  it('is text as UTF-8, or the bytes as they are', () => {
    expect(text(bodyOf('append', 'grüß 🚀', 'text/plain'))).toBe('grüß 🚀');
    expect(bodyOf('append', new Uint8Array([0, 255]), 'image/png')).toEqual(new Uint8Array([0, 255]));
    expect(bodyOf('append', new Uint8Array([0, 255]).buffer, 'image/png')).toEqual(new Uint8Array([0, 255]));
    expect(bodyOf('append', new Uint16Array([1, 2]).subarray(1), 'image/png')).toEqual(new Uint8Array([2, 0]));
  });

  it('is end to end what was appended together', () => {
    const messages = ['ab', 'c'].map((value) => messageOf('append', draftOf('append', value), 'text/plain'));
    expect(text(joinMessages(messages, 'text/plain'))).toBe('abc');
  });

  it.each([[1], [{ a: 1 }], [null], [['a']]])('cannot be the value %j', (value) => {
    expect(() => bodyOf('append', value, 'text/plain')).toThrow(/takes text or bytes, not a value/);
  });

  it.each([[''], [new Uint8Array(0)]])('cannot be empty', (value) => {
    expect(() => bodyOf('append', value, 'text/plain')).toThrow(/empty append/);
  });
});

describe('a draft', () => {
  it('keeps what the value was, though the value changes', () => {
    const value = { a: 1 };
    const bytes = new Uint8Array([1]);
    const drafts = [draftOf('append', value), draftOf('append', bytes)] as const;
    value.a = 2;
    bytes[0] = 2;
    expect(text(messageOf('append', drafts[0], json))).toBe('{"a":1}');
    expect(messageOf('append', drafts[1], 'image/png')).toEqual(new Uint8Array([1]));
  });

  it('knows about how long it is', () => {
    expect(draftLength(draftOf('append', 'abc'))).toBe(3);
    expect(draftLength(draftOf('append', [1, 2]))).toBe(5);
    expect(draftLength(draftOf('append', new Uint8Array(7)))).toBe(7);
  });
});

function circle(): unknown {
  const value: { self?: unknown } = {};
  value.self = value;
  return value;
}

function deep(levels: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < levels; level += 1) value = [value];
  return value;
}
