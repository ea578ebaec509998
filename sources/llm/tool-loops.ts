import type { Observable } from 'rxjs';
import { nextAnthropicBody, nextChatBody, nextResponsesBody, type NextResponsesOptions } from './next-body.js';
import {
  anthropicMessages,
  type AnthropicStreamOptions,
  type ChatStreamOptions,
  openaiChat,
  openaiResponses,
  type ResponsesStreamOptions,
} from './streams.js';
import { toolDefinitions } from './tool-definitions.js';
import { type LlmLoopPart, toolLoop, type ToolTurnsOptions } from './tool-loop.js';
import type { Tool } from './tools.js';
import type { LlmWire } from './vocabulary.js';

/** How a loop over Responses runs. */
export interface ResponsesToolLoopOptions extends ToolTurnsOptions, NextResponsesOptions {}

/**
 * A loop of turns and tools with Anthropic: `toolLoop` over `anthropicMessages`, each request being `nextAnthropicBody` of the turns
 * before it. The definitions of `tools` follow the `tools` of the body, which may be tools that run on the server.
 *
 * Errors: those of `anthropicMessages` and `toolLoop`.
 *
 * @example
 * import { anthropicToolLoop, calculatorTool } from 'tailrace/sources/llm';
 *
 * const body = { model: 'claude-sonnet-4-5', max_tokens: 1_024, messages: [{ role: 'user', content: 'What is 42 * 17?' }] };
 * anthropicToolLoop({ apiKey: 'AAAA', body }, [calculatorTool()]).subscribe((part) => {
 *   if (part.type === 'toolResult') console.log(part.result.output);
 *   if (part.type === 'text.delta') console.log(part.text);
 * });
 */
export function anthropicToolLoop(
  options: AnthropicStreamOptions,
  tools: readonly Tool[],
  loop: ToolTurnsOptions = {},
): Observable<LlmLoopPart> {
  const body = withTools('anthropic', options.body, tools);
  const first = anthropicMessages({ ...options, body });
  return toolLoop({
    ...loop,
    tools,
    request: ({ past }) =>
      past.length === 0 ? first : anthropicMessages({ ...options, body: nextAnthropicBody(body, past) }),
  });
}

/**
 * The same with Chat Completions: `toolLoop` over `openaiChat` and `nextChatBody`.
 *
 * Errors: those of `openaiChat` and `toolLoop`.
 */
export function openaiChatToolLoop(
  options: ChatStreamOptions,
  tools: readonly Tool[],
  loop: ToolTurnsOptions = {},
): Observable<LlmLoopPart> {
  const body = withTools('openai-chat', options.body, tools);
  const first = openaiChat({ ...options, body });
  return toolLoop({
    ...loop,
    tools,
    request: ({ past }) => (past.length === 0 ? first : openaiChat({ ...options, body: nextChatBody(body, past) })),
  });
}

/**
 * The same with Responses: `toolLoop` over `openaiResponses` and `nextResponsesBody`.
 *
 * Errors: those of `openaiResponses` and `toolLoop`.
 */
export function openaiResponsesToolLoop(
  options: ResponsesStreamOptions,
  tools: readonly Tool[],
  { continueBy, ...loop }: ResponsesToolLoopOptions = {},
): Observable<LlmLoopPart> {
  const body = withTools('openai-responses', options.body, tools);
  const first = openaiResponses({ ...options, body });
  return toolLoop({
    ...loop,
    tools,
    request: ({ past }) =>
      past.length === 0 ? first : openaiResponses({ ...options, body: nextResponsesBody(body, past, { continueBy }) }),
  });
}

/** A body without tools at all has no field for them: some servers refuse an empty list. */
function withTools<Body extends { readonly tools?: readonly object[] | undefined }>(
  wire: LlmWire,
  body: Body,
  tools: readonly Tool[],
): Body {
  const defined = toolDefinitions(wire, tools);
  return defined.length === 0 ? body : { ...body, tools: [...(body.tools ?? []), ...defined] };
}
