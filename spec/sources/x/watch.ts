import { afterEach } from '@jest/globals';
import type { Observable } from 'rxjs';
import { isStreamError, type StreamError } from '../../../lib/errors.js';

/** What came of a subscription so far. */
export interface Watched<T> {
  readonly values: T[];
  readonly error: StreamError | undefined;
  readonly completed: boolean;
  /** Resolves at the end, however it comes. */
  readonly ended: Promise<void>;
  stop(): void;
}

/** Subscribes. Errors that are no `StreamError` reject `ended`: no stream may end so. */
export function watch<T>(source: Observable<T>): Watched<T> {
  const values: T[] = [];
  let error: StreamError | undefined;
  let completed = false;
  let settle: { resolve: () => void; reject: (reason: unknown) => void } | undefined;
  const ended = new Promise<void>((resolve, reject) => (settle = { resolve, reject }));
  const subscription = source.subscribe({
    next: (value) => void values.push(value),
    error: (failure: unknown) => {
      if (!isStreamError(failure)) return settle?.reject(failure);
      error = failure;
      settle?.resolve();
    },
    complete: () => {
      completed = true;
      settle?.resolve();
    },
  });
  return {
    values,
    get error() {
      return error;
    },
    get completed() {
      return completed;
    },
    ended,
    stop: () => subscription.unsubscribe(),
  };
}

interface Closable {
  close(): Promise<void>;
}

/** Closes what is added, after each test of the file that calls it. */
export function closing(): <T extends Closable>(thing: T) => T {
  const open: Closable[] = [];
  afterEach(async () => {
    for (const thing of open.splice(0)) await thing.close();
  });
  return (thing) => {
    open.push(thing);
    return thing;
  };
}
