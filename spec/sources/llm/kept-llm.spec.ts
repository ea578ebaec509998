import { describe, expect, it } from '@jest/globals';
import { tap, VirtualTimeScheduler } from 'rxjs';
import { createMonitor } from '../../../lib/state.js';
import { readGate } from '../../../lib/read-gate.js';
import type { LlmError } from '../../../sources/llm/errors.js';
import type { LlmPart } from '../../../sources/llm/parts.js';
import type { AnthropicStreamOptions } from '../../../sources/llm/streams.js';
import { anthropicCall, framesOf, llmErrorOf, partsOfType, refusal, shownText, typesOf } from './kept-calls.js';
import type { ScriptedStream } from './scripted-llm.js';
import { virtually } from './virtual-run.js';

const whole: ScriptedStream = { body: framesOf('anthropic-text'), end: 'open' };
const frames = framesOf('anthropic-text');
const text = 'Brooks run to the größte Fluß 🏞️, and ends there.';
const errorFrame = (type: string): string =>
  `event: error\ndata: {"type":"error","error":{"type":"${type}","message":"x"}}\n\n`;

async function run(answerOf: (n: number) => ScriptedStream, options: Partial<AnthropicStreamOptions> = {}) {
  let server: ReturnType<typeof anthropicCall>['server'] | undefined;
  const seen = await virtually((scheduler) => {
    const call = anthropicCall(answerOf, { scheduler, ...options });
    server = call.server;
    return call.source;
  });
  return { seen, requests: server?.requests.length ?? 0, open: server?.open };
}

describe('a failure before content', () => {
  it.each<[string, ScriptedStream]>([
    ['408', refusal(408, 'timeout')],
    ['409', refusal(409, 'conflict_error')],
    ['429', refusal(429, 'rate_limit_error')],
    ['500', refusal(500, 'api_error')],
    ['503', { status: 503 }],
    ['529', refusal(529, 'overloaded_error')],
    ['x-should-retry against the status', refusal(400, 'invalid_request_error', { 'x-should-retry': 'true' })],
    ['an error as the first event', { body: [errorFrame('overloaded_error')] }],
    ['an error behind the beginning of the message', { body: [frames[0] ?? '', errorFrame('api_error')] }],
    ['an empty body', {}],
    ['an end behind the beginning of an empty block', { body: frames.slice(0, 3) }],
    ['a broken socket', { body: frames.slice(0, 2), end: 'broken' }],
    ['silence before content', { body: frames.slice(0, 1), end: 'open' }],
    [
      'an error in a body with the status 200',
      {
        headers: { 'content-type': 'application/json' },
        body: ['{"error":{"type":"overloaded_error","message":"x"}}'],
      },
    ],
  ])('is tried again: %s', async (_what, first) => {
    const { seen, requests, open } = await run((n) => (n === 1 ? first : whole));
    expect([seen.error, requests, open]).toEqual([undefined, 2, 0]);
    expect(partsOfType(seen.values, 'retry')).toMatchObject([
      { attempt: 2, delayMs: 500, cause: { name: expect.stringMatching(/LlmError|Truncated/) } },
    ]);
    expect(partsOfType(seen.values, 'open').at(-1)?.attempt).toBe(2);
    expect([shownText(seen.values), typesOf(seen.values).includes('reset')]).toEqual([text, false]);
    expect(seen.values.at(-1)).toMatchObject({ type: 'end', message: { text, isComplete: true } });
  });

  it.each<[string, ScriptedStream, Partial<LlmError>]>([
    ['400', refusal(400, 'invalid_request_error'), { code: 'bad_request' }],
    ['401', refusal(401, 'authentication_error'), { errorType: 'authentication_error' }],
    ['404', refusal(404, 'not_found_error'), { statusCode: 404 }],
    ['413', refusal(413, 'request_too_large'), { code: 'request_too_large' }],
    [
      'x-should-retry against the status',
      refusal(529, 'overloaded_error', { 'x-should-retry': 'false' }),
      { statusCode: 529 },
    ],
    [
      'a spent quota',
      {
        status: 429,
        headers: { 'content-type': 'application/json' },
        body: ['{"error":{"type":"rate_limit_error","details":{"error_code":"enforced_spend_limit_reached"}}}'],
      },
      { code: 'quota_exceeded' },
    ],
    ['a page', { headers: { 'content-type': 'text/html' }, body: ['<html>'] }, { code: 'content_type' }],
    ['a frame that is no JSON', { body: ['data: {"type":\n\n'] }, { code: 'malformed' }],
  ])('ends the stream at once where no try helps: %s', async (_what, first, error) => {
    const { seen, requests } = await run(() => first);
    expect([requests, seen.time]).toEqual([1, 0]);
    expect(llmErrorOf(seen)).toMatchObject({ ...error, isRetryable: false, partial: undefined });
  });

  it('waits twice as long each time, and gives up with the last error', async () => {
    const { seen, requests } = await run(() => refusal(529, 'overloaded_error'));
    expect(partsOfType(seen.values, 'retry').map(({ attempt, delayMs }) => [attempt, delayMs])).toEqual([
      [2, 500],
      [3, 1_000],
    ]);
    const error = llmErrorOf(seen);
    expect([requests, seen.time]).toEqual([3, 1_500]);
    expect(error).toMatchObject({
      name: 'LlmError',
      code: 'retries_exhausted',
      errorType: 'server_error',
      statusCode: 529,
      wire: 'anthropic',
      providerType: 'overloaded_error',
      attempts: 3,
      partial: undefined,
    });
    expect(error.cause).toMatchObject({ code: 'overloaded' });
  });

  it('stays a truncation after the last try', async () => {
    const { seen } = await run(() => ({ body: frames.slice(0, 1) }), { maxRetries: 1 });
    expect(llmErrorOf(seen)).toMatchObject({
      name: 'TruncatedStreamError',
      code: 'retries_exhausted',
      lastEvent: 'message_start',
      usage: { inputTokens: 25 },
    });
  });

  it('counts failures over the whole stream: a connection that opens and says nothing proves nothing', async () => {
    const { seen, requests } = await run(() => ({ body: [...frames.slice(0, 1), ': ping\n\n'], end: 'open' }));
    expect([requests, llmErrorOf(seen).code]).toEqual([3, 'retries_exhausted']);
  });

  it('is not tried again with maxRetries 0', async () => {
    const { seen, requests } = await run(() => refusal(500, 'api_error'), { maxRetries: 0 });
    expect([requests, llmErrorOf(seen).code]).toEqual([1, 'http_server_error']);
  });
});

