import { Observable, type OperatorFunction, Subscription } from 'rxjs';
import { checkOption, instance, oneOf } from '../../lib/check-options.js';
import { eachOf } from '../../lib/each-of.js';
import { subscribeWithin } from '../../lib/subscribe-within.js';
import { anthropicFormat } from './anthropic-parts.js';
import { chatFormat } from './chat-parts.js';
import { failureWith } from './llm-failure.js';
import { type PartFlow, partFlow } from './part-flow.js';
import type { LlmPart } from './parts.js';
import { llmError } from './provider-answers.js';
import { responsesFormat } from './responses-parts.js';
import { type LlmEvent, wireEventOf } from './wire-event-of.js';
import type { WireFormat } from './wire-reader.js';
import type { LlmWire } from './vocabulary.js';

const formats: Readonly<Record<LlmWire, () => WireFormat>> = {
  anthropic: anthropicFormat,
  'openai-chat': chatFormat,
  'openai-responses': responsesFormat,
};

/**
 * The events of one response as parts, in the one vocabulary of all providers. Takes the native events of `openAnthropicMessages`, `openOpenAIChat` and
 * `openOpenAIResponses`, and wire events, of the wire that is named; a format says more than a name, such as a dialect.
 *
 * The same parts as the full pipes, but for those that only a connection can say (`open`, `stall`, `retry`, `reset`, `resume`). `end` with the message
 * comes at the terminal marker; then it completes and leaves its source. Nothing is held.
 *
 * Errors: an `LlmError` with `partial` after content, and `usage`: what the source fails with, what the provider says inside the stream, and
 * `TruncatedStreamError` where the source completes before the marker. A `TypeError` at once for a wire that does not exist.
 *
 * @example
 * import { openOpenAIChat, llmParts } from 'tailrace/sources/llm';
 *
 * openOpenAIChat({ apiKey: 'AAAA', body: { model: 'gpt-5-mini', messages: [{ role: 'user', content: 'Hello' }] } })
 *   .pipe(llmParts('openai-chat'))
 *   .subscribe((part) => console.log(part.type));
 */
export function llmParts(format: LlmWire | WireFormat): OperatorFunction<LlmEvent, LlmPart> {
  const made = formatOf(format);
  return (source) =>
    new Observable<readonly LlmPart[]>((subscriber) => {
      const { wire } = made;
      const flow = partFlow({ wire, reader: made.reader(), holdsCalls: false });
      const scope = new Subscription();
      subscriber.add(scope);
      const fail = (error: unknown): void => subscriber.error(withPartial(wire, flow, error));
      const step = (work: () => void): void => {
        let failure: { readonly error: unknown } | undefined;
        try {
          work();
        } catch (error) {
          failure = { error };
        }
        if (flow.isDone || failure !== undefined) scope.unsubscribe();
        const parts = flow.take();
        if (parts.length > 0) subscriber.next(parts);
        if (failure !== undefined) fail(failure.error);
        else if (flow.isDone) subscriber.complete();
      };
      subscribeWithin(source, scope, {
        next: (event) => step(() => flow.read([wireEventOf(event)])),
        error: fail,
        complete: () => step(() => flow.end()),
      });
    }).pipe(eachOf());
}

function formatOf(format: LlmWire | WireFormat): WireFormat {
  if (typeof format !== 'string') {
    checkOption('llmParts: format', instance, format);
    return format;
  }
  checkOption('llmParts: format', oneOf(...Object.keys(formats)), format);
  return formats[format]();
}

function withPartial(wire: LlmWire, { hasContent, message }: PartFlow, error: unknown): Error {
  const partial = hasContent ? message : undefined;
  return failureWith(llmError(wire, error), { partial, usage: message.usage });
}
