import { describe, expect, it } from '@jest/globals';
import { createServer } from 'node:http';
import { byteStream } from '../../lib/http.js';
import { listen, refusedUrl, shutDown, startOrigin } from '../servers/origin.js';
import { answer, chunk, endChunks, pause, raw, send, stall } from '../servers/origin-steps.js';
import { outcomeOf } from './outcome.js';
import { startTlsOrigin } from './tls-origin.js';

const ok = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';

describe('a status that is no stream', () => {
  it.each([
    { row: 'H206', status: 206, errorType: 'fatal_error', code: 'unexpected_status' },
    { row: 'H205', status: 205, errorType: 'fatal_error', code: 'unexpected_status' },
    { row: 'H304', status: 304, errorType: 'fatal_error', code: 'unexpected_status' },
    { row: 'a redirect to nowhere', status: 302, errorType: 'fatal_error', code: 'redirect_refused' },
    { row: 'H400', status: 400, errorType: 'client_error', code: 'bad_request' },
    { row: 'H401', status: 401, errorType: 'authentication_error', code: 'unauthorized' },
    { row: 'H403', status: 403, errorType: 'authentication_error', code: 'forbidden' },
    { row: 'H404', status: 404, errorType: 'client_error', code: 'not_found' },
    { row: 'H405', status: 405, errorType: 'client_error', code: 'http_client_error' },
    { row: 'H408', status: 408, errorType: 'timeout', code: 'request_timeout' },
    { row: 'H410', status: 410, errorType: 'client_error', code: 'gone' },
    { row: 'H412', status: 412, errorType: 'client_error', code: 'http_client_error' },
    { row: 'H413', status: 413, errorType: 'client_error', code: 'http_client_error' },
    { row: 'H416', status: 416, errorType: 'client_error', code: 'http_client_error' },
    { row: 'H425', status: 425, errorType: 'server_error', code: 'too_early' },
    { row: 'H429', status: 429, errorType: 'rate_limited', code: 'rate_limited' },
    { row: 'H500', status: 500, errorType: 'server_error', code: 'http_server_error' },
    { row: 'H501', status: 501, errorType: 'fatal_error', code: 'not_implemented' },
    { row: 'H502', status: 502, errorType: 'server_error', code: 'http_server_error' },
    { row: 'H503', status: 503, errorType: 'server_error', code: 'http_server_error' },
    { row: 'H520', status: 520, errorType: 'server_error', code: 'http_server_error' },
    { row: 'H529', status: 529, errorType: 'server_error', code: 'overloaded' },
  ])('$row is $errorType, $code', async ({ status, errorType, code }) => {
    const said = status === 205 || status === 304 ? undefined : '{"error":{"message":"the reason"}}';
    await using origin = await startOrigin([[answer(status, { 'x-request-id': 'r-1' }, said)]]);
    const { error, text } = await outcomeOf(byteStream({ url: `${origin.url}/path?q=hidden` }));
    const isRetryable = ['timeout', 'rate_limited', 'server_error'].includes(errorType);
    const expected = { errorType, code, isRetryable, statusCode: status, phase: 'request', requestId: 'r-1' };
    expect(error).toMatchObject({ ...expected, responseBody: said ?? '' });
    expect(error?.message).toContain(`HTTP ${status} from ${origin.url}/path`);
    expect(error?.message).not.toContain('hidden');
    expect([text, origin.requests.length]).toEqual(['', 1]);
  });

  it.each([
    { row: 'H429_retry_after_s', status: 429, headers: { 'retry-after': '1' }, wait: 1_000 },
    { row: 'H503 with Retry-After', status: 503, headers: { 'retry-after': '2' }, wait: 2_000 },
    {
      row: 'H429_retry_after_date',
      status: 429,
      headers: { 'retry-after': 'Thu, 01 Jan 2099 00:00:05 GMT' },
      wait: 5_000,
    },
    { row: 'H429_x_reset', status: 429, headers: { 'x-rate-limit-reset': '4070908807' }, wait: 7_000 },
    {
      row: 'x-rate-limit-reset on another status',
      status: 500,
      headers: { 'x-rate-limit-reset': '4070908807' },
      wait: undefined,
    },
  ])('$row: says how long to wait, by the clock of the server', async ({ status, headers, wait }) => {
    const date = 'Thu, 01 Jan 2099 00:00:00 GMT';
    await using origin = await startOrigin([[answer(status, { ...headers, date })]]);
    const { error } = await outcomeOf(byteStream({ url: origin.url }));
    expect(error?.retryAfter).toBe(wait);
  });
});

describe('a connection that cannot be made', () => {
  it('T01 refused: connection_refused', async () => {
    const { error } = await outcomeOf(byteStream({ url: await refusedUrl() }));
    expect(error).toMatchObject({ errorType: 'connection_error', code: 'connection_refused', isRetryable: true });
    expect(error?.cause).toBeDefined();
  });

  it('T02 a name that does not exist: dns', async () => {
    const { error } = await outcomeOf(byteStream({ url: 'http://nowhere.invalid/' }));
    expect(error).toMatchObject({ errorType: 'connection_error', code: 'dns', isRetryable: true });
  });

  it.each([
    { row: 'T32 self-signed', certificate: 'loopback' },
    { row: 'T33 expired', certificate: 'expired' },
    { row: 'T34 wrong host', certificate: 'other-name' },
  ])('$row: tls, for good, asked once', async ({ certificate }) => {
    await using origin = await startTlsOrigin(certificate, ok);
    const { error, text } = await outcomeOf(byteStream({ url: origin.url }));
    expect(error).toMatchObject({ errorType: 'fatal_error', code: 'tls', isRetryable: false, phase: 'request' });
    expect([text, origin.connections]).toEqual(['', 1]);
  });

  it('T31 TLS on a plain port: tls, for good', async () => {
    const server = createServer();
    const { error } = await outcomeOf(byteStream({ url: `https://127.0.0.1:${await listen(server)}` }));
    expect(error).toMatchObject({ errorType: 'fatal_error', code: 'tls', isRetryable: false });
    await shutDown(server, []);
  });
});

