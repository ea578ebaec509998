import { describe, expect, it } from '@jest/globals';
import { StreamError } from '../../../lib/errors.js';
import type { LlmError } from '../../../sources/llm/errors.js';
import {
  classifyLlm,
  eventError,
  llmError,
  notAStream,
  truncatedStream,
} from '../../../sources/llm/provider-answers.js';
import { recordedErrors } from './recordings.js';
import { pluck } from '../../servers/pluck.js';
import type { LlmWire } from '../../../sources/llm/vocabulary.js';

interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
  readonly wire?: LlmWire;
}

function classified({ status, body = {}, headers = {}, wire = 'openai-chat' }: Answer): LlmError {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return classifyLlm(wire)({
    status,
    headers: new Headers(headers),
    body: text,
    target: 'https://api.example.com/v1/x',
  });
}

const anthropic = (type: string): unknown => ({ type: 'error', error: { type, message: 'm' }, request_id: 'req_b' });
const openai = (code: string | null, type = 'invalid_request_error'): unknown => ({
  error: { message: 'm', type, param: null, code },
});

describe('the HTTP errors of Anthropic', () => {
  it.each<[number, string, string, string, boolean]>([
    [400, 'invalid_request_error', 'client_error', 'bad_request', false],
    [401, 'authentication_error', 'authentication_error', 'unauthorized', false],
    [402, 'billing_error', 'client_error', 'quota_exceeded', false],
    [403, 'permission_error', 'authentication_error', 'forbidden', false],
    [404, 'not_found_error', 'client_error', 'not_found', false],
    [408, 'timeout', 'timeout', 'request_timeout', true],
    [409, 'conflict_error', 'server_error', 'conflict', true],
    [413, 'request_too_large', 'client_error', 'request_too_large', false],
    [429, 'rate_limit_error', 'rate_limited', 'rate_limited', true],
    [500, 'api_error', 'server_error', 'http_server_error', true],
    [504, 'timeout_error', 'server_error', 'http_server_error', true],
    [529, 'overloaded_error', 'server_error', 'overloaded', true],
  ])('%i %s is %s, %s', (status, type, errorType, code, isRetryable) => {
    const error = classified({ status, body: anthropic(type), wire: 'anthropic' });
    expect(error).toMatchObject({ name: 'LlmError', wire: 'anthropic', statusCode: status, providerType: type });
    expect(error).toMatchObject({ errorType, code, isRetryable, requestId: 'req_b', phase: 'request' });
    expect(error.message).toBe(`HTTP ${status} from https://api.example.com/v1/x: m`);
  });

  it('have no type where a proxy answers with a page', () => {
    const error = classified({ status: 413, body: '<html>too large</html>', wire: 'anthropic' });
    expect(error).toMatchObject({ code: 'request_too_large', providerType: undefined, isRetryable: false });
  });
});

describe('the HTTP errors of OpenAI', () => {
  it.each<[number, unknown, string, string, boolean]>([
    [400, openai('context_length_exceeded'), 'client_error', 'context_length_exceeded', false],
    [400, openai(null), 'client_error', 'bad_request', false],
    [401, openai('invalid_api_key'), 'authentication_error', 'unauthorized', false],
    [404, openai('model_not_found'), 'client_error', 'model_not_found', false],
    [409, openai(null), 'server_error', 'conflict', true],
    [429, openai('rate_limit_exceeded', 'requests'), 'rate_limited', 'rate_limited', true],
    [429, openai('insufficient_quota', 'insufficient_quota'), 'client_error', 'quota_exceeded', false],
    [500, openai(null, 'server_error'), 'server_error', 'http_server_error', true],
    [502, '<html>Bad Gateway</html>', 'server_error', 'http_server_error', true],
    [503, openai('slow_down'), 'server_error', 'overloaded', true],
  ])('%i %j is %s, %s', (status, body, errorType, code, isRetryable) => {
    expect(classified({ status, body })).toMatchObject({ errorType, code, isRetryable, statusCode: status });
  });
});

