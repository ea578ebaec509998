import { computed, DestroyRef, effect, inject, Injector, runInInjectionContext, untracked } from '@angular/core';
import { callback, checkOptions, instance, type OptionRule, requireOption } from '../check-options.js';
import type { StreamMonitor } from '../state.js';
import { mayStream } from './server-streams.js';
import type { StreamInput } from './stream-input.js';
import { type StreamOpener, type StreamSession, streamSession } from './stream-session.js';

/** What a stream is made with. */
export interface StreamContext<P> {
  /** What `params` gave; never `undefined` where there is that option. */
  readonly params: P;
  /** Pass it on as `monitor:`. The status comes from it: of a source that does not get it only the items are seen. */
  readonly monitor: StreamMonitor;
  /** Aborted when this run is over, in whatever way: for what is no Observable. */
  readonly abortSignal: AbortSignal;
}

/** What reaches the factory: never `undefined`, unless there is no `params` at all. */
export type StreamParams<P> = [P] extends [undefined] ? undefined : Exclude<P, undefined>;

/** Whether two values are the same. Written as a method, because an overload takes what compares less than everything. */
export type SameValue<V> = { same(a: V, b: V): boolean }['same'];

/** Where a stream comes from, and when. */
export interface ConnectOptions<P, T, V> {
  /**
   * Followed like a `computed`. Another value closes the stream and begins the next one from `initialValue`; `undefined` closes it, and it is
   * idle. What it throws ends the stream like an error of its own, until it gives something else.
   * @default undefined, one stream that depends on nothing
   */
  params?: (() => P) | undefined;
  /** Makes the stream, for every run, in an injection context: it may `inject()`. Signals read in it are not followed. */
  stream(context: StreamContext<NoInfer<StreamParams<P>>>): StreamInput<T>;
  /** When two values are the same, so that nothing is drawn. @default Object.is */
  equal?: SameValue<V> | undefined;
  /** Gets the reports of all runs as well: that of an `injectMonitor`. @default undefined */
  monitor?: StreamMonitor | undefined;
  /** Whose context and life are taken. @default the injector of the current injection context */
  injector?: Injector | undefined;
}

/** How items become a value. */
export interface Reduction<T, V> {
  readonly initialValue: V;
  readonly reduce: (value: V, item: T) => V;
}

const value: OptionRule = { expected: 'a value', test: () => true };

const rules = {
  ...{ params: callback, stream: callback, equal: callback, reduce: callback },
  ...{ monitor: instance, injector: instance, initialValue: value },
};

/** A session that follows `params` and ends with its injector. Errors: `TypeError` for a senseless option. */
export function connectStream<T, V>(
  where: string,
  options: ConnectOptions<unknown, T, V>,
  { initialValue, reduce }: Reduction<T, V>,
): StreamSession<T, V> {
  checkOptions<object>(where, rules, options);
  requireOption(where, 'stream', options.stream);
  const { monitor, injector = inject(Injector) } = options;
  const session = streamSession({ initialValue, reduce, monitor }, injector);
  injector.get(DestroyRef).onDestroy(() => session.destroy());
  if (mayStream(injector)) followParams(openers(options, injector), session, injector);
  return session;
}

function followParams<T, V>(
  next: () => StreamOpener<T> | undefined,
  session: StreamSession<T, V>,
  injector: Injector,
): void {
  const follow = (): void => {
    let opener: StreamOpener<T> | undefined;
    let failure: { readonly error: unknown } | undefined;
    try {
      opener = next();
    } catch (error) {
      failure = { error };
    }
    untracked(() => {
      session.open(opener);
      if (failure !== undefined) session.fail(failure.error);
    });
  };
  effect(follow, { injector });
}

function openers<T, V>(
  { params, stream }: ConnectOptions<unknown, T, V>,
  injector: Injector,
): () => StreamOpener<T> | undefined {
  const opener = (value: unknown): StreamOpener<T> => {
    return (monitor, abortSignal) =>
      runInInjectionContext(injector, () => stream({ params: value, monitor, abortSignal }));
  };
  if (params === undefined) return () => opener(undefined);
  // A new value, and not a new reading, begins a new stream.
  const current = computed(params);
  return () => {
    const value = current();
    return value === undefined ? undefined : opener(value);
  };
}
