import { describe, expect, it } from '@jest/globals';
import { take } from 'rxjs';
import * as z from 'zod';
import type { StreamError } from '../../lib/errors.js';
import { createMonitor } from '../../lib/state.js';
import { streamWithRetry } from '../../operators/stream-with-retry.js';
import { eventually } from '../servers/eventually.js';
import { refusedUrl, startOrigin } from '../servers/origin.js';
import { answer, chunk, endChunks, fin, jsonAnswer, pause, stall } from '../servers/origin-steps.js';
import { closing, watch } from '../sources/x/watch.js';

const sse = { 'content-type': 'text/event-stream; charset=utf-8' };
const ndjson = { 'content-type': 'application/x-ndjson' };
const quick = { initialBackoff: 5, maxBackoff: 5, jitter: 'none' } as const;
const add = closing();

describe('streamWithRetry of lines', () => {
  it('gives values and completes with the body', async () => {
    const origin = add(await startOrigin([[answer(200, ndjson), chunk('{"a":1}\n\n{"a":2}'), endChunks()]]));
    const monitor = createMonitor();
    const seen = watch(streamWithRetry({ url: origin.url }, { monitor }));
    await seen.ended;
    expect([seen.values, seen.completed]).toEqual([[{ a: 1 }, { a: 2 }], true]);
    expect(monitor.state).toMatchObject({ totalItemsReceived: 2, bytesReceived: 16, phase: 'closed' });
  });

  it('connects again after a clean end where it is told to, and after a failure', async () => {
    const script = [
      [answer(200, ndjson), chunk('1\n'), endChunks()],
      [jsonAnswer(503, {})],
      [answer(200, ndjson), chunk('2\n'), stall()],
    ];
    const origin = add(await startOrigin(script));
    const errors: string[] = [];
    const onError = ({ code }: StreamError): void => void errors.push(code);
    const seen = watch(streamWithRetry({ url: origin.url }, { ...quick, onComplete: 'reconnect', onError }));
    await eventually(() => expect(seen.values).toEqual([1, 2]));
    expect(errors).toEqual(['stream_ended', 'http_server_error']);
    seen.stop();
    await eventually(() => expect(origin.activeSockets).toBe(0));
  });

  it('asks for headers and parameters anew for every attempt', async () => {
    const origin = add(await startOrigin([[jsonAnswer(503, {})], [answer(200, ndjson, '1\n')]]));
    let n = 0;
    const headers = { authorization: () => `Bearer ${(n += 1)}` };
    await watch(streamWithRetry({ url: origin.url, headers, params: { at: () => n } }, quick)).ended;
    expect(origin.requests.map((request) => request.headers['authorization'])).toEqual(['Bearer 1', 'Bearer 2']);
    expect(origin.requests[1]?.path).toMatch(/\?at=\d$/);
  });

  it('counts the heartbeats of a quiet server as proof that it speaks', async () => {
    const beat = [answer(200, ndjson), chunk('\n'), pause(40), chunk('\n'), fin()];
    const origin = add(await startOrigin([beat, beat, beat, [answer(200, ndjson, '1\n')]]));
    const seen = watch(streamWithRetry({ url: origin.url }, { ...quick, resetAfter: 10, maxRetries: 1 }));
    await seen.ended;
    expect([seen.values, seen.error]).toEqual([[1], undefined]);
  });

  it('takes silence for a timeout', async () => {
    const origin = add(await startOrigin([[answer(200, ndjson), chunk('1\n'), stall()]]));
    const seen = watch(streamWithRetry({ url: origin.url }, { timeout: 30, maxRetries: 0 }));
    await seen.ended;
    expect([seen.values, seen.error]).toMatchObject([[1], { errorType: 'timeout', code: 'idle_timeout' }]);
  });

  it('gives up with the last error in the end', async () => {
    const seen = watch(streamWithRetry({ url: await refusedUrl() }, { ...quick, maxRetries: 2 }));
    await seen.ended;
    expect(seen.error).toMatchObject({ code: 'retries_exhausted', attempts: 3, errorType: 'connection_error' });
  });
});

