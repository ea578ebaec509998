import { Observable, type Subscription } from 'rxjs';
import { type RunHelpers, TestScheduler } from 'rxjs/testing';
import { expect } from '@jest/globals';
import type { RetryConfig } from '../../lib/config.js';
import { StreamError, type StreamErrorDetails } from '../../lib/errors.js';
import { retryBackoff } from '../../operators/retry-backoff.js';

/** Virtual time, one frame a millisecond. */
export const marbles = (run: (helpers: RunHelpers, scheduler: TestScheduler) => void): void => {
  const scheduler = new TestScheduler((actual, expected) => expect(actual).toEqual(expected));
  scheduler.run((helpers) => run(helpers, scheduler));
};

export const failure = (details: Partial<StreamErrorDetails<string>> = {}): StreamError =>
  new StreamError('broken', { errorType: 'connection_error', code: 'connection_reset', ...details });

/** What one run of a retried source did, and when. */
export interface Run {
  /** Times of subscription to the source. */
  readonly connects: number[];
  /** Times at which a subscription to the source ended. */
  readonly ends: number[];
  readonly values: unknown[];
  readonly errors: unknown[];
  completed: boolean;
  readonly subscription: Subscription;
}

export interface RunPlan<T> {
  /** The source of connection `n`, from 0. */
  readonly connection: (n: number) => Observable<T>;
  readonly config: RetryConfig;
  readonly scheduler: TestScheduler;
}

/** Subscribes to the retried source; the clock must be run by the caller. Exact waits unless the config says otherwise. */
export function run<T>({ connection, config, scheduler }: RunPlan<T>): Run {
  const times: Omit<Run, 'subscription'> = { connects: [], ends: [], values: [], errors: [], completed: false };
  const source = new Observable<T>((subscriber) => {
    times.connects.push(scheduler.now());
    subscriber.add(() => times.ends.push(scheduler.now()));
    return connection(times.connects.length - 1).subscribe(subscriber);
  });
  const result: { subscription?: Subscription } = {};
  result.subscription = source.pipe(retryBackoff({ jitter: 'none', scheduler, ...config })).subscribe({
    next: (value) => times.values.push(value),
    error: (error: unknown) => times.errors.push(error),
    complete: () => (times.completed = true),
  });
  return Object.assign(times, { subscription: result.subscription });
}

/** Timers that are still to come. */
export function pendingTimers(scheduler: TestScheduler): number {
  return scheduler.actions.filter((action) => !action.closed).length;
}
