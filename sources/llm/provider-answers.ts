import { classifyError } from '../../lib/classify.js';
import { classifyAnswer, type FailedAnswer } from '../../lib/classify-status.js';
import type { StreamError, StreamErrorDetails } from '../../lib/errors.js';
import { type HeaderReader, parseGoDuration, readDirectWait, readRetryAfter } from '../../lib/retry-after.js';
import { LlmError, TruncatedStreamError } from './errors.js';
import { type LlmVerdict, type ProviderError, providerError, verdictOf } from './provider-verdict.js';
import type { LlmWire } from './vocabulary.js';

/** How much of what a provider says a message may quote. */
const quoteLength = 200;
/** Keys of the usual makes. A provider may repeat one, whole or in part, in its complaint about it. */
const keys = /\b(?:(?:sk|gsk|pk|xai|rk|hf|nvapi|fw|r8|key)[-_]|AIza|Bearer )[^\s'",;)]{4,}/g;

/**
 * The provider's own reading of an HTTP answer that is no stream, for `StreamRequest.classify`.
 *
 * `x-should-retry` wins over the status, but not over a spent quota: no wait fills that. `retryAfter` is `retry-after-ms`, `retry-after`,
 * or on 429 the reset of the limit that is used up.
 */
export function classifyLlm(wire: LlmWire): (answer: FailedAnswer) => LlmError {
  return (answer) => {
    const { status, headers, body } = answer;
    const error = { ...providerError(wire, parsed(body)), status };
    const errorType = wished(verdictOf(wire, error, false), headers, status);
    const plain = classifyAnswer(answer);
    const said =
      error.message === undefined ? withoutKeys(plain.message) : `HTTP ${status} from ${answer.target}${quote(error)}`;
    return new LlmError(said, {
      ...{ ...errorType, wire, statusCode: status, responseBody: body, phase: 'request' },
      ...{ providerType: error.type, providerCode: error.code },
      retryAfter: waitOf(status, headers),
      requestId: headers.get('request-id') ?? headers.get('x-request-id') ?? error.requestId ?? plain.requestId,
    });
  };
}

/**
 * An `error` event, a chunk with an `error`, a `response.failed`: the same class as an HTTP error, `statusCode` being what the error names
 * or what its type stands for. Of Responses only `server_error`, `rate_limit_exceeded` and `vector_store_timeout` are retryable.
 */
export function eventError(
  wire: LlmWire,
  data: Readonly<Record<string, unknown>>,
  { requestId }: { readonly requestId?: string | undefined } = {},
): LlmError {
  const error = providerError(wire, data);
  const verdict = verdictOf(wire, error, true);
  return new LlmError(`the provider says inside the stream: ${error.code ?? error.type ?? 'error'}${quote(error)}`, {
    ...{ ...verdict, wire, statusCode: error.status, phase: 'body' },
    ...{ providerType: error.type, providerCode: error.code },
    requestId: error.requestId ?? requestId,
  });
}

/**
 * A 200 that is no event stream. Servers answer so with an error body, and proxies with a page: the error of the body where there is one, else
 * `fatal_error` with `content_type`.
 */
export function notAStream(wire: LlmWire, error: StreamError): LlmError {
  const said = parsed(error.responseBody ?? '');
  const { code, type, status, message } = providerError(wire, said);
  const isError =
    typeof said === 'object' && said !== null && 'error' in said && (code ?? type ?? message) !== undefined;
  if (!isError) return llmError(wire, error);
  const found = eventError(wire, { ...said }, { requestId: error.requestId });
  const { errorType, code: reason, providerType, providerCode, requestId } = found;
  return new LlmError(`${error.message}: ${code ?? type ?? 'error'}${quote(providerError(wire, said))}`, {
    ...{ errorType, code: reason, wire, providerType, providerCode, requestId, phase: 'request' },
    ...{ statusCode: status ?? error.statusCode, responseBody: error.responseBody },
  });
}

/** Any failure under the one class of this source, all fields kept. What broke off inside the body is a truncated stream. */
export function llmError(wire: LlmWire, thrown: unknown, lastEvent?: string): LlmError {
  if (thrown instanceof LlmError) return thrown;
  const error = classifyError(thrown);
  const details = { ...detailsOf(error), wire };
  const isBroken = error.errorType === 'stream_interrupted' && error.phase === 'body';
  return isBroken
    ? new TruncatedStreamError(error.message, { ...details, lastEvent })
    : new LlmError(error.message, details);
}

/** The body is over, and the provider has not said that it is. */
export function truncatedStream(
  wire: LlmWire,
  { lastEvent, requestId, reason }: { lastEvent: string | undefined; requestId: string | undefined; reason: string },
): TruncatedStreamError {
  return new TruncatedStreamError(reason, {
    ...{ errorType: 'stream_interrupted', code: 'truncated', phase: 'body' },
    ...{ wire, lastEvent, requestId },
  });
}

function detailsOf(error: StreamError): StreamErrorDetails<string> {
  const { errorType, code, statusCode, responseBody, retryAfter, phase, requestId, attempts, elapsed, cause } = error;
  return { errorType, code, statusCode, responseBody, retryAfter, phase, requestId, attempts, elapsed, cause };
}

/** Whether another try may help is the class of an error, so the server's wish must change the class. */
function wished(verdict: LlmVerdict, headers: HeaderReader, status: number): LlmVerdict {
  const wish = headers.get('x-should-retry');
  if (verdict.code === 'quota_exceeded') return verdict;
  if (wish === 'true' && !retried.has(verdict.errorType)) {
    return { ...verdict, errorType: status === 429 ? 'rate_limited' : 'server_error' };
  }
  if (wish === 'false' && retried.has(verdict.errorType)) {
    return { ...verdict, errorType: status < 500 ? 'client_error' : 'fatal_error' };
  }
  return verdict;
}

const retried: ReadonlySet<string> = new Set(['timeout', 'server_error', 'rate_limited']);

function waitOf(status: number, headers: HeaderReader): number | undefined {
  if (status !== 429) return readDirectWait(headers);
  return readRetryAfter(headers) ?? resetOf(headers);
}

/** The latest reset among the limits of which nothing remains. OpenAI writes Go durations, Anthropic points in time (RFC 3339). */
function resetOf(headers: HeaderReader): number | undefined {
  const openai = ['requests', 'tokens']
    .filter((limit) => headers.get(`x-ratelimit-remaining-${limit}`) === '0')
    .map((limit) => parseGoDuration(headers.get(`x-ratelimit-reset-${limit}`) ?? ''));
  const anthropic = ['requests', 'tokens', 'input-tokens', 'output-tokens']
    .filter((limit) => headers.get(`anthropic-ratelimit-${limit}-remaining`) === '0')
    .map((limit) => untilReset(headers, headers.get(`anthropic-ratelimit-${limit}-reset`)));
  const waits = [...openai, ...anthropic].filter((wait) => wait !== undefined);
  return waits.length === 0 ? undefined : Math.max(...waits);
}

/** One reader for points in time: `retry-after` takes them as dates, compared with the server's own clock. */
function untilReset(headers: HeaderReader, reset: string | null): number | undefined {
  return readDirectWait({
    get: (name) => (name === 'retry-after' ? reset : name === 'date' ? headers.get(name) : null),
  });
}

function quote({ message, provider }: ProviderError): string {
  const said = message === undefined ? '' : `: ${clean(message)}`;
  return provider === undefined ? said : `${said} (provider ${clean(provider).slice(0, 60)})`;
}

/** One short line without keys: control characters and direction marks would let a server write into a log. */
function clean(said: string): string {
  return withoutKeys(said.slice(0, 2_000))
    .slice(0, quoteLength)
    .replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g, ' ');
}

function withoutKeys(said: string): string {
  return said.replace(keys, '[redacted]');
}

function parsed(body: string): unknown {
  try {
    const value: unknown = JSON.parse(body);
    // Google's gateway puts its one error into a list.
    return Array.isArray(value) ? value[0] : value;
  } catch {
    return undefined;
  }
}