describe('streamWithRetry of events', () => {
  it('gives events, or the values of their data with a schema', async () => {
    const body = 'event: tick\nid: 1\ndata: {"n":1}\n\ndata: {"n":"two"}\n\n: beat\n\ndata: {"n":3}\n\n';
    const origin = add(await startOrigin([[answer(200, sse), chunk(body), stall()]]));
    const events = watch(streamWithRetry({ url: origin.url, format: 'sse' }).pipe(take(1)));
    await events.ended;
    expect(events.values).toEqual([{ type: 'event', event: 'tick', id: '1', data: '{"n":1}' }]);
    const schema = z.object({ n: z.number() });
    const numbers: number[] = [];
    const monitor = createMonitor();
    const typed = streamWithRetry({ url: origin.url, schema }, { monitor }).subscribe(({ n }) => numbers.push(n));
    await eventually(() => expect(numbers).toEqual([1, 3]));
    expect(monitor.state).toMatchObject({ malformed: 1, totalItemsReceived: 2 });
    typed.unsubscribe();
    await eventually(() => expect(origin.activeSockets).toBe(0));
    expect(origin.requests.map(({ headers }) => headers['accept'])).toEqual(['text/event-stream', '*/*']);
  });

  it.each([undefined, 'reconnect'] as const)(
    'reconnects after a clean end, and is over with 204: %s',
    async (onComplete) => {
      const script = [[answer(200, sse), chunk('data: a\n\n'), endChunks()], [answer(204)]];
      const origin = add(await startOrigin(script));
      const seen = watch(streamWithRetry({ url: origin.url, format: 'sse' }, { ...quick, onComplete, maxRetries: 3 }));
      await seen.ended;
      expect([seen.values.map(({ data }) => data), seen.completed, origin.requests.length]).toEqual([['a'], true, 2]);
    },
  );

  it('completes at a clean end where it is told to', async () => {
    const origin = add(await startOrigin([[answer(200, sse), chunk('data: a\n\n'), endChunks()]]));
    const seen = watch(streamWithRetry({ url: origin.url, format: 'sse' }, { onComplete: 'complete' }));
    await seen.ended;
    expect([seen.values.length, seen.completed]).toEqual([1, true]);
  });

  it('refuses another content type for good', async () => {
    const origin = add(await startOrigin([[answer(200, { 'content-type': 'text/html' }, '<p>hello</p>')]]));
    const seen = watch(streamWithRetry({ url: origin.url, format: 'sse' }, quick));
    await seen.ended;
    expect(seen.error).toMatchObject({ errorType: 'fatal_error', code: 'content_type' });
    expect(origin.requests).toHaveLength(1);
  });

  it('takes the retry of the server for the least wait, also where nobody answers, and tells of each failure once', async () => {
    const events = [answer(200, sse), chunk('retry: 40\ndata: a\n\n'), fin()];
    const origin = await startOrigin([events]);
    const waits: number[] = [];
    const errors: unknown[] = [];
    const onReconnect = (_: number, delay: number): void => void waits.push(delay);
    const onError = (error: StreamError): void => {
      errors.push(error);
      void origin.close();
    };
    const seen = watch(
      streamWithRetry({ url: origin.url, format: 'sse' }, { ...quick, maxRetries: 2, onReconnect, onError }),
    );
    await seen.ended;
    expect(waits).toEqual([40, 40]);
    expect(errors).toMatchObject([{ code: 'interrupted' }, { errorType: 'connection_error' }, {}]);
    expect(errors).toHaveLength(3);
  });

  it('sends an id beyond Latin-1 back as UTF-8', async () => {
    const script = [[answer(200, sse), chunk('id: zürich-東京-🚆\ndata: a\n\n'), fin()], [answer(204)]];
    const origin = add(await startOrigin(script));
    await watch(streamWithRetry({ url: origin.url, format: 'sse' }, quick)).ended;
    const ids = origin.requests.map(({ headers }) => headers['last-event-id']);
    expect(ids).toEqual([undefined, 'zürich-東京-🚆']);
  });
});

describe('streamWithRetry before it is subscribed to', () => {
  it.each([
    [{ url: 'ftp://x' }, {}, 'url'],
    [{ url: 'http://x', format: 'xml' }, {}, 'format'],
    [{ url: 'http://x', headers: { authorization: 'a\nb' } }, {}, 'authorization'],
    [{ url: 'http://x', format: 'sse', headers: { authorization: 'a\nb' } }, {}, 'authorization'],
    [{ url: 'http://x', params: { token: 'a' } }, {}, 'token'],
    [{ url: 'http://x', monitor: {} }, {}, 'monitor'],
    [{ url: 'http://x' }, { maxRetries: -2 }, 'maxRetries'],
    [{ url: 'http://x' }, { onDrop: 1 }, 'onDrop'],
  ])('refuses %j with %j', (request, config, word) => {
    const untyped = (value: unknown) => JSON.parse(JSON.stringify(value));
    expect(() => streamWithRetry(untyped(request), untyped(config))).toThrow(word);
    expect(() => streamWithRetry(untyped(request), untyped(config))).toThrow(TypeError);
  });
});
