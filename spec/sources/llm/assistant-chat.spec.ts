import { describe, expect, it } from '@jest/globals';
import { chatAssistant } from '../../../sources/llm/assistant-chat.js';
import type { LlmPart } from '../../../sources/llm/parts.js';
import type { LlmToolCall, NativeObject } from '../../../sources/llm/vocabulary.js';
import { messageOf } from './recorded-parts.js';
import { text } from './some-parts.js';

const sent = (...parts: LlmPart[]): readonly NativeObject[] => chatAssistant(messageOf('openai-chat', parts));
const native: NativeObject = { id: 'c1', type: 'function', function: { name: 'add', arguments: '{"a":1}' } };
const call: LlmToolCall = { id: 'c1', name: 'add', input: { a: 1 }, raw: '{"a":1}', kind: 'json', native };
const thought = (key: string, said: NativeObject): LlmPart[] => [
  { type: 'thinking.delta', key, text: 'shown' },
  { type: 'thinking.end', key, native: said },
];

describe('the message for Chat Completions', () => {
  it('has all texts as one, and no content where there is none', () => {
    expect(sent(text('0.0', 'a'), text('0.1', 'b'))).toEqual([{ role: 'assistant', content: 'ab' }]);
    expect(sent({ type: 'toolCall', key: '0.0', call })).toEqual([
      { role: 'assistant', content: null, tool_calls: [native] },
    ]);
    expect(sent({ type: 'refusal.delta', key: '0.0', text: 'no' })).toEqual([
      { role: 'assistant', content: null, refusal: 'no' },
    ]);
    expect(sent(...thought('0.0', { reasoning_content: 'a' }))).toEqual([]);
  });

  it('gives thinking back in the member that it came in, several blocks as one', () => {
    const parts = [
      ...thought('0.0', { reasoning: 'a', reasoning_details: [{ id: 1 }] }),
      text('0.1', 'x'),
      ...thought('0.2', { reasoning: 'b', reasoning_details: [{ id: 2 }] }),
    ];
    expect(sent(...parts)).toEqual([
      { role: 'assistant', content: 'x', reasoning: 'ab', reasoning_details: [{ id: 1 }, { id: 2 }] },
    ]);
  });

  it('is a list of parts where the thinking came as a part', () => {
    const part = { type: 'thinking', thinking: [{ type: 'text', text: 'hm' }] };
    expect(sent(...thought('0.0', part), text('0.1', 'x'), text('0.2', ''))).toEqual([
      { role: 'assistant', content: [part, { type: 'text', text: 'x' }] },
    ]);
  });

  it('sends {} for an input that is no JSON, and free text as it is', () => {
    const broken = { ...native, function: { name: 'add', arguments: '{"a"' } };
    const invalid: LlmToolCall = { ...call, input: undefined, raw: '{"a"', invalid: 'no JSON', native: broken };
    expect(sent({ type: 'toolCall', key: '0.0', call: invalid })[0]?.['tool_calls']).toEqual([
      { id: 'c1', type: 'function', function: { name: 'add', arguments: '{}' } },
    ]);
    const custom = { id: 'c2', type: 'custom', custom: { name: 'run', input: 'x' } };
    const free: LlmToolCall = { ...call, kind: 'text', native: custom, invalid: 'it has a hole' };
    expect(sent({ type: 'toolCall', key: '0.0', call: free })[0]?.['tool_calls']).toEqual([custom]);
  });

  it('makes a deprecated function call one of the others, since its result is one of the others', () => {
    const legacy: LlmToolCall = { ...call, native: { function_call: { name: 'add', arguments: '{"a":1}' } } };
    expect(sent({ type: 'toolCall', key: '0.0', call: legacy })[0]?.['tool_calls']).toEqual([native]);
  });

  it('leaves out calls that were cut off, and what server tools did', () => {
    const parts: LlmPart[] = [
      text('0.0', 'a'),
      { type: 'tool.start', key: '0.1', id: 'c', name: 'n' },
      { type: 'serverTool', key: '0.2', name: 'search', isFinal: true, native: {} },
    ];
    expect(sent(...parts)).toEqual([{ role: 'assistant', content: 'a' }]);
  });
});
