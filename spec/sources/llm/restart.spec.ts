import { describe, expect, it } from '@jest/globals';
import type { AnthropicStreamOptions } from '../../../sources/llm/streams.js';
import { anthropicCall, framesOf, llmErrorOf, partsOfType, refusal, shownText, typesOf } from './kept-calls.js';
import type { ScriptedStream } from './scripted-llm.js';
import { virtually, type VirtualRun } from './virtual-run.js';
import type { LlmPart } from '../../../sources/llm/parts.js';

const frames = framesOf('anthropic-text');
const text = 'Brooks run to the größte Fluß 🏞️, and ends there.';

const run = (
  answerOf: (n: number) => ScriptedStream,
  options: Partial<AnthropicStreamOptions> = {},
): Promise<VirtualRun<LlmPart>> =>
  virtually((scheduler) => anthropicCall(answerOf, { scheduler, onInterrupted: 'restart', ...options }).source);

describe('restart after content', () => {
  it('takes back what came before the open of the attempt in its place', async () => {
    const seen = await run((n) => ({ body: n === 1 ? frames.slice(0, 5) : frames }));
    const types = typesOf(seen.values);
    const retry = types.indexOf('retry');
    expect(types.slice(retry, retry + 3)).toEqual(['retry', 'reset', 'open']);
    expect(partsOfType(seen.values, 'reset')).toMatchObject([
      { attempt: 1, discarded: { text: 'Brooks run to the ', isComplete: false, usage: { inputTokens: 25 } } },
    ]);
    expect([shownText(seen.values), seen.completed]).toEqual([text, true]);
    expect(seen.values.at(-1)).toMatchObject({ type: 'end', message: { text } });
  });

  it('takes back nothing that was not there, and names the attempt that it voids', async () => {
    const seen = await run((n) =>
      n === 1 ? { body: frames.slice(0, 5) } : n === 2 ? refusal(500, 'api_error') : { body: frames },
    );
    expect(partsOfType(seen.values, 'reset')).toMatchObject([{ attempt: 1 }]);
    expect(partsOfType(seen.values, 'open').map(({ attempt }) => attempt)).toEqual([1, 3]);
  });

  it('gives up with the partial that the consumer still has', async () => {
    const seen = await run((n) => (n === 1 ? { body: frames.slice(0, 5) } : refusal(500, 'api_error')));
    expect(llmErrorOf(seen)).toMatchObject({
      code: 'retries_exhausted',
      statusCode: 500,
      attempts: 3,
      partial: { text: 'Brooks run to the ' },
      usage: { inputTokens: 25 },
    });
    expect(typesOf(seen.values)).not.toContain('reset');
  });

  it('shares its tries with the failures before content', async () => {
    let requests = 0;
    const seen = await run((n) => ((requests = n), { body: frames.slice(0, 4 + n) }));
    expect([requests, llmErrorOf(seen).code]).toEqual([3, 'retries_exhausted']);
  });

  it('stops where two attempts in a row break at the same content', async () => {
    let requests = 0;
    const seen = await run((n) => ((requests = n), { body: frames.slice(0, 5) }), { maxRetries: 9 });
    expect(requests).toBe(2);
    const error = llmErrorOf(seen);
    expect(error).toMatchObject({
      errorType: 'fatal_error',
      code: 'deterministic_failure',
      partial: { text: 'Brooks run to the ' },
    });
    expect(error.cause).toMatchObject({ errorType: 'stream_interrupted' });
  });

  it('does not follow a failure that no try helps', async () => {
    const seen = await run(() => ({
      body: [
        ...frames.slice(0, 5),
        'event: error\ndata: {"type":"error","error":{"type":"invalid_request_error","message":"x"}}\n\n',
      ],
    }));
    expect(llmErrorOf(seen)).toMatchObject({ code: 'bad_request', partial: { text: 'Brooks run to the ' } });
  });

  it.each([
    ['bash_code_execution', 1],
    ['web_search', 3],
  ])('does not follow a tool that may have had effects: %s', async (name, expected) => {
    const block = JSON.stringify({
      type: 'content_block_start',
      index: 0,
      content_block: { type: 'server_tool_use', id: 's', name, input: {} },
    });
    let requests = 0;
    const delta = (n: number): string =>
      `data: {"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":"{\\"a\\":${n}}"}}\n\ndata: {"type":"content_block_stop","index":0}\n\n`;
    const text = (n: number): string =>
      `data: {"type":"content_block_start","index":1,"content_block":{"type":"text","text":"${n}"}}\n\n`;
    await run((n) => ((requests = n), { body: [frames[0] ?? '', `data: ${block}\n\n`, delta(n), text(n)] }));
    expect(requests).toBe(expected);
  });
});

describe('tool calls under restart', () => {
  const tool = framesOf('anthropic-tool');

  it('wait for the terminal marker, and come just before the end', async () => {
    const plain = await run(() => ({ body: tool }), { onInterrupted: 'fail' });
    const held = await run(() => ({ body: tool }));
    const calls = partsOfType(plain.values, 'toolCall');
    expect(calls.length).toBeGreaterThan(0);
    expect(partsOfType(held.values, 'toolCall')).toEqual(calls);
    expect(typesOf(held.values).slice(-1 - calls.length)).toEqual([...calls.map(() => 'toolCall'), 'end']);
    expect(typesOf(plain.values).at(-2)).not.toBe('toolCall');
    expect(held.values.at(-1)).toEqual(plain.values.at(-1));
  });

  it('run once, wherever the first attempt is cut', async () => {
    for (let cut = 1; cut < tool.length; cut += 1) {
      const seen = await run((n) => ({ body: n === 1 ? tool.slice(0, cut) : tool }));
      const ids = partsOfType(seen.values, 'toolCall').map(({ call }) => call.id);
      expect([cut, new Set(ids).size, seen.completed]).toEqual([cut, ids.length, true]);
    }
  });

  it('are not in the partial of an attempt that breaks', async () => {
    const seen = await run(() => ({ body: tool.slice(0, -1) }), { maxRetries: 0 });
    expect(llmErrorOf(seen).partial?.toolCalls).toEqual([]);
  });
});
