import { afterEach, describe, expect, it } from '@jest/globals';
import { firstValueFrom, lastValueFrom, type Observable, toArray } from 'rxjs';
import { inspect } from 'node:util';
import * as z from 'zod';
import { isStreamError, StreamError } from '../../lib/errors.js';
import { jsonCall } from '../../lib/json-call.js';
import { eventually } from '../servers/eventually.js';
import { type Origin, startOrigin } from '../servers/origin.js';
import { answer, chunk, endChunks, fin, jsonAnswer, send, stall, type Script } from '../servers/origin-steps.js';

const origins: Origin[] = [];

async function serving(script: Script): Promise<Origin> {
  const origin = await startOrigin(script);
  origins.push(origin);
  return origin;
}

async function failureOf(source: Observable<unknown>): Promise<StreamError> {
  const error: unknown = await lastValueFrom(source).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (isStreamError(error)) return error;
  throw new Error(`expected a StreamError, got ${inspect(error)}`);
}

afterEach(async () => {
  for (const origin of origins.splice(0)) await origin.close();
});

describe('jsonCall', () => {
  it('sends nothing before it is subscribed to, and one request for each subscription', async () => {
    const origin = await serving([[jsonAnswer(200, { n: 1 })]]);
    const call = jsonCall({ url: origin.url });
    await new Promise((resolve) => setImmediate(resolve));
    expect(origin.connections).toBe(0);
    await expect(firstValueFrom(call.pipe(toArray()))).resolves.toEqual([{ n: 1 }]);
    await expect(firstValueFrom(call)).resolves.toEqual({ n: 1 });
    expect(origin.requests.map(({ method }) => method)).toEqual(['GET', 'GET']);
    expect(origin.requests[0]?.headers['accept']).toBe('application/json');
  });

  it('reads a body that comes in pieces, cut inside a character', async () => {
    const bytes = new TextEncoder().encode('\ufeff{"name":"Zoë 🐈"}');
    const pieces = Array.from(bytes, (_, n) => chunk(bytes.subarray(n, n + 1)));
    const origin = await serving([[answer(200), ...pieces, endChunks()]]);
    await expect(firstValueFrom(jsonCall({ url: origin.url }))).resolves.toEqual({ name: 'Zoë 🐈' });
  });

  it('sends JSON with its type, and asks a function for it at each attempt', async () => {
    const origin = await serving([[jsonAnswer(201, null)]]);
    let n = 0;
    await firstValueFrom(jsonCall({ url: origin.url, json: { a: 'é' }, headers: { 'X-Own': '1' } }));
    const lazy = jsonCall({ url: origin.url, method: 'PUT', json: async () => ({ n: (n += 1) }), headers: () => ({}) });
    await firstValueFrom(lazy);
    await firstValueFrom(lazy);
    expect(origin.requests.map(({ method, body }) => `${method} ${body}`)).toEqual([
      'POST {"a":"é"}',
      'PUT {"n":1}',
      'PUT {"n":2}',
    ]);
    expect(origin.requests[0]?.headers).toMatchObject({ 'content-type': 'application/json', 'x-own': '1' });
    expect(origin.requests[1]?.headers).toMatchObject({ 'content-type': 'application/json' });
  });

  it('lets the headers of the caller win', async () => {
    const origin = await serving([[jsonAnswer(200, 1)]]);
    const headers = { 'Content-Type': 'application/merge-patch+json', accept: 'application/problem+json' };
    await firstValueFrom(jsonCall({ url: origin.url, json: {}, headers }));
    expect(origin.requests[0]?.headers).toMatchObject({
      'content-type': 'application/merge-patch+json',
      accept: 'application/problem+json',
    });
  });

  it('takes an empty body for undefined, which the reader may accept or refuse', async () => {
    const origin = await serving([[answer(204)]]);
    const { url } = origin;
    await expect(firstValueFrom(jsonCall({ url }))).resolves.toBeUndefined();
    await expect(firstValueFrom(jsonCall({ url }, { schema: z.undefined() }))).resolves.toBeUndefined();
    const error = await failureOf(jsonCall({ url }, { schema: z.object({}) }));
    expect(error).toMatchObject({ errorType: 'fatal_error', code: 'malformed', statusCode: 204 });
  });

  it('says of what is not JSON how long it is, never what it is', async () => {
    const bad = ['{"token":"SECRET-CANARY"', 'SECRET-CANARY', '<html>SECRET-CANARY</html>'];
    for (const text of bad) {
      const origin = await serving([[answer(200, { 'x-request-id': 'r-1' }, text)]]);
      const error = await failureOf(jsonCall({ url: `${origin.url}/a?q=SECRET-CANARY` }));
      expect(error).toMatchObject({ errorType: 'fatal_error', code: 'malformed', phase: 'body', requestId: 'r-1' });
      expect(error.message).toBe(`HTTP 200 from ${origin.url}/a: the answer (${text.length} bytes) is not JSON`);
      expect(inspect(error, { depth: 10 })).not.toContain('CANARY');
    }
  });

  it('refuses bytes that are not UTF-8', async () => {
    const origin = await serving([[answer(200, {}, Uint8Array.of(0x22, 0xff, 0x22))]]);
    await expect(failureOf(jsonCall({ url: origin.url }))).resolves.toMatchObject({ code: 'malformed' });
  });

  it('names the place where a value does not fit the schema', async () => {
    const schema = z.object({ data: z.array(z.object({ id: z.string() })) });
    const origin = await serving([[jsonAnswer(200, { data: [{ id: 'a' }, { id: 4242 }] })]]);
    const error = await failureOf(jsonCall({ url: origin.url }, { schema }));
    expect(error).toMatchObject({ errorType: 'fatal_error', code: 'malformed' });
    expect(error.message).toContain('At data[1].id: expected string');
    expect(error.message).not.toContain('4242');
  });

  it('hands the value to read, and classifies what read throws', async () => {
    const origin = await serving([[jsonAnswer(200, { text: '{"CANARY' })]]);
    const { url } = origin;
    const own = new StreamError('mine', { errorType: 'client_error', code: 'gone' });
    const cause = new Error('mine too');
    const throwing = (error: unknown) => () => {
      throw error;
    };
    await expect(firstValueFrom(jsonCall({ url }, { read: () => 7 }))).resolves.toBe(7);
    await expect(failureOf(jsonCall({ url }, { read: throwing(own) }))).resolves.toBe(own);
    await expect(failureOf(jsonCall({ url }, { read: throwing(cause) }))).resolves.toMatchObject({
      code: 'malformed',
      cause,
    });
    const nested = await failureOf(jsonCall({ url }, { read: (): unknown => JSON.parse('CANARY') }));
    expect(nested.code).toBe('malformed');
    expect(inspect(nested)).not.toContain('CANARY');
  });

  it('stops reading at its limit and closes the socket', async () => {
    const origin = await serving([[answer(200), chunk('"'), chunk('x'.repeat(2_000)), stall()]]);
    const error = await failureOf(jsonCall({ url: origin.url }, { maxLength: 1_000 }));
    expect(error).toMatchObject({ errorType: 'fatal_error', code: 'response_too_large' });
    await origin.closed(0);
    const exact = await serving([[answer(200, {}, `"${'x'.repeat(998)}"`)]]);
    await expect(firstValueFrom(jsonCall({ url: exact.url }, { maxLength: 1_000 }))).resolves.toHaveLength(998);
  });

  it('takes a body that breaks off for an interruption, not for a value', async () => {
    const origin = await serving([[answer(200), chunk('{"n":1}'), fin()]]);
    await expect(failureOf(jsonCall({ url: origin.url }))).resolves.toMatchObject({
      errorType: 'stream_interrupted',
      phase: 'body',
    });
    const short = await serving([[answer(200, { 'content-length': '20' }), send('{"n":1}'), fin()]]);
    await expect(failureOf(jsonCall({ url: short.url }))).resolves.toMatchObject({ errorType: 'stream_interrupted' });
  });

  it('passes the errors of the answer on', async () => {
    const origin = await serving([[jsonAnswer(429, { title: 'Slow' }, { 'retry-after': '3' })]]);
    await expect(failureOf(jsonCall({ url: origin.url }))).resolves.toMatchObject({
      errorType: 'rate_limited',
      retryAfter: 3_000,
    });
  });

  it('closes the socket on unsubscription, in the middle of the body, without a value', async () => {
    const origin = await serving([[answer(200), chunk('[1,'), stall()]]);
    const seen: unknown[] = [];
    const subscription = jsonCall({ url: origin.url }).subscribe({
      next: (value) => seen.push(value),
      error: (error: unknown) => seen.push(error),
      complete: () => seen.push('complete'),
    });
    await eventually(() => origin.requests.length === 1);
    subscription.unsubscribe();
    await origin.closed(0);
    expect(seen).toEqual([]);
  });

  it('refuses at once what can never work', () => {
    const url = 'http://127.0.0.1';
    expect(() => jsonCall({ url, json: {}, body: '{}' })).toThrow(
      'give either option "json" or option "body", not both',
    );
    expect(() => jsonCall({ url, json: null })).toThrow('option "json" must be anything but null');
    expect(() => jsonCall({ url: '/relative' })).toThrow(TypeError);
    expect(() => jsonCall({ url }, { schema: z.string(), read: () => '' })).toThrow('not both');
    for (const maxLength of [0, -1, 1.5, Number.NaN, Infinity]) {
      expect(() => jsonCall({ url }, { maxLength })).toThrow('option "maxLength" must be a whole number');
    }
  });
});
