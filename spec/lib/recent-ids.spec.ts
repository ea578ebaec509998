import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { recentIds } from '../../lib/recent-ids.js';

describe('recentIds', () => {
  it('is what a list of the last ids would be, for any ids, limits and times', () => {
    const id = fc.oneof(
      fc.integer({ min: 0, max: 40 }).map(String),
      fc.bigInt({ min: 0n, max: 10n ** 19n - 1n }).map(String),
      fc.constantFrom('9999999999999999999', '9223372036854775807', '1000000000', '999999999', '4294967296'),
    );
    const steps = fc.array(fc.record({ id, wait: fc.integer({ min: 0, max: 3 }) }), { maxLength: 400 });
    const limits = { maxKeys: fc.integer({ min: 1, max: 700 }), maxAge: fc.integer({ min: 1, max: 300 }) };
    fc.assert(
      fc.property(steps, limits.maxKeys, limits.maxAge, (all, maxKeys, maxAge) => {
        const ids = recentIds(maxKeys, maxAge);
        let model: { id: string; at: number }[] = [];
        let now = 0;
        const said: unknown[] = [];
        const wanted: unknown[] = [];
        for (const step of all) {
          now += step.wait;
          model = model.filter(({ at }) => now - at < maxAge);
          const isNew = model.every((one) => one.id !== step.id);
          said.push(ids.remember(step.id, now));
          wanted.push(isNew);
          if (isNew) model = [...model, { id: step.id, at: now }].slice(-maxKeys);
        }
        expect(said).toEqual(wanted);
      }),
      { numRuns: 100 },
    );
  });

  it('tells apart neighbours of 19 digits, where numbers would not', () => {
    const ids = recentIds(1_000, 1_000);
    for (let n = 0n; n < 900n; n += 1n) expect(ids.remember(String(9_223_372_036_854_775_000n + n), 0)).toBe(true);
    for (let n = 0n; n < 900n; n += 1n) expect(ids.remember(String(9_223_372_036_854_775_000n + n), 0)).toBe(false);
  });

  it('stays exact through growth and a hundred turns of the ring', () => {
    const ids = recentIds(1_000, 1_000_000);
    let unknown = 0;
    for (let n = 0; n < 100_000; n += 1) unknown += Number(ids.remember(String(n * 7), n));
    expect(unknown).toBe(100_000);
    for (let n = 99_000; n < 100_000; n += 1) unknown += Number(ids.remember(String(n * 7), 100_000));
    expect(unknown).toBe(100_000);
    expect(ids.remember(String(98_999 * 7), 100_000)).toBe(true);
  });

  it.each(['', '007', '-1', '1.5', '1e3', 'abc', '１', '12345678901234567890', '0x10', ' 1'])(
    'leaves %j to others',
    (text) => {
      expect(recentIds(10, 10).remember(text, 0)).toBeUndefined();
    },
  );
});
