import { catchError, EMPTY, type MonoTypeOperatorFunction, throwError } from 'rxjs';
import { classifyError, type ClassifyContext, isAbortError } from '../lib/classify.js';

/**
 * Makes every error a classified `StreamError`; one that already is passes as it is. An abort completes the stream: it is
 * somebody's wish, not a failure.
 *
 * Values and completion pass untouched; nothing is held.
 *
 * @example
 * import { defer, from } from 'rxjs';
 * import { isStreamError } from 'tailrace';
 * import { classifyErrors } from 'tailrace/operators';
 *
 * defer(() => from(fetch('https://example.com')))
 *   .pipe(classifyErrors())
 *   .subscribe({ error: (error) => console.log(isStreamError(error) && error.errorType) });
 */
export function classifyErrors<T>(context: ClassifyContext = {}): MonoTypeOperatorFunction<T> {
  return catchError((error: unknown) =>
    isAbortError(error) ? EMPTY : throwError(() => classifyError(error, context)),
  );
}