describe('the recorded HTTP errors', () => {
  const expected: Readonly<Record<string, string>> = {
    'anthropic-404-2.json': 'model_not_found',
    'anthropic-404-5.json': 'model_not_found',
    'groq-400-8.json': 'tool_use_failed',
    'groq-404-3.json': 'model_not_found',
    'openai-400-4.json': 'model_not_found',
    'openrouter-429-15.json': 'rate_limited',
  };

  // Without the recordings there is one of the same shape, so that the table is never empty.
  const own = JSON.stringify({
    status: 429,
    body: { error: { code: 429, message: 'm', metadata: { provider_name: 'Google' } } },
  });
  it.each([{ name: 'openrouter-429-15.json', text: own }, ...recordedErrors])(
    '$name has its code',
    ({ name, text }) => {
      const recorded: unknown = JSON.parse(text);
      const wire = name.startsWith('anthropic') ? 'anthropic' : 'openai-chat';
      const error = classified({ status: Number(pluck(recorded, 'status')), body: pluck(recorded, 'body'), wire });
      expect([name, error.code]).toEqual([name, expected[name] ?? 'bad_request']);
      expect(error.isRetryable).toBe(name.includes('429'));
      if (name.startsWith('anthropic')) expect(error.requestId).toMatch(/^req_/);
      if (name.startsWith('openrouter')) expect(error.message).toMatch(/\(provider Google\)$/);
    },
  );
});

describe('x-should-retry', () => {
  const answer = (status: number, wish: string, body: unknown = {}): LlmError =>
    classified({ status, body, headers: { 'x-should-retry': wish } });

  it('wins over the status, both ways', () => {
    expect(answer(400, 'true')).toMatchObject({ isRetryable: true, errorType: 'server_error', code: 'bad_request' });
    expect(answer(404, 'true', openai('model_not_found')).isRetryable).toBe(true);
    expect(answer(429, 'false')).toMatchObject({ isRetryable: false, errorType: 'client_error', code: 'rate_limited' });
    expect(answer(503, 'false')).toMatchObject({ isRetryable: false, errorType: 'fatal_error' });
    expect(answer(500, 'maybe').isRetryable).toBe(true);
  });

  it('does not fill a quota', () => {
    expect(answer(429, 'true', openai('insufficient_quota')).isRetryable).toBe(false);
  });
});

describe('retryAfter', () => {
  const wait = (status: number, headers: Record<string, string>): number | undefined =>
    classified({ status, headers }).retryAfter;

  it('is what the server says, most exact first', () => {
    expect(wait(429, { 'retry-after': '7', 'retry-after-ms': '1500' })).toBe(1_500);
    expect(wait(429, { 'retry-after': '90' })).toBe(90_000);
    expect(wait(503, { 'retry-after': '2' })).toBe(2_000);
    expect(wait(429, {})).toBeUndefined();
  });

  it('is the latest reset of the limits that are used up, on 429 alone', () => {
    const openaiLimits = {
      'x-ratelimit-remaining-requests': '0',
      'x-ratelimit-reset-requests': '1.5s',
      'x-ratelimit-remaining-tokens': '0',
      'x-ratelimit-reset-tokens': '6m0s',
    };
    expect(wait(429, openaiLimits)).toBe(360_000);
    expect(wait(429, { ...openaiLimits, 'x-ratelimit-remaining-tokens': '5' })).toBe(1_500);
    expect(wait(500, openaiLimits)).toBeUndefined();
    const date = 'Wed, 05 Nov 2025 10:00:00 GMT';
    const anthropicLimits = {
      'anthropic-ratelimit-tokens-remaining': '0',
      'anthropic-ratelimit-tokens-reset': '2025-11-05T10:00:12Z',
      date,
    };
    expect(wait(429, anthropicLimits)).toBe(12_000);
  });
});

