import { describe, expect, it } from '@jest/globals';
import { isStreamError } from '../../../lib/errors.js';
import { classifyXAnswer, noticeError } from '../../../sources/x/problem-errors.js';

const slug = (name: string): string => `https://api.x.com/2/problems/${name}`;

describe('noticeError', () => {
  it.each([
    ['OperationalDisconnect', 'stream_interrupted', 'operational_disconnect'],
    ['UpstreamOperationalDisconnect', 'stream_interrupted', 'operational_disconnect'],
    ['UpstreamUncleanDisconnect', 'stream_interrupted', 'upstream_disconnect'],
    ['InternalError', 'stream_interrupted', 'internal_error'],
    ['SlowReader', 'stream_interrupted', 'slow_reader'],
    ['ForceDisconnect', 'server_error', 'force_disconnect'],
    ['ClientApplicationStateDegraded', 'server_error', 'client_state_degraded'],
    ['InvalidRules', 'client_error', 'invalid_rules'],
  ])('treats %s as %s', (disconnectType, errorType, code) => {
    const error = noticeError({
      title: 'operational-disconnect',
      disconnect_type: disconnectType,
      type: slug('operational-disconnect'),
    });
    expect(error).toMatchObject({ errorType, code, phase: 'body', isRetryable: code !== 'invalid_rules' });
    expect(isStreamError(error)).toBe(true);
  });

  it('says what X says, at most 200 characters of it, on one line', () => {
    const { message } = noticeError({ title: 'A', detail: `b\nc${'d'.repeat(500)}` });
    expect(message).toMatch(/^X says: A: b cd+$/);
    expect(message.length).toBeLessThan(220);
    expect(noticeError({}).message).toBe('X says: a problem without a text');
  });

  it.each([
    [{ status: 401 }, 'authentication_error', 'unauthorized'],
    [{ status: 503 }, 'server_error', 'http_server_error'],
    [{ status: 201 }, 'server_error', 'unexpected'],
    [{}, 'server_error', 'unexpected'],
  ])('falls back to the status of the new: %j', (members, errorType, code) => {
    expect(noticeError({ title: 'New', ...members })).toMatchObject({ errorType, code });
  });

  it('names the cap that is spent', () => {
    const error = noticeError({
      title: 'UsageCapExceeded',
      type: slug('usage-capped'),
      period: 'Monthly',
      scope: 'Product',
    });
    expect(error).toMatchObject({ code: 'usage_capped', isRetryable: false });
    expect(error.message).toBe('X says: UsageCapExceeded (Monthly, Product)');
  });
});

