import { isStreamError, StreamError } from './errors.js';
import { statusOf } from './classify-status.js';
import { errorChain, field, member } from './error-chain.js';
import { dropped, type Verdict } from './failure-verdict.js';
import { byCode, sentenceOf } from './platform-errors.js';
import { type HeaderReader, readDirectWait, readRetryAfter } from './retry-after.js';

/** Where a failure happened decides what a reset or a silence means. */
export interface ClassifyContext {
  /** @default 'request' */
  readonly phase?: 'request' | 'body' | undefined;
  /** What the message calls the other end; no query, no user info. */
  readonly target?: string | undefined;
}

/**
 * Turns whatever was thrown into a {@link StreamError}; one that is already classified passes as it is.
 *
 * Reads, in this order: the class of error, `code` and `cause.code` (undici, node, Deno, Bun), a status and its `Retry-After`
 * (ky, axios, SDKs), the messages of browsers, which give nothing else. Errors that quote their input (JSON, URL, headers) or
 * hold the request are replaced, not wrapped. An abort becomes code `aborted`, which `classifyErrors` and the library's
 * own requests never show: unsubscription is silent.
 */
export function classifyError(error: unknown, context: ClassifyContext = {}): StreamError {
  if (isStreamError(error)) return error;
  const { phase = 'request', target } = context;
  const verdict =
    byName(error, phase) ?? byCode(error, phase) ?? byStatus(error) ?? byMessage(error, phase) ?? unexpected(error);
  const [errorType, code, text] = verdict;
  const message = target === undefined ? text : `${text} (${target})`;
  return new StreamError(message, {
    errorType,
    code,
    phase,
    statusCode: statusIn(error),
    retryAfter: waitIn(error),
    cause: holdsInput(error) ? undefined : error,
  });
}

/** An abort by us or by the caller's signal. Not a failure. */
export function isAbortError(error: unknown): boolean {
  return field(error, 'name') === 'AbortError' || field(error, 'code') === 'aborted';
}

function byName(error: unknown, phase: 'request' | 'body'): Verdict | undefined {
  const name = field(error, 'name');
  if (name === 'AbortError') return ['fatal_error', 'aborted', 'aborted'];
  if (name === 'TimeoutError') {
    return ['timeout', phase === 'body' ? 'idle_timeout' : 'headers_timeout', 'the time limit has passed'];
  }
  if (name === 'SyntaxError') return ['fatal_error', 'malformed', 'the data is not what it should be (SyntaxError)'];
  return undefined;
}

function byStatus(error: unknown): Verdict | undefined {
  const status = statusIn(error);
  if (status === undefined) return undefined;
  const { errorType, code } = statusOf(status);
  return [errorType, code, `HTTP ${status}`];
}

function byMessage(error: unknown, phase: 'request' | 'body'): Verdict | undefined {
  for (const link of errorChain(error).reverse()) {
    const name = field(link, 'name');
    const message = field(link, 'message');
    if (message === undefined || (name !== 'TypeError' && name !== 'Error' && name !== 'NetworkError')) continue;
    const found = sentenceOf(message);
    if (found === undefined) continue;
    const { errorType, code } = found;
    return errorType === 'fatal_error' ? [errorType, code, `refused: ${code}`] : dropped(code, code, phase);
  }
  return undefined;
}

function unexpected(error: unknown): Verdict {
  return ['fatal_error', 'unexpected', `unexpected ${field(error, 'name')?.slice(0, 60) ?? typeof error}`];
}

/** `status` or `statusCode`, on the error or on its `response`: ky, axios and the vendors' SDKs. */
function statusIn(error: unknown): number | undefined {
  return [error, member(error, 'response')]
    .flatMap((holder) => [member(holder, 'status'), member(holder, 'statusCode')])
    .find((value): value is number => typeof value === 'number' && value >= 100 && value <= 599);
}

/** What such an error's own headers ask for. */
function waitIn(error: unknown): number | undefined {
  const headers = [member(error, 'headers'), member(member(error, 'response'), 'headers')].find(isHeaderReader);
  if (headers === undefined) return undefined;
  return statusIn(error) === 429 ? readRetryAfter(headers) : readDirectWait(headers);
}

function isHeaderReader(value: unknown): value is HeaderReader {
  return Object.prototype.toString.call(value) === '[object Headers]';
}

/** What a client hangs on its errors: the request, with the credentials in its headers. */
const requestMembers = ['request', 'config', 'options', 'headers'];
/** Beginnings and middles of sentences that go on to quote a payload, a URL or a header's value. */
const quoting = /:\/\/|Invalid URL|parse URL|valid URL|credentials|Headers\.|header value|has invalid value|JSON/;

/** Errors whose message or members repeat what they were given. */
function holdsInput(error: unknown): boolean {
  return errorChain(error).some(
    (link) =>
      field(link, 'name') === 'SyntaxError' ||
      field(link, 'code') === 'ERR_INVALID_URL' ||
      quoting.test(field(link, 'message') ?? (typeof link === 'string' ? link : '')) ||
      requestMembers.some((key) => typeof member(link, key) === 'object'),
  );
}
