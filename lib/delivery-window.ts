import {
  deliveryFailed,
  handOut,
  type Delivery,
  type Outcome,
  type PositionSource,
  type SettledDelivery,
  type Settler,
} from './delivery.js';
import { creditOf, type CreditOptions, fits, forget, give, isFull, isHalf, take } from './delivery-credit.js';
import { deliveryPause, type PauseOptions } from './delivery-pause.js';
import { deliveryQueue, type QueueOptions } from './delivery-queue.js';
import type { StreamError } from './errors.js';

export interface DeliveryWindowOptions<T> extends CreditOptions, PauseOptions, QueueOptions {
  readonly sizeOf: (value: T) => number;
  readonly positionOf: ((value: T) => string | PositionSource | undefined) | undefined;
}

/** Credit at work on one subscription. */
export interface DeliveryWindow<T> {
  /** Delivers the value, or keeps it until there is credit. Throws what `sizeOf` and `positionOf` throw. */
  offer(value: T): void;
  /** The source is over: `end` is called when all that waits has been delivered. */
  finish(end: () => void): void;
  /** The subscriber is gone: drops what waits, and opens the gate for whoever is next. */
  close(): void;
}

/** Where deliveries and failures go. */
export interface DeliveryOutlet<T> {
  next(delivery: Delivery<T>): void;
  error(error: StreamError): void;
}

/**
 * At most `maxUnacked` deliveries out; what comes beyond waits here, and under `pause` the gate is closed meanwhile, so that no more than
 * the rest of one piece of the body ever waits. Reading goes on at half.
 *
 * The tag of a delivery is its size in bytes.
 */
export function deliveryWindow<T>(options: DeliveryWindowOptions<T>, outlet: DeliveryOutlet<T>): DeliveryWindow<T> {
  const sizeOf = options.maxUnackedBytes === Infinity ? undefined : checkedSize(options.sizeOf);
  const queue = deliveryQueue<T>(options);
  const credit = creditOf(options);
  const pause = deliveryPause(options);
  let draining = false;
  let closed = false;
  let end: (() => void) | undefined;

  const settler: Settler<T, number> = {
    isFull: () => isFull(credit),
    settle: ({ tag: size }: SettledDelivery<T, number>, outcome: Outcome, reason: unknown) => {
      give(credit, size);
      if (closed) return;
      if (outcome === 'nack') return outlet.error(deliveryFailed(reason));
      if (!pause.isOn) return;
      pause.touch();
      if (!draining && isHalf(credit)) drain();
    },
  };
  const hand = (value: T, size: number, position: string | PositionSource | undefined): void => {
    take(credit, size);
    if (isFull(credit)) pause.start();
    outlet.next(handOut(value, position, size, settler));
  };
  const drain = (): void => {
    draining = true;
    for (let next = queue.head; next !== undefined && fits(credit, next.size); next = queue.head) {
      queue.shift();
      hand(next.value, next.size, next.position);
    }
    draining = false;
    if (closed || queue.size > 0) return;
    if (!isFull(credit)) pause.stop();
    // A source that waits at the gate may have brought more, and its end, before this returns.
    if (queue.size === 0) end?.();
  };
  return {
    offer: (value) => {
      const size = sizeOf?.(value) ?? 0;
      const position = options.positionOf?.(value);
      if (!pause.isOn && !draining && fits(credit, size)) return hand(value, size, position);
      pause.start();
      const overflow = queue.push({ value, size, position });
      if (overflow !== undefined) outlet.error(overflow);
    },
    finish: (over) => {
      end = () => {
        end = undefined;
        // What is out stays out, and counted, until its handlers are done.
        credit.kept = true;
        over();
      };
      if (queue.size === 0) end();
    },
    close: () => {
      closed = true;
      queue.clear();
      forget(credit);
      pause.stop();
    },
  };
}

function checkedSize<T>(sizeOf: (value: T) => number): (value: T) => number {
  return (value) => {
    const size = sizeOf(value);
    // NaN would never be given back, and the window would stay open or shut for good.
    if (Number.isFinite(size) && size >= 0) return size;
    throw new TypeError(`deliver: sizeOf must return a number of bytes, got ${String(size)}`);
  };
}
