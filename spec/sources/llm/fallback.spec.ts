import { describe, expect, it } from '@jest/globals';
import { concat, from, type Observable, of, throwError } from 'rxjs';
import { LlmError, TruncatedStreamError } from '../../../sources/llm/errors.js';
import { nonStreamingFallback, type NonStreamingOptions } from '../../../sources/llm/fallback.js';
import type { LlmPart } from '../../../sources/llm/parts.js';
import { watch, type Watched } from '../x/watch.js';
import { anthropicCall, framesOf, llmErrorOf, partsOfType, refusal, typesOf } from './kept-calls.js';
import { scriptedLlm, type ScriptedStream } from './scripted-llm.js';

const baseUrl = 'http://127.0.0.1:1';
const json = { 'content-type': 'application/json' };
const body = { model: 'm', max_tokens: 1, messages: [] };
const message = {
  ...{ id: 'msg_2', type: 'message', role: 'assistant', model: 'm' },
  content: [
    { type: 'thinking', thinking: 'Well.', signature: 'sig' },
    { type: 'text', text: 'Hello', citations: [{ type: 'char_location', cited_text: 'H' }] },
    { type: 'tool_use', id: 'call_1', name: 'add', input: { a: 1 } },
    { type: 'web_search_tool_result', tool_use_id: 's', content: [] },
  ],
  ...{ stop_reason: 'tool_use', stop_sequence: null, usage: { input_tokens: 3, output_tokens: 5 } },
};

function whole(answer: ScriptedStream, wire: NonStreamingOptions['wire'] = 'anthropic') {
  const server = scriptedLlm(() => answer);
  const call = { apiKey: 'k', baseUrl, transport: server.transport };
  const options: NonStreamingOptions =
    wire === 'anthropic'
      ? { wire, call: { ...call, body } }
      : wire === 'openai-chat'
        ? { wire, call: { ...call, body } }
        : { wire, call: { ...call, body: { model: 'm', background: true } } };
  return { server, options };
}

const ended = async (source: Observable<LlmPart>): Promise<Watched<LlmPart>> => {
  const seen = watch(source);
  await seen.ended;
  return seen;
};
const cutStream = (): Observable<LlmPart> =>
  anthropicCall(() => ({ body: framesOf('anthropic-text').slice(0, 5) })).source;
const sent = (text: unknown): unknown => JSON.parse(String(text));

