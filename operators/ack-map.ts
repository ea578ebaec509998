import { Observable, type OperatorFunction, type SchedulerLike, Subscription } from 'rxjs';
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
} from '../lib/check-options.js';
import type { Delivery } from '../lib/delivery.js';
import { handlerPool, type HandlerPoolOptions } from '../lib/handler-pool.js';
import type { DeliveryHandler } from '../lib/handler-run.js';
import { subscribeWithin } from '../lib/subscribe-within.js';

/** How many handlers run at once, for how long, and what happens when one fails. */
export interface AckMapOptions {
  /** How many handlers may run at once. @default 1 */
  concurrency?: number | undefined;
  /**
   * Results in order of delivery, or as they come. In order, a delivery is acknowledged when its results are out: a slow one delays the
   * results and acknowledgments of those behind it, and so the credit of the source, but not their handlers. @default true
   */
  ordered?: boolean | undefined;
  /** Under `ordered`: how many results of one delivery may wait for their turn; its handler fails on one more. @default 1_000 */
  maxHeld?: number | undefined;
  /**
   * A handler that fails: `nack` says so to its delivery and goes on; `error` starts no further handler, lets those that run end, gives the
   * failed delivery and all that wait back, and errors with the reason. @default 'nack'
   */
  onHandlerError?: 'nack' | 'error' | undefined;
  /** A handler whose promise or Observable has not ended after this many milliseconds has failed. @default no limit */
  timeout?: number | undefined;
  /**
   * Whether every handler gets an AbortSignal of its own, at 2 us each. Say `true` where a handler takes it by a default or a rest
   * parameter. @default whether the handler declares a third parameter
   */
  abortable?: boolean | undefined;
  /** Timer and clock of `timeout`, for tests. @default asyncScheduler and performance.now */
  scheduler?: SchedulerLike | undefined;
}

const rules: OptionRules<AckMapOptions> = {
  concurrency: integer(1),
  ordered: flag,
  maxHeld: integer(1),
  onHandlerError: oneOf('nack', 'error'),
  timeout: duration(1),
  abortable: flag,
  scheduler: instance,
};

/**
 * Handles deliveries and acknowledges each when its handler has completed; emits what the handlers give.
 *
 * A handler gives results as an Observable, a promise, an iterable or an async iterable. Anything else is one plain result, texts and
 * functions too, and goes out before the next delivery is looked at; `undefined`, plain or promised, is none. It fails by throwing,
 * rejecting, erroring or taking longer than `timeout`: its delivery is nacked with the reason, results that have not had their turn are
 * dropped, and whatever it still does is ignored. It may settle its delivery itself: the first word stands.
 *
 * Handlers start in order of delivery. What waits for one is limited by the credit of the source alone. When the source completes **or
 * errors**, all that was delivered is handled first. On unsubscription the handlers that run are unsubscribed and aborted, deliveries that
 * are handled and have all their results out are acknowledged, all others are released once the source is left. The signal aborts then, and
 * when its handler fails.
 *
 * Results that wait in operators below are lost in a crash: their deliveries are acknowledged.
 *
 * Errors: with `onHandlerError: 'error'` what a handler failed with; `delivery_failed` when one fails after the source is over, where no
 * operator upstream hears of its nack. A nack carries the same: `timeout` with `handler_timeout`,
 * `fatal_error` with `slow_consumer` past `maxHeld`, or whatever the handler threw. `TypeError` at once for an option that makes no sense.
 *
 * @example
 * import { byteStream, lines } from 'tailrace';
 * import { ackMap, deliver } from 'tailrace/operators';
 *
 * byteStream({ url: 'https://example.com/events.ndjson' })
 *   .pipe(
 *     lines(),
 *     deliver({ maxUnacked: 100 }),
 *     ackMap((line, _, signal) => fetch('https://example.com/store', { method: 'POST', body: line, signal }), {
 *       concurrency: 10,
 *       timeout: 5_000,
 *     }),
 *   )
 *   .subscribe();
 */
export function ackMap<T, R>(
  handler: DeliveryHandler<T, R>,
  options: AckMapOptions = {},
): OperatorFunction<Delivery<T>, R> {
  checkOption('ackMap: handler', callback, handler ?? null);
  checkOptions('ackMap', rules, options);
  const settings = withDefaults(handler, options);
  return (source) =>
    // mergeMap and concatMap drop their queue on an error, and take quadratic time over a long one.
    new Observable((subscriber) => {
      const scope = new Subscription();
      const close = (): void => {
        pool.leave();
        scope.unsubscribe();
        pool.release();
      };
      const pool = handlerPool(settings, {
        next: (result) => subscriber.next(result),
        end: (failure) => {
          close();
          if (failure === undefined) subscriber.complete();
          else subscriber.error(failure.error);
        },
      });
      subscriber.add(close);
      subscribeWithin(source, scope, {
        next: pool.add,
        error: (error) => pool.finish({ error }),
        complete: () => pool.finish(),
      });
    });
}

function withDefaults<T, R>(handler: DeliveryHandler<T, R>, options: AckMapOptions): HandlerPoolOptions<T, R> {
  const { concurrency = 1, ordered = true, maxHeld = 1_000, onHandlerError = 'nack' } = options;
  const { timeout, abortable, scheduler } = options;
  return { handler, concurrency, ordered, maxHeld, onHandlerError, timeout, abortable, scheduler };
}
