import type { Observable } from 'rxjs';
import { LlmError } from '../../../sources/llm/errors.js';
import type { LlmPart } from '../../../sources/llm/parts.js';
import { type AnthropicStreamOptions, anthropicMessages } from '../../../sources/llm/streams.js';
import { fixture } from './recordings.js';
import { scriptedLlm, type ScriptedLlm, type ScriptedStream } from './scripted-llm.js';

const baseUrl = 'http://127.0.0.1:1';

/** A call of Anthropic's whose server says what a script says. */
export function anthropicCall(
  answerOf: (n: number) => ScriptedStream,
  options: Partial<AnthropicStreamOptions> = {},
): { readonly source: Observable<LlmPart>; readonly server: ScriptedLlm } {
  const server = scriptedLlm(answerOf);
  const body = { model: 'm', max_tokens: 9, messages: [] };
  const call = { apiKey: 'sk-ant-canary', baseUrl, body, transport: server.transport, jitter: 'none' } as const;
  return { source: anthropicMessages({ ...call, ...options }), server };
}

/** The frames of a stream of our own making, one by one. */
export function framesOf(name: string): string[] {
  return fixture(name)
    .split('\n\n')
    .filter((frame) => frame.trim() !== '')
    .map((frame) => `${frame}\n\n`);
}

export const typesOf = (parts: readonly LlmPart[]): string[] => parts.map(({ type }) => type);

/** Those of one type. */
export function partsOfType<Type extends LlmPart['type']>(
  parts: readonly LlmPart[],
  type: Type,
): Extract<LlmPart, { type: Type }>[] {
  const isOne = (part: LlmPart): part is Extract<LlmPart, { type: Type }> => part.type === type;
  return parts.filter(isOne);
}

/** What the deltas come to, as a consumer sees it that honours `reset`. */
export function shownText(parts: readonly LlmPart[]): string {
  let text = '';
  for (const part of parts) {
    if (part.type === 'reset') text = '';
    if (part.type === 'text.delta') text += part.text;
  }
  return text;
}

/** An error that must be one of this source. */
export function llmErrorOf({ error }: { readonly error: unknown }): LlmError {
  if (!(error instanceof LlmError)) throw new Error(`no LlmError: ${String(error)}`);
  return error;
}

/** An HTTP answer that is an error. */
export function refusal(status: number, type: string, headers: Readonly<Record<string, string>> = {}): ScriptedStream {
  const body = [JSON.stringify({ type: 'error', error: { type, message: 'no' } })];
  return { status, headers: { 'content-type': 'application/json', ...headers }, body };
}
