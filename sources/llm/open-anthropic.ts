import type { Observable } from 'rxjs';
import { type AnthropicEvent, anthropicEvent } from './anthropic-events.js';
import { nativeEvents, type NativeReader, type NativeStep } from './native-stream.js';
import { type AnthropicOptions, anthropicRequest } from './request-anthropic.js';
import type { WireEvent } from './wire-reader.js';

/**
 * One message of Anthropic's Messages API, event by event, in Anthropic's own words. Cold: every subscription is a request of its own, and
 * unsubscription closes its socket, which stops the model. Nothing is retried and nothing is assembled.
 *
 * Completes at `message_stop` and closes the socket there. Events come synchronously and in order while the piece of the body that ends
 * them is handled; none is held. An `error` event is emitted, and then the stream errors with it. A refusal, `max_tokens` and
 * `pause_turn` are events like any other. A second `message_start` is passed on: a proxy has begun again.
 *
 * A frame that is no JSON comes as `unknown` with the event `malformed`, is counted in the monitor and reported to `onInvalid`; a delta may
 * be lost with it, so `malformed: 'error'` is for whoever assembles.
 *
 * Errors: an `LlmError` of every `errorType`; `TruncatedStreamError` where the body ends or breaks before `message_stop`. A `TypeError` at
 * once for options that can never work, and for a missing key.
 *
 * @example
 * import { openAnthropicMessages } from 'tailrace/sources/llm';
 *
 * openAnthropicMessages({
 *   apiKey: 'AAAA',
 *   body: { model: 'claude-sonnet-4-5', max_tokens: 1_024, messages: [{ role: 'user', content: 'Hello' }] },
 * }).subscribe((event) => {
 *   if (event.type === 'content_block_delta' && event.delta.type === 'text_delta') console.log(event.delta.text);
 * });
 */
export function openAnthropicMessages(options: AnthropicOptions): Observable<AnthropicEvent> {
  return nativeEvents(anthropicRequest(options, 'openAnthropicMessages'), 'anthropic', () => reader);
}

/** It needs no memory: one event says where the stream is. */
const reader: NativeReader<AnthropicEvent> = { read: anthropicEvent, step: stepOf, mayEnd: false };

function stepOf({ type }: WireEvent): NativeStep {
  if (type === 'message_stop') return 'done';
  if (type === '[DONE]') return 'truncated';
  return type === 'error' ? 'failed' : 'open';
}