describe('silence', () => {
  it('T05 before the headers is headers_timeout, and the socket is closed', async () => {
    await using origin = await startOrigin([[stall()]]);
    const { error } = await outcomeOf(byteStream({ url: origin.url, headersTimeout: 60 }));
    expect(error).toMatchObject({ errorType: 'timeout', code: 'headers_timeout', phase: 'request', isRetryable: true });
    await origin.closed(0);
  });

  it('T12 in the body is idle_timeout, what came before stays, and the socket is closed', async () => {
    await using origin = await startOrigin([[answer(200), chunk('{"id":0}\n'), chunk('{"id":1}\n'), stall()]]);
    const { error, text } = await outcomeOf(byteStream({ url: origin.url, idleTimeout: 60 }));
    expect(text).toBe('{"id":0}\n{"id":1}\n');
    expect(error).toMatchObject({ errorType: 'timeout', code: 'idle_timeout', phase: 'body', isRetryable: true });
    await origin.closed(0);
  });
});

describe('a keep-alive', () => {
  it('T13 is a byte like any other: the stream lives as long as it comes', async () => {
    const beats = Array.from({ length: 14 }, () => [pause(40), chunk('\r\n')]).flat();
    await using origin = await startOrigin([[answer(200), chunk('{"id":0}\n'), ...beats, endChunks()]]);
    const { error, text } = await outcomeOf(byteStream({ url: origin.url, idleTimeout: 500 }));
    expect([text, error]).toEqual([`{"id":0}\n${'\r\n'.repeat(14)}`, undefined]);
  });
});

describe('an answer that is something else', () => {
  const html = '<html>' + 'log in '.repeat(20_000);

  it('H200_html: refused before its first byte where the media type is asked for', async () => {
    await using origin = await startOrigin([[answer(200, { 'content-type': 'text/html' }, html)]]);
    const contentTypes = ['text/event-stream', 'application/x-ndjson', ''];
    const { error, text } = await outcomeOf(byteStream({ url: origin.url, contentTypes }));
    expect(error).toMatchObject({ errorType: 'fatal_error', code: 'content_type', statusCode: 200, phase: 'request' });
    expect(error?.message).toBe(
      `${origin.url}/ answered text/html in place of text/event-stream or application/x-ndjson`,
    );
    expect(error?.responseBody).toHaveLength(65_536);
    expect([text, origin.requests.length]).toEqual(['', 1]);
  });

  it.each([
    [{ 'content-type': 'Text/Event-Stream; charset=utf-8' }, 200],
    [{}, 204],
  ])('takes what was asked for: %j, %d', async (headers, status) => {
    await using origin = await startOrigin([[answer(status, headers)]]);
    const { completed } = await outcomeOf(byteStream({ url: origin.url, contentTypes: ['text/event-stream'] }));
    expect(completed).toBe(true);
  });

  it.each([
    [{}, [''], true],
    [{}, ['text/event-stream'], false],
    [{ 'content-type': 'x/y' }, undefined, true],
  ])('with %j, %j is taken: %s', async (headers, contentTypes, taken) => {
    await using origin = await startOrigin([[answer(200, headers)]]);
    expect((await outcomeOf(byteStream({ url: origin.url, contentTypes }))).completed).toBe(taken);
  });

  it.each(['x-secret', 'gzip, x-secret', 'zstd'])(
    'T24 an encoding that nobody undoes is refused: %s',
    async (encoding) => {
      await using origin = await startOrigin([
        [answer(200, { 'content-encoding': encoding }), chunk('plain'), stall()],
      ]);
      const { error, text } = await outcomeOf(byteStream({ url: origin.url }));
      expect(text).toBe('');
      expect(error).toMatchObject({ errorType: 'fatal_error', code: 'content_encoding', statusCode: 200 });
      await origin.closed(0);
    },
  );

  it('takes an encoding that is named and empty, or identity in any case', async () => {
    await using origin = await startOrigin([
      [answer(200, { 'content-encoding': '' }, 'a')],
      [answer(200, { 'content-encoding': 'Identity' }, 'b')],
    ]);
    expect((await outcomeOf(byteStream({ url: origin.url }))).text).toBe('a');
    expect((await outcomeOf(byteStream({ url: origin.url }))).text).toBe('b');
  });

  it('T19 a length beside chunks is a protocol error, or the chunks win', async () => {
    const head = 'HTTP/1.1 200 OK\r\ncontent-length: 10\r\ntransfer-encoding: chunked\r\n\r\n';
    await using origin = await startOrigin([[raw(head), send('9\r\n{"id":0}\n\r\n0\r\n\r\n')]]);
    const { error, text } = await outcomeOf(byteStream({ url: origin.url }));
    if (error === undefined) expect(text).toBe('{"id":0}\n');
    else expect(error).toMatchObject({ isRetryable: true, code: 'protocol_error' });
  });
});
