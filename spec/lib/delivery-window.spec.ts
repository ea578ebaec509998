import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { VirtualTimeScheduler } from 'rxjs';
import type { Delivery } from '../../lib/delivery.js';
import { type DeliveryWindow, deliveryWindow, type DeliveryWindowOptions } from '../../lib/delivery-window.js';
import { readGate } from '../../lib/read-gate.js';
import { createMonitor } from '../../lib/state.js';
import { type Item, type ModelOptions, type Trace, windowModel } from './delivery-window-model.js';

/** A window whose deliveries are kept; `onDelivery` is the consumer. */
function realWindow(options: ModelOptions, onDelivery: (delivery: Delivery<Item>) => void = () => {}) {
  const gate = readGate();
  const monitor = createMonitor();
  const out: Delivery<Item>[] = [];
  const delivered: number[] = [];
  let error: string | undefined;
  let ended = false;
  const settings: DeliveryWindowOptions<Item> = {
    ...options,
    ...{ gate, report: monitor.report, stallWarning: 30_000, scheduler: new VirtualTimeScheduler() },
    sizeOf: ({ size }) => size,
    positionOf: ({ id }) => String(id),
  };
  const window: DeliveryWindow<Item> = deliveryWindow(settings, {
    next: (delivery) => {
      out.push(delivery);
      delivered.push(delivery.value.id);
      onDelivery(delivery);
    },
    error: (failure) => {
      error ??= failure.code;
      window.close();
    },
  });
  const finish = (): void => {
    window.finish(() => {
      ended = true;
      window.close();
    });
  };
  const settle = (at: number, outcome: 'ack' | 'nack' | 'release'): Delivery<Item> | undefined => {
    const [delivery] = out.splice(at, 1);
    delivery?.[outcome]();
    return delivery;
  };
  const trace = (): Trace => {
    const { dropped, outstanding } = monitor.state;
    return { delivered: [...delivered], dropped, error, ended, isOpen: gate.isOpen, outstanding };
  };
  return { window, out, settle, finish, trace, gate };
}

type Action =
  | { readonly kind: 'offer'; readonly size: number }
  | { readonly kind: 'settle'; readonly at: number; readonly outcome: 'ack' | 'nack' | 'release' }
  | { readonly kind: 'finish' };

const offers = fc.record({ kind: fc.constant('offer' as const), size: fc.integer({ min: 0, max: 12 }) });
const settles = (...outcomes: ('ack' | 'nack' | 'release')[]) =>
  fc.record({ kind: fc.constant('settle' as const), at: fc.nat(20), outcome: fc.constantFrom(...outcomes) });
const actions: fc.Arbitrary<Action[]> = fc.array(
  fc.oneof(
    { weight: 60, arbitrary: offers },
    { weight: 50, arbitrary: settles('ack', 'ack', 'release') },
    { weight: 1, arbitrary: settles('nack') },
    { weight: 2, arbitrary: fc.constant({ kind: 'finish' as const }) },
  ),
  { maxLength: 80, size: 'max' },
);
const limits = fc.record({
  maxUnacked: fc.integer({ min: 1, max: 9 }),
  maxUnackedBytes: fc.constantFrom(10, 25, Infinity),
  onFull: fc.constantFrom('pause' as const, 'error' as const, 'dropOldest' as const, 'dropNewest' as const),
  maxQueued: fc.integer({ min: 1, max: 5 }),
});

/** `toEqual` costs more than everything else here, so it only speaks where there is something to say. */
function same(actual: Trace, expected: Trace): void {
  if (JSON.stringify(actual) !== JSON.stringify(expected)) expect(actual).toEqual(expected);
}

