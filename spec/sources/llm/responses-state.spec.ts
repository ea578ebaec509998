import { describe, expect, it } from '@jest/globals';
import { newItem, objectsOf, responsesState, tailOf } from '../../../sources/llm/responses-state.js';

describe('tailOf', () => {
  it.each([
    ['abc', 'a', 'bc'],
    ['abc', '', 'abc'],
    ['abc', 'abc', undefined],
    ['ab', 'abc', undefined],
    ['abc', 'x', undefined],
    ['', '', undefined],
  ])('of %j behind %j is %j', (whole, built, tail) => {
    expect(tailOf(whole, built)).toBe(tail);
  });
});

describe('newItem', () => {
  it('is kept under its index', () => {
    const state = responsesState(false);
    const item = newItem(state, { index: 4, kind: 'message' });
    expect(state.items.get(4)).toBe(item);
    expect(item.key).toBe('4');
  });

  it('has begun elsewhere only where the stream is resumed and nothing announced it', () => {
    const begun = { type: 'message' };
    const partial = [false, true].map((isResumed) => {
      const state = responsesState(isResumed);
      return [newItem(state, { index: 0, kind: 'message' }), newItem(state, { index: 1, kind: 'message', begun })].map(
        (item) => item.isPartial,
      );
    });
    expect(partial).toEqual([
      [false, false],
      [true, false],
    ]);
  });
});

describe('objectsOf', () => {
  it('keeps objects only', () => {
    expect(objectsOf([{ a: 1 }, null, 'b', [1], 2])).toEqual([{ a: 1 }]);
    expect(objectsOf({ a: 1 })).toEqual([]);
  });
});
