import { catchError, EMPTY, Observable, repeat, type SchedulerLike, timer } from 'rxjs';
import { callback, checkOptions, duration, instance, type OptionRules } from '../../lib/check-options.js';
import { lifecycle } from '../../lib/lifecycle.js';
import { childMonitor, type StreamMonitor } from '../../lib/state.js';
import { EventStreamerError } from './errors.js';

/** How often something is asked again, and who hears of failures. */
export interface PollOptions {
  /** From an answer, or a failure, to the next question, in milliseconds. @default 30_000 */
  readonly interval?: number | undefined;
  /** Told of every failure, of those that the next question may mend too. */
  readonly onError?: ((error: EventStreamerError) => void) | undefined;
  /** Hears the same failures, and of an `onError` that throws. */
  readonly monitor?: StreamMonitor | undefined;
  /** Timers, for tests. @default asyncScheduler */
  readonly scheduler?: SchedulerLike | undefined;
}

const rules: OptionRules<PollOptions> = {
  interval: duration(1),
  onError: callback,
  monitor: instance,
  scheduler: instance,
};

/** Questions never overlap: a slow service is asked less often. */
const defaultInterval = 30_000;

/**
 * Asks at once, and again after every answer, without end. A failure that may pass is told and ends nothing; one that another try would not
 * change is the error of the whole.
 *
 * Errors: those of `call` that are not retryable. A `TypeError` at once for senseless options.
 */
export function poll<T>(where: string, call: Observable<T>, options: PollOptions): Observable<T> {
  checkOptions(where, rules, options);
  const { interval = defaultInterval, onError, monitor: parent, scheduler } = options;
  return new Observable<T>((subscriber) => {
    const monitor = childMonitor(parent);
    const tell = (error: unknown): void => {
      if (error instanceof EventStreamerError) onError?.(error);
    };
    subscriber.add(lifecycle(monitor, { onError: tell }));
    const asked = call.pipe(
      catchError((error: unknown) => {
        if (!(error instanceof EventStreamerError)) throw error;
        monitor.report.failed(error);
        if (!error.isRetryable) throw error;
        return EMPTY;
      }),
      repeat({ delay: () => timer(interval, scheduler) }),
    );
    return asked.subscribe(subscriber);
  });
}
