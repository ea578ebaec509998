import { defer, type MonoTypeOperatorFunction, Observable, Subscription } from 'rxjs';
import { callback, checkOptions, integer, type OptionRule, requireOption } from '../../lib/check-options.js';
import { subscribeWithin } from '../../lib/subscribe-within.js';
import type { LlmError } from './errors.js';
import { isLlmError } from './llm-failure.js';
import { isContent } from './part-flow.js';
import { partRelay, realFailure } from './part-relay.js';
import type { LlmPart } from './parts.js';

/** Which models take over, and when. */
export interface ModelFallbackOptions {
  /** In this order, each at most once. */
  models: readonly string[];
  /** The same call with another model. */
  open: (model: string) => Observable<LlmPart>;
  /** Which failures lead to the next model. Retries that gave up are asked about as the error they gave up with. @default those with the code `overloaded` */
  when?: ((error: LlmError) => boolean) | undefined;
  /** How many such failures in a row, without content between them, are waited for while the source retries. @default 3 */
  after?: number | undefined;
}

const names: OptionRule = {
  expected: 'a list of names, at least one',
  test: (value) =>
    Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === 'string' && one !== ''),
};

/**
 * Goes on with another model when one is overloaded. Off unless it is piped: another model gives another answer.
 *
 * The source is left for the next model when it fails with an error that `when` names, or as soon as it has failed so `after` times in a row, which it tells
 * by its `retry` parts; the last of these does not pass. `reset` comes first where content was out, and `open.attempt` counts on. All other parts pass as
 * they come, and nothing is held. With no model left, errors pass.
 *
 * Errors: those of the source, of `open` and of the sources it makes. A `TypeError` at once for options that can never work.
 *
 * @example
 * import { anthropicMessages, modelFallback } from 'tailrace/sources/llm';
 *
 * const ask = (model: string) =>
 *   anthropicMessages({
 *     apiKey: 'AAAA',
 *     body: { model, max_tokens: 1_024, messages: [{ role: 'user', content: 'Hello' }] },
 *   });
 * ask('claude-opus-4-5')
 *   .pipe(modelFallback({ models: ['claude-sonnet-4-5'], open: ask }))
 *   .subscribe((part) => console.log(part.type));
 */
export function modelFallback(options: ModelFallbackOptions): MonoTypeOperatorFunction<LlmPart> {
  checkOptions('modelFallback', { models: names, open: callback, when: callback, after: integer(1) }, options);
  requireOption('modelFallback', 'models', options.models);
  requireOption('modelFallback', 'open', options.open);
  const { models, open, when = isOverloaded, after = 3 } = options;
  return (source) =>
    new Observable((subscriber) => {
      const relay = partRelay();
      const left = [...models];
      const leave = (failed: LlmError): void => {
        const model = left.shift() ?? '';
        for (const part of relay.next(failed)) subscriber.next(part);
        if (!subscriber.closed) follow(defer(() => open(model)));
      };
      const follow = (parts: Observable<LlmPart>): void => {
        const scope = new Subscription();
        subscriber.add(scope);
        let failures = 0;
        subscribeWithin(parts, scope, {
          next: (part) => {
            const cause = part.type === 'retry' && isLlmError(part.cause) ? part.cause : undefined;
            if (isContent(part)) failures = 0;
            if (part.type === 'retry') failures = cause !== undefined && when(cause) ? failures + 1 : 0;
            if (cause === undefined || failures < after || left.length === 0)
              return subscriber.next(relay.passed(part));
            scope.unsubscribe();
            leave(cause);
          },
          error: (error) => {
            if (left.length > 0 && isLlmError(error) && when(realFailure(error))) leave(error);
            else subscriber.error(error);
          },
          complete: () => subscriber.complete(),
        });
      };
      follow(source);
    });
}

function isOverloaded({ code }: LlmError): boolean {
  return code === 'overloaded';
}