describe('what the server asks for', () => {
  it.each<[string, Record<string, string>, number]>([
    ['retry-after', { 'retry-after': '90' }, 90_000],
    ['retry-after-ms before retry-after', { 'retry-after-ms': '1250', 'retry-after': '90' }, 1_250],
    ['exactly the ceiling', { 'retry-after': '120' }, 120_000],
    ['less than our own wait', { 'retry-after-ms': '1' }, 500],
  ])('is the least wait: %s', async (_what, headers, delayMs) => {
    const { seen } = await run((n) => (n === 1 ? refusal(429, 'rate_limit_error', headers) : whole));
    expect(partsOfType(seen.values, 'retry')).toMatchObject([{ delayMs }]);
    expect([seen.time, seen.completed]).toEqual([delayMs, true]);
  });

  it.each<[string, Record<string, string>, Partial<AnthropicStreamOptions>, number]>([
    ['the default', { 'retry-after': '121' }, {}, 121_000],
    ['one of ours', { 'retry-after-ms': '51' }, { maxRetryAfter: 50 }, 51],
    [
      'an hour, which is as far as headers are read',
      { 'retry-after': '999999' },
      { maxRetryAfter: 3_599_999 },
      3_600_000,
    ],
  ])('ends the stream at once beyond the ceiling: %s', async (_what, headers, options, retryAfter) => {
    const { seen, requests } = await run(() => refusal(429, 'rate_limit_error', headers), options);
    expect([requests, seen.time]).toEqual([1, 0]);
    expect(llmErrorOf(seen)).toMatchObject({ errorType: 'rate_limited', code: 'rate_limited', retryAfter });
  });
});

describe('a failure after content', () => {
  it.each<[string, string[], ScriptedStream['end'], string]>([
    ['an early end', frames.slice(0, 5), 'clean', 'TruncatedStreamError stream_interrupted truncated'],
    ['a broken socket', frames.slice(0, 5), 'broken', 'TruncatedStreamError stream_interrupted interrupted'],
    [
      'an error event',
      [...frames.slice(0, 5), errorFrame('overloaded_error')],
      'open',
      'LlmError server_error overloaded',
    ],
    ['silence', frames.slice(0, 5), 'open', 'LlmError timeout idle_timeout'],
    ['a frame that is no JSON', [...frames.slice(0, 5), 'data: {"ty\n\n'], 'open', 'LlmError fatal_error malformed'],
  ])('passes at once with what came: %s', async (_what, body, end, is) => {
    const { seen, requests, open } = await run(() => ({
      headers: { 'content-type': 'text/event-stream', 'request-id': 'req_7' },
      body,
      end: end ?? 'clean',
    }));
    const error = llmErrorOf(seen);
    expect([requests, open, `${error.name} ${error.errorType} ${error.code}`]).toEqual([1, 0, is]);
    expect(error.partial).toMatchObject({ text: 'Brooks run to the ', isComplete: false });
    expect(error).toMatchObject({ usage: { inputTokens: 25 }, requestId: 'req_7', attempts: undefined });
    expect(shownText(seen.values)).toBe('Brooks run to the ');
  });

  it('is a truncation after every event but the last', async () => {
    for (let cut = 0; cut < frames.length; cut += 1) {
      const { seen } = await run(() => ({ body: frames.slice(0, cut) }), { maxRetries: 0 });
      const error = llmErrorOf(seen);
      expect([cut, error.name, error.errorType, seen.completed]).toEqual([
        cut,
        'TruncatedStreamError',
        'stream_interrupted',
        false,
      ]);
      expect(text.startsWith(error.partial?.text ?? '')).toBe(true);
      expect(error.partial?.text ?? '').toBe(shownText(seen.values));
    }
  });

  it('is tried by nobody although the wish of the server can be met', async () => {
    const { requests } = await run(() => ({ body: frames.slice(0, 5) }), { maxRetries: 5 });
    expect(requests).toBe(1);
  });
});

