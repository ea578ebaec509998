import { describe, expect, it } from '@jest/globals';
import { inspect } from 'node:util';
import { eventError } from '../../../sources/llm/provider-answers.js';
import type { LlmWire } from '../../../sources/llm/vocabulary.js';

describe('eventError', () => {
  it.each<[LlmWire, object, object]>([
    [
      'anthropic',
      { type: 'error', error: { type: 'overloaded_error', message: 'm' }, request_id: 'r' },
      {
        errorType: 'server_error',
        code: 'overloaded',
        statusCode: 529,
        providerType: 'overloaded_error',
        requestId: 'r',
      },
    ],
    [
      'anthropic',
      { type: 'error', error: { type: 'api_error', message: 'm' } },
      { errorType: 'server_error', code: 'provider_failed', statusCode: 500, requestId: 'opened' },
    ],
    [
      'anthropic',
      { type: 'error', error: { type: 'rate_limit_error', message: 'm' } },
      { errorType: 'rate_limited', statusCode: 429 },
    ],
    [
      'anthropic',
      { type: 'error', error: { type: 'invalid_request_error', message: 'm' } },
      { errorType: 'client_error', code: 'bad_request', statusCode: 400 },
    ],
    [
      'openai-chat',
      { error: { message: 'm', type: 'server_error', param: null, code: null } },
      { errorType: 'server_error', code: 'provider_failed', statusCode: 500 },
    ],
    [
      'openai-chat',
      { error: { code: 400, message: 'Token limit reached' }, choices: [] },
      { errorType: 'client_error', code: 'bad_request', statusCode: 400, providerCode: '400' },
    ],
    [
      'openai-chat',
      {
        error: {
          code: 'tool_use_failed',
          type: 'invalid_request_error',
          message: 'm',
          failed_generation: 'canary',
          status_code: 400,
        },
      },
      { errorType: 'client_error', code: 'tool_use_failed', statusCode: 400 },
    ],
    [
      'openai-chat',
      { type: 'error', error: { message: 'upstream connect error' } },
      { errorType: 'server_error', code: 'provider_failed', statusCode: undefined },
    ],
    [
      'openai-responses',
      { type: 'error', error: { type: 'insufficient_quota', code: 'insufficient_quota', message: 'm' } },
      { errorType: 'client_error', code: 'quota_exceeded' },
    ],
    [
      'openai-responses',
      { type: 'error', code: 'server_error', message: 'm' },
      { errorType: 'server_error', code: 'provider_failed', statusCode: 500 },
    ],
    [
      'openai-responses',
      { type: 'response.failed', response: { error: { code: 'rate_limit_exceeded', message: 'm' } } },
      { errorType: 'rate_limited', code: 'rate_limited', statusCode: 429 },
    ],
    [
      'openai-responses',
      { type: 'response.failed', response: { error: { code: 'vector_store_timeout', message: 'm' } } },
      { errorType: 'server_error', statusCode: 504 },
    ],
    [
      'openai-responses',
      { type: 'response.failed', response: { error: { code: 'invalid_prompt', message: 'm' } } },
      { errorType: 'client_error', code: 'content_policy' },
    ],
  ])('of %s is for %j as of an HTTP answer', (wire, data, expected) => {
    const error = eventError(wire, { ...data }, { requestId: 'opened' });
    expect(error).toMatchObject({ name: 'LlmError', phase: 'body', wire, ...expected });
    expect(inspect(error)).not.toContain('canary');
  });
});
