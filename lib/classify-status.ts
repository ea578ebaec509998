import { StreamError, type StreamErrorCode, type StreamErrorType } from './errors.js';
import { type HeaderReader, readDirectWait, readRetryAfter } from './retry-after.js';
import { readProblem } from './problem.js';

/** What a status alone says. */
export interface StatusVerdict {
  readonly errorType: StreamErrorType;
  readonly code: StreamErrorCode;
}

const verdicts: ReadonlyMap<number, StatusVerdict> = new Map<number, StatusVerdict>([
  [400, { errorType: 'client_error', code: 'bad_request' }],
  [401, { errorType: 'authentication_error', code: 'unauthorized' }],
  [402, { errorType: 'client_error', code: 'payment_required' }],
  [403, { errorType: 'authentication_error', code: 'forbidden' }],
  [404, { errorType: 'client_error', code: 'not_found' }],
  [408, { errorType: 'timeout', code: 'request_timeout' }],
  [409, { errorType: 'client_error', code: 'conflict' }],
  [410, { errorType: 'client_error', code: 'gone' }],
  [421, { errorType: 'server_error', code: 'misdirected_request' }],
  [425, { errorType: 'server_error', code: 'too_early' }],
  [429, { errorType: 'rate_limited', code: 'rate_limited' }],
  [501, { errorType: 'fatal_error', code: 'not_implemented' }],
  [505, { errorType: 'fatal_error', code: 'not_implemented' }],
  [529, { errorType: 'server_error', code: 'overloaded' }],
]);

/** The class of a status: 408, 421, 425, 429 and 5xx but 501 and 505 are worth another try. */
export function statusOf(status: number): StatusVerdict {
  const verdict = verdicts.get(status);
  if (verdict !== undefined) return verdict;
  if (status >= 500) return { errorType: 'server_error', code: 'http_server_error' };
  if (status >= 400) return { errorType: 'client_error', code: 'http_client_error' };
  if (status >= 300 && status !== 304) return { errorType: 'fatal_error', code: 'redirect_refused' };
  return { errorType: 'fatal_error', code: 'unexpected_status' };
}

/** An answer that is no stream, its body already read and bounded. */
export interface FailedAnswer {
  readonly status: number;
  readonly headers: HeaderReader;
  /** Secrets replaced. */
  readonly body: string;
  /** Origin and path; no query. */
  readonly target: string;
}

/** How much of a body a message may quote. */
const quoteLength = 200;

/**
 * The error for an answer that is no stream. RFC 9457 problems and the usual `{"error": {"message"}}` bodies are named in the
 * message, at most 200 characters of them. `x-rate-limit-reset` and its kin count only on 429: good answers carry them too.
 */
export function classifyAnswer(answer: FailedAnswer): StreamError<StreamErrorCode> {
  const { status, headers, body, target } = answer;
  const verdict = statusOf(status);
  const said = readProblem(body)?.summary;
  const message = `HTTP ${status} from ${target}${said === undefined ? '' : `: ${said.slice(0, quoteLength)}`}`;
  return new StreamError(message, {
    ...verdict,
    statusCode: status,
    responseBody: body,
    retryAfter: status === 429 ? readRetryAfter(headers) : readDirectWait(headers),
    phase: 'request',
    requestId: requestIdOf(headers),
  });
}

/** The id by which the service's support finds a request. */
export function requestIdOf(headers: HeaderReader): string | undefined {
  for (const name of ['x-request-id', 'request-id', 'x-transaction-id', 'apim-request-id', 'cf-ray']) {
    const id = headers.get(name);
    if (id !== null && id !== '') return id.slice(0, 200);
  }
  return undefined;
}
