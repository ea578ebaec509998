import { describe, expect, it } from '@jest/globals';
import { of, Subscription } from 'rxjs';
import { followSeries, isPromised, isSeries } from '../../lib/handler-result.js';

async function* later(): AsyncGenerator<number> {
  yield 1;
}

describe('a result of a handler', () => {
  it.each([
    ['a native promise', Promise.resolve(1), 'promised'],
    ['a foreign promise', { then: () => undefined }, 'promised'],
    ['an Observable', of(1), 'series'],
    ['an array', [1], 'series'],
    ['a map', new Map([[1, 2]]), 'series'],
    ['a byte array', new Uint8Array(1), 'series'],
    ['an async generator', later(), 'series'],
    ['a text', 'text', 'plain'],
    ['an empty text', '', 'plain'],
    ['a function', () => 1, 'plain'],
    ['an object with length', { length: 1 }, 'plain'],
    ['an object with a then that is no function', { then: 1 }, 'plain'],
    ['null', null, 'plain'],
    ['undefined', undefined, 'plain'],
    ['0', 0, 'plain'],
  ])('is told apart: %s', (_, result: unknown, kind) => {
    expect(isPromised(result) ? 'promised' : isSeries(result) ? 'series' : 'plain').toBe(kind);
  });

  it('stops a series that never pauses when its scope closes', () => {
    const scope = new Subscription();
    const seen: number[] = [];
    function* endless(): Generator<number> {
      for (let value = 0; ; value += 1) yield value;
    }
    followSeries(endless(), scope, {
      next: (value) => {
        seen.push(value);
        if (value === 2) scope.unsubscribe();
      },
      error: () => undefined,
      complete: () => undefined,
    });
    expect(seen).toEqual([0, 1, 2]);
  });
});
