import { Observable } from 'rxjs';
import { subscribeWithin } from '../../lib/subscribe-within.js';
import type { LlmLoopPart } from './tool-loop.js';
import { totalOf, usageLedger } from './usage-ledger.js';
import type { LlmUsage } from './vocabulary.js';

/**
 * Tokens of all requests behind these parts, each time a provider says a number: `usage$(parts)` or `parts.pipe(usage$)`.
 *
 * Within one response a later number takes the place of an earlier one, as providers mean it. Turns of a tool loop are added up, and so are attempts
 * that were given up: they are billed. `native` is that of the last request that said anything, and no sum.
 *
 * It says what the provider has said: nothing for an attempt that broke off before its first number, and of Chat Completions nothing without
 * `stream_options: { include_usage: true }`. Subscribing to it apart from the parts makes another request: `share` them, or use `tap`.
 *
 * Errors: those of the source, after the last number.
 *
 * @example
 * import { anthropicMessages, usage$ } from 'tailrace/sources/llm';
 *
 * const body = { model: 'claude-sonnet-4-5', max_tokens: 1_024, messages: [{ role: 'user', content: 'Hello' }] };
 * usage$(anthropicMessages({ apiKey: 'AAAA', body })).subscribe(({ inputTokens, outputTokens }) => {
 *   console.log(inputTokens, outputTokens);
 * });
 */
export function usage$(parts: Observable<LlmLoopPart>): Observable<LlmUsage> {
  return new Observable((subscriber) => {
    const ledger = usageLedger();
    subscribeWithin(parts, subscriber, {
      next: (part) => {
        const total = ledger.note(part) ? totalOf(ledger.entries) : undefined;
        if (total !== undefined) subscriber.next(total);
      },
      error: (error) => subscriber.error(error),
      complete: () => subscriber.complete(),
    });
  });
}
