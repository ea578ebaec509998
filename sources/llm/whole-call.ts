import { checkOptions, instance, oneOf, requireOption } from '../../lib/check-options.js';
import { type ChatDialectOptions, type Dialect, dialectRule } from './dialects.js';
import { checkLlmOptions, jsonBody, type LlmRequest } from './llm-options.js';
import { type AnthropicOptions, anthropicRequest } from './request-anthropic.js';
import { type ChatBody, type OpenAIOptions, openaiRequest, openaiRules, type ResponsesBody } from './request-openai.js';
import type { LlmWire } from './vocabulary.js';

/** One call of a provider, for an answer without a stream. `stream` in its body is ours, and a `background` response is asked for in the foreground. */
export type WholeAnswerOptions =
  | { readonly wire: 'anthropic'; readonly call: AnthropicOptions; readonly dialect?: undefined }
  | {
      readonly wire: 'openai-chat';
      readonly call: OpenAIOptions<ChatBody>;
      /** @default 'auto' */
      readonly dialect?: Dialect | ChatDialectOptions | undefined;
    }
  | { readonly wire: 'openai-responses'; readonly call: OpenAIOptions<ResponsesBody>; readonly dialect?: undefined };

/** A request without a stream, and what its answer is read with. */
export interface WholeCall {
  readonly wire: LlmWire;
  readonly request: LlmRequest;
  readonly dialect: Dialect | ChatDialectOptions | undefined;
}

/** Headers come when the answer is ready. */
const answerTimeout = 600_000;

/** Errors: `TypeError` at once for options that can never work. */
export function wholeCallOf(where: string, options: WholeAnswerOptions): WholeCall {
  const wires = oneOf('anthropic', 'openai-chat', 'openai-responses');
  checkOptions(where, { wire: wires, call: instance, dialect: dialectRule }, options);
  requireOption(where, 'wire', options.wire);
  requireOption(where, 'call', options.call);
  return { wire: options.wire, request: requestOf(where, options), dialect: options.dialect };
}

function requestOf(where: string, options: WholeAnswerOptions): LlmRequest {
  const { headersTimeout = answerTimeout } = options.call;
  const headers = { accept: 'application/json', ...options.call.headers };
  switch (options.wire) {
    case 'anthropic': {
      const request = anthropicRequest({ ...options.call, headers, headersTimeout }, where);
      return { ...request, body: jsonBody(where, { ...options.call.body, stream: false }) };
    }
    case 'openai-chat': {
      checkLlmOptions(where, openaiRules, options.call);
      const json = { ...options.call.body, stream: false, stream_options: undefined };
      return openaiRequest({ ...options.call, headers, headersTimeout }, { path: '/chat/completions', json }, where);
    }
    case 'openai-responses': {
      checkLlmOptions(where, openaiRules, options.call);
      const json = { ...options.call.body, stream: false, stream_options: undefined, background: undefined };
      return openaiRequest({ ...options.call, headers, headersTimeout }, { path: '/responses', json }, where);
    }
  }
}
