import { describe, expect, it } from '@jest/globals';
import { providerError, verdictOf } from '../../../sources/llm/provider-verdict.js';
import type { LlmWire } from '../../../sources/llm/vocabulary.js';

describe('providerError', () => {
  it.each<[string, LlmWire, unknown, object]>([
    [
      "Anthropic's",
      'anthropic',
      { type: 'error', error: { type: 'overloaded_error', message: 'm', details: null }, request_id: 'req' },
      { type: 'overloaded_error', message: 'm', status: 529, requestId: 'req' },
    ],
    [
      "Anthropic's with details",
      'anthropic',
      { error: { type: 'rate_limit_error', message: 'm', details: { error_code: 'enforced_spend_limit_reached' } } },
      { type: 'rate_limit_error', code: 'enforced_spend_limit_reached', status: 429 },
    ],
    [
      "OpenAI's",
      'openai-chat',
      { error: { message: 'm', type: 'invalid_request_error', param: 'model', code: 'model_not_found' } },
      { type: 'invalid_request_error', code: 'model_not_found', message: 'm', status: 404 },
    ],
    [
      "OpenRouter's",
      'openai-chat',
      { error: { code: 429, message: 'm', metadata: { provider_name: 'Google', raw: 'r' } } },
      { type: undefined, code: '429', status: 429, provider: 'Google' },
    ],
    [
      "Groq's",
      'openai-chat',
      { error: { message: 'm', type: 'invalid_request_error', code: 'tool_use_failed', status_code: 400 } },
      { code: 'tool_use_failed', status: 400 },
    ],
    [
      'a flat event',
      'openai-responses',
      { type: 'error', code: 'server_error', message: 'm', param: null },
      { type: undefined, code: 'server_error', status: 500 },
    ],
    [
      'a failed response',
      'openai-responses',
      { type: 'response.failed', response: { error: { code: 'rate_limit_exceeded', message: 'm' } } },
      { type: undefined, code: 'rate_limit_exceeded', message: 'm', status: 429 },
    ],
    [
      'a failed response without a reason',
      'openai-responses',
      { type: 'response.failed', response: { error: null } },
      { type: undefined, code: undefined, message: undefined, status: undefined },
    ],
    [
      "vLLM's",
      'openai-chat',
      { object: 'error', message: 'm', type: 'BadRequestError', code: 400 },
      { type: 'BadRequestError', message: 'm', status: 400 },
    ],
    ["Ollama's", 'openai-chat', { error: "model 'x' not found" }, { message: "model 'x' not found", type: undefined }],
    ["FastAPI's", 'openai-chat', { detail: 'Not Found' }, { message: 'Not Found' }],
    ['nothing', 'anthropic', undefined, { type: undefined, code: undefined, message: undefined, status: undefined }],
    ['a list', 'anthropic', [1], { message: undefined }],
  ])('reads %s', (_what, wire, body, expected) => {
    expect(providerError(wire, body)).toMatchObject(expected);
  });

  it('takes only a status of a failure for one', () => {
    expect(providerError('openai-chat', { error: { code: 200, message: 'm' } }).status).toBeUndefined();
    expect(
      providerError('openai-chat', { error: { code: null, status: 'RESOURCE_EXHAUSTED' } }).status,
    ).toBeUndefined();
  });
});

describe('verdictOf', () => {
  const said = {
    type: undefined,
    code: undefined,
    message: undefined,
    status: undefined,
    provider: undefined,
    requestId: undefined,
  };

  it.each<[object, string, string]>([
    [
      { status: 400, message: 'prompt is too long: 210000 tokens > 200000 maximum' },
      'client_error',
      'context_length_exceeded',
    ],
    [
      { status: 400, message: 'input length and `max_tokens` exceed context limit: 1' },
      'client_error',
      'context_length_exceeded',
    ],
    [{ status: 400, message: 'Your credit balance is too low to access the API' }, 'client_error', 'quota_exceeded'],
    [
      { status: 400, message: 'This response can no longer be streamed because it is more than 5 minutes old' },
      'client_error',
      'resume_expired',
    ],
    [{ status: 400, message: 'model: Field required' }, 'client_error', 'bad_request'],
    [{ status: 404, message: 'model: claude-nope' }, 'client_error', 'model_not_found'],
    [{ status: 404, message: "model 'x' not found, try pulling it first" }, 'client_error', 'model_not_found'],
    [{ status: 404, message: 'Response with id r not found' }, 'client_error', 'not_found'],
    [{ status: 402 }, 'client_error', 'quota_exceeded'],
    [{ status: 409 }, 'server_error', 'conflict'],
    [{ status: 413, code: 'rate_limit_exceeded' }, 'client_error', 'request_too_large'],
    [{ status: 429, code: 'rate_limit_exceeded' }, 'rate_limited', 'rate_limited'],
    [{ status: 429, code: 'insufficient_quota' }, 'client_error', 'quota_exceeded'],
    [{ status: 429, type: 'insufficient_quota' }, 'client_error', 'quota_exceeded'],
    [{ status: 429, code: 'credit_balance_exhausted' }, 'client_error', 'quota_exceeded'],
    [{ status: 429, code: 'organization_spend_limit_exceeded' }, 'client_error', 'quota_exceeded'],
    [{ status: 429, code: 'contract_spend_limit_reached' }, 'client_error', 'quota_exceeded'],
    [{ status: 400, code: 'content_filter' }, 'client_error', 'content_policy'],
    [{ status: 503, code: 'slow_down' }, 'server_error', 'overloaded'],
    [{ status: 500, message: 'maximum context length' }, 'server_error', 'http_server_error'],
  ])('of the HTTP answer %j is %s, %s', (error, errorType, code) => {
    expect(verdictOf('openai-chat', { ...said, ...error }, false)).toEqual({ errorType, code });
  });

  it.each<[LlmWire, object, string, string]>([
    ['anthropic', { type: 'a_new_error' }, 'server_error', 'provider_failed'],
    ['openai-chat', {}, 'server_error', 'provider_failed'],
    ['openai-responses', {}, 'server_error', 'provider_failed'],
    ['openai-responses', { code: 'image_too_large' }, 'client_error', 'provider_failed'],
    ['openai-responses', { code: 'a_new_code' }, 'client_error', 'provider_failed'],
    ['openai-responses', { code: 'bio_policy' }, 'client_error', 'content_policy'],
    ['openai-chat', { code: '502', status: 502 }, 'server_error', 'provider_failed'],
    ['openai-chat', { code: '400', status: 400 }, 'client_error', 'bad_request'],
    ['openai-chat', { code: '503', status: 503 }, 'server_error', 'overloaded'],
  ])('inside a stream of %s is for %j %s, %s', (wire, error, errorType, code) => {
    expect(verdictOf(wire, { ...said, ...error }, true)).toEqual({ errorType, code });
  });
});
