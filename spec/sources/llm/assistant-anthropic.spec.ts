import { describe, expect, it } from '@jest/globals';
import { anthropicAssistant } from '../../../sources/llm/assistant-anthropic.js';
import type { LlmPart } from '../../../sources/llm/parts.js';
import type { LlmStopReason, NativeObject } from '../../../sources/llm/vocabulary.js';
import { messageOf } from './recorded-parts.js';
import { call, text } from './some-parts.js';

function content(...parts: LlmPart[]): unknown {
  const [message, ...more] = anthropicAssistant(messageOf('anthropic', parts));
  expect(more).toEqual([]);
  if (message !== undefined) expect(message['role']).toBe('assistant');
  return message?.['content'];
}

const stop = (reason: LlmStopReason): LlmPart => ({ type: 'stop', stop: { reason, native: reason } });
const thinking: NativeObject = { type: 'thinking', thinking: 'hm', signature: 'EqQB+/=' };
const redacted: NativeObject = { type: 'redacted_thinking', data: 'AAAA==' };
const search: NativeObject = { type: 'server_tool_use', id: 's1', name: 'web_search', input: { query: 'x' } };
const found: NativeObject = { type: 'web_search_tool_result', tool_use_id: 's1', content: [] };
const server = (key: string, native: NativeObject, isFinal = true): LlmPart => ({
  ...{ type: 'serverTool', key, name: 'web_search', isFinal, native },
});
const thought: LlmPart[] = [
  { type: 'thinking.delta', key: '0', text: 'hm' },
  { type: 'thinking.end', key: '0', signature: 'EqQB+/=', native: thinking },
  { type: 'thinking.start', key: '1', isRedacted: true },
  { type: 'thinking.end', key: '1', native: redacted },
];

describe('the message for Anthropic', () => {
  it('has every block as it came, in order', () => {
    const said: NativeObject = { type: 'text', text: 'x', citations: [{ url: 'u' }] };
    const parts: LlmPart[] = [
      ...thought,
      server('2', search),
      server('3', found),
      text('4', 'x'),
      { type: 'text.end', key: '4', native: said },
      { type: 'toolCall', key: '5', call },
    ];
    expect(content(...parts, stop('tool'))).toEqual([thinking, redacted, search, found, said, call.native]);
  });

  it('leaves out what is refused: cut calls, thinking without a signature, blank text, blocks that are not whole', () => {
    const parts: LlmPart[] = [
      { type: 'thinking.delta', key: '0', text: 'hm' },
      text('1', ' \n'),
      { type: 'text.end', key: '1', native: { type: 'text', text: ' \n' } },
      server('2', { type: 'input_json_delta' }, false),
      text('3', 'kept'),
      { type: 'tool.start', key: '4', id: 'c', name: 'n' },
    ];
    expect(content(...parts, stop('length'))).toEqual([{ type: 'text', text: 'kept' }]);
  });

  it('does not end in the thinking that led to a call which was cut off', () => {
    const parts = [...thought, { type: 'tool.start', key: '4', id: 'c', name: 'n' } as const];
    expect(content(...parts, stop('length'))).toBeUndefined();
    expect(content(text('9', 'a'), ...thought, stop('length'))).toEqual([{ type: 'text', text: 'a' }]);
  });

  it('keeps the object that stands for an input which is no JSON', () => {
    const native = { ...call.native, input: {} };
    const broken = { ...call, input: undefined, raw: '{"a"', invalid: 'no JSON', native };
    expect(content({ type: 'toolCall', key: '0', call: broken }, stop('tool'))).toEqual([native]);
  });

  it.each([
    ['pause', true],
    ['tool', true],
    ['length', false],
    ['refusal', false],
  ] as const)('sends a call of its own tool that was not answered back after %s: %s', (reason, isKept) => {
    const kept = content(text('0', 'a'), server('1', search), stop(reason));
    expect(kept).toEqual([{ type: 'text', text: 'a' }, ...(isKept ? [search] : [])]);
    expect(content(server('1', search), server('2', found), stop(reason))).toEqual([search, found]);
  });

  it('makes blocks where a message was put together without native ones', () => {
    const parts: LlmPart[] = [
      { type: 'thinking.delta', key: '0', text: 'hm' },
      { type: 'thinking.end', key: '0', signature: 'S' },
      { type: 'refusal.delta', key: '1', text: 'no' },
    ];
    expect(content(...parts)).toEqual([
      { type: 'thinking', thinking: 'hm', signature: 'S' },
      { type: 'text', text: 'no' },
    ]);
  });
});
