import {
  asyncScheduler,
  type MonoTypeOperatorFunction,
  Observable,
  type Observer,
  type SchedulerLike,
  type Subscriber,
  type Subscription,
} from 'rxjs';
import { type BackoffSchedule, jitteredDelay } from '../lib/backoff.js';
import { callback, checkOptions, flag, instance, integer, type OptionRules } from '../lib/check-options.js';
import { scheduleRules } from '../lib/config.js';
import { type Delivery, deriveDelivery, type Settler } from '../lib/delivery.js';
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
  checkOptions('redeliver', rules, options);
  checkBackoff(options.backoff ?? {});
  return (source) =>
    new Observable((subscriber) => {
      const tries = retrier(options, subscriber);
      subscribeWithin(source, subscriber, tries.observer);
      // After the source: credit that is released must not bring further deliveries.
      subscriber.add(() => tries.close());
    });
}

function checkBackoff(backoff: BackoffSchedule): void {
  checkOptions('redeliver: backoff', scheduleRules, backoff);
  const { initialBackoff = 1_000, maxBackoff = 64_000 } = backoff;
  if (maxBackoff >= initialBackoff) return;
  throw new TypeError(
    `redeliver: backoff: option "maxBackoff" (${maxBackoff}) must not be less than "initialBackoff" (${initialBackoff})`,
  );
}

/** One value on its way through its attempts. */
interface Ticket<T> {
  readonly original: Delivery<T>;
  /** How often it has been delivered here, the current time included. */
  readonly tries: number;
  /** The last wait, for decorrelated jitter. */
  readonly wait: number | undefined;
}

interface Retrier<T> {
  readonly observer: Observer<Delivery<T>>;
  /** Nobody listens any more. */
  close(): void;
}

function retrier<T>(options: RedeliverOptions<T>, subscriber: Subscriber<Delivery<T>>): Retrier<T> {
  const { max = 5, ordered = false } = options;
  const queued = ringQueue<Delivery<T>>();
  let out = 0;
  let advancing = false;
  let ended: 'completed' | 'failed' | undefined;
  let end: (() => void) | undefined;

  const emit = (ticket: Ticket<T>): void => {
    out += 1;
    const attempt = ticket.original.attempt + ticket.tries - 1;
    subscriber.next(deriveDelivery(ticket.original, { tag: ticket, attempt }, settler));
  };
  const waiting = waitingRoom(options, emit);
  const settler: Settler<T, Ticket<T>> = {
    settle: ({ tag }, outcome, reason) => {
      out -= 1;
      if (outcome === 'ack') tag.original.ack();
      else if (outcome === 'release' || subscriber.closed) tag.original.release();
      else if (tag.tries >= max) refuse(tag, reason);
      else if (ended === 'failed') tag.original.release();
      else waiting.add(tag, reason);
      advance();
    },
  };
  const refuse = ({ original, tries }: Ticket<T>, reason: unknown): void => {
    // Operators that take a nack complete when all is settled, so nobody upstream does.
    if (ended === 'completed') end = () => subscriber.error(lost(tries, reason));
    original.nack(reason);
  };
  /** A loop, because a handler that acknowledges within `next` would else go one call deeper for each delivery. */
  const advance = (): void => {
    if (advancing) return;
    advancing = true;
    while (out === 0 && waiting.size === 0 && queued.size > 0) {
      const original = queued.shift();
      if (original !== undefined) emit({ original, tries: 1, wait: undefined });
    }
    advancing = false;
    if (end === undefined || out > 0 || waiting.size > 0) return;
    const last = end;
    end = undefined;
    last();
  };
  const close = (): void => {
    waiting.release();
    while (queued.size > 0) queued.shift()?.release();
  };
  const finish = (how: 'completed' | 'failed', last: () => void): void => {
    ended = how;
    end = last;
    if (how === 'failed') close();
    advance();
  };
  const next = (original: Delivery<T>): void => {
    if (!ordered) return emit({ original, tries: 1, wait: undefined });
    queued.push(original);
    advance();
  };
  const error = (cause: unknown): void => finish('failed', () => subscriber.error(cause));
  return { observer: { next, error, complete: () => finish('completed', () => subscriber.complete()) }, close };
}

interface WaitingRoom<T> {
  readonly size: number;
  add(refused: Ticket<T>, reason: unknown): void;
  /** Gives all originals back and stops their timers. */
  release(): void;
}

function waitingRoom<T>(options: RedeliverOptions<T>, emit: (ticket: Ticket<T>) => void): WaitingRoom<T> {
  const { backoff = {}, random, scheduler = asyncScheduler } = options;
  const timers = new Map<Ticket<T>, Subscription>();
  return {
    get size() {
      return timers.size;
    },
    add: ({ original, tries, wait }, reason) => {
      const delay = jitteredDelay(tries - 1, backoff, { random, previous: wait });
      const next: Ticket<T> = { original, tries: tries + 1, wait: delay };
      const fire = (): void => {
        timers.delete(next);
        emit(next);
      };
      timers.set(next, scheduler.schedule(fire, delay));
      announce(options, next, reason);
    },
    release: () => {
      const held = [...timers];
      timers.clear();
      for (const [{ original }, timer] of held) {
        timer.unsubscribe();
        original.release();
      }
    },
  };
}

function announce<T>(
  { onRedeliver }: RedeliverOptions<T>,
  { original, tries, wait }: Ticket<T>,
  reason: unknown,
): void {
  if (onRedeliver === undefined) return;
  const { value, position } = original;
  try {
    onRedeliver({ value, position, attempt: original.attempt + tries - 1, delay: wait ?? 0, reason });
  } catch {
    // The value comes again whatever its observer thinks of it.
  }
}

function lost(attempts: number, cause: unknown): StreamError {
  return new StreamError(`a delivery has failed ${attempts} times, the last time after the source had completed`, {
    errorType: 'fatal_error',
    code: 'delivery_failed',
    attempts,
    cause,
  });
}
