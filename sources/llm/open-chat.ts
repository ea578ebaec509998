import type { Observable } from 'rxjs';
import { type ChatEvent, chatEvent } from './chat-events.js';
import { nativeEvents, type NativeReader, type NativeStep } from './native-stream.js';
import { type ChatBody, chatRequest, type OpenAIOptions } from './request-openai.js';

/**
 * One answer of Chat Completions, of OpenAI or of a server that speaks like it, chunk by chunk. Cold: every subscription is a request of its
 * own, and unsubscription closes its socket, which stops the model. Nothing is retried and nothing is assembled.
 *
 * Completes at `[DONE]` and closes the socket there, but only once every answer that was begun has a `finish_reason`; a body that ends without
 * `[DONE]` completes on the same condition, as several servers leave it out. Usage comes behind `finish_reason`. An error inside the
 * stream is emitted, and then the stream errors. Events come synchronously and in order; none is held.
 *
 * A frame that is no JSON comes as `unknown` with the event `malformed`; see `openAnthropicMessages`.
 *
 * Errors: an `LlmError` of every `errorType`; `TruncatedStreamError` where the body ends, breaks or says `[DONE]` before the answers are over. A
 * `TypeError` at once for options that can never work, and for a missing key.
 *
 * @example
 * import { openOpenAIChat } from 'tailrace/sources/llm';
 *
 * openOpenAIChat({
 *   apiKey: 'AAAA',
 *   body: { model: 'gpt-5-mini', messages: [{ role: 'user', content: 'Hello' }] },
 * }).subscribe((event) => {
 *   if (event.type === 'chunk') console.log(event.chunk.choices[0]?.delta?.content);
 * });
 */
export function openOpenAIChat(options: OpenAIOptions<ChatBody>): Observable<ChatEvent> {
  return nativeEvents(chatRequest(options, 'openOpenAIChat'), 'openai-chat', chatReader);
}

function chatReader(): NativeReader<ChatEvent> {
  /** By index: whether the answer has a reason to be over. */
  const finished = new Map<number, boolean>();
  const isWhole = (): boolean => finished.size > 0 && [...finished.values()].every((isOver) => isOver);
  let last: ChatEvent | undefined;
  return {
    read: (event) => {
      last = chatEvent(event);
      if (last.type === 'chunk') noteChoices(last, finished);
      return last;
    },
    step: (): NativeStep => {
      if (last?.type === 'error') return 'failed';
      if (last?.type !== 'done') return 'open';
      return isWhole() ? 'done' : 'truncated';
    },
    get mayEnd() {
      return isWhole();
    },
  };
}

function noteChoices({ chunk }: Extract<ChatEvent, { type: 'chunk' }>, finished: Map<number, boolean>): void {
  for (const { index, finish_reason: reason } of chunk.choices) {
    const isOver = typeof reason === 'string' && reason !== '';
    if (isOver) finished.set(index ?? 0, true);
    else if (!finished.has(index ?? 0)) finished.set(index ?? 0, false);
  }
}
