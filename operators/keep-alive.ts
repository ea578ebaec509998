import {
  asyncScheduler,
  catchError,
  defer,
  EMPTY,
  exhaustMap,
  interval,
  type MonoTypeOperatorFunction,
  Observable,
  type ObservableInput,
  type SchedulerLike,
  tap,
} from 'rxjs';
import { callback, checkOptions, duration, instance, integer } from '../lib/check-options.js';
import { StreamError } from '../lib/errors.js';

/** How often to send, and how many failures in a row mean that the other side is gone. */
export interface KeepAliveOptions {
  /** Time between two sends, and before the first one, in milliseconds. @default 30_000 */
  interval?: number | undefined;
  /** Failures in a row that end the stream. @default 3 */
  maxFailures?: number | undefined;
  /** Called with each failure and how many there were in a row. What it throws is ignored. @default undefined */
  onFailure?: ((error: unknown, failures: number) => void) | undefined;
  /** Timer of `interval`. @default asyncScheduler */
  scheduler?: SchedulerLike | undefined;
}

/**
 * Passes the source through and calls `send` at every interval while it is subscribed.
 *
 * A send has succeeded when it completes; what it emits is ignored. It has failed when it errors, when `send` throws and
 * when it returns nothing that can be subscribed. One success sets the failures back to 0. Two sends never overlap: one
 * that takes longer than the interval skips the intervals it covers, and one that never ends is the last, so give it a
 * time limit of its own. Completion, error and unsubscription stop the timer and cancel a send under way. Holds no
 * values.
 *
 * Errors: `connection_error` with code `heartbeat_failed` at `maxFailures`, its cause the last failure; the source is
 * unsubscribed. `TypeError` at once for an option that makes no sense.
 *
 * @example
 * import { keepAlive } from 'tailrace/operators';
 * import { NEVER } from 'rxjs';
 *
 * const ping = () => fetch('https://stream.example/lease', { method: 'POST' });
 * NEVER.pipe(keepAlive(ping, { interval: 10_000 })).subscribe();
 */
export function keepAlive<T>(
  send: () => ObservableInput<unknown>,
  options: KeepAliveOptions = {},
): MonoTypeOperatorFunction<T> {
  if (typeof send !== 'function') throw new TypeError('keepAlive: send must be a function');
  const rules = { interval: duration(1), maxFailures: integer(1), onFailure: callback, scheduler: instance };
  checkOptions('keepAlive', rules, options);
  return (source) =>
    new Observable((subscriber) => {
      const beats = heartbeats(send, options);
      subscriber.add(beats.subscribe({ error: (error: unknown) => subscriber.error(error) }));
      // Not merge(): the end of the source must end the beats too. The subscriber itself, so that values cost nothing.
      source.subscribe(subscriber);
    });
}

/** Errors when too many sends in a row have failed; what it emits means nothing. For one subscription. */
function heartbeats(send: () => ObservableInput<unknown>, options: KeepAliveOptions): Observable<unknown> {
  const { interval: period = 30_000, maxFailures = 3, onFailure, scheduler = asyncScheduler } = options;
  let failures = 0;
  const failed = (error: unknown): Observable<never> => {
    failures += 1;
    if (onFailure !== undefined) tell(onFailure, error, failures);
    if (failures >= maxFailures) throw heartbeatFailed(failures, error);
    return EMPTY;
  };
  const beat = defer(send).pipe(tap({ complete: () => void (failures = 0) }), catchError(failed));
  return interval(period, scheduler).pipe(exhaustMap(() => beat));
}

function heartbeatFailed(failures: number, cause: unknown): StreamError<'heartbeat_failed'> {
  const count = failures === 1 ? 'one heartbeat' : `${failures} heartbeats in a row`;
  return new StreamError(`${count} failed`, { errorType: 'connection_error', code: 'heartbeat_failed', cause });
}

function tell(listener: (error: unknown, failures: number) => void, error: unknown, failures: number): void {
  try {
    listener(error, failures);
  } catch {
    // A broken listener must not end a stream that the heartbeat keeps alive; the failure itself is counted.
  }
}
