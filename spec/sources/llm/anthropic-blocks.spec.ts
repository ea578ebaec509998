import { describe, expect, it } from '@jest/globals';
import { anthropicBlocks, anthropicDeltas } from '../../../sources/llm/anthropic-blocks.js';

describe('anthropicBlocks', () => {
  it.each([
    { type: 'text', text: '', citations: null },
    { type: 'thinking', thinking: '', signature: '' },
    { type: 'redacted_thinking', data: 'x' },
    { type: 'server_tool_use', id: 'a', name: 'web_search', input: {} },
    { type: 'web_search_tool_result', tool_use_id: 'a', content: [] },
    { type: 'web_fetch_tool_result', tool_use_id: 'a', content: { type: 'web_fetch_tool_error', error_code: 'x' } },
    { type: 'code_execution_tool_result', tool_use_id: 'a', content: {} },
    { type: 'bash_code_execution_tool_result', tool_use_id: 'a', content: {} },
    { type: 'text_editor_code_execution_tool_result', tool_use_id: 'a', content: {} },
    { type: 'tool_search_tool_result', tool_use_id: 'a', content: {} },
    { type: 'advisor_tool_result', tool_use_id: 'a', content: {} },
    { type: 'container_upload', file_id: 'a' },
    { type: 'mcp_tool_use', id: 'a', name: 'b', server_name: 'c', input: {} },
    { type: 'mcp_tool_result', tool_use_id: 'a', is_error: false, content: [] },
    { type: 'mcp_tool_listing', mcp_server_name: 'a', tools: [] },
    { type: 'compaction', content: null, encrypted_content: 'x' },
    { type: 'fallback', from: { model: 'a' }, to: { model: 'b' }, trigger: 'refusal' },
  ])('knows $type', (block) => {
    expect(anthropicBlocks.fits(block)).toBe(true);
    expect(anthropicDeltas.fits(block)).toBe(false);
  });
});

describe('anthropicDeltas', () => {
  it.each([
    { type: 'text_delta', text: 'a' },
    { type: 'input_json_delta', partial_json: '' },
    { type: 'thinking_delta', thinking: 'a', estimated_tokens: 3 },
    { type: 'signature_delta', signature: 'a' },
    { type: 'citations_delta', citation: { type: 'char_location' } },
    { type: 'compaction_delta', content: 'a', encrypted_content: 'b' },
  ])('knows $type', (delta) => {
    expect(anthropicDeltas.fits(delta)).toBe(true);
    expect(
      anthropicDeltas.fits({ ...delta, text: 1, partial_json: 1, thinking: 1, signature: 1, citation: 1, content: 1 }),
    ).toBe(false);
  });
});
