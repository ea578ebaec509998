import { catchError, type Observable, of, throwError } from 'rxjs';
import { isStreamError } from '../../lib/errors.js';
import type { DurableErrorCode } from './errors.js';
import type { CheckedDurable } from './options.js';

/** The same options with an error handler that is not asked about these codes: to the operation they are answers. */
export function unasked(checked: CheckedDurable, codes: readonly DurableErrorCode[]): CheckedDurable {
  const { onError } = checked.options;
  if (onError === undefined) return checked;
  return {
    ...checked,
    options: { ...checked.options, onError: (error) => (hasCode(error, codes) ? undefined : onError(error)) },
  };
}

/** Errors of these codes as a value. Put {@link unasked} options into the call, or the handler hears of them first. */
export function valueOn<T, V>(
  codes: readonly DurableErrorCode[],
  value: V,
): (call: Observable<T>) => Observable<T | V> {
  return (call) =>
    call.pipe(catchError((error: unknown) => (hasCode(error, codes) ? of(value) : throwError(() => error))));
}

export function hasCode(error: unknown, codes: readonly DurableErrorCode[]): boolean {
  return isStreamError(error) && codes.some((code) => code === error.code);
}
