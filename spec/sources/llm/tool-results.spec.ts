import { describe, expect, it } from '@jest/globals';
import { type ToolResult, toToolResults } from '../../../sources/llm/tool-results.js';

const result: ToolResult = { id: 'c1', name: 'add', output: '3', isError: false, kind: 'json' };
const failed: ToolResult = { ...result, id: 'c2', output: 'it broke', isError: true };
const image: ToolResult = { ...result, id: 'c3', output: [{ type: 'image' }], kind: 'text' };

describe('toToolResults', () => {
  it('makes one user message for Anthropic', () => {
    expect(toToolResults('anthropic', [result, failed, image])).toEqual([
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: 'c1', content: '3' },
          { type: 'tool_result', tool_use_id: 'c2', content: 'it broke', is_error: true },
          { type: 'tool_result', tool_use_id: 'c3', content: [{ type: 'image' }] },
        ],
      },
    ]);
  });

  it('makes a tool message for each result for Chat Completions', () => {
    expect(toToolResults('openai-chat', [result, failed])).toEqual([
      { role: 'tool', tool_call_id: 'c1', content: '3' },
      { role: 'tool', tool_call_id: 'c2', content: 'it broke' },
    ]);
  });

  it('makes an item for each result for Responses, by the kind of the tool', () => {
    expect(toToolResults('openai-responses', [result, image])).toEqual([
      { type: 'function_call_output', call_id: 'c1', output: '3' },
      { type: 'custom_tool_call_output', call_id: 'c3', output: [{ type: 'image' }] },
    ]);
  });

  it('says nothing where there is no result', () => {
    for (const wire of ['anthropic', 'openai-chat', 'openai-responses'] as const)
      expect(toToolResults(wire, [])).toEqual([]);
  });
});
