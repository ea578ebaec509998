import { describe, expect, it } from '@jest/globals';
import { finalCall, parseToolInput } from '../../../sources/llm/tool-input.js';

const call = { id: 'c1', name: 'write', native: { type: 'tool_use' }, kind: 'json' } as const;

describe('parseToolInput', () => {
  it.each([
    ['', {}],
    ['{}', {}],
    [' {"a":[1,{"b":null}]}\n', { a: [1, { b: null }] }],
    ['"text"', 'text'],
    ['null', null],
    ['[]', []],
    ['{"a":1,"a":2}', { a: 2 }],
  ])('reads %j', (raw, input) => {
    expect(parseToolInput(raw)).toEqual({ input });
  });

  it.each([
    '{',
    '{"a":1',
    '{"a":"x',
    '{"a":1,}',
    "{'a':1}",
    '{"a":1}{"b":2}',
    ' ',
    'undefined',
    '{"a":NaN}',
    '{"secret-text":}',
  ])('calls %j invalid and does not quote it', (raw) => {
    const { input, invalid } = parseToolInput(raw);
    expect(input).toBeUndefined();
    expect(invalid).toMatch(/^the input is not JSON/);
    expect(invalid).not.toMatch(/secret/);
  });

  it('takes no prototype from the text', () => {
    const { input } = parseToolInput('{"__proto__":{"polluted":true}}');
    expect(Object.getPrototypeOf(input)).toBe(Object.prototype);
    expect({}).not.toHaveProperty('polluted');
  });
});

describe('finalCall', () => {
  it('has the input beside the text it came as', () => {
    expect(finalCall({ ...call, raw: '{"a": 1}' })).toEqual({ ...call, raw: '{"a": 1}', input: { a: 1 } });
  });

  it('has the reason and the text, and no input, where the text is no JSON', () => {
    const made = finalCall({ ...call, raw: '{"a": 1' });
    expect(made).toEqual({ ...call, raw: '{"a": 1', input: undefined, invalid: expect.stringContaining('not JSON') });
    expect(made.input).toBeUndefined();
  });

  it('passes free text through, JSON or not', () => {
    for (const raw of ['', '{', '{"a":1}', 'SELECT 1']) {
      expect(finalCall({ ...call, kind: 'text', raw })).toEqual({ ...call, kind: 'text', raw, input: raw });
    }
  });

  it('is invalid where a piece is missing, even if the rest is JSON', () => {
    const made = finalCall({ ...call, raw: '{}', broken: 'a piece is missing' });
    expect(made).toEqual({ ...call, raw: '{}', input: undefined, invalid: 'a piece is missing' });
  });
});
