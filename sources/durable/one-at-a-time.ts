import { type Observable, Subscription } from 'rxjs';
import { DurableStreamError } from './errors.js';

/** How a call ended. Neither is called for one that was unsubscribed from. */
export interface Outcome<T> {
  value(value: T): void;
  error(error: unknown): void;
}

/** Makes one call at a time, each of one value. */
export interface Turnstile {
  readonly isBusy: boolean;
  /** Must not be called while busy. Unsubscribing ends the call, and the next may begin. */
  run<T>(call: Observable<T>, outcome: Outcome<T>): Subscription;
}

/** `free` is called whenever a call is over, behind its outcome. */
export function oneAtATime(free: () => void): Turnstile {
  let current: Subscription | undefined;
  const run = <T>(call: Observable<T>, outcome: Outcome<T>): Subscription => {
    const scope = new Subscription();
    current = scope;
    // Before anybody hears of the outcome: who does may add to what waits.
    const leave = (): void => {
      if (current === scope) current = undefined;
    };
    scope.add(() => {
      leave();
      free();
    });
    const end = (tell: () => void): void => {
      if (scope.closed) return;
      leave();
      tell();
      scope.unsubscribe();
    };
    let last: { readonly value: T } | undefined;
    scope.add(
      call.subscribe({
        next: (value) => (last = { value }),
        error: (error: unknown) => end(() => outcome.error(error)),
        complete: () =>
          end(() => {
            if (last === undefined) outcome.error(noAnswer());
            else outcome.value(last.value);
          }),
      }),
    );
    return scope;
  };
  return {
    get isBusy() {
      return current !== undefined;
    },
    run,
  };
}

/** An abort from inside, by a header function for one, ends an Observable in silence. */
export function noAnswer(): DurableStreamError {
  return new DurableStreamError('aborted by someone else', { errorType: 'fatal_error', code: 'aborted' });
}