describe('deliveryWindow', () => {
  it('does what its model does, whatever is offered and however it is settled', () => {
    fc.assert(
      fc.property(limits, actions, (options, script) => {
        const model = windowModel(options);
        const real = realWindow(options);
        let ids = 0;
        let over = false;
        for (const action of script) {
          if (action.kind === 'offer' && !over) {
            const item = { id: ids++, size: action.size };
            model.offer(item);
            if (!real.trace().ended && real.trace().error === undefined) real.window.offer(item);
          } else if (action.kind === 'settle' && real.out.length > 0) {
            const settled = real.settle(action.at % real.out.length, action.outcome);
            if (settled !== undefined) model.settle(settled.value.id, action.outcome);
          } else if (action.kind === 'finish' && !over) {
            over = true;
            model.finish();
            real.finish();
          }
          if (real.trace().ended) break;
          same(real.trace(), model.trace());
        }
        expect(real.trace().delivered).toEqual(model.trace().delivered);
      }),
      { numRuns: 500 },
    );
  });

  it('keeps order and limits, and loses nothing under pause, when its consumer settles and offers from within', () => {
    // what the consumer does within `next`, by turns
    const deeds = fc.array(fc.constantFrom('keep', 'ack', 'ackOldest', 'offer', 'ackAll', 'ackAndOffer'), {
      minLength: 1,
      maxLength: 12,
    });
    fc.assert(
      fc.property(limits, deeds, fc.array(fc.nat(12), { maxLength: 60, size: 'max' }), (limit, script, sizes) => {
        const options = { ...limit, onFull: 'pause' as const };
        let ids = 0;
        let turn = 0;
        let spare = 40;
        const offer = (size: number): void => real.window.offer({ id: ids++, size });
        const real = realWindow(options, () => {
          const bytes = real.out.reduce((sum, { value }) => sum + value.size, 0);
          if (real.out.length > options.maxUnacked) throw new Error('more out than allowed');
          if (real.out.length > 1 && bytes > options.maxUnackedBytes) throw new Error('more bytes out than allowed');
          const deed = script[turn++ % script.length] ?? 'keep';
          if (/^ack$|ackAnd/.test(deed)) real.settle(real.out.length - 1, 'ack');
          if (deed === 'ackOldest') real.settle(0, 'ack');
          if (/offer/i.test(deed) && spare-- > 0) offer(turn % 13);
          while (deed === 'ackAll' && real.out.length > 0) real.settle(0, 'ack');
        });
        for (const size of sizes) offer(size);
        real.finish();
        while (real.out.length > 0) real.settle(0, 'ack');
        expect(real.trace()).toEqual({
          delivered: Array.from({ length: ids }, (_, id) => id),
          ...{ dropped: 0, isOpen: true, outstanding: 0, error: undefined, ended: true },
        });
      }),
      { numRuns: 300 },
    );
  });

  it('reads on when half of the credit is back, and not before', () => {
    const real = realWindow({ maxUnacked: 6, maxUnackedBytes: Infinity, onFull: 'pause', maxQueued: 1 });
    const open: boolean[] = [];
    for (let id = 0; id < 6; id += 1) {
      real.window.offer({ id, size: 1 });
      open.push(real.gate.isOpen);
    }
    while (real.out.length > 0) {
      real.settle(0, 'ack');
      open.push(real.gate.isOpen);
    }
    expect(open).toEqual([true, true, true, true, true, false, false, false, true, true, true, true]);
  });

  it('lets a single value go alone that is larger than all credit', () => {
    const real = realWindow({ maxUnacked: 6, maxUnackedBytes: 10, onFull: 'pause', maxQueued: 1 });
    for (const [id, size] of [3, 50, 3].entries()) real.window.offer({ id, size });
    expect(real.trace().delivered).toEqual([0]);
    real.settle(0, 'ack');
    expect(real.trace().delivered).toEqual([0, 1]);
    real.settle(0, 'ack');
    expect(real.trace()).toMatchObject({ delivered: [0, 1, 2], isOpen: true });
  });

  it.each([Number.NaN, Infinity, -1])('takes no size of %p', (size) => {
    const real = realWindow({ maxUnacked: 6, maxUnackedBytes: 10, onFull: 'pause', maxQueued: 1 });
    expect(() => real.window.offer({ id: 0, size })).toThrow(
      new TypeError(`deliver: sizeOf must return a number of bytes, got ${size}`),
    );
    expect(real.trace()).toMatchObject({ delivered: [], outstanding: 0 });
  });

  it('does nothing more once it is closed, and leaves the gate open', () => {
    const real = realWindow({ maxUnacked: 2, maxUnackedBytes: Infinity, onFull: 'pause', maxQueued: 1 });
    for (let id = 0; id < 4; id += 1) real.window.offer({ id, size: 1 });
    real.window.close();
    expect(real.trace()).toMatchObject({ delivered: [0, 1], isOpen: true, outstanding: 0 });
    real.settle(0, 'nack');
    real.settle(0, 'ack');
    expect(real.trace()).toMatchObject({ delivered: [0, 1], error: undefined, outstanding: 0 });
  });

  it('delivers what a source brings, with its end, while the gate is being opened', () => {
    const real = realWindow({ maxUnacked: 1, maxUnackedBytes: Infinity, onFull: 'pause', maxQueued: 1 });
    real.window.offer({ id: 0, size: 1 });
    const bringing = real.gate.paused$.subscribe((paused) => {
      if (paused) return;
      bringing.unsubscribe();
      for (let id = 1; id < 4; id += 1) real.window.offer({ id, size: 1 });
      real.finish();
    });
    real.settle(0, 'ack');
    expect(real.trace()).toMatchObject({ delivered: [0, 1], ended: false });
    while (real.out.length > 0) real.settle(0, 'ack');
    expect(real.trace()).toMatchObject({ delivered: [0, 1, 2, 3], ended: true });
  });

  it('goes on counting what is out after the end', () => {
    const real = realWindow({ maxUnacked: 2, maxUnackedBytes: Infinity, onFull: 'pause', maxQueued: 1 });
    real.window.offer({ id: 0, size: 1 });
    real.finish();
    expect(real.trace()).toMatchObject({ ended: true, outstanding: 1 });
    real.settle(0, 'ack');
    expect(real.trace()).toMatchObject({ ended: true, outstanding: 0 });
  });
});
