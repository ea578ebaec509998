import { catchError, map, type MonoTypeOperatorFunction, type Observable, of, throwError } from 'rxjs';
import type { RetryConfig } from '../../lib/config.js';
import { isStreamError } from '../../lib/errors.js';
import { jsonCall } from '../../lib/json-call.js';
import type { Schema } from '../../lib/schema.js';
import { retryBackoff } from '../../operators/retry-backoff.js';
import { type XOptions, xRequest, type XRequest } from './api.js';
import { xSchedules } from './reconnect.js';

/** A request with what its answer must be. */
export interface XCall<T> extends XRequest {
  readonly schema: Schema<T>;
}

/**
 * One call of X's API: one checked value, complete. Cold.
 *
 * A GET is repeated after every failure that may pass; anything else only after 429 and where no connection was made, when
 * X certainly did nothing. The waits are X's own: 250 ms more each time for the network, doubling from 5 s for 5xx, and after 429
 * until `x-rate-limit-reset`, which may be 15 minutes, but 60 s at least. On 401 a token function is asked once more.
 *
 * Errors: every `errorType`; `retries_exhausted` after `maxRetries`, with the last error as its cause.
 */
export function xCall<T>(options: XOptions, call: XCall<T>): Observable<T> {
  const once = jsonCall(xRequest(options, call), { schema: call.schema });
  const attempt = typeof options.bearerToken === 'function' ? once.pipe(catchError(withFreshToken(once))) : once;
  return attempt.pipe(retried(options, call.method ?? 'GET'));
}

function withFreshToken<T>(again: Observable<T>): (error: unknown) => Observable<T> {
  return (error) => (isStreamError(error) && error.statusCode === 401 ? again : throwError(() => error));
}

type Outcome<T> = { readonly value: T } | { readonly error: unknown };

function retried<T>(options: XOptions, method: string): MonoTypeOperatorFunction<T> {
  const { maxRetries = 3, scheduler } = options;
  const config: RetryConfig = { maxRetries, scheduler, schedules: xSchedules };
  if (method === 'GET') return retryBackoff(config);
  // What must not be repeated passes the retry as a value.
  return (source) =>
    source.pipe(
      map((value): Outcome<T> => ({ value })),
      catchError((error: unknown) => (didNothing(error) ? throwError(() => error) : of<Outcome<T>>({ error }))),
      retryBackoff(config),
      map((outcome) => {
        if ('error' in outcome) throw outcome.error;
        return outcome.value;
      }),
    );
}

/** The server has refused the request, or never seen it. */
function didNothing(error: unknown): boolean {
  if (!isStreamError(error)) return false;
  return error.statusCode === 429 || error.code === 'connection_refused' || error.code === 'dns';
}
