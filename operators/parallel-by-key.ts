import { Observable, type OperatorFunction, pipe, Subscription } from 'rxjs';
import {
  callback,
  checkOption,
  checkOptions,
  duration,
  flag,
  instance,
  integer,
  oneOf,
  type OptionRules,
  requireOption,
} from '../lib/check-options.js';
import { type Delivery, deliveryFailed, deriveDelivery, type Settler } from '../lib/delivery.js';
import type { DeliveryHandler } from '../lib/handler-run.js';
import { type Keyed, keyLanes } from '../lib/key-lanes.js';
import { subscribeWithin } from '../lib/subscribe-within.js';
import type { StreamError } from '../lib/errors.js';
import { ackMap, type AckMapOptions } from './ack-map.js';

/** How many deliveries may be out, unsettled, each of another key. */
export interface ParallelByKeyOptions {
  /** Deliveries that may be out at once, one of a key at most. */
  concurrency: number;
}

/** The same with a handler. */
export interface ParallelHandlerOptions
  extends ParallelByKeyOptions, Omit<AckMapOptions, 'concurrency' | 'ordered' | 'maxHeld'> {}

const rules: OptionRules<ParallelByKeyOptions> = { concurrency: integer(1) };

const handlerRules: OptionRules<ParallelHandlerOptions> = {
  ...rules,
  onHandlerError: oneOf('nack', 'error'),
  timeout: duration(1),
  abortable: flag,
  scheduler: instance,
};

/**
 * Passes deliveries so that those of one key are out one at a time and in order, those of different keys together, at most `concurrency`: the
 * next one of a key comes when the one before is settled, however that was. Keys are the same as in a `Map`, and are forgotten when idle.
 *
 * A delivery whose key is free passes at once and synchronously, before older ones whose key is not. The others wait here, limited by the
 * credit of the source alone: a key that is stuck stops the others when all credit waits behind it.
 *
 * A `redeliver` below keeps the order of a key through its retries; one above brings a failed delivery again behind those of its key that
 * have come meanwhile. An `ackMap` below needs `ordered: false`, or it would hold the settling of all keys up for the slowest one.
 *
 * When the source completes or errors, what waits passes first, as the consumer settles. On unsubscription it is released, once the source is
 * left; what is out is the consumer's to settle.
 *
 * Errors: what `key` throws, after the delivery is nacked with it; `delivery_failed` when one is refused after the source is over. Those of
 * the source. `TypeError` at once for an option that makes no sense.
 *
 * @example
 * import { byteStream, lines } from 'tailrace';
 * import { deliver, parallelByKey } from 'tailrace/operators';
 *
 * byteStream({ url: 'https://example.com/events.csv' })
 *   .pipe(
 *     lines(),
 *     deliver({ maxUnacked: 1_000 }),
 *     parallelByKey((line) => line.split(',')[0], async (line) => console.log(line), { concurrency: 16 }),
 *   )
 *   .subscribe();
 */
export function parallelByKey<T>(
  key: (value: T) => unknown,
  options: ParallelByKeyOptions,
): OperatorFunction<Delivery<T>, Delivery<T>>;
/**
 * The same with the handler in it: `ackMap` with results as they come, those of one key in order.
 *
 * Errors: those of both.
 */
export function parallelByKey<T, R>(
  key: (value: T) => unknown,
  handler: DeliveryHandler<T, R>,
  options: ParallelHandlerOptions,
): OperatorFunction<Delivery<T>, R>;
export function parallelByKey<T, R>(
  key: (value: T) => unknown,
  handlerOrOptions: DeliveryHandler<T, R> | ParallelByKeyOptions,
  handlerOptions?: ParallelHandlerOptions,
): OperatorFunction<Delivery<T>, Delivery<T>> | OperatorFunction<Delivery<T>, R> {
  checkOption('parallelByKey: key', callback, key ?? null);
  if (typeof handlerOrOptions !== 'function') {
    checkParallel(rules, handlerOrOptions);
    return oneOfEachKey(key, handlerOrOptions.concurrency);
  }
  const options = handlerOptions ?? missingConcurrency();
  checkParallel(handlerRules, options);
  return pipe(oneOfEachKey(key, options.concurrency), ackMap(handlerOrOptions, { ...options, ordered: false }));
}

