import { catchError, defer, type Observable, throwError } from 'rxjs';
import { classifyError } from '../../lib/classify.js';
import type { StreamError } from '../../lib/errors.js';
import type { StreamResponse } from '../../lib/http.js';
import { childMonitor } from '../../lib/state.js';
import { retryBackoff } from '../../operators/retry-backoff.js';
import { answerInHeaders } from './answer-in-headers.js';
import { askHandler } from './ask-handler.js';
import { DurableStreamError } from './errors.js';
import { durableExchange, type DurableRequest, noOverrides, type Overrides } from './exchange.js';
import type { CheckedDurable } from './options.js';

/** Whether a request may be sent again after a failure that does not say whether it was carried out. */
export type Repeatable = 'always' | 'if-not-processed';

/** How one call is made. */
export interface DurableCall<T> extends DurableRequest {
  /** `if-not-processed` is for writes that would be stored twice. @default 'always' */
  readonly repeatable?: Repeatable | undefined;
  /** What the answer says; its body is read to the end and dropped. */
  readonly read: (response: StreamResponse) => T;
}

/** A server that did not take the request has not carried it out. */
const notProcessed: ReadonlySet<string> = new Set([
  'connection_refused',
  'dns',
  'connect_timeout',
  'tls',
  'bad_header',
  'bad_url',
]);

/**
 * One request, its whole answer, one value, complete. Cold. Repeated on the protocol's schedule as far as that is safe (draft 1.0, 1.13); the
 * error handler is asked about what is left.
 */
export function durableCall<T>(
  checked: CheckedDurable,
  { read, repeatable = 'always', ...request }: DurableCall<T>,
  overrides: Overrides = noOverrides(),
): Observable<T> {
  const { options, config } = checked;
  const { timeout: _timeout, chunkSize: _size, ...retry } = config;
  return defer(() => {
    const monitor = childMonitor(config.monitor);
    const once = durableExchange(checked, { monitor, ...request }, overrides, (response) =>
      answerInHeaders(response, read(response), config.scheduler),
    );
    const safe =
      repeatable === 'always'
        ? once
        : once.pipe(catchError((error: unknown) => throwError(() => doubtOf(classifyError(error), request.operation))));
    return safe.pipe(retryBackoff({ ...retry, monitor }), askHandler(options.onError, overrides));
  });
}

function doubtOf(error: StreamError, operation: DurableRequest['operation']): StreamError {
  const { code, statusCode, cause } = error;
  const isKnown = !error.isRetryable || statusCode === 429 || statusCode === 503 || notProcessed.has(code);
  if (isKnown) return error;
  const allowed = operation === 'append' ? 'option "retryAppends" allows it, and ' : '';
  const message = `${error.message}; the append may be stored or not, so it is not repeated (${allowed}an IdempotentProducer repeats without doubt)`;
  return new DurableStreamError(message, {
    errorType: 'fatal_error',
    code: 'outcome_unknown',
    statusCode,
    cause: cause ?? error,
  });
}
