import { describe, expect, it } from '@jest/globals';
import { lastValueFrom, type Observable, toArray } from 'rxjs';
import * as z from 'zod';
import { recordOf } from '../../../lib/problem.js';
import { calculatorTool } from '../../../sources/llm/calculator.js';
import type { LlmLoopPart } from '../../../sources/llm/tool-loop.js';
import { anthropicToolLoop, openaiChatToolLoop, openaiResponsesToolLoop } from '../../../sources/llm/tool-loops.js';
import { defineTool } from '../../../sources/llm/tools.js';
import { eventually } from '../../servers/eventually.js';
import { type Origin, startOrigin } from '../../servers/origin.js';
import { answer, chunk, endChunks, jsonAnswer, stall, type Step } from '../../servers/origin-steps.js';
import { closing, watch } from '../x/watch.js';
import { fixture } from './recordings.js';

const close = closing();
const apiKey = 'sk-canary';
const user = { role: 'user', content: 'What is 42 * 17?' };
const anthropic = { model: 'claude-tern-1', max_tokens: 500, messages: [user] };

function stream(name: string): readonly Step[] {
  return [answer(200, { 'content-type': 'text/event-stream' }), chunk(fixture(name)), endChunks()];
}

/** A provider that says one recording after the other. */
async function provider(...names: readonly string[]): Promise<Origin> {
  return close(await startOrigin(names.map(stream)));
}

function bodies(origin: Origin): readonly Readonly<Record<string, unknown>>[] {
  return origin.requests.map(({ body }) => recordOf(JSON.parse(body)) ?? {});
}

async function read(loop: Observable<LlmLoopPart>) {
  const parts = await lastValueFrom(loop.pipe(toArray()));
  return {
    parts,
    turns: parts.filter(({ type }) => type === 'turn').length,
    text: parts.map((part) => (part.type === 'text.delta' ? part.text : '')).join(''),
    results: parts.flatMap((part) => (part.type === 'toolResult' ? [part.result] : [])),
  };
}

/** The content of the first turn, as it was sent. */
const said = [
  { type: 'thinking', thinking: 'A product, then a search.', signature: 'dGVybi1zaWduYXR1cmU=' },
  { type: 'redacted_thinking', data: 'dGVybi1vcGFxdWU=' },
  { type: 'server_tool_use', id: 'srvtoolu_t1', name: 'web_search', input: { query: 'terns' } },
  {
    ...{ type: 'web_search_tool_result', tool_use_id: 'srvtoolu_t1' },
    content: [
      {
        ...{ type: 'web_search_result', title: 'Terns', url: 'https://example.com/terns' },
        ...{ encrypted_content: 'dGVybnM=', page_age: null },
      },
    ],
  },
  { type: 'text', text: 'Let me work that out.' },
  { type: 'tool_use', id: 'toolu_t1', name: 'calculator', input: { expression: '42 * 17' } },
  { type: 'tool_use', id: 'toolu_t2', name: 'calculator', input: { expression: '1 / 0' } },
];

