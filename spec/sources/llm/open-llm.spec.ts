import { describe, expect, it } from '@jest/globals';
import { inspect } from 'node:util';
import { createMonitor } from '../../../lib/state.js';
import type { LlmRequest } from '../../../sources/llm/llm-options.js';
import { openEvents, type WireFact } from '../../../sources/llm/open-llm.js';
import { anthropicRequest } from '../../../sources/llm/request-anthropic.js';
import { eventually } from '../../servers/eventually.js';
import { type Origin, refusedUrl, startOrigin } from '../../servers/origin.js';
import { answer, chunk, endChunks, fin, jsonAnswer, type Script, send, stall } from '../../servers/origin-steps.js';
import { closing, watch, type Watched } from '../x/watch.js';
import { fixture } from './recordings.js';
import { scriptedLlm, type ScriptedStream } from './scripted-llm.js';

const close = closing();
const sse = { 'content-type': 'text/event-stream; charset=utf-8', 'request-id': 'req_1', 'set-cookie': 'canary=1' };
const body = { model: 'm', max_tokens: 1, messages: [] };
const key = 'sk-ant-canary-key';

function request(baseUrl: string, options: Partial<LlmRequest> = {}): LlmRequest {
  return { ...anthropicRequest({ apiKey: key, baseUrl, body }), ...options };
}

async function origin(script: Script): Promise<Origin> {
  return close(await startOrigin(script));
}

function scripted(stream: ScriptedStream, options: Partial<LlmRequest> = {}): Watched<WireFact> {
  const { transport } = scriptedLlm(() => stream);
  return watch(openEvents(request('http://127.0.0.1:1', { transport, ...options }), 'anthropic'));
}

const typesOf = ({ values }: Watched<WireFact>): string[][] =>
  values.map((fact) => (fact.type === 'events' ? fact.events.map(({ type }) => type) : [fact.type]));

describe('openEvents', () => {
  it('says that it is open, then one list of events for each piece of the body', async () => {
    const event = (type: string): string => `data: {"type":"${type}"}\n\n`;
    const seen = scripted({ body: [event('a') + event('b'), 'data: {"type', '":"c"}\n\n: ping\n', event('d')] });
    await seen.ended;
    expect(typesOf(seen)).toEqual([['open'], ['a', 'b'], ['c'], ['d']]);
    expect([seen.completed, seen.error]).toEqual([true, undefined]);
  });

  it('says what the headers say, as far as they are documented', async () => {
    const limits = { 'anthropic-ratelimit-tokens-remaining': '5', 'x-ratelimit-reset-requests': '1s' };
    const server = await origin([[answer(200, { ...sse, ...limits }), send('data: {"type":"ping"}\n\n')]]);
    const seen = watch(openEvents(request(server.url), 'anthropic'));
    await seen.ended;
    expect(seen.values[0]).toEqual({
      type: 'open',
      opened: {
        requestId: 'req_1',
        status: 200,
        headers: { 'content-type': sse['content-type'], 'request-id': 'req_1', ...limits },
      },
    });
  });

  it('is cold: nothing is sent before the first subscription, and one request for each', async () => {
    const server = await origin([[answer(200, sse), send('')]]);
    const facts = openEvents(request(server.url), 'anthropic');
    expect(server.requests).toHaveLength(0);
    await Promise.all([watch(facts).ended, watch(facts).ended]);
    expect(server.requests).toHaveLength(2);
    expect(server.requests[0]).toMatchObject({ method: 'POST', path: '/v1/messages', headers: { 'x-api-key': key } });
  });

  it('refuses a request that can never work when it is made', () => {
    expect(() => openEvents(request('http://127.0.0.1:1', { maxEventLength: 0 }), 'anthropic')).toThrow(
      /maxEventLength/,
    );
    expect(() => openEvents(request('http://127.0.0.1:1', { idleTimeout: -1 }), 'anthropic')).toThrow(/idleTimeout/);
  });
});

describe('an answer that is no stream', () => {
  it('is the error that the provider means, with its wishes', async () => {
    const said = { type: 'error', error: { type: 'rate_limit_error', message: `slow down, ${key}` } };
    const server = await origin([[jsonAnswer(429, said, { 'retry-after': '3', 'request-id': 'req_9' })]]);
    const seen = watch(openEvents(request(server.url), 'anthropic'));
    await seen.ended;
    expect(seen.error).toMatchObject({
      name: 'LlmError',
      errorType: 'rate_limited',
      retryAfter: 3_000,
      requestId: 'req_9',
    });
    expect(inspect(seen.error, { depth: 9 }) + JSON.stringify(seen.error)).not.toContain('canary');
  });

  it('is the error in its body although its status is 200', async () => {
    const server = await origin([[jsonAnswer(200, { error: { type: 'overloaded_error', message: 'Overloaded' } })]]);
    const seen = watch(openEvents(request(server.url), 'anthropic'));
    await seen.ended;
    expect(seen.error).toMatchObject({ name: 'LlmError', code: 'overloaded', statusCode: 529, isRetryable: true });
  });

  it.each(['text/html', 'application/json'])('is content_type where it is a page of %s', async (type) => {
    const server = await origin([[answer(200, { 'content-type': type }, '<html>Sign in</html>')]]);
    const seen = watch(openEvents(request(server.url), 'anthropic'));
    await seen.ended;
    expect(seen.error).toMatchObject({ name: 'LlmError', code: 'content_type', isRetryable: false });
    expect(seen.values).toEqual([]);
  });

  it('is a stream where a server names no type', async () => {
    const seen = scripted({ headers: {}, body: ['data: {"type":"ping"}\n\n'] });
    await seen.ended;
    expect(typesOf(seen)).toEqual([['open'], ['ping']]);
  });

  it('is a connection_error of the same class where there is no server', async () => {
    const seen = watch(openEvents(request(await refusedUrl()), 'anthropic'));
    await seen.ended;
    expect(seen.error).toMatchObject({ name: 'LlmError', errorType: 'connection_error', wire: 'anthropic' });
  });
});

