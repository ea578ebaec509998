import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Observable } from 'rxjs';
import { toAsyncIterable } from '../../../lib/async-iterable.js';
import type { LlmPart } from '../../../sources/llm/parts.js';
import {
  anthropicMessages,
  type AnthropicStreamOptions,
  openaiChat,
  openaiResponses,
} from '../../../sources/llm/streams.js';
import { eventually } from '../../servers/eventually.js';
import { type Origin, startOrigin } from '../../servers/origin.js';
import { answer, chunk, jsonAnswer, type Script, stall } from '../../servers/origin-steps.js';
import { closing, watch } from '../x/watch.js';
import { framesOf, llmErrorOf, partsOfType, shownText, typesOf } from './kept-calls.js';
import { scriptedLlm } from './scripted-llm.js';

const close = closing();
const sse = { 'content-type': 'text/event-stream' };
const body = { model: 'm', max_tokens: 1, messages: [] };
const frames = framesOf('anthropic-text');
const rejections: unknown[] = [];
const note = (reason: unknown): void => void rejections.push(reason);

beforeAll(() => void process.on('unhandledRejection', note));
afterAll(async () => {
  await new Promise((resolve) => setImmediate(resolve));
  process.off('unhandledRejection', note);
  expect(rejections).toEqual([]);
});

const origin = async (script: Script): Promise<Origin> => close(await startOrigin(script));
const messages = (baseUrl: string, options: Partial<AnthropicStreamOptions> = {}): Observable<LlmPart> =>
  anthropicMessages({ apiKey: 'k', baseUrl, body, ...options });

describe('unsubscription', () => {
  it.each<[phase: string, script: Script, sign: LlmPart['type'] | undefined]>([
    ['connecting', [[stall()]], undefined],
    ['waiting for the first content', [[answer(200, sse), chunk(frames[0] ?? ''), stall()]], 'start'],
    ['in the body', [[answer(200, sse), chunk(frames.slice(0, 5).join('')), stall()]], 'text.delta'],
    ['waiting for a retry', [[jsonAnswer(529, {}, { 'retry-after': '60' })]], 'retry'],
  ])('closes the socket and ends the timers: %s', async (_phase, script, sign) => {
    const server = await origin(script);
    const seen = watch(messages(server.url));
    await eventually(() =>
      sign === undefined ? server.activeSockets + server.openSockets > 0 : typesOf(seen.values).includes(sign),
    );
    seen.stop();
    if (sign !== 'retry') await server.closed(0);
    const requests = server.requests.length;
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect([seen.error, seen.completed, server.requests.length]).toEqual([undefined, false, requests]);
  });

  it('in the middle of a piece ends it there', async () => {
    const { transport } = scriptedLlm(() => ({ body: [frames.join('')], end: 'open' }));
    const seen: string[] = [];
    await new Promise<void>((resolve) => {
      const subscription = messages('http://127.0.0.1:1', { transport }).subscribe(({ type }) => {
        seen.push(type);
        if (type !== 'text.delta') return;
        subscription.unsubscribe();
        resolve();
      });
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(seen.filter((type) => type === 'text.delta')).toHaveLength(1);
  });

  it('of 20 streams by one signal leaves no listener on it', async () => {
    const server = await origin([[answer(200, sse), chunk(frames.slice(0, 5).join('')), stall()]]);
    const controller = new AbortController();
    let listeners = 0;
    const { signal } = controller;
    const [add, remove] = [signal.addEventListener.bind(signal), signal.removeEventListener.bind(signal)];
    signal.addEventListener = (...given: Parameters<typeof add>) => ((listeners += 1), add(...given));
    signal.removeEventListener = (...given: Parameters<typeof remove>) => ((listeners -= 1), remove(...given));
    for (let n = 0; n < 20; n += 1) {
      for await (const part of toAsyncIterable(messages(server.url), { signal })) if (part.type === 'text.delta') break;
    }
    expect(listeners).toBe(0);
    await eventually(() => server.activeSockets === 0);
  });
});

describe('the terminal marker', () => {
  it('closes a socket that the server would keep', async () => {
    const server = await origin([[answer(200, sse), chunk(frames.join('')), stall()]]);
    const seen = watch(messages(server.url));
    await seen.ended;
    await server.closed(0);
    expect([seen.completed, typesOf(seen.values).at(-1)]).toEqual([true, 'end']);
  });

  it.each<[string, (transport: AnthropicStreamOptions['transport']) => Observable<LlmPart>]>([
    ['anthropic-tool', (transport) => messages('http://127.0.0.1:1', { transport, maxRetries: 0 })],
    [
      'chat-tool',
      (transport) => openaiChat({ apiKey: 'k', baseUrl: 'http://127.0.0.1:1', body, transport, maxRetries: 0 }),
    ],
    [
      'chat-text',
      (transport) =>
        openaiChat({ apiKey: 'k', baseUrl: 'http://127.0.0.1:1', body, transport, maxRetries: 0, dialect: 'openai' }),
    ],
    [
      'responses-tool',
      (transport) =>
        openaiResponses({ apiKey: 'k', baseUrl: 'http://127.0.0.1:1', body: { model: 'm' }, transport, maxRetries: 0 }),
    ],
  ])('is the only end that passes for one: %s, cut after every event', async (name, make) => {
    const all = framesOf(name);
    const run = async (count: number) => {
      const seen = watch(make(scriptedLlm(() => ({ body: all.slice(0, count) })).transport));
      await seen.ended;
      return seen;
    };
    const whole = await run(all.length);
    const ids = partsOfType(whole.values, 'toolCall').map(({ call }) => call.id);
    expect(whole.completed).toBe(true);
    for (let cut = 0; cut < all.length; cut += 1) {
      const seen = await run(cut);
      if (seen.completed) {
        // A server may leave out `[DONE]`: then everything else is there.
        expect([name, shownText(seen.values)]).toEqual([expect.stringMatching(/^chat-tool/), shownText(whole.values)]);
        continue;
      }
      expect(llmErrorOf(seen)).toMatchObject({ name: 'TruncatedStreamError', errorType: 'stream_interrupted' });
      expect(shownText(whole.values).startsWith(shownText(seen.values))).toBe(true);
      expect(ids).toEqual(expect.arrayContaining(partsOfType(seen.values, 'toolCall').map(({ call }) => call.id)));
    }
  });
});

describe('options', () => {
  it.each<[object, RegExp]>([
    [{ maxRetries: 1.5 }, /maxRetries/],
    [{ clocks: { connect: -1 } }, /connect/],
    [{ clocks: { idle: 1 } }, /unknown option "idle"/],
    [{ maxRetryAfter: 3_600_000 }, /maxRetryAfter/],
    [{ maxBackoff: 1 }, /maxBackoff/],
    [{ onInterrupted: 'resume' }, /onInterrupted/],
    [{ headersTimeout: 1 }, /unknown option "headersTimeout"/],
    [{ resetAfter: 1 }, /unknown option "resetAfter"/],
    [{ body: undefined }, /body/],
  ])('that can never work are refused when the source is made: %j', (options, message) => {
    expect(() => anthropicMessages({ apiKey: 'k', body, ...options })).toThrow(message);
  });

  it('of the dialect reach the reader', () => {
    // @ts-expect-error: callers in plain JavaScript
    expect(() => openaiChat({ apiKey: 'k', body, dialect: 'klingon' })).toThrow(/dialect/);
  });
});
