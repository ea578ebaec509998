import { LlmError } from '../../../sources/llm/errors.js';
import type { AssembledMessage } from '../../../sources/llm/message.js';
import type { LlmPart } from '../../../sources/llm/parts.js';
import type { LlmToolCall, LlmUsage } from '../../../sources/llm/vocabulary.js';
import { messageOf } from './recorded-parts.js';

export const call: LlmToolCall = {
  ...{ id: 'c1', name: 'add', input: { a: 1 }, raw: '{"a":1}', kind: 'json' },
  native: { type: 'tool_use', id: 'c1', name: 'add', input: { a: 1 } },
};
export const failure: LlmError = new LlmError('too much', { errorType: 'server_error', code: 'overloaded' });

export function open(attempt = 1, headers: Readonly<Record<string, string>> = {}): LlmPart {
  return { type: 'open', requestId: 'r1', headers, attempt };
}

export function start(model: string | undefined = 'some-model'): LlmPart {
  return { type: 'start', id: 'm1', model };
}

export function text(key: string, said: string, choice?: number): LlmPart & { readonly type: 'text.delta' } {
  const part = { type: 'text.delta', key, text: said } as const;
  return choice === undefined ? part : { ...part, choice };
}

export function thinking(key: string, said: string): LlmPart {
  return { type: 'thinking.delta', key, text: said };
}

export function usage(inputTokens: number, outputTokens: number, more: Partial<LlmUsage> = {}): LlmPart {
  return { type: 'usage', usage: { inputTokens, outputTokens, native: {}, ...more } };
}

/** What these parts come to, as a whole message. */
export function whole(...parts: LlmPart[]): AssembledMessage {
  return { ...messageOf('anthropic', parts), isComplete: true };
}

/** Parts, and the `end` that they come to. */
export function ended(...parts: LlmPart[]): LlmPart[] {
  return [...parts, { type: 'end', message: whole(...parts) }];
}
