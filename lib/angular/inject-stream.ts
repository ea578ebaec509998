import { assertInInjectionContext, computed, type Signal } from '@angular/core';
import { connectStream, type ConnectOptions, type Reduction, type SameValue } from './connect-stream.js';
import type { StreamSession } from './stream-session.js';
import type { StreamStatus } from './stream-view.js';

/** A stream as signals. They change together, at most once per frame for items, at once for everything else. */
export interface StreamRef<V> {
  /** The reduction of all items of this run, or the latest one. */
  readonly value: Signal<V>;
  readonly status: Signal<StreamStatus>;
  /** What ended the stream; `undefined` while it may still go on. Why it is reconnecting a monitor knows: see `injectMonitor`. */
  readonly error: Signal<Error | undefined>;
  /** Failures in a row; 0 once a connection has proved itself. */
  readonly attempt: Signal<number>;
  /** Items of this run, over all its connections. */
  readonly received: Signal<number>;
  /** Whether `status` is `live`. */
  readonly isLive: Signal<boolean>;
  /** Closes the stream and begins it again; it ends `stopped`. The value stays until the first item, which is reduced onto `initialValue`. */
  restart(): void;
  /** Closes the stream and keeps it closed, whatever `params` does, until `restart`. */
  stop(): void;
}

/**
 * A stream as signals, for as long as the component, service or environment lives in whose injection context it is called.
 *
 * It is subscribed to in the first change detection (inputs are set by then), outside Angular's zone, and never on a server unless
 * `withServerStreams` says so. One stream at a time: the old socket is closed before the next stream is begun. Items are reduced as they
 * come and written to the signals once per frame; none is left out, and none is held. The value stays through reconnections and ends.
 * `reduce` must return a new value: one that is the same object is no change.
 *
 * Retrying is the source's part, or that of `retryBackoff` in a pipe; see `StreamClient.retry`. Deliveries of a source with `maxUnacked` must be
 * acknowledged by your own pipe.
 *
 * Errors: what ends the stream is in `error` and goes to Angular's `ErrorHandler`. A `TypeError` at once for a senseless option.
 *
 * @example
 * import { Component, input } from '@angular/core';
 * import { injectStream } from 'tailrace/angular';
 * import { streamWithRetry } from 'tailrace/operators';
 *
 * const Ticker = Component({ selector: 'app-ticker', template: `{{ prices.status() }}: {{ prices.value() }}` })(
 *   class {
 *     readonly symbol = input.required<string>();
 *     readonly prices = injectStream({
 *       params: () => this.symbol(),
 *       stream: ({ params, monitor }) =>
 *         streamWithRetry({ url: 'https://example.com/prices', params: { symbol: params } }, { maxRetries: -1, monitor }),
 *     });
 *   },
 * );
 */
export function injectStream<T, V, P = undefined>(options: ConnectOptions<P, T, V> & Reduction<T, V>): StreamRef<V>;
export function injectStream<T, V, P = undefined>(
  options: ConnectOptions<P, T, T | V> & { initialValue: V; reduce?: undefined },
): StreamRef<T | V>;
export function injectStream<T, P = undefined>(
  options: ConnectOptions<P, T, T | undefined> & { initialValue?: undefined; reduce?: undefined },
): StreamRef<T | undefined>;
export function injectStream(options: AnyOptions): StreamRef<unknown> {
  if (options.injector === undefined) assertInInjectionContext(injectStream);
  const { initialValue, reduce = latest, equal } = options;
  return streamRef(connectStream('injectStream', options, { initialValue, reduce }), equal);
}

type AnyOptions = ConnectOptions<unknown, unknown, unknown> & {
  initialValue?: unknown;
  reduce?: Reduction<unknown, unknown>['reduce'] | undefined;
};

function latest(_: unknown, item: unknown): unknown {
  return item;
}

function streamRef<T, V>({ view, restart, stop }: StreamSession<T, V>, equal: SameValue<V> | undefined): StreamRef<V> {
  return {
    value: computed(() => view().value, equal === undefined ? undefined : { equal }),
    status: computed(() => view().status),
    error: computed(() => view().error),
    attempt: computed(() => view().attempt),
    received: computed(() => view().received),
    isLive: computed(() => view().status === 'live'),
    restart,
    stop,
  };
}
