import { describe, expect, it } from '@jest/globals';
import { isKind, isObject, type Kind, shapeChecker, unknownEvent } from '../../../sources/llm/shapes.js';

describe('isKind', () => {
  it.each<[Kind, unknown, unknown]>([
    ['string', '', 1],
    ['number', 0, '0'],
    ['boolean', false, 0],
    ['object', {}, []],
    ['array', [], {}],
  ])('takes a %s for nothing else, and with a mark also null and nothing', (kind, good, bad) => {
    const marked: Kind[] = ['string?', 'number?', 'boolean?', 'object?', 'array?'];
    const optional = marked.find((one) => one === `${kind}?`) ?? kind;
    expect([isKind(good, kind), isKind(bad, kind), isKind(null, kind), isKind(undefined, kind)]).toEqual([
      true,
      false,
      false,
      false,
    ]);
    expect([isKind(good, optional), isKind(bad, optional)]).toEqual([true, false]);
    expect([isKind(null, optional), isKind(undefined, optional)]).toEqual([true, true]);
  });
});

describe('shapeChecker', () => {
  const { fits } = shapeChecker({ a: { one: 'string', two: 'number?' }, b: {} });

  it('wants an object of a known type with every member that the type needs', () => {
    expect(fits({ type: 'a', one: 'x', three: 3 })).toBe(true);
    expect(fits({ type: 'b' })).toBe(true);
    expect(fits({ type: 'a' })).toBe(false);
    expect(fits({ type: 'a', one: 'x', two: 'y' })).toBe(false);
    expect([fits({ type: 'toString' }), fits({}), fits(null), fits([]), fits('a')]).toEqual(new Array(5).fill(false));
  });

  it('takes a type from outside', () => {
    expect([fits({ one: 'x' }, 'a'), fits({}, 'c')]).toEqual([true, false]);
  });
});

it('isObject is no list and not null', () => {
  expect([isObject({}), isObject([]), isObject(null), isObject('a')]).toEqual([true, false, false, false]);
});

it('unknownEvent keeps what came', () => {
  const data = { a: 1 };
  expect(unknownEvent({ type: 'x', data })).toEqual({ type: 'unknown', event: 'x', native: data });
});