describe('a body that breaks off', () => {
  it('is a TruncatedStreamError behind the events that came', async () => {
    const seen = scripted({ body: ['data: {"type":"ping"}\n\ndata: {"ty'], end: 'broken' });
    await seen.ended;
    expect(typesOf(seen)).toEqual([['open'], ['ping']]);
    expect(seen.error).toMatchObject({
      name: 'TruncatedStreamError',
      errorType: 'stream_interrupted',
      lastEvent: 'ping',
    });
  });

  it('is one too where the socket ends without the last chunk', async () => {
    const server = await origin([[answer(200, sse), chunk('data: {"type":"ping"}\n\n'), fin()]]);
    const seen = watch(openEvents(request(server.url), 'anthropic'));
    await seen.ended;
    expect(seen.error).toMatchObject({ name: 'TruncatedStreamError', lastEvent: 'ping' });
  });

  it('inside a frame is one too, behind the events of the same piece', async () => {
    const seen = scripted({ body: ['data: {"type":"ping"}\n\ndata: {"ty'] });
    await seen.ended;
    expect(typesOf(seen)).toEqual([['open'], ['ping'], ['malformed']]);
    expect(seen.error).toMatchObject({
      name: 'TruncatedStreamError',
      code: 'truncated',
      lastEvent: 'ping',
      requestId: undefined,
    });
  });
});

describe('a frame that cannot be read', () => {
  it('is counted by the monitor, reported, and ends the stream only where it is to', async () => {
    const monitor = createMonitor();
    let invalid = 0;
    const stream = { body: ['data: {"a\n\ndata: {"type":"ping"}\n\n'] };
    const seen = scripted(stream, { monitor, onInvalid: () => void (invalid += 1) });
    await seen.ended;
    expect([typesOf(seen), monitor.state.malformed, invalid]).toEqual([[['open'], ['malformed', 'ping']], 1, 1]);
    const strict = scripted(stream, { malformed: 'error' });
    await strict.ended;
    expect(typesOf(strict)).toEqual([['open'], ['malformed']]);
    expect(strict.error).toMatchObject({ name: 'LlmError', code: 'malformed' });
  });

  it('is frame_too_large past the limit, behind the events before it', async () => {
    const seen = scripted({ body: [`data: {"type":"ping"}\n\ndata: ${'x'.repeat(100)}`] }, { maxEventLength: 50 });
    await seen.ended;
    expect(typesOf(seen)).toEqual([['open'], ['ping']]);
    expect(seen.error).toMatchObject({ name: 'LlmError', code: 'frame_too_large' });
  });
});

describe('the limits of time', () => {
  it('are those of the request: headers, then bytes', async () => {
    const headers = await origin([[stall()]]);
    const late = watch(openEvents(request(headers.url, { headersTimeout: 20 }), 'anthropic'));
    await late.ended;
    expect(late.error).toMatchObject({ name: 'LlmError', code: 'headers_timeout' });
    const bytes = await origin([[answer(200, sse), chunk('data: {"type":"ping"}\n\n'), stall()]]);
    const silent = watch(openEvents(request(bytes.url, { idleTimeout: 20 }), 'anthropic'));
    await silent.ended;
    expect(silent.error).toMatchObject({ name: 'LlmError', errorType: 'timeout', code: 'idle_timeout', phase: 'body' });
  });
});

describe('unsubscription', () => {
  it.each<[string, Script, number]>([
    ['before the headers', [[stall()]], 0],
    ['before the first byte of the body', [[answer(200, sse), chunk(''), stall()]], 1],
    ['inside a frame', [[answer(200, sse), chunk('data: {"ty'), stall()]], 1],
    ['between events', [[answer(200, sse), chunk(fixture('anthropic-eof-no-stop')), stall()]], 2],
  ])('%s closes the socket, in silence', async (_phase, script, facts) => {
    // The chunk of length zero would be the end of the body.
    const steps = script.map((list) => list.filter((step) => step.kind !== 'chunk' || step.bytes.length > 5));
    const server = await origin(steps);
    const seen = watch(openEvents(request(server.url), 'anthropic'));
    await eventually(() => server.requests.length === 1 && seen.values.length >= Math.min(facts, 1));
    if (facts > 1) await eventually(() => seen.values.length === facts);
    seen.stop();
    await eventually(() => server.activeSockets === 0);
    expect([seen.error, seen.completed]).toEqual([undefined, false]);
  });

  it('while the key is asked for sends nothing', async () => {
    const server = await origin([[answer(200, sse), chunk('x'), endChunks()]]);
    let give: (key: string) => void = () => undefined;
    const apiKey = (): Promise<string> => new Promise((resolve) => (give = resolve));
    const seen = watch(openEvents(anthropicRequest({ apiKey, baseUrl: server.url, body }), 'anthropic'));
    await new Promise((resolve) => setImmediate(resolve));
    seen.stop();
    give('late');
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(server.requests).toHaveLength(0);
  });
});
