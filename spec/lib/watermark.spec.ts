import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Watermark, watermark } from '../../lib/watermark.js';

/** The obvious way: every delivery of this epoch in a list, looked through from the start. */
function slowWatermark(): Watermark<number> {
  let deliveries: { readonly ticket: number; readonly position: number | undefined; settled: boolean }[] = [];
  let opened = 0;
  let position: number | undefined;
  const firstHole = (): number => {
    const index = deliveries.findIndex(({ settled }) => !settled);
    return index < 0 ? deliveries.length : index;
  };
  return {
    get position() {
      const settled = deliveries.slice(0, firstHole()).filter((delivery) => delivery.position !== undefined);
      return settled.at(-1)?.position ?? position;
    },
    get outstanding() {
      return deliveries.filter(({ settled }) => !settled).length;
    },
    get span() {
      return deliveries.length - firstHole();
    },
    open: (at) => {
      deliveries.push({ ticket: opened, position: at, settled: false });
      opened += 1;
      return opened - 1;
    },
    settle: (ticket) => {
      const delivery = deliveries.find((one) => one.ticket === ticket);
      if (delivery !== undefined) delivery.settled = true;
    },
    reset() {
      position = this.position;
      deliveries = [];
    },
  };
}

const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('open' as const), count: fc.nat(40) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('openUnplaced' as const), count: fc.nat(3) }) },
  // which of all tickets ever given, the settled and the old ones included
  { weight: 12, arbitrary: fc.record({ kind: fc.constant('settle' as const), count: fc.nat(10_000) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('settleLowest' as const), count: fc.nat(60) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('reset' as const), count: fc.nat(0) }) },
);

describe('watermark', () => {
  it('does what a list looked through from the start does, and never passes a hole', () => {
    fc.assert(
      // Without a size fast-check keeps to some ten steps: too few to go round a ring.
      fc.property(fc.array(step, { maxLength: 80, size: 'max' }), (steps) => {
        const mark = watermark<number>();
        const model = slowWatermark();
        let opened = 0;
        const settle = (ticket: number): void => {
          mark.settle(ticket);
          model.settle(ticket);
        };
        for (const { kind, count } of steps) {
          for (let times = 0; times < count && kind.startsWith('open'); times += 1) {
            const position = kind === 'open' ? opened * 10 : undefined;
            expect(mark.open(position)).toBe(model.open(position));
            opened += 1;
          }
          if (kind === 'settle') settle(count % (opened + 2));
          const lowest = opened - model.span;
          for (let times = 0; times < count && kind === 'settleLowest'; times += 1) settle(lowest + times);
          if (kind === 'reset') {
            mark.reset();
            model.reset();
          }
          expect(pick(mark)).toEqual(pick(model));
        }
      }),
      { numRuns: 80 },
    );
  });

  it('starts without a position', () => {
    expect(pick(watermark())).toEqual({ position: undefined, outstanding: 0, span: 0 });
  });

  it('stays before a delivery that is not settled, and then moves past all that are', () => {
    const mark = watermark<string>();
    const [a, b, c] = [mark.open('a'), mark.open('b'), mark.open('c')];
    mark.settle(c);
    expect(mark.position).toBeUndefined();
    mark.settle(a);
    expect(pick(mark)).toEqual({ position: 'a', outstanding: 1, span: 2 });
    mark.settle(b);
    expect(pick(mark)).toEqual({ position: 'c', outstanding: 0, span: 0 });
  });

  it('is held up by a delivery without a position, and passes it without changing the position', () => {
    const mark = watermark<string>();
    const [a, unplaced, c] = [mark.open('a'), mark.open(undefined), mark.open('c')];
    mark.settle(a);
    mark.settle(c);
    expect(mark.position).toBe('a');
    mark.settle(unplaced);
    expect(mark.position).toBe('c');
    mark.settle(mark.open(undefined));
    expect(mark.position).toBe('c');
  });

  it('counts a delivery that is settled twice once', () => {
    const mark = watermark<number>();
    const [first, second] = [mark.open(1), mark.open(2)];
    for (let times = 0; times < 3; times += 1) mark.settle(second);
    expect(pick(mark)).toEqual({ position: undefined, outstanding: 1, span: 2 });
    for (let times = 0; times < 3; times += 1) mark.settle(first);
    expect(pick(mark)).toEqual({ position: 2, outstanding: 0, span: 0 });
  });

  it('goes on for ever in the room that its span needs', () => {
    const mark = watermark<number>();
    for (let round = 0; round < 50; round += 1) {
      const tickets = Array.from({ length: 60 }, (_, index) => mark.open(round * 60 + index));
      for (const ticket of tickets.reverse()) mark.settle(ticket);
      expect(pick(mark)).toEqual({ position: round * 60 + 59, outstanding: 0, span: 0 });
    }
  });

  it('ignores tickets it has never given', () => {
    const mark = watermark<number>();
    mark.open(1);
    for (const ticket of [-1, 1, 64, Infinity, NaN]) mark.settle(ticket);
    expect(pick(mark)).toEqual({ position: undefined, outstanding: 1, span: 1 });
  });

  it('keeps its position over a reset and ignores the tickets from before it', () => {
    const mark = watermark<string>();
    const [a, b] = [mark.open('a'), mark.open('b')];
    mark.settle(a);
    mark.reset();
    expect(pick(mark)).toEqual({ position: 'a', outstanding: 0, span: 0 });
    const again = mark.open('b');
    mark.settle(b);
    expect(pick(mark)).toEqual({ position: 'a', outstanding: 1, span: 1 });
    mark.settle(again);
    expect(mark.position).toBe('b');
  });

  it('says how far one stuck delivery has been passed by', () => {
    const mark = watermark<number>();
    const stuck = mark.open(0);
    for (let position = 1; position <= 5_000; position += 1) mark.settle(mark.open(position));
    expect(pick(mark)).toEqual({ position: undefined, outstanding: 1, span: 5_001 });
    mark.settle(stuck);
    expect(pick(mark)).toEqual({ position: 5_000, outstanding: 0, span: 0 });
  });

  it('takes the worst order of 300,000', () => {
    const mark = watermark<number>();
    const tickets = Array.from({ length: 300_000 }, (_, position) => mark.open(position));
    for (const ticket of tickets.reverse()) mark.settle(ticket);
    expect(mark.position).toBe(299_999);
  });
});

function pick({ position, outstanding, span }: Watermark<unknown>): unknown {
  return { position, outstanding, span };
}
