import { describe, expect, it } from '@jest/globals';
import type { AssembledBlock, AssembledMessage } from '../../../sources/llm/message.js';
import { nextAnthropicBody, nextChatBody, nextResponsesBody } from '../../../sources/llm/next-body.js';
import type { LlmPastTurn } from '../../../sources/llm/tool-loop.js';
import type { LlmStop, LlmWire } from '../../../sources/llm/vocabulary.js';
import { callOf } from './tool-calls.js';

/** A turn that called `calculator`, or one that said something and nothing more. */
function turn(wire: LlmWire, { isPause = false, id = 'm1', details }: TurnOptions = {}): LlmPastTurn {
  const native = {
    anthropic: { type: 'tool_use', id: 'c1', name: 'calculator', input: { a: 1 } },
    'openai-chat': { id: 'c1', type: 'function', function: { name: 'calculator', arguments: '{"a":1}' } },
    'openai-responses': { type: 'function_call', id: 'fc', call_id: 'c1', name: 'calculator', arguments: '{"a":1}' },
  }[wire];
  const call = { ...callOf('c1', 'calculator', '{"a":1}'), native };
  const block: AssembledBlock = isPause
    ? { type: 'serverTool', key: '0', name: 'web_search', isFinal: true, native: { type: 'server_tool_use', id: 's1' } }
    : { type: 'tool', key: '0', id: 'c1', name: 'calculator', raw: '{"a":1}', call };
  const stop: LlmStop = isPause
    ? { reason: 'pause', native: 'pause_turn' }
    : { reason: 'tool', native: 'tool_use', details };
  const message: AssembledMessage = {
    ...{ wire, id, model: 'a-model', blocks: [block], text: '', thinking: '', usage: undefined },
    ...{ toolCalls: isPause ? [] : [call], stop, isComplete: true },
  };
  const result = { id: 'c1', name: 'calculator', output: '714', isError: false, kind: 'json' } as const;
  return { message, results: isPause ? [] : [result] };
}

interface TurnOptions {
  readonly isPause?: boolean;
  readonly id?: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

const user = { role: 'user', content: 'What is 42 * 17?' };

describe('nextAnthropicBody', () => {
  const body = { model: 'a-model', max_tokens: 5, messages: [user], metadata: { user_id: 'u' } };
  const assistant = {
    role: 'assistant',
    content: [{ type: 'tool_use', id: 'c1', name: 'calculator', input: { a: 1 } }],
  };
  const results = { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'c1', content: '714' }] };

  it('is the body itself before the first turn', () => {
    expect(nextAnthropicBody(body, [])).toBe(body);
  });

  it('appends what was said and what came of it, turn by turn', () => {
    const past = [turn('anthropic'), turn('anthropic')];
    expect(nextAnthropicBody(body, past)).toEqual({
      ...{ ...body, messages: [user, assistant, results, assistant, results] },
    });
    expect(body.messages).toEqual([user]);
  });

  it('appends a paused message without results', () => {
    const paused = { role: 'assistant', content: [{ type: 'server_tool_use', id: 's1' }] };
    expect(nextAnthropicBody(body, [turn('anthropic', { isPause: true })]).messages).toEqual([user, paused]);
  });

  it.each([
    [
      { type: 'any', disable_parallel_tool_use: true },
      { type: 'auto', disable_parallel_tool_use: true },
    ],
    [{ type: 'tool', name: 'calculator' }, { type: 'auto' }],
    [{ type: 'auto' }, { type: 'auto' }],
    [{ type: 'none' }, { type: 'none' }],
  ])('with results makes of the choice %j %j', (choice, next) => {
    const forced = { ...body, tool_choice: choice };
    expect(nextAnthropicBody(forced, [turn('anthropic')]).tool_choice).toEqual(next);
    expect(nextAnthropicBody(forced, [turn('anthropic', { isPause: true })]).tool_choice).toEqual(choice);
  });

  it.each([
    [undefined, 'c9'],
    ['old', 'c9'],
    [{ skills: ['pdf'] }, { skills: ['pdf'], id: 'c9' }],
  ])('goes on in the container of the last message that named one: from %j to %j', (container, next) => {
    const past = [
      turn('anthropic', { details: { container: { id: 'c8' } } }),
      turn('anthropic', { details: { container: { id: 'c9', expires_at: 'x' } } }),
      turn('anthropic'),
    ];
    expect(nextAnthropicBody({ ...body, container }, past)['container']).toEqual(next);
    expect(nextAnthropicBody({ ...body, container }, [turn('anthropic')])['container']).toEqual(container);
  });
});

describe('nextChatBody', () => {
  const body = { model: 'a-model', messages: [user] };

  it('appends what was said and a message for each result', () => {
    const [, assistant, ...rest] = nextChatBody(body, [turn('openai-chat')]).messages;
    expect(assistant).toMatchObject({ role: 'assistant', tool_calls: [{ id: 'c1', type: 'function' }] });
    expect(rest).toEqual([{ role: 'tool', tool_call_id: 'c1', content: '714' }]);
    expect(nextChatBody(body, [])).toBe(body);
  });

  it.each([
    ['required', 'auto'],
    ['any', 'auto'],
    ['auto', 'auto'],
    ['none', 'none'],
    [undefined, undefined],
    [{ type: 'function', function: { name: 'calculator' } }, 'auto'],
    [
      { type: 'allowed_tools', allowed_tools: { mode: 'required', tools: [] } },
      { type: 'allowed_tools', allowed_tools: { mode: 'auto', tools: [] } },
    ],
  ])('with results makes of the choice %j %j', (choice, next) => {
    expect(nextChatBody({ ...body, tool_choice: choice }, [turn('openai-chat')]).tool_choice).toEqual(next);
  });
});

describe('nextResponsesBody', () => {
  const output = { type: 'function_call_output', call_id: 'c1', output: '714' };
  const call = expect.objectContaining({ type: 'function_call', call_id: 'c1' });

  it.each([
    ['a text', 'Hello', [{ role: 'user', content: 'Hello' }]],
    ['items', [user], [user]],
    ['nothing', undefined, []],
  ])('appends items to %s', (_name, input, before) => {
    const next = nextResponsesBody({ model: 'a-model', input }, [turn('openai-responses'), turn('openai-responses')]);
    expect(next).toEqual({ model: 'a-model', input: [...before, call, output, call, output] });
  });

  it('sends results alone behind a stored response, where that is wanted', () => {
    const past = [turn('openai-responses', { id: 'resp_1' }), turn('openai-responses', { id: 'resp_2' })];
    const body = { model: 'a-model', input: 'Hello', instructions: 'Be short' };
    expect(nextResponsesBody(body, past, { continueBy: 'previous_response_id' })).toEqual({
      ...{ model: 'a-model', instructions: 'Be short', input: [output], previous_response_id: 'resp_2' },
    });
  });

  it('sends results alone into a conversation, which keeps what was said', () => {
    const body = { model: 'a-model', input: 'Hello', conversation: 'conv_1' };
    expect(nextResponsesBody(body, [turn('openai-responses')])).toEqual({ ...body, input: [output] });
  });

  it('keeps the list of tools that are allowed', () => {
    const choice = { type: 'allowed_tools', mode: 'required', tools: [] };
    const next = nextResponsesBody({ tool_choice: choice }, [turn('openai-responses')]);
    expect(next.tool_choice).toEqual({ ...choice, mode: 'auto' });
    expect(nextResponsesBody({ tool_choice: choice }, [])).toEqual({ tool_choice: choice });
  });
});
