import { statusOf } from '../../lib/classify-status.js';
import type { StreamErrorType } from '../../lib/errors.js';
import type { LlmErrorCode } from './errors.js';
import { isObject } from './shapes.js';
import type { LlmWire, NativeObject } from './vocabulary.js';

/** What a failure is, in the toolkit's words. */
export interface LlmVerdict {
  readonly errorType: StreamErrorType;
  readonly code: LlmErrorCode;
}

/** What a provider says of a failure, of an HTTP answer and inside a stream alike. */
export interface ProviderError {
  readonly type: string | undefined;
  readonly code: string | undefined;
  readonly message: string | undefined;
  /** The status of the answer; inside a stream what the error itself names, or what its type stands for. */
  readonly status: number | undefined;
  /** Which upstream failed, where a router says so. */
  readonly provider: string | undefined;
  readonly requestId: string | undefined;
}

/** The status that a type of Anthropic's stands for (https://docs.claude.com/en/api/errors); inside a stream the type is all there is. */
const anthropicStatus: Readonly<Record<string, number>> = {
  invalid_request_error: 400,
  authentication_error: 401,
  billing_error: 402,
  permission_error: 403,
  not_found_error: 404,
  timeout: 408,
  conflict_error: 409,
  request_too_large: 413,
  rate_limit_error: 429,
  api_error: 500,
  timeout_error: 504,
  overloaded_error: 529,
};

/** The same for OpenAI's types and codes, and for those of the servers that speak like it. */
const openaiStatus: Readonly<Record<string, number>> = {
  invalid_request_error: 400,
  invalid_prompt: 400,
  context_length_exceeded: 400,
  tool_use_failed: 400,
  invalid_api_key: 401,
  authentication_error: 401,
  insufficient_quota: 429,
  credit_balance_exhausted: 429,
  permission_error: 403,
  model_not_found: 404,
  not_found_error: 404,
  rate_limit_exceeded: 429,
  rate_limit_error: 429,
  requests: 429,
  tokens: 429,
  slow_down: 503,
  server_error: 500,
  api_error: 500,
  service_unavailable: 503,
  overloaded_error: 529,
  vector_store_timeout: 504,
};

const overloaded: LlmVerdict = { errorType: 'server_error', code: 'overloaded' };
const quota: LlmVerdict = { errorType: 'client_error', code: 'quota_exceeded' };
const policy: LlmVerdict = { errorType: 'client_error', code: 'content_policy' };

/** Words that say more than a status, whatever the status is. */
const words: readonly (readonly [pattern: RegExp, verdict: LlmVerdict])[] = [
  [/^(?:insufficient_quota|credit_balance_exhausted|billing_error|billing_\w*limit\w*)$|spend_limit/, quota],
  [
    /^(?:model_not_found|model_not_active|deployment_?notfound)$/i,
    { errorType: 'client_error', code: 'model_not_found' },
  ],
  [/^context_length_exceeded$/, { errorType: 'client_error', code: 'context_length_exceeded' }],
  [/^request_too_large$/, { errorType: 'client_error', code: 'request_too_large' }],
  [/^(?:tool_use_failed|tool_call_failed)$/, { errorType: 'client_error', code: 'tool_use_failed' }],
  [/^(?:invalid_prompt|\w*_policy|\w*policy_violation|content_filter|responsibleaipolicyviolation)$/i, policy],
  [/^(?:overloaded_error|overloaded|slow_down|server_overloaded|engine_overloaded)$/, overloaded],
];

/** Sentences, of providers that have one type for everything. Only read where the request itself is at fault. */
const sentences: readonly (readonly [pattern: RegExp, verdict: LlmVerdict])[] = [
  [/credit balance is too low/i, quota],
  [/no longer be streamed/i, { errorType: 'client_error', code: 'resume_expired' }],
  [
    /prompt is too long|exceeds? (?:the )?context limit|maximum context length|context window|length of the messages/i,
    { errorType: 'client_error', code: 'context_length_exceeded' },
  ],
];
const noModel = /^model: |\bmodel\b.{1,200}\b(?:not found|does not exist)/i;

