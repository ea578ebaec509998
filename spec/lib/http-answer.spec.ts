import { describe, expect, it } from '@jest/globals';
import { VirtualTimeScheduler } from 'rxjs';
import { StreamError } from '../../lib/errors.js';
import { byteStream } from '../../lib/http.js';
import { contentEncoding, refuseBadAnswer } from '../../lib/http-answer.js';
import { checkRequest, prepareRequest, type StreamRequest } from '../../lib/request.js';
import type { ByteReader, Transport } from '../../lib/transport.js';
import { startOrigin } from '../servers/origin.js';
import { answer, chunk, endChunks, pause, fin, jsonAnswer, stall } from '../servers/origin-steps.js';
import { failureOf, outcomeOf } from './outcome.js';

const token = 'canary-token-77';
const headers = { authorization: `Bearer ${token}` };
const limit = 65_536;

/** Answers every request with this status and body. */
function answering(status: number, body: ByteReader | undefined): Transport {
  return async () => ({ status, headers: new Headers(), body, hiddenRedirect: false });
}

describe('an error body', () => {
  it('is quoted in the message where it says something, and given whole', async () => {
    const problem = { title: 'Bad rule', detail: 'no operator '.repeat(40) };
    await using origin = await startOrigin([[jsonAnswer(400, problem)]]);
    const error = await failureOf(byteStream({ url: origin.url }));
    expect(error.message).toMatch(/^HTTP 400 from http:\/\/127\.0\.0\.1:\d+\/: .*Bad rule/);
    expect(error.message.length).toBeLessThan(260);
    expect(error.responseBody).toBe(JSON.stringify(problem));
  });

  it('echoes no secret of the request, wherever it stands', async () => {
    const said = { error: { message: `bad token ${token}` }, sent: `Bearer ${token}`, query: 'query-secret-1' };
    await using origin = await startOrigin([[jsonAnswer(401, said)]]);
    const params = { api_key: 'query-secret-1' };
    const error = await failureOf(byteStream({ url: origin.url, headers, params, allowSecretInQuery: true }));
    expect(JSON.stringify([error, error.message, error.stack, error.responseBody])).not.toMatch(/canary|query-secret/);
    expect(error.responseBody).toContain('"sent":"[redacted]"');
  });

  it('echoes no half of a secret where it is cut off', async () => {
    const said = 'x'.repeat(limit - 8) + token + 'y'.repeat(100);
    for (const [status, contentTypes] of [
      [500, undefined],
      [200, ['text/event-stream']],
    ] as const) {
      await using origin = await startOrigin([[answer(status, {}, said)]]);
      const error = await failureOf(byteStream({ url: origin.url, headers, contentTypes }));
      expect(error.responseBody).toHaveLength(limit);
      expect(error.responseBody?.slice(-8)).toBe('[redacte');
    }
  });

  it('without end is read up to 64 KiB, and its socket is closed', async () => {
    const endless = Array.from({ length: 40 }, () => chunk('z'.repeat(4_096)));
    await using origin = await startOrigin([[answer(500), ...endless, stall()]]);
    const error = await failureOf(byteStream({ url: origin.url }));
    expect(error).toMatchObject({ errorType: 'server_error', statusCode: 500 });
    expect(error.responseBody).toBe('z'.repeat(limit));
    await origin.closed(0);
  });

  it('that dawdles is waited for no longer than 5 s', async () => {
    const pieces = [new TextEncoder().encode('half of ')];
    const read: ByteReader['read'] = async () => {
      const value = pieces.shift();
      return value === undefined ? new Promise(() => {}) : { done: false, value };
    };
    const scheduler = new VirtualTimeScheduler(undefined, 5_000);
    const request = { url: 'http://a.example/', transport: answering(503, { read }), scheduler };
    const failed = failureOf(byteStream(request));
    await new Promise((resolve) => setImmediate(resolve));
    scheduler.flush();
    expect(await failed).toMatchObject({ errorType: 'server_error', statusCode: 503, responseBody: 'half of ' });
    expect(scheduler.now()).toBe(5_000);
  });

  it('that breaks off is what came of it', async () => {
    await using origin = await startOrigin([[answer(429, { 'retry-after': '3' }), chunk('too m'), fin()]]);
    const error = await failureOf(byteStream({ url: origin.url }));
    expect(error).toMatchObject({ errorType: 'rate_limited', retryAfter: 3_000, responseBody: 'too m' });
  });

  it('may be cut inside a character', async () => {
    await using origin = await startOrigin([[answer(500, {}, '\u4e16'.repeat(30_000))]]);
    const { responseBody = '' } = await failureOf(byteStream({ url: origin.url }));
    expect(responseBody.startsWith('\u4e16'.repeat(21_845))).toBe(true);
  });

  it('that takes longer than headers may does not hide its status', async () => {
    const pieces = Array.from({ length: 14 }, () => [pause(50), chunk('x')]).flat();
    await using origin = await startOrigin([[answer(409), ...pieces, endChunks()]]);
    const error = await failureOf(byteStream({ url: origin.url, headersTimeout: 500 }));
    expect(error).toMatchObject({ statusCode: 409, responseBody: 'x'.repeat(14) });
  });

  it('that is not there is empty', async () => {
    const transport = answering(500, undefined);
    expect(await failureOf(byteStream({ url: 'http://a.example/', transport }))).toMatchObject({ responseBody: '' });
  });
});

describe('classify', () => {
  it('reads an answer in the words of its service, without secrets, or leaves it to the status', async () => {
    await using origin = await startOrigin([
      [answer(400, {}, `cap of ${token}`)],
      [answer(404), chunk('?'), endChunks()],
    ]);
    const request: StreamRequest = {
      url: `${origin.url}/a?b=c`,
      headers,
      classify: ({ status, body, target }) =>
        status === 400
          ? new StreamError(`${target} ${body}`, { errorType: 'rate_limited', code: 'usage_capped' })
          : undefined,
    };
    const capped = await failureOf(byteStream(request));
    expect(capped).toMatchObject({ errorType: 'rate_limited', code: 'usage_capped' });
    expect(capped.message).toBe(`${origin.url}/a cap of [redacted]`);
    expect(await failureOf(byteStream(request))).toMatchObject({ errorType: 'client_error', code: 'not_found' });
  });
});

describe('refuseBadAnswer', () => {
  it.each([
    [200, true],
    [201, true],
    [202, true],
    [203, false],
    [204, true],
    [205, false],
    [199, false],
    [300, false],
  ])('%d is a stream: %s', async (status, good) => {
    const request = checkRequest('here', { url: 'http://a.example/' });
    const response = { status, headers: new Headers(), body: undefined, hiddenRedirect: false };
    const refusal = refuseBadAnswer(request, await prepareRequest(request), response);
    await (good ? expect(refusal).toBeUndefined() : expect(refusal).rejects.toMatchObject({ statusCode: status }));
  });
});

describe('contentEncoding', () => {
  it.each([
    [{}, 'identity'],
    [{ 'content-encoding': '' }, 'identity'],
    [{ 'content-encoding': ' GZip ' }, 'gzip'],
  ])('of %j is %s', (given, encoding) => {
    const response = { status: 200, headers: new Headers(given), body: undefined, hiddenRedirect: false };
    expect(contentEncoding(response)).toBe(encoding);
  });
});

describe('a good answer', () => {
  it('is not held back by what an error body costs', async () => {
    await using origin = await startOrigin([[answer(200, {}, 'x'.repeat(limit * 2))]]);
    expect((await outcomeOf(byteStream({ url: origin.url }))).text).toHaveLength(limit * 2);
  });
});
