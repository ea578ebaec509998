import { ErrorHandler, type Injector, NgZone, signal, type Signal, untracked } from '@angular/core';
import { defer, noop, Subscription } from 'rxjs';
import { childMonitor, type StreamMonitor, type StreamState } from '../state.js';
import { subscribeWithin } from '../subscribe-within.js';
import { FrameScheduler } from './frame-scheduler.js';
import { frameWriter } from './frame-writer.js';
import { holdRendering } from './server-streams.js';
import { fromInput, type StreamInput } from './stream-input.js';
import { type StreamView, toError, unbegun } from './stream-view.js';

/** What the runs of one session have in common. */
export interface SessionPlan<T, V> {
  readonly initialValue: V;
  readonly reduce: (value: V, item: T) => V;
  readonly monitor: StreamMonitor | undefined;
}

/** Makes the stream of one run. */
export type StreamOpener<T> = (monitor: StreamMonitor, abortSignal: AbortSignal) => StreamInput<T>;

/** One stream after another, never two at once. */
export interface StreamSession<T, V> {
  readonly view: Signal<StreamView<V>>;
  /** Closes what runs and begins anew, from the initial value; `undefined` is idle. While stopped it waits for `restart`. */
  open(opener: StreamOpener<T> | undefined): void;
  /** Closes what runs and begins the same again. The value stays until the first item. */
  restart(): void;
  /** Closes what runs. The value stays. */
  stop(): void;
  /** Closes what runs, because it cannot be said what should run. */
  fail(error: unknown): void;
  /** Closes what runs; nothing is written any more. */
  destroy(): void;
}

/** Streams run outside Angular's zone, where none of their timers and sockets can keep an application unstable. */
export function streamSession<T, V>(plan: SessionPlan<T, V>, injector: Injector): StreamSession<T, V> {
  const zone = injector.get(NgZone);
  const errorHandler = injector.get(ErrorHandler);
  const now: Mutable<StreamView<V>> = { value: plan.initialValue, ...unbegun('idle') };
  const view = signal<StreamView<V>>({ ...now });
  let run = new Subscription();
  let rendered: () => void = noop;
  let opener: StreamOpener<T> | undefined;
  let isStopped = false;
  let isDestroyed = false;
  const writer = frameWriter(injector.get(FrameScheduler), zone, () => {
    view.set({ ...now });
    if (now.received > 0) rendered();
  });

  const show = (change: Partial<StreamView<V>>): void => {
    if (isDestroyed) return;
    Object.assign(now, change);
    writer.now();
  };
  const close = (): void => zone.runOutsideAngular(() => run.unsubscribe());
  const end = (change: Partial<StreamView<V>>): void => {
    close();
    show(change);
  };
  const fail = (error: unknown): void => {
    end({ status: 'error', error: toError(error) });
    // Last: an error handler may throw.
    zone.run(() => errorHandler.handleError(error));
  };
  const begin = (change: Partial<StreamView<V>>): void => {
    close();
    if (isStopped || isDestroyed) return;
    const current = opener;
    if (current === undefined) return show({ ...unbegun('idle'), ...change });
    show({ ...unbegun('connecting'), ...change });
    run = new Subscription();
    rendered = holdRendering(injector);
    run.add(rendered);
    const complete = (): void => end({ status: 'complete' });
    const handlers = { plan, now, show, later: writer.later, fail, complete, scope: run };
    zone.runOutsideAngular(() => untracked(() => follow(handlers, current)));
  };
  const open = (next: StreamOpener<T> | undefined): void => {
    opener = next;
    begin({ value: plan.initialValue });
  };
  const restart = (): void => {
    isStopped = false;
    begin({ isRestart: true });
  };
  const stop = (): void => {
    isStopped = true;
    end({ status: 'stopped' });
  };
  const destroy = (): void => {
    isDestroyed = true;
    close();
    writer.cancel();
  };
  return { view: view.asReadonly(), open, restart, stop, fail, destroy };
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

interface Run<T, V> {
  readonly plan: SessionPlan<T, V>;
  readonly now: Mutable<StreamView<V>>;
  /** Everything so far, at once. */
  show(change: Partial<StreamView<V>>): void;
  /** Everything so far, at the next frame. */
  later(): void;
  fail(error: unknown): void;
  complete(): void;
  readonly scope: Subscription;
}

function follow<T, V>(run: Run<T, V>, open: StreamOpener<T>): void {
  const { plan, now, show, later, fail, complete, scope } = run;
  const monitor = childMonitor(plan.monitor);
  const controller = new AbortController();
  let isReporting = false;
  const track = ({ phase, isConnected, retryCount }: StreamState): void => {
    // What follows a closed connection is said at once: a wait, an error, or the end.
    if (phase === 'idle' || phase === 'closed') return;
    isReporting = true;
    const status = isConnected ? 'live' : retryCount > 0 ? 'reconnecting' : 'connecting';
    if (status !== now.status || retryCount !== now.attempt) show({ status, attempt: retryCount });
  };
  const take = (item: T): void => {
    now.value = plan.reduce(now.received === 0 ? plan.initialValue : now.value, item);
    now.received += 1;
    if (isReporting || now.status === 'live') later();
    else show({ status: 'live' });
  };
  // First: what a connection says while it is being closed is no news.
  scope.add(monitor.state$.subscribe({ next: track, error: noop }));
  subscribeWithin(
    defer(() => fromInput(open(monitor, controller.signal))),
    scope,
    {
      next: (item) => {
        try {
          take(item);
        } catch (error) {
          fail(error);
        }
      },
      error: fail,
      complete,
    },
  );
  scope.add(() => controller.abort());
}
