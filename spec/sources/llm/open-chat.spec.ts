import { describe, expect, it } from '@jest/globals';
import { type ChatEvent } from '../../../sources/llm/chat-events.js';
import { openOpenAIChat } from '../../../sources/llm/open-chat.js';
import { eventually } from '../../servers/eventually.js';
import { startOrigin } from '../../servers/origin.js';
import { answer, chunk, jsonAnswer, stall } from '../../servers/origin-steps.js';
import { closing, watch } from '../x/watch.js';
import { framings } from './framings.js';
import { fixture } from './recordings.js';
import { scriptedLlm, type ScriptedStream } from './scripted-llm.js';

const close = closing();
const body = { model: 'gpt-rill', messages: [{ role: 'user', content: 'Hello' }] };
const apiKey = 'sk-canary-key';

async function read(stream: ScriptedStream) {
  const { transport } = scriptedLlm(() => stream);
  const seen = watch(openOpenAIChat({ apiKey, body, transport }));
  await seen.ended;
  return seen;
}

const data = (...choices: object[]): string => `data: ${JSON.stringify({ choices })}\n\n`;
const done = 'data: [DONE]\n\n';

function textOf(events: readonly ChatEvent[]): string {
  return events.map((event) => (event.type === 'chunk' ? (event.chunk.choices[0]?.delta?.content ?? '') : '')).join('');
}

describe('openOpenAIChat', () => {
  it.each(framings)('reads an answer framed with $name', async ({ cut }) => {
    const seen = await read({ body: cut(fixture('chat-text')) });
    expect([seen.completed, textOf(seen.values)]).toEqual([true, 'Brooks run to the größte Fluß 🏞️, and ends there.']);
    expect(seen.values.at(-2)).toMatchObject({ type: 'chunk', chunk: { choices: [], usage: { total_tokens: 38 } } });
    expect(seen.values.at(-1)).toEqual({ type: 'done' });
  });

  it.each(['chat-tool', 'chat-thinking'])('reads %s to its end, every event known', async (name) => {
    const seen = await read({ body: [fixture(name)] });
    expect([seen.completed, seen.values.filter(({ type }) => type === 'unknown')]).toEqual([true, []]);
  });

  it('emits an error and errors with it, first or in the middle', async () => {
    for (const [name, before] of [
      ['error-first', 0],
      ['error-midstream', 1],
    ] as const) {
      const seen = await read({ body: [fixture(`chat-${name}`)] });
      expect([seen.values.length, seen.values.at(-1)?.type]).toEqual([before + 1, 'error']);
      expect(seen.error).toMatchObject({ code: 'provider_failed', statusCode: 500, providerType: 'server_error' });
    }
  });

  it.each<[string, string]>([
    ['the end of the body without a reason', fixture('chat-eof-no-stop')],
    ['[DONE] without a reason', data({ index: 0, delta: { content: 'a' } }) + done],
    ['[DONE] with an empty reason', data({ index: 0, delta: {}, finish_reason: '' }) + done],
    [
      '[DONE] while one of two answers goes on',
      data({ index: 0, delta: {}, finish_reason: 'stop' }, { index: 1, delta: {} }) + done,
    ],
    ['[DONE] alone', done],
    ['nothing', ''],
    ['a usage chunk cut in two', `${data({ index: 0, delta: {}, finish_reason: 'stop' })}data: {"choices":[],"us`],
  ])('takes %s for a truncation', async (_what, text) => {
    const seen = await read({ body: [text] });
    expect([seen.completed, seen.error?.name]).toEqual([false, 'TruncatedStreamError']);
  });

  it.each<[string, string]>([
    ['no [DONE]', data({ index: 0, delta: { content: 'a' } }) + data({ index: 0, delta: {}, finish_reason: 'stop' })],
    ['no index', data({ delta: { content: 'a' }, finish_reason: 'stop' }) + done],
    [
      'content behind the reason',
      data({ index: 0, delta: {}, finish_reason: 'length' }) + data({ index: 0, delta: {} }) + done,
    ],
    [
      'two answers',
      data({ index: 1, delta: {}, finish_reason: 'stop' }) +
        data({ index: 0, delta: {}, finish_reason: 'stop' }) +
        done,
    ],
  ])('completes with %s', async (_what, text) => {
    const seen = await read({ body: [text] });
    expect([seen.error, seen.completed]).toEqual([undefined, true]);
  });

  it('closes the socket at the marker although the server keeps it open', async () => {
    const steps = [answer(200, { 'content-type': 'text/event-stream' }), chunk(fixture('chat-text')), stall()];
    const origin = close(await startOrigin([steps]));
    const seen = watch(openOpenAIChat({ apiKey, body, baseUrl: `${origin.url}/v1` }));
    await seen.ended;
    expect(seen.completed).toBe(true);
    await eventually(() => origin.activeSockets === 0);
    expect(origin.requests[0]).toMatchObject({
      path: '/v1/chat/completions',
      headers: { authorization: `Bearer ${apiKey}` },
    });
    expect(JSON.parse(origin.requests[0]?.body ?? '')).toEqual({
      ...body,
      stream: true,
      stream_options: { include_usage: true },
    });
  });

  it('says that a quota is spent, for good', async () => {
    const said = {
      error: {
        message: 'You exceeded your current quota',
        type: 'insufficient_quota',
        param: null,
        code: 'insufficient_quota',
      },
    };
    const origin = close(await startOrigin([[jsonAnswer(429, said, { 'x-should-retry': 'true' })]]));
    const seen = watch(openOpenAIChat({ apiKey, body, baseUrl: origin.url }));
    await seen.ended;
    expect(seen.error).toMatchObject({
      code: 'quota_exceeded',
      isRetryable: false,
      statusCode: 429,
      providerCode: 'insufficient_quota',
    });
  });
});
