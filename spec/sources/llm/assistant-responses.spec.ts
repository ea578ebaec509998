import { describe, expect, it } from '@jest/globals';
import { responsesAssistant } from '../../../sources/llm/assistant-responses.js';
import type { LlmPart } from '../../../sources/llm/parts.js';
import type { LlmToolCall, NativeObject } from '../../../sources/llm/vocabulary.js';
import { messageOf } from './recorded-parts.js';
import { text } from './some-parts.js';

const items = (...parts: LlmPart[]): readonly NativeObject[] =>
  responsesAssistant(messageOf('openai-responses', parts));
const reasoning: NativeObject = { type: 'reasoning', id: 'rs', encrypted_content: 'gAAA', summary: [] };
const native: NativeObject = { type: 'function_call', id: 'fc', call_id: 'c1', name: 'add', arguments: '{"a":1}' };
const call: LlmToolCall = { id: 'c1', name: 'add', input: { a: 1 }, raw: '{"a":1}', kind: 'json', native };
const thought: LlmPart = { type: 'thinking.end', key: '0', signature: 'gAAA', native: reasoning };
const item = (...content: NativeObject[]): NativeObject => ({ type: 'message', id: 'msg', role: 'assistant', content });
const said = (key: string, whole: NativeObject): LlmPart => ({ type: 'text.end', key, native: whole });
const output = (words: string): NativeObject => ({ type: 'output_text', text: words });

describe('the items for Responses', () => {
  it('are the items as the provider closed them, in order', () => {
    const search = { type: 'web_search_call', id: 'ws' };
    const parts: LlmPart[] = [
      thought,
      { type: 'serverTool', key: '1', name: 'web_search_call', isFinal: true, native: search },
      text('2.0', 'x'),
      said('2.0', item(output('x'))),
      { type: 'toolCall', key: '3', call },
    ];
    expect(items(...parts)).toEqual([reasoning, search, item(output('x')), native]);
  });

  it('puts the texts of one item together again, so that no id comes twice', () => {
    const parts: LlmPart[] = [
      ...[text('0.0', 'a'), text('0.1', 'b'), text('1.0', 'c')],
      said('0.0', item(output('a'))),
      said('0.1', item(output('b'))),
      said('1.0', { ...item(output('c')), id: 'other' }),
    ];
    expect(items(...parts)).toEqual([item(output('a'), output('b')), { ...item(output('c')), id: 'other' }]);
  });

  it('keeps refusals, alone and beside texts', () => {
    const refusal = { type: 'refusal', refusal: 'no' };
    const no = (key: string): LlmPart => ({ type: 'refusal.delta', key, text: 'no' });
    expect(items(no('0.0'))).toEqual([{ type: 'message', role: 'assistant', status: 'completed', content: [refusal] }]);
    expect(items(text('0.0', 'a'), no('0.1'), said('0.0', item(output('a'))))).toEqual([item(output('a'), refusal)]);
    expect(items(no('0.0'), said('0.1', item(output('a'))))).toMatchObject([
      { id: 'msg', content: [refusal, output('a')] },
    ]);
  });

  it('leaves out what is not whole, and the reasoning that led to nothing else', () => {
    const unfinished: LlmPart[] = [
      { type: 'tool.start', key: '1', id: 'c', name: 'n' },
      { type: 'serverTool', key: '2', name: 'x', isFinal: false, native: {} },
      { type: 'thinking.delta', key: '3', text: 'hm' },
    ];
    expect(items(thought, ...unfinished)).toEqual([]);
    expect(items(thought, ...unfinished, text('4.0', 'a'), thought)).toEqual([
      reasoning,
      expect.objectContaining({ type: 'message', content: [{ ...output('a'), annotations: [] }] }),
    ]);
  });

  it('sends {} for an input that is no JSON', () => {
    const broken: LlmToolCall = { ...call, invalid: 'no JSON', native: { ...native, arguments: '{"a"' } };
    expect(items({ type: 'toolCall', key: '0', call: broken })).toEqual([{ ...native, arguments: '{}' }]);
    const custom = { type: 'custom_tool_call', call_id: 'c', input: 'x' };
    expect(items({ type: 'toolCall', key: '0', call: { ...broken, native: custom } })).toEqual([custom]);
  });
});