describe('silence', () => {
  it.each<[string, Partial<AnthropicStreamOptions>, ScriptedStream, string[]]>([
    [
      'before content',
      { clocks: { firstContent: 100, idleBytes: 0 } },
      { body: frames.slice(0, 1), end: 'open' },
      ['firstContent 50', 'first_content_timeout 100'],
    ],
    [
      'in the bytes',
      { clocks: { idleBytes: 60 } },
      { body: frames.slice(0, 5), end: 'open' },
      ['idleBytes 30', 'idle_timeout 60'],
    ],
    [
      'in the content',
      { clocks: { idleBytes: 0, idleContent: 80 } },
      { body: frames.slice(0, 5), end: 'open' },
      ['idleContent 40', 'content_timeout 80'],
    ],
  ])('has a notice at half and an error of its own: %s', async (_what, options, stream, said) => {
    const { seen } = await run(() => stream, { maxRetries: 0, ...options });
    expect([
      ...partsOfType(seen.values, 'stall').map(({ clock, ms }) => `${clock} ${ms}`),
      `${seen.error?.code} ${seen.time}`,
    ]).toEqual(said);
  });

  it('before headers is headers_timeout, and its notice is no sign of a connection', async () => {
    const monitor = createMonitor();
    const events: string[] = [];
    monitor.events$.subscribe(({ type }) => events.push(type));
    const never = { transport: () => new Promise<never>(() => undefined) };
    const { seen } = await run(() => whole, { ...never, monitor, maxRetries: 0, clocks: { connect: 1_000 } });
    expect([typesOf(seen.values), seen.error?.code, seen.time]).toEqual([['stall'], 'headers_timeout', 1_000]);
    expect(events).toEqual(['warning', 'error']);
  });

  it('of content is none of bytes: comments come and the message does not go on', async () => {
    const seen = await virtually((scheduler) => {
      const later = <T>(value: T): Promise<T> =>
        new Promise((resolve) => void scheduler.schedule(() => resolve(value), 60));
      const pieces = [...frames.slice(0, 5), ...Array.from({ length: 20 }, () => ': ping\n\n')].values();
      const read = () => later({ done: false, value: Buffer.from(pieces.next().value ?? '') } as const);
      const transport = async () => ({ status: 200, headers: new Headers(), body: { read }, hiddenRedirect: false });
      const clocks = { idleBytes: 100, idleContent: 500 };
      return anthropicCall(() => whole, { scheduler, transport, clocks }).source;
    });
    expect([llmErrorOf(seen).code, seen.time]).toEqual(['content_timeout', 800]);
  });

  it('of a slow consumer is none', async () => {
    const seen = await virtually((scheduler) => {
      const clock = scheduler instanceof VirtualTimeScheduler ? scheduler : new VirtualTimeScheduler();
      const options = { scheduler, clocks: { idleBytes: 0, idleContent: 100 } };
      const work = ({ type }: LlmPart): void => {
        if (type === 'text.delta') clock.frame += 1_000;
      };
      return anthropicCall(() => ({ body: frames.slice(0, 4), end: 'open' }), options).source.pipe(tap(work));
    });
    expect([llmErrorOf(seen).code, seen.time]).toEqual(['content_timeout', 1_100]);
  });

  it('of our own making is none: while the gate is closed nothing runs', async () => {
    const gate = readGate();
    const run = virtually((scheduler) => {
      scheduler.schedule(() => gate.close(), 10);
      scheduler.schedule(() => gate.open(), 10_010);
      return anthropicCall(() => ({ body: frames.slice(0, 5), end: 'open' }), {
        scheduler,
        gate,
        clocks: { idleBytes: 100 },
      }).source;
    });
    expect((await run).time).toBe(10_100);
  });
});
