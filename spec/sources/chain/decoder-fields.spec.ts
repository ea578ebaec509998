import { describe, expect, it } from '@jest/globals';
import { fieldNames } from '../../../sources/chain/decoder-fields.js';

describe('fieldNames', () => {
  it.each<[string[], string[]]>([
    [[], []],
    [
      ['a', 'b'],
      ['a', 'b'],
    ],
    [
      ['', ''],
      ['0', '1'],
    ],
    [
      ['a', ''],
      ['a', '1'],
    ],
    [
      ['a', 'a', 'a'],
      ['a', '1', '2'],
    ],
    [
      ['1', ''],
      ['1', '_1'],
    ],
    [
      ['', '0', ''],
      ['_0', '0', '2'],
    ],
    [
      ['_1', '', '1'],
      ['_1', '__1', '1'],
    ],
  ])('names %j as %j', (names, expected) => {
    const fields = fieldNames(names);
    expect(fields.names).toEqual(expected);
    expect(Object.keys(fields.template).sort()).toEqual([...expected].sort());
  });

  it('takes __proto__ for a name like any other', () => {
    const { template } = fieldNames(['__proto__', 'constructor']);
    const record: Record<string, unknown> = { ...template };
    record['__proto__'] = { polluted: true };
    expect(Object.keys(record)).toEqual(['__proto__', 'constructor']);
    expect(Object.getPrototypeOf(record)).toBe(Object.prototype);
    expect(record['polluted']).toBeUndefined();
  });
});
