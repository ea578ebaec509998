import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { jsonLine, safeLine } from '../../../apps/cli/json-line.js';

describe('a line of JSON', () => {
  it.each([
    ['U+2028', '\u2028', '"\\u2028"'],
    ['U+2029', '\u2029', '"\\u2029"'],
    ['a line end', '\r\n', '"\\r\\n"'],
    ['an escape', '\u001b[2J', '"\\u001b[2J"'],
    ['DEL and a C1 control', '\u007f\u009b', '"\\u007f\\u009b"'],
    ['a lone surrogate', '\ud800', '"\\ud800"'],
    ['a whole pair', '😀', '"😀"'],
  ])('escapes %s where it must', (_, text, expected) => {
    expect(jsonLine(text)).toBe(expected);
  });

  it('is one line and reads as the same value, whatever the value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const line = jsonLine(value);
        expect(line).not.toMatch(/[\0-\x1f\x7f-\x9f\u2028\u2029]/);
        expect(JSON.parse(line)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
      { numRuns: 50 },
    );
  });

  it('made of JSON keeps its numbers as they are', () => {
    expect(safeLine('{"id":9223372036854775807,"a":"\u2029"}')).toBe('{"id":9223372036854775807,"a":"\\u2029"}');
  });
});