describe('anthropicToolLoop', () => {
  it('sends results back behind what was said, signatures and server tools as they were', async () => {
    const origin = await provider('tools-anthropic-1', 'tools-anthropic-2');
    const body = { ...anthropic, tools: [{ type: 'web_search_20250305', name: 'web_search' }] };
    const seen = await read(anthropicToolLoop({ apiKey, baseUrl: origin.url, body }, [calculatorTool()]));
    expect([seen.turns, seen.text]).toEqual([2, 'Let me work that out.42 * 17 is 714.']);
    expect(seen.results.map(({ output, isError }) => [output, isError])).toEqual([
      ['714', false],
      ['division by zero (at character 2)', true],
    ]);
    const [first, second] = bodies(origin);
    expect(first?.['tools']).toEqual([body.tools[0], expect.objectContaining({ name: 'calculator' })]);
    const content = [
      { type: 'tool_result', tool_use_id: 'toolu_t1', content: '714' },
      { type: 'tool_result', tool_use_id: 'toolu_t2', content: 'division by zero (at character 2)', is_error: true },
    ];
    expect(second).toEqual({
      ...first,
      container: 'container_t1',
      messages: [user, { role: 'assistant', content: said }, { role: 'user', content }],
    });
  });

  it('goes on after a pause with the same content', async () => {
    const origin = await provider('tools-anthropic-pause', 'tools-anthropic-2');
    const seen = await read(anthropicToolLoop({ apiKey, baseUrl: origin.url, body: anthropic }, []));
    expect([seen.turns, seen.text]).toEqual([2, '42 * 17 is 714.']);
    const [first, second] = bodies(origin);
    expect(first).not.toHaveProperty('tools');
    const content = [{ type: 'server_tool_use', id: 'srvtoolu_t0', name: 'web_search', input: { query: 'gulls' } }];
    expect(second?.['messages']).toEqual([user, { role: 'assistant', content }]);
  });

  it('passes the failure of a later turn on', async () => {
    const steps = [
      stream('tools-anthropic-1'),
      [jsonAnswer(401, { type: 'error', error: { type: 'authentication_error' } })],
    ];
    const origin = close(await startOrigin(steps));
    const seen = watch(anthropicToolLoop({ apiKey, baseUrl: origin.url, body: anthropic }, [calculatorTool()]));
    await seen.ended;
    expect(seen.error).toMatchObject({ errorType: 'authentication_error', statusCode: 401 });
    expect(seen.values.filter(({ type }) => type === 'toolResult')).toHaveLength(2);
  });

  it('closes the socket of a later turn at unsubscription', async () => {
    const silent = [answer(200, { 'content-type': 'text/event-stream' }), chunk(': open\n\n'), stall()];
    // Without its last chunk the first one is closed at its marker, and is not kept for another request.
    const first = [...stream('tools-anthropic-1').slice(0, -1), stall()];
    const origin = close(await startOrigin([first, silent]));
    const seen = watch(anthropicToolLoop({ apiKey, baseUrl: origin.url, body: anthropic }, [calculatorTool()]));
    await eventually(() => origin.requests.length === 2);
    seen.stop();
    await eventually(() => origin.activeSockets === 0);
    expect([seen.completed, seen.error]).toEqual([false, undefined]);
  });

  it('aborts the tools at unsubscription, and sends nothing more', async () => {
    const origin = await provider('tools-anthropic-1', 'tools-anthropic-2');
    let signal: AbortSignal | undefined;
    const stuck = defineTool({
      ...{ name: 'calculator', input: z.unknown() },
      call: (_input, context) => {
        signal = context.signal;
        return new Promise(() => undefined);
      },
    });
    const seen = watch(anthropicToolLoop({ apiKey, baseUrl: origin.url, body: anthropic }, [stuck]));
    await eventually(() => signal !== undefined);
    seen.stop();
    expect(signal?.aborted).toBe(true);
    expect(origin.requests).toHaveLength(1);
  });

  it('refuses what can never work before it is subscribed to', () => {
    const body = anthropic;
    expect(() => anthropicToolLoop({ apiKey, body, ...{ model: 'x' } }, [])).toThrow(/unknown option "model"/);
    expect(() => anthropicToolLoop({ apiKey, body }, [], { maxTurns: 0 })).toThrow(/option "maxTurns"/);
    expect(() => anthropicToolLoop({ apiKey, body }, [calculatorTool(), calculatorTool()])).toThrow(/two tools/);
  });
});

describe('openaiChatToolLoop', () => {
  it('sends results back as messages', async () => {
    const origin = await provider('tools-chat-1', 'tools-chat-2');
    const body = { model: 'gpt-tern', messages: [user], tool_choice: 'required' };
    const seen = await read(openaiChatToolLoop({ apiKey, baseUrl: origin.url, body }, [calculatorTool()]));
    expect([seen.turns, seen.text]).toEqual([2, 'It is 714.']);
    const [first, second] = bodies(origin);
    expect(first?.['tools']).toEqual([{ type: 'function', function: expect.objectContaining({ name: 'calculator' }) }]);
    const call = { name: 'calculator', arguments: '{"expression":"42 * 17"}' };
    expect(second?.['messages']).toEqual([
      user,
      expect.objectContaining({ role: 'assistant', tool_calls: [{ id: 'call_t1', type: 'function', function: call }] }),
      { role: 'tool', tool_call_id: 'call_t1', content: '714' },
    ]);
    expect([first?.['tool_choice'], second?.['tool_choice']]).toEqual(['required', 'auto']);
  });
});

describe('openaiResponsesToolLoop', () => {
  const body = { model: 'gpt-tern', input: user.content };
  const output = { type: 'function_call_output', call_id: 'call_t1', output: '714' };

  it('sends all items back, reasoning as it was', async () => {
    const origin = await provider('tools-responses-1', 'tools-responses-2');
    const seen = await read(openaiResponsesToolLoop({ apiKey, baseUrl: origin.url, body }, [calculatorTool()]));
    expect([seen.turns, seen.text]).toEqual([2, 'It is 714.']);
    expect(bodies(origin)[1]?.['input']).toEqual([
      user,
      expect.objectContaining({ type: 'reasoning', id: 'rs_t1', encrypted_content: 'dGVybi1zZWNyZXQ=' }),
      expect.objectContaining({ type: 'function_call', call_id: 'call_t1', arguments: '{"expression":"42 * 17"}' }),
      output,
    ]);
  });

  it('sends results alone behind the stored response, where that is wanted', async () => {
    const origin = await provider('tools-responses-1', 'tools-responses-2');
    const loop = { continueBy: 'previous_response_id' } as const;
    await read(openaiResponsesToolLoop({ apiKey, baseUrl: origin.url, body }, [calculatorTool()], loop));
    expect(bodies(origin)[1]).toMatchObject({ input: [output], previous_response_id: 'resp_tern01' });
  });
});
