import { type MonoTypeOperatorFunction, Observable, type Observer, type SchedulerLike, type Subscriber } from 'rxjs';
import { callback, checkOptions, duration, instance, type OptionRules, requireOption } from '../lib/check-options.js';
import { StreamError } from '../lib/errors.js';
import { type IdleTimer, idleTimer } from '../lib/idle-timer.js';
import { subscribeWithin } from '../lib/subscribe-within.js';
import type { StreamMonitor } from '../lib/state.js';

/** How long silence may last, and what counts as a sign of life. */
export interface WatchdogOptions<T = unknown> {
  /** Silence of this many milliseconds is an error. */
  idle: number;
  /** Which values are signs of life: with it the watchdog is one of content, and a ping is none. @default every value */
  isAlive?: ((value: T) => boolean) | undefined;
  /** While this says `true` the watchdog stands still; afterwards the silence starts anew. */
  pausedBy?: Observable<boolean> | undefined;
  /** Called once per silence when half of the limit has passed, with the milliseconds so far. */
  onSilence?: ((milliseconds: number) => void) | undefined;
  /** Is told of the same as a `silence` warning. */
  monitor?: StreamMonitor | undefined;
  /** Timer and clock, for tests. @default asyncScheduler and performance.now */
  scheduler?: SchedulerLike | undefined;
}

/**
 * Errors when nothing comes for `idle` milliseconds, from subscription on. Values pass at once and untouched; nothing is held.
 *
 * Put it before anything that drops heartbeats. It costs one clock reading per value and keeps one timer per subscription. A
 * blocked event loop or a suspended machine is no silence: what waits in the socket is read before it judges.
 *
 * Errors: `timeout` with code `idle_timeout`, or `content_timeout` where `isAlive` is given. A throwing `isAlive` errors the stream;
 * a throwing `onSilence` breaks nothing.
 *
 * @example
 * import { byteStream, lines } from 'tailrace';
 * import { watchdog } from 'tailrace/operators';
 *
 * byteStream({ url: 'https://example.com/stream' }).pipe(watchdog(30_000), lines()).subscribe();
 */
export function watchdog<T>(limit: number | WatchdogOptions<T>): MonoTypeOperatorFunction<T> {
  const options: WatchdogOptions<T> = typeof limit === 'object' ? limit : { idle: limit };
  checkOptions('watchdog', watchdogRules, options);
  requireOption('watchdog', 'idle', options.idle);
  return (source) =>
    new Observable((subscriber) => {
      const timer = startTimer(options, subscriber);
      subscriber.add(() => timer.stop());
      subscriber.add(
        options.pausedBy?.subscribe({
          next: (paused) => (paused ? timer.pause() : timer.resume()),
          error: (error: unknown) => subscriber.error(error),
        }),
      );
      subscribeWithin(source, subscriber, observer(subscriber, options.isAlive, timer));
    });
}

const watchdogRules: OptionRules<WatchdogOptions<never>> = {
  idle: duration(1),
  isAlive: callback,
  pausedBy: instance,
  onSilence: callback,
  monitor: instance,
  scheduler: instance,
};

function startTimer<T>(options: WatchdogOptions<T>, subscriber: Subscriber<T>): IdleTimer {
  const { idle, isAlive, onSilence, monitor, scheduler } = options;
  const what = isAlive === undefined ? 'nothing' : 'no content';
  return idleTimer({
    limit: idle,
    scheduler,
    onHalf: () => {
      monitor?.report.warn({ kind: 'silence', message: `${what} came for ${idle / 2} ms` });
      try {
        onSilence?.(idle / 2);
      } catch (cause) {
        monitor?.report.warn({ kind: 'callback_failed', message: 'onSilence has thrown', cause });
      }
    },
    onIdle: () => {
      const code = isAlive === undefined ? 'idle_timeout' : 'content_timeout';
      subscriber.error(new StreamError(`${what} came for ${idle} ms`, { errorType: 'timeout', code, phase: 'body' }));
    },
  });
}

function observer<T>(
  subscriber: Subscriber<T>,
  isAlive: ((value: T) => boolean) | undefined,
  timer: IdleTimer,
): Observer<T> {
  const end = { error: (error: unknown) => subscriber.error(error), complete: () => subscriber.complete() };
  if (isAlive === undefined) {
    return {
      ...end,
      next: (value) => {
        timer.touch();
        subscriber.next(value);
      },
    };
  }
  return {
    ...end,
    next: (value) => {
      try {
        if (isAlive(value)) timer.touch();
      } catch (error) {
        return subscriber.error(error);
      }
      subscriber.next(value);
    },
  };
}