describe('classifyXAnswer', () => {
  const now = 1_735_154_430;
  const headers = new Headers({
    date: new Date(now * 1_000).toUTCString(),
    'x-rate-limit-remaining': '48',
    'x-rate-limit-reset': String(now + 600),
  });
  const classify = (
    status: number,
    body: unknown,
    more: Record<string, string> = {},
  ): ReturnType<typeof classifyXAnswer> => {
    const all = new Headers(headers);
    for (const [name, value] of Object.entries(more)) all.set(name, value);
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    return classifyXAnswer({ status, headers: all, body: text, target: 'https://api.x.com/2/tweets/search/stream' });
  };
  const connection = { title: 'ConnectionException', type: slug('streaming-connection') };
  const limit = 'This stream is currently at the maximum allowed connection limit.';
  const capped = {
    title: 'UsageCapExceeded',
    type: slug('usage-capped'),
    period: 'Monthly',
    scope: 'Product',
    detail: 'Usage cap exceeded',
  };

  it.each([
    [
      '429, issue named',
      429,
      { ...connection, detail: limit, connection_issue: 'TooManyConnections' },
      'rate_limited',
      'too_many_connections',
      undefined,
    ],
    [
      '429, title only',
      429,
      { title: 'ConnectionException', detail: 'other words' },
      'rate_limited',
      'too_many_connections',
      undefined,
    ],
    ['429, detail only', 429, { title: 'Too Many', detail: limit }, 'rate_limited', 'too_many_connections', undefined],
    [
      '429, inside errors',
      429,
      { errors: [{ ...connection, connection_issue: 'TooManyConnections' }] },
      'rate_limited',
      'too_many_connections',
      undefined,
    ],
    ['402, cap', 402, capped, 'client_error', 'usage_capped', undefined],
    ['403, cap', 403, capped, 'client_error', 'usage_capped', undefined],
    ['429, cap', 429, capped, 'client_error', 'usage_capped', undefined],
    ['503, cap', 503, capped, 'client_error', 'usage_capped', undefined],
    [
      '402, credits',
      402,
      { title: 'CreditsDepleted', type: slug('credits') },
      'client_error',
      'credits_depleted',
      undefined,
    ],
    [
      '409, no rules',
      409,
      { ...connection, detail: 'You must define rules', connection_issue: 'RuleConfigurationIssue' },
      'client_error',
      'no_rules',
      undefined,
    ],
    [
      '409, bad rules',
      409,
      { ...connection, connection_issue: 'RulesInvalidIssue' },
      'client_error',
      'invalid_rules',
      undefined,
    ],
    [
      '403, enrolment',
      403,
      {
        title: 'Client Forbidden',
        type: slug('client-forbidden'),
        reason: 'client-not-enrolled',
        registration_url: 'https://d',
      },
      'authentication_error',
      'client_not_enrolled',
      undefined,
    ],
    [
      '403, user token',
      403,
      { title: 'Unsupported Authentication', type: slug('unsupported-authentication') },
      'authentication_error',
      'unsupported_authentication',
      undefined,
    ],
    [
      '429, legacy',
      429,
      { errors: [{ code: 88, message: 'Rate limit exceeded' }] },
      'rate_limited',
      'rate_limited',
      600_000,
    ],
    [
      '403, legacy',
      403,
      { errors: [{ code: 88, message: 'Rate limit exceeded' }] },
      'rate_limited',
      'rate_limited',
      600_000,
    ],
    ['420', 420, 'Exceeded connection limit for user', 'rate_limited', 'rate_limited', undefined],
    [
      '429, slug',
      429,
      { title: 'Rate limit', type: slug('rate-limit-exceeded') },
      'rate_limited',
      'rate_limited',
      600_000,
    ],
    [
      '503, operational',
      503,
      { title: 'operational-disconnect', disconnect_type: 'OperationalDisconnect' },
      'server_error',
      'operational_disconnect',
      undefined,
    ],
    [
      '503, provisioning',
      503,
      { ...connection, connection_issue: 'ProvisioningSubscription' },
      'server_error',
      'provisioning_subscription',
      undefined,
    ],
  ] as const)('reads %s', (name, status, body, errorType, code, retryAfter) => {
    const error = classify(status, body);
    expect(error).toMatchObject({ errorType, code, statusCode: status, phase: 'request' });
    expect(error?.retryAfter).toBe(name === '420' ? 600_000 : retryAfter);
    expect(error?.message).toContain(`HTTP ${status} from https://api.x.com/2/tweets/search/stream`);
  });

  it('names period and scope of a cap', () => {
    expect(classify(403, capped)?.message).toMatch(/: UsageCapExceeded: Usage cap exceeded \(Monthly, Product\)$/);
  });

  it('puts no text of the body into that place', () => {
    expect(classify(403, { ...capped, period: '<b>\n', scope: 7 })?.message).not.toMatch(/[(<]/);
  });

  it('honours Retry-After, and only that, where connections are too many', () => {
    const body = { ...connection, connection_issue: 'TooManyConnections' };
    expect(classify(429, body, { 'retry-after': '7' })?.retryAfter).toBe(7_000);
  });

  it.each([
    ['a 401', 401, { title: 'Unauthorized', type: 'about:blank', status: 401, detail: 'Unauthorized' }],
    ['a plain 429', 429, { title: 'Too Many Requests', type: 'about:blank', status: 429, detail: 'Too Many Requests' }],
    ['HTML of a gateway', 503, '<html><title>ConnectionException TooManyConnections</title></html>'],
    ['HTML with 429', 429, '<html>slow down</html>'],
    ['an empty body', 502, ''],
    ['a 409 without a word', 409, '{}'],
    ['a 5xx that blames us', 503, { title: 'Client Forbidden', type: slug('client-forbidden') }],
  ])('leaves %s to its status', (_, status, body) => {
    expect(classify(status, body)).toBeUndefined();
  });

  it('keeps what the status alone would keep', () => {
    const error = classify(
      429,
      { ...connection, connection_issue: 'TooManyConnections' },
      { 'x-transaction-id': 'abc' },
    );
    expect(error?.requestId).toBe('abc');
    expect(error?.responseBody).toContain('TooManyConnections');
  });
});