/** What the `error` object of a provider says, or the flat forms beside it; everything is optional. */
export function providerError(wire: LlmWire, body: unknown): ProviderError {
  const members: NativeObject = isObject(body) ? body : {};
  const error = innerError(members);
  const details = isObject(error['details']) ? error['details'] : {};
  const metadata = isObject(error['metadata']) ? error['metadata'] : {};
  const type = textOf(error['type']);
  // Flat, it may be the event's and not the error's.
  const own = type === 'error' || type?.startsWith('response.') === true ? undefined : type;
  const code = textOf(details['error_code']) ?? textOf(error['code']);
  const said = textOf(error['message']) ?? textOf(members['message']) ?? textOf(members['detail']);
  const numbers = [error['status_code'], error['code'], error['status'], members['code']];
  const status = numbers.map(Number).find((number) => Number.isInteger(number) && number >= 400 && number <= 599);
  return {
    type: own,
    code,
    message: said,
    status: status ?? statusOfWords(wire, own, code),
    provider: textOf(metadata['provider_name']),
    requestId: textOf(members['request_id']) ?? textOf(error['request_id']),
  };
}

/** What a provider's words and the status come to. Nothing is retried that the provider has called hopeless. */
export function verdictOf(wire: LlmWire, error: ProviderError, inStream: boolean): LlmVerdict {
  const { type, code, status } = error;
  // Groq says `rate_limit_exceeded` of a single request that no wait makes fit.
  if (status === 413) return { errorType: 'client_error', code: 'request_too_large' };
  const found = words.find(([pattern]) => pattern.test(code ?? '') || pattern.test(type ?? ''))?.[1];
  if (found !== undefined) return found;
  if (status === 402) return quota;
  const said = sentenceVerdict(error);
  if (said !== undefined) return said;
  return inStream ? streamVerdict(wire, code, status) : statusVerdict(status ?? 500);
}

function sentenceVerdict({ status, message = '' }: ProviderError): LlmVerdict | undefined {
  if (status === 404 && noModel.test(message)) return { errorType: 'client_error', code: 'model_not_found' };
  if (status !== 400 && status !== 403 && status !== 422) return undefined;
  return sentences.find(([pattern]) => pattern.test(message))?.[1];
}

function statusVerdict(status: number): LlmVerdict {
  // 409 is a conflict of two requests at once, which the vendors' own clients try again.
  if (status === 409) return { errorType: 'server_error', code: 'conflict' };
  return statusOf(status);
}

/** Responses names its failures: of those with a name only three are worth another try, of which the status knows. */
function streamVerdict(wire: LlmWire, code: string | undefined, status: number | undefined): LlmVerdict {
  if (status !== undefined && status < 500) return statusVerdict(status);
  if (status === 529 || status === 503) return overloaded;
  const isNamed = wire === 'openai-responses' && code !== undefined && status === undefined;
  return { errorType: isNamed ? 'client_error' : 'server_error', code: 'provider_failed' };
}

function statusOfWords(wire: LlmWire, type: string | undefined, code: string | undefined): number | undefined {
  const table = wire === 'anthropic' ? anthropicStatus : openaiStatus;
  return table[code ?? ''] ?? table[type ?? ''] ?? anthropicStatus[type ?? ''];
}

/** `{error: {...}}`, `{error: "..."}`, `{response: {error: {...}}}`, or the members themselves. */
function innerError(members: NativeObject): NativeObject {
  const { error, response } = members;
  if (isObject(error)) return error;
  if (typeof error === 'string') return { message: error, type: members['type'] };
  if (isObject(response) && isObject(response['error'])) return response['error'];
  return members;
}

function textOf(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' ? value : undefined;
}
