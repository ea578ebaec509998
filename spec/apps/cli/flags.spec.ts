import { describe, expect, it } from '@jest/globals';
import { listFlag, repeated, retriesFlag, secondsFlag, wholeNumber, withoutUnset } from '../../../apps/cli/flags.js';

describe('the value of an option', () => {
  it.each([
    ['0', 0],
    ['5', 5],
  ])('is a whole number within its limits: %s', (text, value) => {
    expect(wholeNumber(0, 5)(text)).toBe(value);
  });

  it.each(['', '-1', '6', '1.5', '1e1', '0x1', ' 1', 'NaN', '99999999999999999999'])(
    'is no whole number: %j',
    (text) => {
      expect(() => wholeNumber(0, 5)(text)).toThrow('whole number, 0 to 5');
    },
  );

  it('may be -1 for retries without end', () => {
    expect(retriesFlag('-1')).toBe(-1);
    expect(() => retriesFlag('-2')).toThrow('-1 or more');
  });

  it.each([
    ['1', 1],
    ['0.25', 0.25],
    ['2147483', 2_147_483],
  ])('is a number of seconds: %s', (text, value) => {
    expect(secondsFlag(text)).toBe(value);
  });

  it.each(['0', '0.0', '-1', '2147484', '1e3', '', '.5'])('is no number of seconds that a timer holds: %j', (text) => {
    expect(() => secondsFlag(text)).toThrow('seconds above 0');
  });

  it('is a list with commas, and repeating adds to it', () => {
    expect(listFlag('b, c,', listFlag('a'))).toEqual(['a', 'b', 'c']);
    expect(repeated('b,c', repeated('a'))).toEqual(['a', 'b,c']);
  });

  it('that is not given is not there', () => {
    expect(Object.keys(withoutUnset({ a: undefined, b: 0, c: false }))).toEqual(['b', 'c']);
  });
});
