import { noop, type Subscription } from 'rxjs';
import type { StreamError } from './errors.js';
import type { StreamEvent, StreamMonitor, StreamWarning } from './state.js';

/**
 * The facts of a stream's life as functions.
 *
 * Order at a failure: `onError`, `onDisconnect` (only if there was a connection), then, where it is tried again,
 * `onReconnect`. `onDisconnect` comes exactly once for every `onConnect`, unsubscription included. A callback that
 * throws breaks nothing; it is reported as a `callback_failed` warning.
 */
export interface LifecycleCallbacks {
  /** The server has answered and its body is open. */
  onConnect?: (() => void) | undefined;
  /** The connection is over; `undefined` after a clean end or an unsubscription. */
  onDisconnect?: ((error: StreamError | undefined) => void) | undefined;
  /** About to wait `delay` milliseconds before connection number `attempt` in a row of failures (from 1). */
  onReconnect?: ((attempt: number, delay: number) => void) | undefined;
  /** Every failure, retried or not. */
  onError?: ((error: StreamError) => void) | undefined;
  /** Half of a silence limit has passed, a callback has thrown, a consumer is slow. */
  onWarning?: ((warning: StreamWarning) => void) | undefined;
}

/** Calls the callbacks from now on until the returned subscription ends. */
export function lifecycle(monitor: StreamMonitor, callbacks: LifecycleCallbacks): Subscription {
  // The events of a monitor never error.
  return monitor.events$.subscribe({ next: (event) => tell(event, monitor, callbacks), error: noop });
}

function tell(event: StreamEvent, monitor: StreamMonitor, callbacks: LifecycleCallbacks): void {
  const failed = (cause: unknown): void => {
    // A failing onWarning has nowhere left to be reported to.
    if (event.type === 'warning') return;
    const message = `the callback for "${event.type}" has thrown`;
    monitor.report.warn({ kind: 'callback_failed', message, cause });
  };
  try {
    const result = callFor(event, callbacks)();
    // An async function passes for a callback, and its rejection would end the process.
    if (typeof result === 'object' && result !== null) Promise.resolve(result).catch(failed);
  } catch (cause) {
    failed(cause);
  }
}

function callFor(event: StreamEvent, callbacks: LifecycleCallbacks): () => unknown {
  switch (event.type) {
    case 'connect':
      return () => callbacks.onConnect?.();
    case 'disconnect':
      return () => callbacks.onDisconnect?.(event.error);
    case 'error':
      return () => callbacks.onError?.(event.error);
    case 'reconnect':
      return () => callbacks.onReconnect?.(event.attempt, event.delay);
    case 'warning':
      return () => callbacks.onWarning?.(event.warning);
  }
}
