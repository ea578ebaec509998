import type { AnthropicBody } from './request-anthropic.js';
import type { ChatBody, ResponsesBody } from './request-openai.js';
import { isObject } from './shapes.js';
import { toAssistantMessage } from './to-assistant-message.js';
import type { LlmPastTurn } from './tool-loop.js';
import { toToolResults } from './tool-results.js';
import type { LlmWire, NativeObject } from './vocabulary.js';

/** How a Responses request says what came before. */
export interface NextResponsesOptions {
  /**
   * `items`: all of it is sent again, which every server understands. `previous_response_id`: only results are sent, to a server that has stored
   * the responses. @default 'items'
   */
  continueBy?: 'items' | 'previous_response_id' | undefined;
}

/**
 * The body of the request behind some turns: the messages of `body`, then of each turn what the model said, as it was, signatures and blocks of
 * server tools included, and the results of its calls. `body` itself where there are none. Behind a pause two messages of the model follow one
 * another, which Anthropic reads as one.
 *
 * A `tool_choice` that forces a call is `auto` as soon as there are results: the model could never answer else. The container that a
 * message ran its code in is used again.
 */
export function nextAnthropicBody(body: AnthropicBody, past: readonly LlmPastTurn[]): AnthropicBody {
  if (past.length === 0) return body;
  const messages = [...body.messages, ...past.flatMap((turn) => said('anthropic', turn))];
  return { ...body, ...freedAnthropic(body, past), ...container(body, past), messages };
}

/** The same for Chat Completions. */
export function nextChatBody(body: ChatBody, past: readonly LlmPastTurn[]): ChatBody {
  if (past.length === 0) return body;
  const messages = [...body.messages, ...past.flatMap((turn) => said('openai-chat', turn))];
  return { ...body, ...freedOpenai(body, past), messages };
}

/**
 * The same for Responses. With a `conversation` in the body the server keeps what was said, and the results of the last turn alone are sent.
 *
 * `items` without `store` needs `include: ['reasoning.encrypted_content']` for models that reason.
 */
export function nextResponsesBody(
  body: ResponsesBody,
  past: readonly LlmPastTurn[],
  { continueBy = 'items' }: NextResponsesOptions = {},
): ResponsesBody {
  const last = past.at(-1);
  if (last === undefined) return body;
  const results = toToolResults('openai-responses', last.results);
  const next = { ...body, ...freedOpenai(body, past) };
  if (isPresent(body['conversation'])) return { ...next, input: results };
  const { id } = last.message;
  if (continueBy === 'previous_response_id' && id !== undefined) {
    return { ...next, input: results, previous_response_id: id };
  }
  return { ...next, input: [...inputItems(body), ...past.flatMap((turn) => said('openai-responses', turn))] };
}

function said(wire: LlmWire, { message, results }: LlmPastTurn): readonly NativeObject[] {
  return [...toAssistantMessage(message), ...toToolResults(wire, results)];
}

function inputItems({ input = [] }: ResponsesBody): readonly object[] {
  return typeof input === 'string' ? [{ role: 'user', content: input }] : input;
}

function isPresent(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function hasResults(past: readonly LlmPastTurn[]): boolean {
  return past.some(({ results }) => results.length > 0);
}

/** The field, where it must change. What else it says, as `disable_parallel_tool_use`, goes on. */
function freedAnthropic(
  { tool_choice: choice }: AnthropicBody,
  past: readonly LlmPastTurn[],
): { tool_choice?: object } {
  if (!isObject(choice) || !hasResults(past)) return {};
  const { name: _name, ...rest } = choice;
  return rest['type'] === 'any' || rest['type'] === 'tool' ? { tool_choice: { ...rest, type: 'auto' } } : {};
}

/** Chat and Responses say the same in almost the same words. */
function freedOpenai(
  { tool_choice: choice }: ChatBody | ResponsesBody,
  past: readonly LlmPastTurn[],
): { tool_choice?: string | object } {
  if (choice === undefined || !hasResults(past)) return {};
  // Mistral's word for `required` is `any`.
  if (typeof choice === 'string') return choice === 'required' || choice === 'any' ? { tool_choice: 'auto' } : {};
  if (!isObject(choice) || choice['type'] !== 'allowed_tools') return { tool_choice: 'auto' };
  // The list is still the list. Chat has it one level further in.
  const inner = choice['allowed_tools'];
  return isObject(inner)
    ? { tool_choice: { ...choice, allowed_tools: { ...inner, mode: 'auto' } } }
    : { tool_choice: { ...choice, mode: 'auto' } };
}

/** `message_delta` names it; without it, code that waits for a tool's result is lost. */
function container(body: AnthropicBody, past: readonly LlmPastTurn[]): { readonly container?: string | NativeObject } {
  for (const { message } of past.toReversed()) {
    const named = message.stop?.details?.['container'];
    if (!isObject(named) || typeof named['id'] !== 'string') continue;
    const given = body['container'];
    return { container: isObject(given) ? { ...given, id: named['id'] } : named['id'] };
  }
  return {};
}
