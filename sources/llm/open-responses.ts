import type { Observable } from 'rxjs';
import { nativeEvents, type NativeReader, type NativeStep } from './native-stream.js';
import { type OpenAIOptions, type ResponsesBody, responsesRequest } from './request-openai.js';
import { type ResponsesEvent, responsesEvent } from './responses-events.js';
import type { WireEvent } from './wire-reader.js';

/**
 * One response of OpenAI's Responses API, event by event, in OpenAI's own words. Cold: every subscription is a request of its own, and
 * unsubscription closes its socket, which stops the model unless the request says `background`. Nothing is retried, resumed or assembled.
 *
 * Completes at `response.completed` and `response.incomplete` and closes the socket there. An `error` event and `response.failed` are emitted,
 * and then the stream errors; of the two OpenAI sends the `error` first. Events come synchronously and in order; none is held.
 *
 * A frame that is no JSON comes as `unknown` with the event `malformed`; see `openAnthropicMessages`.
 *
 * Errors: an `LlmError` of every `errorType`; `TruncatedStreamError` where the body ends, breaks or says `[DONE]` before the response is over. A
 * `TypeError` at once for options that can never work, and for a missing key.
 *
 * @example
 * import { openOpenAIResponses } from 'tailrace/sources/llm';
 *
 * openOpenAIResponses({ apiKey: 'AAAA', body: { model: 'gpt-5-mini', input: 'Hello' } }).subscribe((event) => {
 *   if (event.type === 'response.output_text.delta') console.log(event.delta);
 * });
 */
export function openOpenAIResponses(options: OpenAIOptions<ResponsesBody>): Observable<ResponsesEvent> {
  return nativeEvents(responsesRequest(options, 'openOpenAIResponses'), 'openai-responses', () => reader);
}

/** It needs no memory: one event says where the stream is. */
const reader: NativeReader<ResponsesEvent> = { read: responsesEvent, step: stepOf, mayEnd: false };

function stepOf({ type }: WireEvent): NativeStep {
  switch (type) {
    case 'response.completed':
    case 'response.incomplete':
      return 'done';
    case 'response.failed':
    case 'error':
      return 'failed';
    case '[DONE]':
      return 'truncated';
    default:
      return 'open';
  }
}
