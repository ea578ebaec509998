import type { Observable } from 'rxjs';
import { duration, flag, oneOf, type OptionRule, type OptionRules } from '../../lib/check-options.js';
import { anthropicFormat } from './anthropic-parts.js';
import { backgroundCall } from './background-call.js';
import { chatFormat } from './chat-parts.js';
import { type ChatDialectOptions, type Dialect, dialectRule } from './dialects.js';
import { callOf, checkKept, keepingOf, keepingRules, type KeptCall, openaiCallOf } from './keeping-options.js';
import { keptLlm } from './kept-llm.js';
import type { LlmPart } from './parts.js';
import { type AnthropicOptions, anthropicRequest, anthropicRules } from './request-anthropic.js';
import {
  type ChatBody,
  chatRequest,
  type OpenAIOptions,
  openaiRules,
  type ResponsesBody,
  responsesRequest,
} from './request-openai.js';
import { responsesFormat } from './responses-parts.js';

/** A message of Anthropic's, and how it is kept. */
export interface AnthropicStreamOptions extends KeptCall<AnthropicOptions> {
  /**
   * What becomes of an answer that broke off after content. `fail`: the error has the partial message. `restart`: the request is sent again, and a
   * `reset` part takes back what came; tool calls wait for the end of the message meanwhile, so that none runs twice. @default 'fail'
   */
  onInterrupted?: 'fail' | 'restart' | undefined;
}

/** An answer of Chat Completions, and how it is kept. */
export interface ChatStreamOptions extends KeptCall<OpenAIOptions<ChatBody>> {
  /** Which server speaks, by name, or what sets it apart from `auto`. @default 'auto' */
  dialect?: Dialect | ChatDialectOptions | undefined;
  /** As in {@link AnthropicStreamOptions}. @default 'fail' */
  onInterrupted?: 'fail' | 'restart' | undefined;
}

/** A response, and how it is kept. */
export interface ResponsesStreamOptions extends KeptCall<OpenAIOptions<ResponsesBody>> {
  /**
   * `fail` and `restart` as in {@link AnthropicStreamOptions}. `resume` needs `background: true` in the body: the response goes on without us, and
   * another connection takes it up behind the last event. @default 'resume' where the body says `background: true`, else 'fail'
   */
  onInterrupted?: 'fail' | 'restart' | 'resume' | undefined;
  /** How often a response is asked for that can no longer be streamed, in milliseconds. @default 2_000 */
  pollInterval?: number | undefined;
  /** Whether leaving a background response before its end stops it, by a request of its own behind the unsubscription. @default false */
  cancelOnUnsubscribe?: boolean | undefined;
}

const { headersTimeout: _anthropicHeaders, idleTimeout: _anthropicIdle, ...anthropicCallRules } = anthropicRules;
const { headersTimeout: _openaiHeaders, idleTimeout: _openaiIdle, ...openaiCallRules } = openaiRules;
const again: OptionRule = oneOf('fail', 'restart');

const anthropicStreamRules: OptionRules<AnthropicStreamOptions> = {
  ...anthropicCallRules,
  ...keepingRules,
  onInterrupted: again,
};
const chatStreamRules: OptionRules<ChatStreamOptions> = {
  ...openaiCallRules,
  ...keepingRules,
  dialect: dialectRule,
  onInterrupted: again,
};
const responsesStreamRules: OptionRules<ResponsesStreamOptions> = {
  ...openaiCallRules,
  ...keepingRules,
  onInterrupted: oneOf('fail', 'restart', 'resume'),
  pollInterval: duration(1),
  cancelOnUnsubscribe: flag,
};

/**
 * One message of Anthropic's as parts: opened, watched, retried, assembled. Cold: every subscription is a call of its own, and unsubscription closes
 * its socket in every phase, which stops the model.
 *
 * **Parts** come synchronously and in order while the piece of the body that ends them is handled; none is held but for calls under `restart`. The last
 * one is `end` with the whole message, and comes only behind the provider's terminal marker; the socket is closed before it. `stall` says that
 * half of a limit of silence has passed. Refusals, `length` and `pause` are data.
 *
 * **Retries** happen by phase. Before content, that is before a part that changes the message: connection errors, limits, 408, 409, 429, 5xx, an error
 * as the first event, an early end; `maxRetries` of them over the life of the stream, with `retry` parts between and `open.attempt` counting.
 * What the server asks for in `retry-after` is the least wait, up to `maxRetryAfter`; beyond it the stream fails at once. Quotas and spend
 * limits are never retried. After content nothing is, unless `onInterrupted` says so: then `reset` with what is void comes before the `open` of the
 * attempt in its place, not after a tool of the provider's that may have had effects, and not when two attempts break at the same content
 * (`deterministic_failure`).
 *
 * **A monitor** counts parts of content as items.
 *
 * Errors: always an `LlmError`, `TruncatedStreamError` where the body ended or broke before its marker. After content it has `partial`, and `usage` as
 * far as it is known. `retries_exhausted` after more than one try, with the last error as `cause` and its type, status and words. `malformed` for a
 * frame that is no JSON, unless `malformed: 'report'`. A `TypeError` at once for options that can never work.
 *
 * @example
 * import { anthropicMessages } from 'tailrace/sources/llm';
 *
 * anthropicMessages({
 *   apiKey: 'AAAA',
 *   body: { model: 'claude-sonnet-4-5', max_tokens: 1_024, messages: [{ role: 'user', content: 'Hello' }] },
 * }).subscribe((part) => {
 *   if (part.type === 'text.delta') console.log(part.text);
 *   if (part.type === 'end') console.log(part.message.usage?.outputTokens);
 * });
 */
