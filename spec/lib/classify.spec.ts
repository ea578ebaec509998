import { describe, expect, it } from '@jest/globals';
import { createServer } from 'node:net';
import { classifyError, isAbortError } from '../../lib/classify.js';
import { StreamError } from '../../lib/errors.js';
import { rawCases, undici } from './raw-errors.js';

describe('classifyError', () => {
  it.each(rawCases)('knows $from before the headers and in the body', ({ error, request, body }) => {
    const before = classifyError(error, { phase: 'request' });
    const within = classifyError(error, { phase: 'body' });
    expect([before.errorType, before.code, before.phase]).toEqual([...request, 'request']);
    expect([within.errorType, within.code, within.phase]).toEqual([...body, 'body']);
  });

  it('takes the request for the phase where none is given', () => {
    expect(classifyError(undici({ code: 'ECONNRESET' })).errorType).toBe('connection_error');
  });

  it('passes an error that is classified already, subclasses included', () => {
    class Conflict extends StreamError {
      override readonly name = 'SeqConflictError';
    }
    const error = new Conflict('no', { errorType: 'client_error', code: 'seq_conflict' });
    expect(classifyError(error, { target: 'x' })).toBe(error);
  });

  it('names the target in the message and keeps the cause', () => {
    const raw = undici({ code: 'ECONNREFUSED' });
    const { message, cause } = classifyError(raw, { target: 'https://a.example/x' });
    expect(message).toBe('no connection: ECONNREFUSED (https://a.example/x)');
    expect(cause).toBe(raw);
  });

  it('never retries TLS and always retries DNS', () => {
    expect(classifyError(undici({ code: 'CERT_HAS_EXPIRED' })).isRetryable).toBe(false);
    expect(classifyError(undici({ code: 'ENOTFOUND' })).isRetryable).toBe(true);
  });

  it.each([
    ['ky', { name: 'HTTPError', message: '', response: { status: 429, headers: new Headers({ 'retry-after': '7' }) } }],
    [
      'an SDK',
      { name: 'RateLimitError', message: '', status: 429, headers: new Headers({ 'retry-after-ms': '7000' }) },
    ],
  ])('reads status and wait of an error of %s', (_name, raw) => {
    const { errorType, statusCode, retryAfter } = classifyError(raw);
    expect({ errorType, statusCode, retryAfter }).toEqual({
      errorType: 'rate_limited',
      statusCode: 429,
      retryAfter: 7_000,
    });
  });

  it('ignores a status that is none and rate-limit headers of any other status', () => {
    expect(classifyError({ name: 'E', message: '', status: 0 }).statusCode).toBeUndefined();
    const headers = new Headers({ 'x-rate-limit-reset': '30' });
    expect(classifyError({ name: 'E', message: '', status: 500, headers }).retryAfter).toBeUndefined();
  });

  it('survives causes in a circle', () => {
    const circle: { name: string; message: string; cause?: unknown } = { name: 'Error', message: '' };
    circle.cause = circle;
    expect(classifyError(circle).code).toBe('unexpected');
  });

  it('tells an abort from every other error', () => {
    const controller = new AbortController();
    controller.abort();
    expect(isAbortError(controller.signal.reason)).toBe(true);
    expect(isAbortError(classifyError(controller.signal.reason))).toBe(true);
    expect(isAbortError(new Error('aborted'))).toBe(false);
    expect(isAbortError(undefined)).toBe(false);
  });

  it('recognises what fetch itself throws for a port that refuses and for a URL that is none', async () => {
    const refused = await fetch(`http://127.0.0.1:${await closedPort()}/`).catch((error: unknown) => error);
    expect(classifyError(refused).code).toBe('connection_refused');
    const bad = await fetch('http://[').catch((error: unknown) => error);
    expect(classifyError(bad).code).toBe('bad_url');
    const header = await thrownBy(() => fetch('http://127.0.0.1', { headers: { x: 'a\0b' } }));
    expect(classifyError(header).code).toBe('bad_header');
  });
});

async function thrownBy(call: () => Promise<unknown>): Promise<unknown> {
  try {
    return await call();
  } catch (error) {
    return error;
  }
}

async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}
