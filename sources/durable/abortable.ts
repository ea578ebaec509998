import { type Observable, Subscription } from 'rxjs';
import type { OptionRule } from '../../lib/check-options.js';
import { noAnswer } from './one-at-a-time.js';

export const signalRule: OptionRule = {
  expected: 'an AbortSignal',
  test: (value) => typeof value === 'object' && value !== null && 'aborted' in value && 'addEventListener' in value,
};

/** Runs `leave` when the signal is aborted; unsubscribing takes it back. */
export type OnAbort = (signal: AbortSignal, leave: () => void) => Subscription;

interface Listener {
  readonly leaving: Set<() => void>;
  readonly run: () => void;
}

/** One listener per signal, however many calls it is given to: the platform warns of a leak at the eleventh. Kept by one handle. */
export function abortListeners(): OnAbort {
  const listeners = new WeakMap<AbortSignal, Listener>();
  return (signal, leave) => {
    const listener = listeners.get(signal) ?? listen(signal);
    listeners.set(signal, listener);
    const { leaving, run } = listener;
    leaving.add(leave);
    return new Subscription(() => {
      leaving.delete(leave);
      if (leaving.size > 0) return;
      signal.removeEventListener('abort', run);
      listeners.delete(signal);
    });
  };
}

function listen(signal: AbortSignal): Listener {
  const leaving = new Set<() => void>();
  const run = (): void => {
    for (const leave of leaving) leave();
  };
  signal.addEventListener('abort', run);
  return { leaving, run };
}

/**
 * The one value of a call as a promise. An abort rejects with the signal's reason at once and unsubscribes, which closes the socket.
 *
 * A rejection that nobody looks at does not end the process: of several appends in one failed batch the caller often awaits only the first.
 */
export function abortable<T>(source: Observable<T>, signal: AbortSignal | undefined, onAbort: OnAbort): Promise<T> {
  const promise = new Promise<T>((resolve, reject) => {
    if (signal?.aborted === true) {
      const reason: unknown = signal.reason;
      reject(reason);
      return;
    }
    const scope = new Subscription();
    const leave = (error: unknown): void => {
      scope.unsubscribe();
      reject(error);
    };
    if (signal !== undefined) scope.add(onAbort(signal, () => leave(signal.reason)));
    // Behind a value the rejection says nothing.
    scope.add(source.subscribe({ next: resolve, error: leave, complete: () => leave(noAnswer()) }));
  });
  return quiet(promise);
}

/** A promise whose rejection does not end the process where nobody looks at it. */
export function quiet<T>(promise: Promise<T>): Promise<T> {
  void promise.catch(() => undefined);
  return promise;
}
