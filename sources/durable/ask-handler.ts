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
import type { Overrides } from './exchange.js';
import type { ErrorHandler } from './options.js';

/** A handler that always has an answer must not make a loop of a server that never takes it. */
const maxAnswersInARow = 5;

/**
 * Asks the caller's handler about an error that no retry has cured, and subscribes again with what it gives. Errors leave under the names of
 * this source. Answers that are followed by a value do not count towards the limit of five in a row.
 */
export function askHandler<T>(onError: ErrorHandler | undefined, overrides: Overrides): MonoTypeOperatorFunction<T> {
  return (source) =>
    defer(() => {
      let answers = 0;
      const attempt = (): Observable<T> =>
        source.pipe(
          tap(() => (answers = 0)),
          catchError((error: unknown) => {
            const named = durableError(error);
            if (onError === undefined || answers >= maxAnswersInARow) return throwError(() => named);
            answers += 1;
            return from(answerOf(onError, named)).pipe(
              mergeMap((recovery) => {
                if (recovery === undefined) return throwError(() => named);
                overrides.headers = recovery.headers ?? overrides.headers;
                overrides.params = recovery.params ?? overrides.params;
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
