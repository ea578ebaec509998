import { type MonoTypeOperatorFunction, Observable } from 'rxjs';
import { callback, checkOption } from '../../lib/check-options.js';
import { eachOf } from '../../lib/each-of.js';
import { subscribeWithin } from '../../lib/subscribe-within.js';
import type { LlmError } from './errors.js';
import { failureWith, isLlmError } from './llm-failure.js';
import { partRelay, realFailure } from './part-relay.js';
import type { LlmPart } from './parts.js';
import { wholeAnswer } from './whole-answer.js';
import { type WholeAnswerOptions, wholeCallOf } from './whole-call.js';

/** The request without a stream, and when it is made. */
export type NonStreamingOptions = WholeAnswerOptions & {
  /** Which failures it answers. Retries that gave up are asked about as the error they gave up with. @default `stream_interrupted` and `timeout` */
  readonly when?: ((error: LlmError) => boolean) | undefined;
};

/**
 * When the stream breaks off, asks once more without a stream and emits the whole answer as parts. Off unless it is piped: it costs a second answer in
 * full, and what the provider's own tools did is done again.
 *
 * `reset` comes first where content was out, then `open`, then the parts with `end`, all at once. Parts of the source pass as they come. Where the
 * second request fails as well, its error has the `partial` of the first. Unsubscription closes whichever connection is open.
 *
 * It does not undo tool calls that were emitted and have run. For background responses `openaiResponses` itself does better.
 *
 * Errors: those of the source that `when` leaves alone; those of the request. A `TypeError` at once for options that can never work.
 *
 * @example
 * import { anthropicMessages, nonStreamingFallback } from 'tailrace/sources/llm';
 *
 * const body = { model: 'claude-sonnet-4-5', max_tokens: 1_024, messages: [{ role: 'user', content: 'Hello' }] };
 * const call = { apiKey: 'AAAA', body };
 * anthropicMessages(call)
 *   .pipe(nonStreamingFallback({ wire: 'anthropic', call }))
 *   .subscribe((part) => console.log(part.type));
 */
export function nonStreamingFallback(options: NonStreamingOptions): MonoTypeOperatorFunction<LlmPart> {
  const { when = isBroken, ...answer } = options;
  checkOption('nonStreamingFallback: option "when"', callback, when);
  const call = wholeCallOf('nonStreamingFallback', answer);
  return (source) =>
    new Observable<readonly LlmPart[]>((subscriber) => {
      const relay = partRelay();
      const fallBack = (failed: LlmError): void => {
        const reset = relay.next(failed);
        const open: LlmPart = { type: 'open', requestId: undefined, headers: {}, attempt: relay.attempts + 1 };
        subscribeWithin(wholeAnswer(call), subscriber, {
          next: (parts) => subscriber.next([...reset, open, ...parts]),
          error: (error) => subscriber.error(isLlmError(error) ? withPartialOf(error, failed) : error),
          complete: () => subscriber.complete(),
        });
      };
      subscribeWithin(source, subscriber, {
        next: (part) => subscriber.next([relay.passed(part)]),
        error: (error) => {
          if (isLlmError(error) && when(realFailure(error))) fallBack(error);
          else subscriber.error(error);
        },
        complete: () => subscriber.complete(),
      });
    }).pipe(eachOf());
}

function isBroken({ errorType }: LlmError): boolean {
  return errorType === 'stream_interrupted' || errorType === 'timeout';
}

/** Nothing has been taken back, so what was out is still there. */
function withPartialOf(error: LlmError, { partial, usage }: LlmError): LlmError {
  return failureWith(error, { partial, usage });
}
