import type { Observable } from 'rxjs';
import type { StreamMonitor } from '../../lib/index.js';
import { defaultTransport } from '../../lib/node/default-transport.js';
import {
  type AnthropicBody,
  anthropicMessages,
  anthropicToolLoop,
  type ChatBody,
  type ChatStreamOptions,
  type LlmClockOptions,
  type LlmKey,
  type LlmLoopPart,
  openaiChat,
  openaiChatToolLoop,
  openaiResponses,
  openaiResponsesToolLoop,
  type ResponsesBody,
  type Tool,
} from '../../sources/llm/index.js';
import { withoutUnset } from './flags.js';
import type { LlmAddress, ProviderName } from './llm-address.js';

/** One question, whoever is asked. */
export interface Question {
  readonly provider: ProviderName;
  readonly address: LlmAddress;
  readonly model: string;
  readonly system: string | undefined;
  readonly maxTokens: number | undefined;
  /** Fields that win over those made of the others. */
  readonly fields: Readonly<Record<string, unknown>>;
  readonly tools: readonly Tool[];
  readonly maxTurns: number | undefined;
  readonly dialect: ChatStreamOptions['dialect'];
  readonly onInterrupted: 'fail' | 'restart' | 'resume' | undefined;
  readonly maxRetries: number | undefined;
  readonly clocks: LlmClockOptions | undefined;
}

/** Anthropic wants a limit in every request. */
const defaultMaxTokens = 4_096;

/** The parts of the answer; with tools also of those behind their results. Without, a call is the end. Errors: those of the library, `TypeError` for what can never work. */
export function ask(question: Question, prompt: string, monitor: StreamMonitor): Observable<LlmLoopPart> {
  const { provider, address, tools, maxTurns, dialect, onInterrupted, maxRetries, clocks } = question;
  const { key, token, ...access } = address;
  const kept = { ...access, ...withoutUnset({ maxRetries, clocks }), monitor, transport: defaultTransport() };
  const apiKey: LlmKey = key ?? false;
  const loop = withoutUnset({ maxTurns });
  // Only `responses` knows it; the others are asked so that they refuse it in their own words.
  const again = onInterrupted === 'resume' ? undefined : onInterrupted;
  switch (provider) {
    case 'anthropic': {
      const body = anthropicBody(question, prompt);
      const more = withoutUnset({ onInterrupted: again, authToken: token });
      const options = { ...kept, apiKey, body, ...more };
      return tools.length === 0 ? anthropicMessages(options) : anthropicToolLoop(options, tools, loop);
    }
    case 'openai':
    case 'compatible': {
      const body = chatBody(question, prompt);
      const more = withoutUnset({ onInterrupted: again, dialect });
      const options = { ...kept, apiKey, body, ...more };
      return tools.length === 0 ? openaiChat(options) : openaiChatToolLoop(options, tools, loop);
    }
    case 'responses': {
      const body = responsesBody(question, prompt);
      const options = { ...kept, apiKey, body, ...withoutUnset({ onInterrupted }) };
      return tools.length === 0 ? openaiResponses(options) : openaiResponsesToolLoop(options, tools, loop);
    }
  }
}

function anthropicBody(
  { model, system, maxTokens = defaultMaxTokens, fields }: Question,
  prompt: string,
): AnthropicBody {
  const messages = [{ role: 'user', content: prompt }];
  return { model, max_tokens: maxTokens, ...withoutUnset({ system }), messages, ...fields };
}

function chatBody({ provider, model, system, maxTokens, fields }: Question, prompt: string): ChatBody {
  const told = system === undefined ? [] : [{ role: 'system', content: system }];
  const messages = [...told, { role: 'user', content: prompt }];
  // Most servers that speak like OpenAI know the older name alone.
  const limit = provider === 'openai' ? { max_completion_tokens: maxTokens } : { max_tokens: maxTokens };
  return { model, ...withoutUnset(limit), messages, ...fields };
}

function responsesBody({ model, system, maxTokens, onInterrupted, fields }: Question, prompt: string): ResponsesBody {
  const background = onInterrupted === 'resume' ? true : undefined;
  const more = withoutUnset({ instructions: system, max_output_tokens: maxTokens, background });
  return { model, ...more, input: prompt, ...fields };
}