describe('nonStreamingFallback', () => {
  it('asks once without a stream, takes back what came, and says the whole answer', async () => {
    const { server, options } = whole({ headers: json, body: [JSON.stringify(message)] });
    const seen = await ended(cutStream().pipe(nonStreamingFallback(options)));
    expect([seen.completed, server.requests.length, server.open]).toEqual([true, 1, 0]);
    expect(sent(server.requests[0]?.body)).toMatchObject({ stream: false, model: 'm' });
    expect(server.requests[0]?.headers).toMatchObject({ accept: 'application/json', 'x-api-key': 'k' });
    const reset = typesOf(seen.values).indexOf('reset');
    expect(seen.values.slice(reset, reset + 2)).toMatchObject([
      { attempt: 1, discarded: { text: 'Brooks run to the ' } },
      { type: 'open', attempt: 2 },
    ]);
    expect(seen.values.at(-1)).toMatchObject({
      type: 'end',
      message: {
        ...{
          id: 'msg_2',
          text: 'Hello',
          thinking: 'Well.',
          isComplete: true,
          stop: { reason: 'tool' },
          usage: { outputTokens: 5 },
        },
        toolCalls: [{ id: 'call_1', name: 'add', input: { a: 1 } }],
        blocks: [
          { type: 'thinking', signature: 'sig' },
          { type: 'text', citations: [{ cited_text: 'H' }] },
          { type: 'tool' },
          { type: 'serverTool' },
        ],
      },
    });
  });

  it('reads a whole answer of Chat Completions', async () => {
    const call = { id: 'c', type: 'function', function: { name: 'add', arguments: '{"a":1}' } };
    const chat = {
      id: 'x',
      model: 'm',
      choices: [
        {
          index: 0,
          finish_reason: 'tool_calls',
          message: { role: 'assistant', content: 'Hi', tool_calls: [call, { ...call, id: 'd' }] },
        },
      ],
      usage: { prompt_tokens: 1, completion_tokens: 2 },
    };
    const { server, options } = whole({ headers: json, body: [JSON.stringify(chat)] }, 'openai-chat');
    const seen = await ended(cutStream().pipe(nonStreamingFallback(options)));
    expect(partsOfType(seen.values, 'end')).toMatchObject([
      { message: { text: 'Hi', toolCalls: [{ id: 'c' }, { id: 'd', input: { a: 1 } }], usage: { outputTokens: 2 } } },
    ]);
    expect(sent(server.requests[0]?.body)).not.toHaveProperty('stream_options');
  });

  it('reads a whole response, asked for in the foreground', async () => {
    const output = [
      {
        type: 'message',
        id: 'm1',
        status: 'completed',
        content: [{ type: 'output_text', text: 'Hi', annotations: [] }],
      },
    ];
    const { server, options } = whole(
      {
        headers: json,
        body: [JSON.stringify({ id: 'r', status: 'completed', output, usage: { input_tokens: 1, output_tokens: 2 } })],
      },
      'openai-responses',
    );
    const seen = await ended(cutStream().pipe(nonStreamingFallback(options)));
    expect(partsOfType(seen.values, 'end')).toMatchObject([
      { message: { id: 'r', text: 'Hi', stop: { reason: 'end' } } },
    ]);
    expect(sent(server.requests[0]?.body)).not.toHaveProperty('background');
  });

  it('answers retries that gave up by what they gave up with', async () => {
    const { server, options } = whole({ headers: json, body: [JSON.stringify(message)] });
    const gaveUp = anthropicCall(() => ({ body: [] }), { maxRetries: 1, initialBackoff: 1 }).source;
    const seen = await ended(gaveUp.pipe(nonStreamingFallback(options)));
    expect([seen.completed, server.requests.length, typesOf(seen.values).includes('reset')]).toEqual([true, 1, false]);
    expect(partsOfType(seen.values, 'open').map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
  });

  it('leaves other failures and whole streams alone', async () => {
    const { server, options } = whole({});
    const refused = anthropicCall(() => refusal(401, 'authentication_error')).source;
    expect((await ended(refused.pipe(nonStreamingFallback(options)))).error?.code).toBe('unauthorized');
    const good = await ended(
      anthropicCall(() => ({ body: framesOf('anthropic-text') })).source.pipe(nonStreamingFallback(options)),
    );
    expect([good.completed, server.requests.length]).toEqual([true, 0]);
  });

  it.each<[string, ScriptedStream, string]>([
    ['an HTTP error', refusal(529, 'overloaded_error'), 'overloaded'],
    ['an error with the status 200', { headers: json, body: ['{"error":{"type":"overloaded_error"}}'] }, 'overloaded'],
    ['no object', { headers: json, body: ['[]'] }, 'malformed'],
    ['no JSON', { headers: json, body: ['<html>'] }, 'malformed'],
  ])('fails with the partial of the stream where the second request fails: %s', async (_what, answer, code) => {
    const seen = await ended(cutStream().pipe(nonStreamingFallback(whole(answer).options)));
    expect(llmErrorOf(seen)).toMatchObject({ code, partial: { text: 'Brooks run to the ' } });
    expect(typesOf(seen.values)).not.toContain('reset');
  });

  it('asks its own judge', async () => {
    const { server, options } = whole({ headers: json, body: [JSON.stringify(message)] });
    const failed = new LlmError('x', { errorType: 'server_error', code: 'overloaded' });
    const asked: unknown[] = [];
    const judge = { ...options, when: (error: LlmError) => (asked.push(error), true) };
    await ended(
      concat(
        from<LlmPart[]>([]),
        throwError(() => failed),
      ).pipe(nonStreamingFallback(judge)),
    );
    expect([asked, server.requests.length]).toEqual([[failed], 1]);
  });

  it('closes the second connection on unsubscription', async () => {
    const { server, options } = whole({ headers: json, body: [], end: 'open' });
    const cut = new TruncatedStreamError('x', { errorType: 'stream_interrupted', code: 'truncated' });
    const seen = watch(
      concat(
        of<LlmPart>({ type: 'unknown', native: 1 }),
        throwError(() => cut),
      ).pipe(nonStreamingFallback(options)),
    );
    await new Promise((resolve) => setImmediate(resolve));
    expect(server.open).toBe(1);
    seen.stop();
    expect(server.open).toBe(0);
  });

  it('refuses options that can never work', () => {
    // @ts-expect-error: callers in plain JavaScript
    expect(() => nonStreamingFallback({ wire: 'x', call: { body } })).toThrow(/wire/);
    // @ts-expect-error: callers in plain JavaScript
    expect(() => nonStreamingFallback({ wire: 'anthropic' })).toThrow(/call/);
  });
});
