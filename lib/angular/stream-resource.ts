import { assertInInjectionContext, computed, type Signal, untracked } from '@angular/core';
import { connectStream, type ConnectOptions, type Reduction } from './connect-stream.js';
import { type StreamStatus, type StreamView, toError } from './stream-view.js';

/** The words of Angular 20 and later; Angular 19 has numbers in their place. `local` never comes: a stream is not written to. */
export type StreamResourceStatus = 'idle' | 'loading' | 'reloading' | 'resolved' | 'error';

/** A `ResourceSnapshot` of Angular 21 and later. */
export type StreamResourceSnapshot<V> =
  | { readonly status: 'idle'; readonly value: V }
  | { readonly status: 'loading' | 'reloading'; readonly value: V }
  | { readonly status: 'resolved'; readonly value: V }
  | { readonly status: 'error'; readonly error: Error };

/**
 * A `Resource` of Angular 20 to 22, and a little more. With Angular 19 it can be read the same way, but is no `Resource` of its types, whose
 * status is a number.
 */
export interface StreamResource<V> {
  /** What has come so far. Unlike Angular's own it stays readable in the state of error: a broken answer is often worth reading. */
  readonly value: Signal<V>;
  /** `resolved` from the first item on, although more may come: see `isStreaming`. */
  readonly status: Signal<StreamResourceStatus>;
  readonly error: Signal<Error | undefined>;
  /** Nothing has come yet of this run. */
  readonly isLoading: Signal<boolean>;
  /** More may come: to show a cursor, and a button for `stop`. */
  readonly isStreaming: Signal<boolean>;
  readonly snapshot: Signal<StreamResourceSnapshot<V>>;
  /** Whether there is a value, and no error. */
  hasValue(this: V extends undefined ? this : never): this is StreamResource<Exclude<V, undefined>>;
  hasValue(): boolean;
  /**
   * Begins the same stream again, also after `stop`; the value stays until the first item. `false` where there is nothing to begin or the
   * first item is still awaited.
   */
  reload(): boolean;
  /** Closes the stream and keeps what has come; until `reload`, whatever `params` does. */
  stop(): void;
}

/**
 * A stream as a resource: its value grows with every item. For answers of language models, and for whatever else has a beginning and an end.
 *
 * Texts are joined to one; anything else needs `reduce` and `initialValue`. When, where and how long it runs is as with `injectStream`, and so
 * is what happens to errors.
 *
 * Errors: what ends the stream is in `error` and goes to Angular's `ErrorHandler`. A `TypeError` at once for a senseless option.
 *
 * @example
 * import { inject, signal } from '@angular/core';
 * import { StreamClient, streamResource } from 'tailrace/angular';
 * import { openaiChat, textDeltas } from 'tailrace/sources/llm';
 *
 * const question = signal<string | undefined>(undefined);
 * const ask = () =>
 *   streamResource({
 *     params: question,
 *     stream: ({ params, monitor }) =>
 *       openaiChat({
 *         ...{ apiKey: 'held-by-the-proxy', baseUrl: 'https://app.example.com/llm', fetch: inject(StreamClient).fetch, monitor },
 *         body: { model: 'gpt-5-mini', messages: [{ role: 'user', content: params }] },
 *       }).pipe(textDeltas()),
 *   });
 */
export function streamResource<T, V, P = undefined>(
  options: ConnectOptions<P, T, V> & Reduction<T, V>,
): StreamResource<V>;
export function streamResource<P = undefined>(
  options: ConnectOptions<P, string, string> & { initialValue?: string; reduce?: undefined },
): StreamResource<string>;
export function streamResource(options: AnyOptions): Unguarded<unknown> {
  if (options.injector === undefined) assertInInjectionContext(streamResource);
  const { initialValue, reduce } = options;
  if (reduce === undefined) return resourceOf(options, { initialValue: initialValue ?? '', reduce: joined });
  return resourceOf(options, { initialValue, reduce });
}

type AnyOptions = ConnectOptions<unknown, unknown, unknown> & {
  initialValue?: unknown;
  reduce?: Reduction<unknown, unknown>['reduce'] | undefined;
};

function joined(text: unknown, delta: unknown): string {
  return `${String(text)}${String(delta)}`;
}

/** A guard of `this` can be declared, but no function can be written that is one. */
type Unguarded<V> = Omit<StreamResource<V>, 'hasValue'> & { hasValue(): boolean };

function resourceOf<T, V>(options: ConnectOptions<unknown, T, V>, reduction: Reduction<T, V>): Unguarded<V> {
  const { view, restart, stop } = connectStream('streamResource', options, reduction);
  const { equal } = options;
  const value = computed(() => view().value, equal === undefined ? undefined : { equal });
  const status = computed(() => statusOf(view()));
  const error = computed(() => view().error);
  const isLoading = computed(() => status() === 'loading' || status() === 'reloading');
  return {
    value,
    status,
    error,
    isLoading,
    isStreaming: computed(() => streaming.has(view().status)),
    snapshot: computed(() => snapshotOf(view(), value())),
    hasValue: () => status() !== 'error' && value() !== undefined,
    reload: () =>
      untracked(() => {
        if (isLoading()) return false;
        restart();
        return view().status !== 'idle';
      }),
    stop,
  };
}

const streaming: ReadonlySet<StreamStatus> = new Set<StreamStatus>(['connecting', 'live', 'reconnecting']);

function snapshotOf<V>(view: StreamView<unknown>, value: V): StreamResourceSnapshot<V> {
  const status = statusOf(view);
  if (status !== 'error') return { status, value };
  return { status, error: view.error ?? toError(undefined) };
}

function statusOf({ status, received, isRestart }: StreamView<unknown>): StreamResourceStatus {
  if (status === 'idle' || status === 'error') return status;
  if (received > 0 || status === 'complete') return 'resolved';
  if (status === 'stopped') return isRestart ? 'resolved' : 'idle';
  return isRestart ? 'reloading' : 'loading';
}
