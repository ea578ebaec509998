import { describe, expect, it } from '@jest/globals';
import { classifyAnswer, requestIdOf, statusOf } from '../../lib/classify-status.js';
import { StreamError } from '../../lib/errors.js';

const special = new Map<number, readonly [errorType: string, code: string]>([
  [304, ['fatal_error', 'unexpected_status']],
  [400, ['client_error', 'bad_request']],
  [401, ['authentication_error', 'unauthorized']],
  [402, ['client_error', 'payment_required']],
  [403, ['authentication_error', 'forbidden']],
  [404, ['client_error', 'not_found']],
  [408, ['timeout', 'request_timeout']],
  [409, ['client_error', 'conflict']],
  [410, ['client_error', 'gone']],
  [421, ['server_error', 'misdirected_request']],
  [425, ['server_error', 'too_early']],
  [429, ['rate_limited', 'rate_limited']],
  [501, ['fatal_error', 'not_implemented']],
  [505, ['fatal_error', 'not_implemented']],
  [529, ['server_error', 'overloaded']],
]);

function expected(status: number): readonly [string, string] {
  const known = special.get(status);
  if (known !== undefined) return known;
  if (status >= 500) return ['server_error', 'http_server_error'];
  return status >= 400 ? ['client_error', 'http_client_error'] : ['fatal_error', 'redirect_refused'];
}

describe('statusOf', () => {
  it('knows every status from 300 to 599', () => {
    const statuses = Array.from({ length: 300 }, (_, index) => 300 + index);
    const found = statuses.map((status) => [status, statusOf(status).errorType, statusOf(status).code]);
    expect(found).toEqual(statuses.map((status) => [status, ...expected(status)]));
  });

  it('finds exactly these worth another try', () => {
    const statuses = Array.from({ length: 200 }, (_, index) => 300 + index);
    const retried = statuses.filter((status) => new StreamError('', statusOf(status)).isRetryable);
    expect(retried).toEqual([408, 421, 425, 429]);
    const fatal = Array.from({ length: 100 }, (_, index) => 500 + index).filter(
      (status) => !new StreamError('', statusOf(status)).isRetryable,
    );
    expect(fatal).toEqual([501, 505]);
  });

  it.each([100, 200, 204, 206])('takes %d in place of a stream for a fatal surprise', (status) => {
    expect(statusOf(status)).toEqual({ errorType: 'fatal_error', code: 'unexpected_status' });
  });
});

describe('classifyAnswer', () => {
  const answer = (status: number, headers: Record<string, string> = {}, body = ''): StreamError =>
    classifyAnswer({ status, headers: new Headers(headers), body, target: 'https://a.example/p' });

  it('names status, target and what the body says', () => {
    const error = answer(403, { 'x-request-id': 'abc' }, '{"title":"Forbidden","detail":"not your stream"}');
    expect(error.message).toBe('HTTP 403 from https://a.example/p: Forbidden: not your stream');
    expect(error).toMatchObject({ statusCode: 403, requestId: 'abc', phase: 'request', code: 'forbidden' });
  });

  it('quotes nothing of a body that names nothing', () => {
    expect(answer(502, {}, '<html>secret page</html>').message).toBe('HTTP 502 from https://a.example/p');
  });

  it('reads Retry-After of every status, and rate-limit headers of 429 only', () => {
    expect(answer(503, { 'retry-after': '3' }).retryAfter).toBe(3_000);
    expect(answer(503, { 'x-rate-limit-reset': '30' }).retryAfter).toBeUndefined();
    expect(answer(429, { 'x-rate-limit-reset': '30' }).retryAfter).toBe(30_000);
  });
});

describe('requestIdOf', () => {
  it('takes the first id there is, at most 200 characters of it', () => {
    expect(requestIdOf(new Headers({ 'cf-ray': 'ray', 'request-id': 'id' }))).toBe('id');
    expect(requestIdOf(new Headers({ 'x-request-id': '', 'cf-ray': 'r'.repeat(300) }))).toBe('r'.repeat(200));
    expect(requestIdOf(new Headers())).toBeUndefined();
  });
});
