import { describe, expect, it } from '@jest/globals';
import { recentKeys } from '../../lib/recent-keys.js';

describe('recentKeys', () => {
  it('tells apart a number, a bigint and the same as text', () => {
    const isNew = recentKeys(10, 1_000);
    expect([isNew('7', 0), isNew(7, 0), isNew(7n, 0), isNew('7', 1), isNew(7, 1), isNew(7n, 1)]).toEqual([
      ...[true, true, true],
      ...[false, false, false],
    ]);
  });

  it('forgets by number and by age, ids and other texts alike', () => {
    for (const keys of [
      ['1', '2', '3'],
      ['a', 'b', 'c'],
    ] as const) {
      const isNew = recentKeys(2, 100);
      for (const key of keys) expect(isNew(key, 0)).toBe(true);
      expect(isNew(keys[2], 99)).toBe(false);
      expect(isNew(keys[2], 100)).toBe(true);
      expect(isNew(keys[0], 100)).toBe(true);
    }
  });
});
