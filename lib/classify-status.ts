import { StreamError, type StreamErrorCode, type StreamErrorType } from './errors.js';
import { type HeaderReader, readDirectWait, readRetryAfter } from './retry-after.js';
import { readProblem } from './problem.js';

/** What a status alone says. */
export interface StatusVerdict {
  readonly errorType: StreamErrorType;
  readonly code: StreamErrorCode;
}

const verdicts: Readonly<Record<number, readonly [StreamErrorType, StreamErrorCode] | undefined>> = {
  400: ['client_error', 'bad_request'],
  401: ['authentication_error', 'unauthorized'],
  402: ['client_error', 'payment_required'],
  403: ['authentication_error', 'forbidden'],
  404: ['client_error', 'not_found'],
  408: ['timeout', 'request_timeout'],
  409: ['client_error', 'conflict'],
  410: ['client_error', 'gone'],
  421: ['server_error', 'misdirected_request'],
  425: ['server_error', 'too_early'],
  429: ['rate_limited', 'rate_limited'],
  501: ['fatal_error', 'not_implemented'],
  505: ['fatal_error', 'not_implemented'],
  529: ['server_error', 'overloaded'],
};

/** The class of a status: 408, 421, 425, 429 and 5xx but 501 and 505 are worth another try. */
export function statusOf(status: number): StatusVerdict {
  const [errorType, code] = verdicts[status] ?? verdictOfClass(status);
  return { errorType, code };
}

function verdictOfClass(status: number): readonly [StreamErrorType, StreamErrorCode] {
  if (status >= 500) return ['server_error', 'http_server_error'];
  if (status >= 400) return ['client_error', 'http_client_error'];
  return ['fatal_error', status >= 300 && status !== 304 ? 'redirect_refused' : 'unexpected_status'];
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
