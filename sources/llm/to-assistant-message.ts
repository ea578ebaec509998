import { anthropicAssistant } from './assistant-anthropic.js';
import { chatAssistant } from './assistant-chat.js';
import { responsesAssistant } from './assistant-responses.js';
import type { AssembledMessage } from './message.js';
import type { NativeObject } from './vocabulary.js';

/**
 * What the model said, as the next request wants it back: one message for Anthropic and Chat Completions, all items for Responses, an empty list
 * where nothing is left to say. Append it to `messages` or `input`, the results of its calls (`toToolResults`) behind it.
 *
 * Blocks keep their order and go back as the provider sent them: ids, signatures and encrypted thinking verbatim, blocks of server tools, citations.
 *
 * Left out is what a provider would refuse:
 * - calls that are not final, as a message that ran out of tokens cuts them off; with them the thinking behind which nothing is left;
 * - thinking without the signature (Anthropic), or whose item was not closed (Responses);
 * - texts without a visible character (Anthropic), and blocks of server tools that are not whole.
 *
 * **Every final call goes back, so each one needs a result**: providers refuse a call without. A call whose input is no JSON goes back with `{}` in
 * its place, and its result says what was wrong.
 *
 * Chat Completions have no place for what server tools did. A deprecated `function_call` goes back as one of `tool_calls`, as results do.
 * Responses that the server does not store need `include: ['reasoning.encrypted_content']` in the request that made them, or their reasoning
 * cannot be found again.
 *
 * Errors: none. Nothing is copied deeply: change none of it.
 *
 * @example
 * import { anthropicMessages, finalMessage, toAssistantMessage } from 'tailrace/sources/llm';
 * import { firstValueFrom } from 'rxjs';
 *
 * const body = { model: 'claude-sonnet-4-5', max_tokens: 1_024, messages: [{ role: 'user', content: 'Hello' }] };
 * const message = await firstValueFrom(anthropicMessages({ apiKey: 'AAAA', body }).pipe(finalMessage()));
 * const messages = [...body.messages, ...toAssistantMessage(message), { role: 'user', content: 'And now?' }];
 * console.log(messages.length);
 */
export function toAssistantMessage(message: AssembledMessage): readonly NativeObject[] {
  switch (message.wire) {
    case 'anthropic':
      return anthropicAssistant(message);
    case 'openai-chat':
      return chatAssistant(message);
    case 'openai-responses':
      return responsesAssistant(message);
  }
}