function checkParallel<O extends ParallelByKeyOptions>(optionRules: OptionRules<O>, options: O): void {
  checkOptions('parallelByKey', optionRules, options);
  requireOption('parallelByKey', 'concurrency', options.concurrency);
}

function missingConcurrency(): never {
  throw new TypeError('parallelByKey: option "concurrency" is missing');
}

function oneOfEachKey<T>(key: (value: T) => unknown, concurrency: number): OperatorFunction<Delivery<T>, Delivery<T>> {
  return (source) =>
    new Observable((subscriber) => {
      const scope = new Subscription();
      const gate = keyGate(key, concurrency, (delivery) => subscriber.next(delivery));
      const close = (): void => {
        gate.stop();
        scope.unsubscribe();
        gate.release();
      };
      subscriber.add(close);
      subscribeWithin(source, scope, {
        next: (delivery) =>
          gate.add(delivery, (error) => {
            close();
            subscriber.error(error);
          }),
        error: (error) => gate.finish(() => subscriber.error(error)),
        complete: () =>
          gate.finish((failure) => (failure === undefined ? subscriber.complete() : subscriber.error(failure))),
      });
    });
}

interface KeyGate<T> {
  /** `onBroken` is called with what the key function threw. */
  add(delivery: Delivery<T>, onBroken: (error: unknown) => void): void;
  /** `end` is called when nothing waits any more, with the first delivery's failure that came too late for the source. */
  finish(end: (failure: StreamError | undefined) => void): void;
  /** Nothing passes any more. */
  stop(): void;
  /** Gives back what waits and what still comes. */
  release(): void;
}

function keyGate<T>(
  key: (value: T) => unknown,
  concurrency: number,
  emit: (delivery: Delivery<T>) => void,
): KeyGate<T> {
  const lanes = keyLanes<Delivery<T>>();
  let state: 'open' | 'stopped' | 'released' = 'open';
  let out = 0;
  let passing = false;
  let end: ((failure: StreamError | undefined) => void) | undefined;
  let failure: StreamError | undefined;

  const settler: Settler<T, Keyed<Delivery<T>>> = {
    settle: ({ tag }, outcome, reason) => {
      out -= 1;
      lanes.done(tag.key);
      // Operators that take a nack complete when all is settled: after that nobody upstream hears of it.
      if (outcome === 'nack' && end !== undefined) failure ??= deliveryFailed(reason);
      if (outcome === 'nack') tag.value.nack(reason);
      else tag.value[outcome]();
      pass();
    },
  };
  /** What is settled or added meanwhile waits for this loop: no recursion. */
  const pass = (): void => {
    if (passing) return;
    passing = true;
    while (out < concurrency && state === 'open') {
      const tag = lanes.take();
      if (tag === undefined) break;
      out += 1;
      emit(deriveDelivery(tag.value, { tag }, settler));
    }
    passing = false;
    if (lanes.size === 0 && state === 'open') end?.(failure);
  };
  return {
    add: (delivery, onBroken) => {
      let entry: Keyed<Delivery<T>>;
      try {
        entry = { key: state === 'open' ? key(delivery.value) : undefined, value: delivery };
      } catch (error) {
        // Before the nack, which may come back as an error of the source: the reason says more.
        state = 'stopped';
        delivery.nack(error);
        return onBroken(error);
      }
      if (state === 'released') return delivery.release();
      lanes.add(entry);
      pass();
    },
    finish: (over) => {
      end = over;
      pass();
    },
    stop: () => {
      if (state === 'open') state = 'stopped';
    },
    release: () => {
      state = 'released';
      for (const { value } of lanes.clear()) value.release();
    },
  };
}
