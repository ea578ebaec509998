import { describe, expect, it } from '@jest/globals';
import { createDelivery, deriveDelivery, isDelivery, type Outcome, type Settler } from '../../lib/delivery.js';

interface Settled {
  readonly value: string;
  readonly tag: number;
  readonly outcome: Outcome;
  readonly reason: unknown;
}

function recorder(): { readonly settled: Settled[]; readonly settler: Settler<string, number> } {
  const settled: Settled[] = [];
  return {
    settled,
    settler: { settle: ({ value, tag }, outcome, reason) => settled.push({ value, tag, outcome, reason }) },
  };
}

const parts = { value: 'a', position: '1', attempt: 1, tag: 7 };

describe('createDelivery', () => {
  it('carries what it was made of', () => {
    const { value, position, attempt } = createDelivery(parts, recorder().settler);
    expect({ value, position, attempt }).toEqual({ value: 'a', position: '1', attempt: 1 });
  });

  it.each(['ack', 'nack', 'release'] as const)('tells its settler of %s once, whatever is called later', (outcome) => {
    const { settled, settler } = recorder();
    const delivery = createDelivery(parts, settler);
    delivery[outcome]();
    delivery.ack();
    delivery.nack('late');
    delivery.release();
    expect(settled).toEqual([{ value: 'a', tag: 7, outcome, reason: undefined }]);
  });

  it('gives the reason of a nack', () => {
    const { settled, settler } = recorder();
    createDelivery(parts, settler).nack('no');
    expect(settled).toEqual([{ value: 'a', tag: 7, outcome: 'nack', reason: 'no' }]);
  });

  it('is settled before its settler hears of it, so that a call from there does nothing', () => {
    const outcomes: Outcome[] = [];
    const delivery = createDelivery(parts, {
      settle: (self, outcome) => {
        outcomes.push(outcome);
        self.nack('again');
      },
    });
    delivery.ack();
    expect(outcomes).toEqual(['ack']);
  });

  it('asks for a position that is worked out only when it is read, each time', () => {
    let asked = 0;
    const position = {
      get position() {
        asked += 1;
        return String(asked);
      },
    };
    const delivery = createDelivery({ ...parts, position }, recorder().settler);
    expect(asked).toBe(0);
    expect([delivery.position, delivery.position]).toEqual(['1', '2']);
  });

  it('shows neither settler nor position source to whoever prints it', () => {
    expect(Object.keys(createDelivery(parts, recorder().settler))).toEqual(['value', 'attempt', 'tag']);
  });
});

describe('deriveDelivery', () => {
  it('has value and position of the original, and settles only with its own settler', () => {
    const first = recorder();
    const second = recorder();
    const original = createDelivery(parts, first.settler);
    const derived = deriveDelivery(original, { tag: 9 }, second.settler);
    derived.nack('no');
    expect([derived.value, derived.position, derived.attempt]).toEqual(['a', '1', 1]);
    expect(first.settled).toEqual([]);
    expect(second.settled).toEqual([{ value: 'a', tag: 9, outcome: 'nack', reason: 'no' }]);
  });

  it('may count another attempt', () => {
    const original = createDelivery(parts, recorder().settler);
    expect(deriveDelivery(original, { tag: 9, attempt: 3 }, recorder().settler).attempt).toBe(3);
  });
});

describe('isDelivery', () => {
  it('knows one of this copy, and of another one', () => {
    const foreign = { value: 'a', position: undefined, attempt: 1, ack: () => {}, nack: () => {}, release: () => {} };
    expect([createDelivery(parts, recorder().settler), foreign].map(isDelivery)).toEqual([true, true]);
  });

  it.each([
    { value: undefined },
    { value: null },
    { value: 'ack' },
    { value: { ack: () => {} } },
    { value: { ack: 1, nack: 2, release: 3 } },
  ])('knows that $value is none', ({ value }) => {
    expect(isDelivery(value)).toBe(false);
  });
});
