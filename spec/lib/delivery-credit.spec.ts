import { describe, expect, it } from '@jest/globals';
import { creditOf } from '../../lib/delivery-credit.js';
import { createMonitor } from '../../lib/state.js';

describe('creditOf', () => {
  it.each([
    { sizes: [], full: false, half: true, fits: true },
    { sizes: [10], full: false, half: true, fits: true },
    { sizes: [10, 10], full: false, half: true, fits: true },
    { sizes: [10, 10, 10], full: false, half: false, fits: true },
    { sizes: [1, 1, 1, 1], full: true, half: false, fits: false },
    { sizes: [41], full: false, half: true, fits: false },
    { sizes: [51], full: false, half: false, fits: false },
    { sizes: [300], full: true, half: false, fits: false },
  ])('of 4 and 100 bytes with $sizes out', ({ sizes, full, half, fits }) => {
    const credit = creditOf({ maxUnacked: 4, maxUnackedBytes: 100, report: undefined });
    for (const size of sizes) credit.take(size);
    expect({ full: credit.isFull, half: credit.isHalf, fits: credit.fits(60) }).toEqual({ full, half, fits });
    for (const size of sizes) credit.give(size);
    expect([credit.isHalf, credit.fits(1_000)]).toEqual([true, true]);
  });

  it('tells the monitor what is out, and after forget nothing', () => {
    const { report, ...monitor } = withReport();
    const credit = creditOf({ maxUnacked: 4, maxUnackedBytes: Infinity, report });
    const seen = [() => credit.take(1), () => credit.take(1), () => credit.give(1), () => credit.forget()].map(
      (act) => {
        act();
        return monitor.outstanding();
      },
    );
    credit.give(1);
    credit.forget();
    expect([seen, monitor.outstanding()]).toEqual([[1, 2, 1, 0], 0]);
  });

  it('goes on counting once it is told to keep', () => {
    const { report, outstanding } = withReport();
    const credit = creditOf({ maxUnacked: 4, maxUnackedBytes: Infinity, report });
    credit.take(1);
    credit.keep();
    credit.forget();
    expect(outstanding()).toBe(1);
    credit.give(1);
    expect(outstanding()).toBe(0);
  });

  it('is whole again after fractions', () => {
    const credit = creditOf({ maxUnacked: 4, maxUnackedBytes: 1, report: undefined });
    for (const size of [0.1, 0.2, 0.3]) credit.take(size);
    for (const size of [0.1, 0.2, 0.3]) credit.give(size);
    credit.take(0);
    expect(credit.fits(1)).toBe(true);
  });
});

function withReport() {
  const monitor = createMonitor();
  return { report: monitor.report, outstanding: () => monitor.state.outstanding };
}
