import { asyncScheduler, type MonoTypeOperatorFunction, Observable, type Subscriber, Subscription } from 'rxjs';
import { classifyError, isAbortError } from '../lib/classify.js';
import type { CircuitPermit } from '../lib/circuit-breaker.js';
import { checkRetryConfig, type RetryConfig } from '../lib/config.js';
import { type StreamError, streamEnded } from '../lib/errors.js';
import { lifecycle } from '../lib/lifecycle.js';
import { subscribeWithin } from '../lib/subscribe-within.js';
import { childMonitor, type StreamMonitor } from '../lib/state.js';
import { retrySchedule, type RetrySchedule } from '../lib/retry-schedule.js';

/**
 * Subscribes to the source again after a retryable failure, when the server and the schedule allow it. The source must be cold
 * and read its position when it is subscribed to: then nothing is lost or repeated.
 *
 * Values pass at once and are never held. Errors are classified; `authentication_error`, `client_error` and `fatal_error` pass at once. On
 * giving up the last error comes as code `retries_exhausted` with its own type, status and body, `attempts` and `elapsed`, and the
 * last error itself as `cause`. Unsubscription ends a wait at once.
 *
 * It does not repeat an HTTP request that failed half way through: what the source has delivered stays delivered.
 *
 * @example
 * import { streamWithRetry, retryBackoff } from 'tailrace/operators';
 * import { byteStream, lines } from 'tailrace';
 *
 * byteStream({ url: 'https://example.com/stream' })
 *   .pipe(lines(), retryBackoff({ maxRetries: -1, onReconnect: (attempt, delay) => console.log(attempt, delay) }))
 *   .subscribe();
 */
export function retryBackoff<T>(config: RetryConfig = {}): MonoTypeOperatorFunction<T> {
  checkRetryConfig('retryBackoff', config);
  return (source) => new Observable((subscriber) => void retrying(source, config, subscriber));
}

function retrying<T>(source: Observable<T>, config: RetryConfig, subscriber: Subscriber<T>): void {
  // What several subscriptions share cannot tell whose connection has ended.
  const monitor = config.monitor?.isChild === true ? config.monitor : childMonitor(config.monitor);
  const { report } = monitor;
  const schedule = retrySchedule(config);
  const callbacks = lifecycle(monitor, config);
  // What belongs to one connection: the subscription, the wait before it, its permit and its stable time.
  let current = new Subscription();
  subscriber.add(() => {
    current.unsubscribe();
    schedule.release();
    report.disconnected();
    report.closed();
    callbacks.unsubscribe();
  });

  const finish = (end: () => void): void => {
    current.unsubscribe();
    report.disconnected();
    report.closed();
    end();
  };
  const fail = (error: StreamError): void => {
    report.failed(error);
    report.disconnected(error);
    current.unsubscribe();
    if (subscriber.closed) return;
    const next = schedule.after(error);
    if (next.verdict === 'give-up') return finish(() => subscriber.error(next.error));
    if (next.atMaximum)
      report.warn({ kind: 'backoff_at_maximum', message: `waiting ${next.delay} ms, as long as it gets` });
    report.waiting(next.attempt, next.delay);
    // A callback may have unsubscribed, and the teardown knows nothing of a wait that begins after it.
    if (subscriber.closed) return;
    current = new Subscription();
    current.add((config.scheduler ?? asyncScheduler).schedule(connect, next.delay));
  };
  const connect = (): void => {
    current = new Subscription();
    admit({ source, config, monitor, schedule, subscriber, current }, (error) =>
      error === undefined ? finish(() => subscriber.complete()) : fail(error),
    );
  };
  connect();
}

interface Connection<T> {
  readonly source: Observable<T>;
  readonly config: RetryConfig;
  readonly monitor: StreamMonitor;
  readonly schedule: RetrySchedule;
  readonly subscriber: Subscriber<T>;
  /** Ends with the connection. */
  readonly current: Subscription;
}

type End = (error: StreamError | undefined) => void;

function admit<T>(connection: Connection<T>, end: End): void {
  const { config, current } = connection;
  if (config.circuitBreaker === undefined) return open(connection, undefined, end);
  current.add(
    config.circuitBreaker.admit().subscribe({
      next: (permit) => {
        current.add(() => permit.release());
        open(connection, permit, (error) => {
          if (error?.isRetryable === true) permit.failure();
          else if (error === undefined) permit.success();
          end(error);
        });
      },
      error: (error: unknown) => end(classifyError(error)),
    }),
  );
}

function open<T>(connection: Connection<T>, permit: CircuitPermit | undefined, end: End): void {
  const { source, config, monitor, schedule, subscriber, current } = connection;
  schedule.used();
  monitor.report.connecting();
  let silent = true;
  const prove = (): void => {
    schedule.proved();
    permit?.success();
    monitor.report.proved();
  };
  const first = (): void => {
    silent = false;
    // A source that reports to the same monitor has said so already.
    if (!monitor.state.isConnected) monitor.report.open();
    current.add((config.scheduler ?? asyncScheduler).schedule(prove, config.resetAfter ?? defaultResetAfter));
  };
  subscribeWithin(source, current, {
    next: (value) => {
      if (silent) first();
      subscriber.next(value);
    },
    error: (error: unknown) => (isAbortError(error) ? subscriber.complete() : end(classifyError(error))),
    complete: () => end(config.onComplete === 'reconnect' ? streamEnded() : undefined),
  });
}

/** A few heartbeats of a quiet server; one that says a line and dies never gets there. */
const defaultResetAfter = 5_000;
