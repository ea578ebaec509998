import { Observable, type OperatorFunction, type SchedulerLike } from 'rxjs';
import {
  callback,
  checkOptions,
  duration,
  instance,
  integer,
  oneOf,
  type OptionRules,
  requireOption,
} from '../lib/check-options.js';
import type { Delivery, PositionSource } from '../lib/delivery.js';
import type { FullPolicy } from '../lib/delivery-queue.js';
import { deliveryWindow, type DeliveryWindowOptions } from '../lib/delivery-window.js';
import type { ReadGate } from '../lib/read-gate.js';
import type { StreamMonitor } from '../lib/state.js';
import { subscribeWithin } from '../lib/subscribe-within.js';

/** How much may be out at once, and what happens to the rest. */
export interface DeliverOptions<T> {
  /** Deliveries that may be out, unsettled. */
  maxUnacked: number;
  /** The same by their size; needs `sizeOf`. A single larger value goes alone. @default unlimited */
  maxUnackedBytes?: number | undefined;
  /** Size of a value, in bytes. */
  sizeOf?: ((value: T) => number) | undefined;
  /** Where to resume after a value; an object is asked only when its position is saved. @default no position */
  positionOf?: ((value: T) => string | PositionSource | undefined) | undefined;
  /**
   * What a full window does: `pause` closes the gate, so that nobody reads and the server waits; the others go on reading
   * into a queue and, when it is full, error with `slow_consumer` or give up the oldest or newest value, counted. @default 'pause'
   */
  onFull?: FullPolicy | undefined;
  /** How many values may wait under every policy but `pause`. @default 10_000 */
  maxQueued?: number | undefined;
  /** Closed while the window is full; give the same one to the request. */
  gate?: ReadGate | undefined;
  /** Counts what is out, and is told of a window that stays full. */
  monitor?: StreamMonitor | undefined;
  /** A full window in which nothing settles for this long is told of, in milliseconds. @default 30_000 */
  stallWarning?: number | undefined;
  /** Timer of that warning, for tests. @default asyncScheduler */
  scheduler?: SchedulerLike | undefined;
}

const rules: OptionRules<DeliverOptions<never>> = {
  maxUnacked: integer(1),
  maxUnackedBytes: integer(1),
  sizeOf: callback,
  positionOf: callback,
  onFull: oneOf('pause', 'error', 'dropOldest', 'dropNewest'),
  maxQueued: integer(1),
  gate: instance,
  monitor: instance,
  stallWarning: duration(1),
  scheduler: instance,
};

/**
 * Turns values into deliveries with credit: never more than `maxUnacked` are out. Put it outside the retry, so that one window holds across
 * reconnects.
 *
 * Deliveries come synchronously while there is credit. Under `pause` the rest of the piece in hand waits, at most one piece of a body, and
 * reading goes on when half of the credit is back. On completion and error what waits is delivered first; on unsubscription it is dropped,
 * and deliveries that are out may still be settled, to no effect.
 *
 * Errors: `fatal_error` with `slow_consumer` when the queue overflows, with `delivery_failed` when a nack comes this far. Those of the source.
 *
 * @example
 * import { byteStream, lines } from 'tailrace';
 * import { ackMap, deliver } from 'tailrace/operators';
 *
 * byteStream({ url: 'https://example.com/events.ndjson' })
 *   .pipe(lines(), deliver({ maxUnacked: 100 }), ackMap(async (line) => console.log(line)))
 *   .subscribe();
 */
export function deliver<T>(options: DeliverOptions<T>): OperatorFunction<T, Delivery<T>> {
  checkOptions('deliver', rules, options);
  requireOption('deliver', 'maxUnacked', options.maxUnacked);
  if (options.maxUnackedBytes !== undefined) requireOption('deliver', 'sizeOf', options.sizeOf);
  const settings = withDefaults(options);
  return (source) =>
    new Observable((subscriber) => {
      const window = deliveryWindow(settings, subscriber);
      const guarded = (value: T): void => {
        try {
          window.offer(value);
        } catch (error) {
          subscriber.error(error);
        }
      };
      subscribeWithin(source, subscriber, {
        // Without functions of the caller nothing can throw, and a layer less is passed by every value.
        next: settings.positionOf === undefined && options.sizeOf === undefined ? window.offer : guarded,
        error: (error) => window.finish(() => subscriber.error(error)),
        complete: () => window.finish(() => subscriber.complete()),
      });
      // After the source: closing opens the gate, and one that waits there would bring more.
      subscriber.add(() => window.close());
    });
}

function withDefaults<T>(options: DeliverOptions<T>): DeliveryWindowOptions<T> {
  const { maxUnackedBytes = Infinity, sizeOf = () => 0, positionOf } = options;
  const { onFull = 'pause', maxQueued = 10_000, stallWarning = 30_000 } = options;
  const { maxUnacked, gate, monitor, scheduler } = options;
  return {
    ...{ maxUnacked, maxUnackedBytes, sizeOf, positionOf, onFull, maxQueued, stallWarning },
    ...{ gate, report: monitor?.report, scheduler },
  };
}
