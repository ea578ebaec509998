import { defer, Observable, type ObservableInput } from 'rxjs';
import { classifyError, isAbortError } from './classify.js';
import { requestIdOf } from './classify-status.js';
import { StreamError } from './errors.js';
import { contentEncoding, refuseBadAnswer } from './http-answer.js';
import { bodyStream } from './http-body.js';
import { type IdleTimer, idleTimer } from './idle-timer.js';
import { isRead, maxRedirects, redirected, refused } from './redirect.js';
import {
  type CheckedRequest,
  checkRequest,
  hasCredentials,
  prepareRequest,
  type PreparedRequest,
  type StreamRequest,
} from './request.js';
import type { HeaderReader } from './retry-after.js';
import type { TransportResponse } from './transport.js';

/** A good answer whose body is still open. */
export interface StreamResponse {
  /** 200, 201, 202 or 204. */
  readonly status: number;
  readonly headers: HeaderReader;
  readonly requestId: string | undefined;
  /** The body, to be subscribed to once, while the exchange lives. */
  readonly bytes: Observable<Uint8Array>;
}

const defaultHeadersTimeout = 30_000;
const defaultIdleTimeout = 120_000;

/**
 * One request and what `project` makes of its answer. Cold: every subscription sends its own request. Completes with the
 * projected stream; nothing is retried.
 *
 * Redirects are followed three times at most and to the same origin only. Unsubscription closes the socket within
 * milliseconds in every phase, and is silent: an abort is no error.
 *
 * Errors: every `errorType`; see {@link classifyError}. A `TypeError` at once for a request that can never work.
 */
export function exchange<T>(
  request: StreamRequest,
  project: (response: StreamResponse) => ObservableInput<T>,
): Observable<T> {
  return exchangeChecked(checkRequest('request', request), project);
}

/**
 * {@link exchange} for a request that has been checked: by callers that send many of a kind. What is a function in it is checked all
 * the same, whenever it is asked.
 */
export function exchangeChecked<T>(
  checked: CheckedRequest,
  project: (response: StreamResponse) => ObservableInput<T>,
): Observable<T> {
  return new Observable<T>((subscriber) => {
    // One controller per connection: a signal that lives longer keeps a listener for every request.
    const controller = new AbortController();
    const report = checked.monitor?.report;
    let phase: 'request' | 'body' = 'request';
    let left = false;
    let isRead = false;
    // A monitor may watch several connections: each takes back only what it has reported itself.
    const leave = (error?: StreamError): void => {
      const wasOpen = phase === 'body' && !left;
      left = true;
      if (wasOpen) report?.disconnected(error);
    };
    const fail = (error: unknown): void => {
      if (subscriber.closed) return;
      const { target } = checked;
      const classified = isAbortError(error)
        ? foreignAbort(error, phase, target)
        : classifyError(error, { phase, target });
      report?.failed(classified);
      leave(classified);
      subscriber.error(classified);
    };
    report?.connecting();
    const timer = headersTimer(checked, fail);
    connect(checked, controller.signal, timer, () => (isRead = true))
      .then((response) => {
        if (subscriber.closed) return;
        phase = 'body';
        report?.open();
        subscriber.add(
          // Not `from`, which brings rxjs' schedulers of everything into a bundle.
          defer(() => project(response)).subscribe({
            next: (value) => subscriber.next(value),
            error: fail,
            complete: () => {
              // Before the consumer hears of it: it may connect again at once.
              leave();
              subscriber.complete();
            },
          }),
        );
      })
      .catch(fail);
    return () => {
      timer.stop();
      // An abort of what is over closes nothing, and is an eighth of what a small exchange costs.
      if (!isRead) controller.abort();
      leave();
    };
  });
}

/**
 * The body of one request, piece by piece, as the server sends it.
 *
 * A clean end before the promised length is `stream_interrupted`, not completion. Errors: as {@link exchange}.
 *
 * @example
 * import { byteStream, lines } from 'tailrace';
 *
 * const subscription = byteStream({ url: 'https://example.com/events.ndjson' })
 *   .pipe(lines())
 *   .subscribe((line) => console.log(line));
 * subscription.unsubscribe(); // the socket is closed
 */
export function byteStream(request: StreamRequest): Observable<Uint8Array> {
  return exchange(request, (response) => response.bytes);
}

/** Our own abort comes after the subscriber is closed. Anybody else's is a failure: completing would say that all was sent. */
function foreignAbort(cause: unknown, phase: 'request' | 'body', target: string): StreamError {
  const details =
    phase === 'request'
      ? ({ errorType: 'connection_error', code: 'connection_failed' } as const)
      : ({ errorType: 'stream_interrupted', code: 'interrupted' } as const);
  return new StreamError(`aborted by someone else (${target})`, { ...details, phase, cause });
}

function headersTimer(request: CheckedRequest, fail: (error: StreamError) => void): IdleTimer {
  const { headersTimeout: limit = defaultHeadersTimeout, target, scheduler } = request;
  const message = `no answer from ${target} within ${limit} ms`;
  const onIdle = (): void =>
    fail(new StreamError(message, { errorType: 'timeout', code: 'headers_timeout', phase: 'request' }));
  return idleTimer({ limit, onIdle, scheduler });
}

async function connect(
  request: CheckedRequest,
  signal: AbortSignal,
  timer: IdleTimer,
  onEnd: () => void,
): Promise<StreamResponse> {
  let sent = await prepareRequest(request);
  for (let redirects = 0; ; redirects += 1) {
    const response = await send(request, sent, signal);
    const next = redirected(sent, response);
    if (next === undefined) {
      // The headers are here: a slow error body must not hide what they say.
      timer.stop();
      const refusal = refuseBadAnswer(request, sent, response);
      if (refusal !== undefined) await refusal;
      return answered(request, response, onEnd);
    }
    if (redirects === maxRedirects) throw refused(sent.url, `a ${maxRedirects + 1}th place`);
    // The body of a redirect is of no use; left unread it would hold its socket.
    await response.body?.cancel?.().catch(() => undefined);
    sent = next;
  }
}

async function send(request: CheckedRequest, sent: PreparedRequest, signal: AbortSignal): Promise<TransportResponse> {
  const { url, method, headers, body } = sent;
  const message = { url: url.href, method, headers, body, signal, redirect: 'manual' } as const;
  signal.throwIfAborted();
  const response = await request.transport(message);
  if (!response.hiddenRedirect) return response;
  // A browser does not tell where it leads, so a request with a credential goes no further.
  if (hasCredentials(sent) || !isRead(sent))
    throw refused(url, 'a place that the browser hides, with credentials or a body');
  return request.transport({ ...message, redirect: 'follow' });
}

function answered(request: CheckedRequest, response: TransportResponse, onEnd: () => void): StreamResponse {
  const { status, headers, body } = response;
  const { target, chunkSize, idleTimeout = defaultIdleTimeout, gate, monitor, scheduler } = request;
  const plain = contentEncoding(response) === 'identity';
  const length = Number(headers.get('content-length') ?? NaN);
  const expected = plain && Number.isSafeInteger(length) ? length : undefined;
  const options = { target, chunkSize, idleTimeout, expected, gate, report: monitor?.report, scheduler, onEnd };
  return { status, headers, requestId: requestIdOf(headers), bytes: bodyStream(body, options) };
}
