import { describe, expect, it } from '@jest/globals';
import { creditOf, fits, forget, give, isFull, isHalf, take } from '../../lib/delivery-credit.js';
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
  ])('of 4 and 100 bytes with $sizes out', ({ sizes, full, half, fits: one }) => {
    const credit = creditOf({ maxUnacked: 4, maxUnackedBytes: 100, report: undefined });
    for (const size of sizes) take(credit, size);
    expect({ full: isFull(credit), half: isHalf(credit), fits: fits(credit, 60) }).toEqual({ full, half, fits: one });
    for (const size of sizes) give(credit, size);
    expect([isHalf(credit), fits(credit, 1_000)]).toEqual([true, true]);
  });

  it('tells the monitor what is out, and after forget nothing', () => {
    const { report, ...monitor } = withReport();
    const credit = creditOf({ maxUnacked: 4, maxUnackedBytes: Infinity, report });
    const seen = [() => take(credit, 1), () => take(credit, 1), () => give(credit, 1), () => forget(credit)].map(
      (act) => {
        act();
        return monitor.outstanding();
      },
    );
    give(credit, 1);
    forget(credit);
    expect([seen, monitor.outstanding()]).toEqual([[1, 2, 1, 0], 0]);
  });

  it('goes on counting once it is told to keep', () => {
    const { report, outstanding } = withReport();
    const credit = creditOf({ maxUnacked: 4, maxUnackedBytes: Infinity, report });
    take(credit, 1);
    credit.kept = true;
    forget(credit);
    expect(outstanding()).toBe(1);
    give(credit, 1);
    expect(outstanding()).toBe(0);
  });

  it('is whole again after fractions', () => {
    const credit = creditOf({ maxUnacked: 4, maxUnackedBytes: 1, report: undefined });
    for (const size of [0.1, 0.2, 0.3]) take(credit, size);
    for (const size of [0.1, 0.2, 0.3]) give(credit, size);
    take(credit, 0);
    expect(fits(credit, 1)).toBe(true);
  });
});

function withReport() {
  const monitor = createMonitor();
  return { report: monitor.report, outstanding: () => monitor.state.outstanding };
}
