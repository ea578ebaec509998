import { asyncScheduler, type MonoTypeOperatorFunction, Observable, type SchedulerLike, type Subscription } from 'rxjs';
import { type BackoffSchedule, jitteredDelay } from '../lib/backoff.js';
import {
  callback,
  checkOptions,
  flag,
  instance,
  integer,
  type OptionRule,
  type OptionRules,
} from '../lib/check-options.js';
import { scheduleRules } from '../lib/config.js';
import { type Delivery, deriveDelivery, type Outcome, type Settler } from '../lib/delivery.js';
import { StreamError } from '../lib/errors.js';
import { ringQueue } from '../lib/ring-queue.js';
import { subscribeWithin } from '../lib/subscribe-within.js';

/** What `onRedeliver` is told of. */
export interface Redelivery<T> {
  readonly value: T;
  readonly position: string | undefined;
  /** The attempt that comes next. */
  readonly attempt: number;
  /** When it comes, in milliseconds from now. */
  readonly delay: number;
  /** What the delivery was refused with. */
  readonly reason: unknown;
}

/** How often a refused delivery comes, and when. */
export interface RedeliverOptions<T> {
  /** How often this operator delivers one value, the first time included. @default 5 */
  max?: number | undefined;
  /** The wait before each further delivery, in milliseconds. @default { initialBackoff: 1_000, maxBackoff: 64_000 } */
  backoff?: BackoffSchedule | undefined;
  /**
   * One delivery at a time: the next one waits until the one before is settled for good, all of its redeliveries included. Otherwise
   * later deliveries overtake one that waits. @default false
   */
  ordered?: boolean | undefined;
  /** Called when a redelivery is decided on; what it throws is ignored. @default undefined */
  onRedeliver?: ((redelivery: Redelivery<T>) => void) | undefined;
  /** From 0 up to 1, for jitter. @default Math.random */
  random?: (() => number) | undefined;
  /** Timers, for tests. @default asyncScheduler */
  scheduler?: SchedulerLike | undefined;
}

const rules: OptionRules<RedeliverOptions<never>> = {
  max: integer(1),
  backoff: instance,
  ordered: flag,
  onRedeliver: callback,
  random: callback,
  scheduler: instance,
};

/**
 * Delivers what was refused again, after a wait and with `attempt` one higher; after `max` deliveries the original is refused with the last
 * reason. `ack` and `release` pass to the original at once.
 *
 * While a value waits its original is unsettled and its credit stays out, so what waits here is bounded by the window of the source, with
 * one timer for each. Completion waits until all deliveries are settled, redeliveries included. An error passes when those in flight are
 * settled; those that wait, and those refused meanwhile that would come again, are released at once: a broken stream must not be kept for
 * minutes. On unsubscription those that wait are released, and for those in flight `ack` still counts and `nack` is a release.
 *
 * Errors: those of the source. `fatal_error` with code `delivery_failed` for what is refused for good after the source has completed: nobody
 * upstream hears of it then. `TypeError` at once for an option that makes no sense.
 *
 * @example
 * import { byteStream, lines } from 'tailrace';
 * import { ackMap, deadLetter, deliver, redeliver } from 'tailrace/operators';
 *
 * byteStream({ url: 'https://example.com/events.ndjson' })
 *   .pipe(
 *     lines(),
 *     deliver({ maxUnacked: 100 }),
 *     deadLetter(({ value, reason }) => console.error(value, reason)),
 *     redeliver({ max: 5, backoff: { initialBackoff: 500 } }),
 *     ackMap(async (line) => console.log(line)),
 *   )
 *   .subscribe();
 */
export function redeliver<T>(options: RedeliverOptions<T> = {}): MonoTypeOperatorFunction<Delivery<T>> {
  checkOptions<RedeliverOptions<never>>('redeliver', rules, options);
  checkBackoff(options.backoff ?? {});
  return (source) =>
    new Observable((subscriber) => {
      const tries = retrier(options, {
        next: (delivery) => subscriber.next(delivery),
        error: (error) => subscriber.error(error),
        complete: () => subscriber.complete(),
      });
      subscriber.add(() => tries.close());
      subscribeWithin(source, subscriber, tries.observer);
    });
}

function checkBackoff(backoff: BackoffSchedule): void {
  checkOptions('redeliver: backoff', scheduleRules, backoff);
  const { initialBackoff = 1_000, maxBackoff = 64_000 } = backoff;
  const rule: OptionRule = {
    expected: `at least "initialBackoff" (${initialBackoff})`,
    test: () => maxBackoff >= initialBackoff,
  };
  if (!rule.test(maxBackoff)) throw new TypeError(`redeliver: backoff: option "maxBackoff" must be ${rule.expected}`);
}
