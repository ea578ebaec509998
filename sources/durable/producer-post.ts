import { catchError, defer, type Observable, of, tap, throwError } from 'rxjs';
import { classifyError } from '../../lib/classify.js';
import type { StreamError } from '../../lib/errors.js';
import type { StreamResponse } from '../../lib/http.js';
import { childMonitor } from '../../lib/state.js';
import type { Transport } from '../../lib/transport.js';
import { retryBackoff } from '../../operators/retry-backoff.js';
import { answerInHeaders } from './answer-in-headers.js';
import { askHandler } from './ask-handler.js';
import { DurableStreamError, SequenceGapError, StaleEpochError, StreamClosedError } from './errors.js';
import { durableExchange, type Overrides } from './exchange.js';
import type { CheckedDurable } from './options.js';
import { metadataOf, streamHeaders } from './wire.js';

/** What the protocol says to a batch (draft 1.0, 5.2.1). */
export type ProducerAnswer =
  | { readonly type: 'stored'; readonly duplicate: boolean; readonly nextOffset: string | undefined }
  | { readonly type: 'stale'; readonly error: StaleEpochError }
  | { readonly type: 'gap'; readonly error: SequenceGapError }
  | { readonly type: 'closed'; readonly error: StreamClosedError }
  /** 400: nothing was stored, the number is still free. */
  | { readonly type: 'refused'; readonly error: StreamError }
  | { readonly type: 'too-large'; readonly error: StreamError };

/** One batch as it goes over the wire. */
export interface ProducerPost {
  readonly id: string;
  readonly epoch: number;
  readonly seq: number;
  readonly body: Uint8Array | undefined;
  readonly contentType: string;
  readonly closes: boolean;
  /** An attempt begins. */
  readonly onSend: () => void;
  /** An attempt failed in a way that says nothing of the batch. `processed: false`: the server has surely not stored it. */
  readonly onFailure: (processed: 'maybe' | 'no') => void;
}

/** The server did not take the request, or said itself that it had no time for it. */
const notProcessed: ReadonlySet<string> = new Set([
  'connection_refused',
  'dns',
  'connect_timeout',
  'tls',
  'rate_limited',
  'redirect_refused',
]);

/**
 * Sends the same bytes under the same number until the server says what became of them; the error handler is asked about what no retry cures.
 * Protocol answers are values. Cold. Errors: what is left, under the names of this source.
 */
export function producerPost(
  checked: CheckedDurable,
  overrides: Overrides,
  post: ProducerPost,
): Observable<ProducerAnswer> {
  const { timeout: _timeout, chunkSize: _size, ...retry } = checked.config;
  return defer(() => {
    // The request and its retry report to one, or every connection would count twice.
    const monitor = childMonitor(retry.monitor);
    return attempt(checked, overrides, { ...post, monitor }).pipe(
      retryBackoff({ ...retry, monitor }),
      askHandler(checked.options.onError, overrides),
    );
  });
}

type Attempt = ProducerPost & { readonly monitor: ReturnType<typeof childMonitor> };

function attempt(checked: CheckedDurable, overrides: Overrides, post: Attempt): Observable<ProducerAnswer> {
  const { id, epoch, seq, body, contentType, closes, monitor } = post;
  const headers = {
    [streamHeaders.producerId]: id,
    [streamHeaders.producerEpoch]: String(epoch),
    [streamHeaders.producerSeq]: String(seq),
    ...(closes ? { [streamHeaders.closed]: 'true' } : {}),
    ...(body === undefined ? {} : { 'content-type': contentType }),
  };
  const request = { operation: 'append', method: 'POST', headers, body, monitor } as const;
  const { transport } = checked.request;
  let isSent = false;
  const noting: Transport = (message) => {
    isSent = true;
    return transport(message);
  };
  const noted = { ...checked, request: { ...checked.request, transport: noting } };
  return defer(() => {
    isSent = false;
    post.onSend();
    return durableExchange(noted, request, overrides, (response) => stored(response, closes, checked));
  }).pipe(
    catchError((thrown: unknown) => {
      const error = classifyError(thrown);
      const answer = answerOf(error);
      return answer === undefined ? throwError(() => error) : of(answer);
    }),
    tap({
      // A function of headers that fails has sent nothing.
      error: (error: unknown) => post.onFailure(!isSent || isUnprocessed(classifyError(error)) ? 'no' : 'maybe'),
    }),
  );
}

function stored(response: StreamResponse, closes: boolean, { config }: CheckedDurable): Observable<ProducerAnswer> {
  const { status, headers } = response;
  const { nextOffset, closed } = metadataOf(headers);
  // Whoever answers 200 to everything, a log-in page for one, has stored nothing.
  const isForeign = nextOffset === undefined && !closed && headers.get(streamHeaders.producerEpoch) === null;
  if (isForeign && status !== 204) throw foreign(response);
  // A close without a body is 204 the first time, too.
  const duplicate = status === 204 && !closes;
  return answerInHeaders(response, { type: 'stored', duplicate, nextOffset }, config.scheduler);
}

function foreign({ status, requestId }: StreamResponse): DurableStreamError {
  const message =
    'the answer has no header of the protocol (this is no stream server, or a proxy, or CORS, hides them): the batch is stored or not';
  const details = { errorType: 'fatal_error', code: 'parse_error', statusCode: status } as const;
  return new DurableStreamError(message, { ...details, phase: 'body', requestId });
}

function answerOf(error: StreamError): ProducerAnswer | undefined {
  if (error instanceof StreamClosedError) return { type: 'closed', error };
  if (error instanceof StaleEpochError) return { type: 'stale', error };
  if (error instanceof SequenceGapError) return { type: 'gap', error };
  if (error.statusCode === 400) return { type: 'refused', error };
  return error.statusCode === 413 ? { type: 'too-large', error } : undefined;
}

function isUnprocessed({ code, statusCode = 0, isRetryable }: StreamError): boolean {
  if (statusCode === 503 || notProcessed.has(code)) return true;
  return !isRetryable && statusCode >= 300;
}
