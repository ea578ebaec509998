import { describe, expect, it } from '@jest/globals';
import {
  anything,
  atLeast,
  callback,
  checkOption,
  checkOptions,
  duration,
  flag,
  instance,
  integer,
  maxDuration,
  oneOf,
  type OptionRule,
  requireOption,
  secret,
  text,
} from '../../lib/check-options.js';

const everything: readonly unknown[] = [
  Number.NaN,
  Infinity,
  -1,
  0,
  1,
  1.5,
  2 ** 31,
  '5',
  '',
  null,
  true,
  {},
  [],
  () => undefined,
  Symbol('s'),
  5n,
];

describe('option rules', () => {
  const rules: readonly (readonly [string, OptionRule, readonly unknown[]])[] = [
    ['integer', integer(0), [0, 1, 2 ** 31]],
    ['integer with an end', integer(-1, 1), [-1, 0, 1]],
    ['duration', duration(), [0, 1]],
    ['duration from 1', duration(1), [1]],
    ['atLeast', atLeast(1), [1, 1.5, 2 ** 31]],
    ['flag', flag, [true]],
    ['oneOf', oneOf(true, '5'), ['5', true]],
    ['text', text, ['5']],
  ];
  it.each(rules)('%s takes exactly what it says', (_name, rule, accepted) => {
    expect(everything.filter((value) => rule.test(value))).toEqual(accepted);
  });

  it('take functions, objects and anything but null', () => {
    expect(everything.filter((value) => callback.test(value))).toHaveLength(1);
    expect(everything.filter((value) => instance.test(value))).toHaveLength(3);
    expect(everything.filter((value) => anything.test(value))).toHaveLength(everything.length - 1);
  });

  it('end durations where timers wrap', () => {
    expect(duration().test(maxDuration)).toBe(true);
    expect(duration().test(maxDuration + 1)).toBe(false);
  });

  it.each([
    ['abc', true],
    ['a~!', true],
    ['', false],
    ['a b', false],
    ['a\n', false],
    ['a\0b', false],
    ['ä', false],
    ['undefined', false],
    ['null', false],
    [5, false],
  ])('take %j for a credential: %s', (value, accepted) => {
    expect(secret.test(value)).toBe(accepted);
  });
});

describe('checkOptions', () => {
  const rules = { limit: integer(1), wait: duration(), token: secret };
  const check = (options: object) => (): void => checkOptions('thing', rules, options);

  it('lets good options and undefined pass', () => {
    expect(check({})).not.toThrow();
    expect(check({ limit: 5, wait: 0, token: 'abc' })).not.toThrow();
    expect(check({ limit: undefined, wait: undefined })).not.toThrow();
  });

  it.each([
    [{ limit: Number.NaN }, 'thing: option "limit" must be a whole number, 1 or more, got NaN'],
    [{ limit: '5' }, 'thing: option "limit" must be a whole number, 1 or more, got a string'],
    [{ limit: null }, 'thing: option "limit" must be a whole number, 1 or more, got null'],
    [{ limit: {} }, 'thing: option "limit" must be a whole number, 1 or more, got an object'],
    [{ limit: '' }, 'thing: option "limit" must be a whole number, 1 or more, got an empty text'],
    [{ wait: 2 ** 31 }, 'thing: option "wait" must be a whole number, 0 to 2147483647 milliseconds, got 2147483648'],
    [{ limt: 5 }, 'thing: unknown option "limt"; known are limit, wait, token'],
  ])('refuses %o and names the option and the fix', (options, message) => {
    expect(check(options)).toThrow(new TypeError(message));
  });

  it('never quotes a text: it may be a secret', () => {
    expect(check({ token: 'SECRET TOKEN' })).toThrow(/^(?!.*SECRET)/);
    expect(check({ token: 'SECRET TOKEN' })).toThrow('option "token"');
  });

  it.each([
    ['null', null, 'null'],
    ['a number', 5, '5'],
    ['a text', 'x', 'a string'],
    ['a list', [1], 'an object'],
  ])('refuses %s in place of the options', (_name, value, got) => {
    const call = (): unknown => Reflect.apply(checkOptions, undefined, ['thing', rules, value]);
    expect(call).toThrow(new TypeError(`thing: options must be an object, got ${got}`));
  });
});

describe('checkOption and requireOption', () => {
  it('check one value', () => {
    expect(() => checkOption('thing: x', integer(0), 1.5)).toThrow(
      new TypeError('thing: x must be a whole number, 0 or more, got 1.5'),
    );
    expect(() => checkOption('thing: x', integer(0), undefined)).not.toThrow();
  });

  it('miss what has no default', () => {
    expect(() => requireOption('thing', 'x', undefined)).toThrow(new TypeError('thing: option "x" is missing'));
    expect(() => requireOption('thing', 'x', 0)).not.toThrow();
  });
});