export function anthropicMessages(options: AnthropicStreamOptions): Observable<LlmPart> {
  const where = 'anthropicMessages';
  checkKept(where, anthropicStreamRules, options);
  const { authToken, anthropicVersion, betas, onInterrupted = 'fail' } = options;
  const format = anthropicFormat();
  return keptLlm({
    ...keepingOf('anthropic', options),
    wire: 'anthropic',
    request: anthropicRequest({ ...callOf(options), authToken, anthropicVersion, betas }, where),
    onInterrupted,
    reader: () => ({ reader: format.reader() }),
  });
}

/**
 * One answer of Chat Completions as parts, of OpenAI or of a server that speaks like it. Everything as in {@link anthropicMessages}; the terminal marker
 * is a `finish_reason` of every choice and then `[DONE]`, or the end of the body where the dialect does without. With `n` > 1 the parts of all
 * choices come, and `end` has the message of the first.
 *
 * Errors: as {@link anthropicMessages}.
 *
 * @example
 * import { openaiChat } from 'tailrace/sources/llm';
 *
 * openaiChat({
 *   baseUrl: 'http://localhost:11434/v1',
 *   body: { model: 'llama3', messages: [{ role: 'user', content: 'Hello' }] },
 * }).subscribe((part) => {
 *   if (part.type === 'text.delta') console.log(part.text);
 * });
 */
export function openaiChat(options: ChatStreamOptions): Observable<LlmPart> {
  const where = 'openaiChat';
  checkKept(where, chatStreamRules, options);
  const { dialect, onInterrupted = 'fail' } = options;
  const { n } = options.body;
  const format = chatFormat({ dialect, choices: n !== undefined && Number.isSafeInteger(n) && n > 1 ? n : 1 });
  return keptLlm({
    ...keepingOf('openai-chat', options),
    wire: 'openai-chat',
    request: chatRequest(openaiCallOf(options), where),
    onInterrupted,
    reader: () => ({ reader: format.reader() }),
  });
}

/**
 * One response of OpenAI's as parts. Everything as in {@link anthropicMessages}; the terminal markers are `response.completed` and `response.incomplete`.
 *
 * A response with `background: true` in its body survives its connections. Once it has an id no failure starts it again: the next connection goes on
 * behind the last event (`resume` with the number of that event), and where the server no longer streams it, it is asked for every
 * `pollInterval` until it is over, and the rest comes at once. No part comes twice. Such a connection proves itself after 5 s, and failures
 * count from 0 again. Unsubscription leaves the response running, unless `cancelOnUnsubscribe`.
 *
 * Errors: as {@link anthropicMessages}; `resume_expired` for a response that the server no longer knows.
 *
 * @example
 * import { openaiResponses } from 'tailrace/sources/llm';
 *
 * openaiResponses({ apiKey: 'AAAA', body: { model: 'gpt-5', input: 'Think long', background: true } }).subscribe((part) => {
 *   if (part.type === 'resume') console.log('went on behind', part.cursor);
 *   if (part.type === 'text.delta') console.log(part.text);
 * });
 */
export function openaiResponses(options: ResponsesStreamOptions): Observable<LlmPart> {
  const where = 'openaiResponses';
  checkKept(where, responsesStreamRules, options);
  const isBackground = options.body.background === true;
  const {
    onInterrupted = isBackground ? 'resume' : 'fail',
    pollInterval = 2_000,
    cancelOnUnsubscribe = false,
  } = options;
  if (!isBackground && (onInterrupted === 'resume' || cancelOnUnsubscribe)) {
    const name = onInterrupted === 'resume' ? 'onInterrupted: "resume"' : 'cancelOnUnsubscribe';
    throw new TypeError(`${where}: option "${name}" needs "background: true" in the body`);
  }
  const call = openaiCallOf(options);
  const format = responsesFormat();
  return keptLlm({
    ...keepingOf('openai-responses', options),
    wire: 'openai-responses',
    request: responsesRequest(call, where),
    onInterrupted,
    reader: () => {
      const reader = format.reader();
      return { reader, resumable: reader };
    },
    background: isBackground ? backgroundCall(call, { pollInterval, cancelOnUnsubscribe }) : undefined,
  });
}
