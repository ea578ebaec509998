import type { LlmWire, NativeObject } from './vocabulary.js';

/** What a tool gave for one call. */
export interface ToolResult {
  /** Of the call. */
  readonly id: string;
  /** Of the tool. */
  readonly name: string;
  /** A text, or blocks as the provider takes them. */
  readonly output: string | NativeObject[];
  readonly isError: boolean;
  /** `text` for a tool that takes free text: Responses tells them apart. */
  readonly kind: 'json' | 'text';
}

/**
 * The results as the next request wants them, behind what the model said (`toAssistantMessage`): one user message for Anthropic, one `tool` message
 * for each result for Chat Completions, one item for each result for Responses. In the order given; an empty list for no results.
 *
 * Only Anthropic has a place for `isError`: to the others the output must say it in words.
 *
 * @example
 * import { toToolResults } from 'tailrace/sources/llm';
 *
 * const result = { id: 'toolu_1', name: 'add', output: '714', isError: false, kind: 'json' as const };
 * console.log(toToolResults('anthropic', [result]));
 */
export function toToolResults(wire: LlmWire, results: readonly ToolResult[]): readonly NativeObject[] {
  switch (wire) {
    case 'anthropic':
      return results.length === 0 ? [] : [{ role: 'user', content: results.map(anthropicResult) }];
    case 'openai-chat':
      return results.map(chatResult);
    case 'openai-responses':
      return results.map(responsesResult);
  }
}

function anthropicResult({ id, output, isError }: ToolResult): NativeObject {
  const result = { type: 'tool_result', tool_use_id: id, content: output };
  return isError ? { ...result, is_error: true } : result;
}

function chatResult({ id, output }: ToolResult): NativeObject {
  return { role: 'tool', tool_call_id: id, content: output };
}

function responsesResult({ id, output, kind }: ToolResult): NativeObject {
  const type = kind === 'text' ? 'custom_tool_call_output' : 'function_call_output';
  return { type, call_id: id, output };
}
