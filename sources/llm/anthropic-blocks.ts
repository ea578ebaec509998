import { shapeChecker, type ShapeChecker, type ShapedUnion } from './shapes.js';

/**
 * Blocks as `content_block_start` brings them, with the members that are relied on. A result of a tool that Anthropic runs itself comes whole;
 * its `content` is an object or a list, or an object with `error_code`.
 */
const blocks = {
  text: { text: 'string', citations: 'array?' },
  thinking: { thinking: 'string', signature: 'string?' },
  redacted_thinking: { data: 'string' },
  tool_use: { id: 'string', name: 'string', input: 'object?', caller: 'object?' },
  server_tool_use: { id: 'string', name: 'string', input: 'object?', caller: 'object?' },
  web_search_tool_result: { tool_use_id: 'string' },
  web_fetch_tool_result: { tool_use_id: 'string' },
  code_execution_tool_result: { tool_use_id: 'string' },
  bash_code_execution_tool_result: { tool_use_id: 'string' },
  text_editor_code_execution_tool_result: { tool_use_id: 'string' },
  tool_search_tool_result: { tool_use_id: 'string' },
  advisor_tool_result: { tool_use_id: 'string' },
  container_upload: { file_id: 'string' },
  mcp_tool_use: { id: 'string', name: 'string', server_name: 'string', input: 'object?' },
  mcp_tool_result: { tool_use_id: 'string', is_error: 'boolean?' },
  mcp_tool_listing: { mcp_server_name: 'string', tools: 'array?' },
  compaction: { content: 'string?', encrypted_content: 'string?' },
  fallback: { from: 'object?', to: 'object?' },
} as const;

/** Deltas, with the members that are relied on. `signature_delta` and `compaction_delta` take the place of what was there; the others are added to it. */
const deltas = {
  text_delta: { text: 'string' },
  input_json_delta: { partial_json: 'string' },
  thinking_delta: { thinking: 'string', estimated_tokens: 'number?' },
  signature_delta: { signature: 'string' },
  citations_delta: { citation: 'object' },
  compaction_delta: { content: 'string?', encrypted_content: 'string?' },
} as const;

/** Further members pass through and are not typed. */
interface More {
  readonly [member: string]: unknown;
}

/** The block of a `content_block_start`. Results keep their `content`, as sent. */
export type AnthropicBlock = ShapedUnion<typeof blocks> & More;

/** The delta of a `content_block_delta`. */
export type AnthropicDelta = ShapedUnion<typeof deltas> & More;

export const anthropicBlocks: ShapeChecker = shapeChecker(blocks);
export const anthropicDeltas: ShapeChecker = shapeChecker(deltas);