describe('requestId', () => {
  it('is that of the header, else of the body, else of a proxy', () => {
    const body = anthropic('api_error');
    const id = (headers: Record<string, string>, said: unknown = body) =>
      classified({ status: 500, body: said, headers }).requestId;
    expect(id({ 'request-id': 'a', 'x-request-id': 'b', 'cf-ray': 'c' })).toBe('a');
    expect(id({ 'x-request-id': 'b', 'cf-ray': 'c' })).toBe('b');
    expect(id({ 'cf-ray': 'c' })).toBe('req_b');
    expect(id({ 'cf-ray': 'c' }, {})).toBe('c');
  });
});

describe('a message', () => {
  it('quotes 200 characters of what the provider says, on one line', () => {
    const error = eventError('anthropic', { error: { type: 'api_error', message: `a\nb\u202e${'x'.repeat(500)}` } });
    expect(error.message).toMatch(/api_error: a b x{195,197}$/);
  });

  it.each([
    'sk-ant-api03-canary',
    'sk-proj-canary_canary',
    'gsk_canarycanary',
    'Bearer canarycanary',
    'AIzaCanarycanary',
  ])('never holds a key, which providers like to repeat: %s', (key) => {
    const message = `Incorrect API key provided: ${key}.`;
    const event = eventError('openai-chat', { error: { message, code: 'invalid_api_key' } });
    const answers = [
      classified({ status: 401, body: { error: { message } } }),
      classified({ status: 401, body: { title: message } }),
    ];
    for (const { message: said } of [event, ...answers]) {
      expect(said).toContain('[redacted]');
      expect(said.toLowerCase()).not.toContain('canary');
    }
  });
});

describe('notAStream', () => {
  const page = (responseBody: string): StreamError =>
    new StreamError('https://a answered application/json in place of text/event-stream', {
      ...{ errorType: 'fatal_error', code: 'content_type', statusCode: 200, requestId: 'opened', responseBody },
    });

  it('is the error in the body', () => {
    const error = notAStream(
      'anthropic',
      page(JSON.stringify({ type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } })),
    );
    expect(error).toMatchObject({
      errorType: 'server_error',
      code: 'overloaded',
      statusCode: 529,
      requestId: 'opened',
      phase: 'request',
    });
    expect(error.message).toMatch(/in place of text\/event-stream: overloaded_error: Overloaded$/);
  });

  it.each(['<html>', '{"choices":[]}', '[]', '', '{"error":null}'])(
    'is content_type where there is none: %s',
    (body) => {
      expect(notAStream('openai-chat', page(body))).toMatchObject({
        name: 'LlmError',
        code: 'content_type',
        isRetryable: false,
      });
    },
  );
});

describe('llmError', () => {
  it('keeps every field under its own class', () => {
    const details = {
      errorType: 'timeout',
      code: 'idle_timeout',
      statusCode: 1,
      responseBody: 'b',
      retryAfter: 2,
    } as const;
    const more = { phase: 'body', requestId: 'r', attempts: 3, elapsed: 4, cause: new Error('c') } as const;
    const error = llmError('anthropic', new StreamError('m', { ...details, ...more }));
    expect(error).toMatchObject({ name: 'LlmError', message: 'm', wire: 'anthropic', ...details, ...more });
    expect(llmError('openai-chat', error)).toBe(error);
  });

  it('makes a truncation of a body that broke off', () => {
    const broken = new StreamError('m', { errorType: 'stream_interrupted', code: 'interrupted', phase: 'body' });
    expect(llmError('anthropic', broken, 'ping')).toMatchObject({
      name: 'TruncatedStreamError',
      code: 'interrupted',
      lastEvent: 'ping',
    });
  });

  it('classifies whatever else was thrown', () => {
    expect(llmError('anthropic', 'boom')).toMatchObject({ name: 'LlmError', code: 'unexpected' });
  });
});

it('truncatedStream is an interruption that can be tried again', () => {
  const error = truncatedStream('anthropic', { lastEvent: 'ping', requestId: 'r', reason: 'it ended' });
  expect(error).toMatchObject({ name: 'TruncatedStreamError', errorType: 'stream_interrupted', code: 'truncated' });
  expect(error).toMatchObject({
    message: 'it ended',
    isRetryable: true,
    lastEvent: 'ping',
    requestId: 'r',
    wire: 'anthropic',
  });
});
