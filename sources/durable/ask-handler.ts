import {
  catchError,
  defer,
  from,
  mergeMap,
  type MonoTypeOperatorFunction,
  type Observable,
  tap,
  throwError,
} from 'rxjs';
import { durableError } from './answers.js';
import { type Overrides, remember } from './exchange.js';
import type { ErrorHandler } from './options.js';

/** A handler that always has an answer must not make a loop of a server that never takes it. */
const maxAnswersInARow = 5;

/**
 * Asks the caller's handler about an error that no retry has cured, and subscribes again with what it gives. Errors leave under the names of
 * this source.
 *
 * Answers that have helped do not count towards the limit of five in a row. After an error before the headers they have with any value: the
 * server has taken the request. After one in what a good answer says, another good answer proves nothing: `isProgress` must be true of a value.
 */
export function askHandler<T>(
  onError: ErrorHandler | undefined,
  overrides: Overrides,
  isProgress: (value: T) => boolean = () => true,
): MonoTypeOperatorFunction<T> {
  return (source) =>
    defer(() => {
      let answers = 0;
      let isTaken = false;
      let hasProgressed = false;
      const attempt = (): Observable<T> =>
        source.pipe(
          tap((value) => {
            isTaken = true;
            hasProgressed ||= isProgress(value);
          }),
          catchError((error: unknown) => {
            const named = durableError(error);
            if (named.phase === 'body' ? hasProgressed : isTaken) answers = 0;
            if (onError === undefined || answers >= maxAnswersInARow) return throwError(() => named);
            answers += 1;
            isTaken = hasProgressed = false;
            return from(answerOf(onError, named)).pipe(
              mergeMap((recovery) => {
                // JavaScript says null where it has nothing to say.
                if (!recovery) return throwError(() => named);
                remember(overrides, recovery);
                return attempt();
              }),
            );
          }),
        );
      return attempt();
    });
}

async function answerOf(
  onError: ErrorHandler,
  error: Parameters<ErrorHandler>[0],
): Promise<Awaited<ReturnType<ErrorHandler>>> {
  return onError(error);
}
