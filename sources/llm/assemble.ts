import { filter, map, Observable, type OperatorFunction } from 'rxjs';
import { checkOptions, integer } from '../../lib/check-options.js';
import { subscribeWithin } from '../../lib/subscribe-within.js';
import { type StreamAssembler, streamAssembler, type StreamAssemblerOptions } from './assembler.js';
import { TruncatedStreamError } from './errors.js';
import type { AssembledMessage } from './message.js';
import type { LlmLoopPart } from './tool-loop.js';
import type { LlmWire } from './vocabulary.js';

/**
 * One message per response, when its `end` comes: one for a plain stream, one per turn of a tool loop. Nothing for a response that fails.
 * For what has come until then use `snapshots`; `partial` of the error has it too.
 *
 * Errors: those of the source. A `TypeError` at once for a senseless option.
 *
 * @example
 * import { assemble, openaiChat } from 'tailrace/sources/llm';
 *
 * openaiChat({ apiKey: 'AAAA', body: { model: 'gpt-5-mini', messages: [{ role: 'user', content: 'Hello' }] } })
 *   .pipe(assemble())
 *   .subscribe(({ text, usage, stop }) => console.log(text, usage?.outputTokens, stop?.reason));
 */
export function assemble(options: StreamAssemblerOptions = {}): OperatorFunction<LlmLoopPart, AssembledMessage> {
  const make = checked('assemble', options);
  // Only Chat Completions give several answers, and `end` brings the first.
  if ((options.choice ?? 0) > 0) return assembling(() => make('openai-chat'), 'ends');
  return (source) => source.pipe(mapDefined((part) => (part.type === 'end' ? part.message : undefined)));
}

/**
 * The message so far, after each part that changes it: the live view of a page. The last one of a response is what its `end` brings. After a
 * `reset` it is empty, with the next turn of a tool loop it begins anew.
 *
 * Each text is a beginning of the next one, except where a provider corrects it at the end of a block. A snapshot is made when it is emitted, at a
 * cost in proportion to the number of blocks; sample the stream (`auditTime`) where a page cannot draw that fast.
 *
 * Errors: those of the source. A `TypeError` at once for a wire or an option that does not exist.
 *
 * @example
 * import { anthropicMessages, snapshots } from 'tailrace/sources/llm';
 *
 * const body = { model: 'claude-sonnet-4-5', max_tokens: 1_024, messages: [{ role: 'user', content: 'Hello' }] };
 * anthropicMessages({ apiKey: 'AAAA', body })
 *   .pipe(snapshots('anthropic'))
 *   .subscribe(({ text, toolCalls }) => console.log(text.length, toolCalls.length));
 */
export function snapshots(
  wire: LlmWire,
  options: StreamAssemblerOptions = {},
): OperatorFunction<LlmLoopPart, AssembledMessage> {
  const make = checked('snapshots', options);
  make(wire);
  return assembling(() => make(wire), 'changes');
}

/**
 * The last message, when the source completes. It must be whole: a message that has been begun and not ended is an error, never a shorter message.
 *
 * Errors: those of the source; `TruncatedStreamError` where the source completes without a message, or in the middle of one.
 *
 * @example
 * import { anthropicMessages, finalMessage } from 'tailrace/sources/llm';
 * import { firstValueFrom } from 'rxjs';
 *
 * const body = { model: 'claude-sonnet-4-5', max_tokens: 1_024, messages: [{ role: 'user', content: 'Hello' }] };
 * const { text, usage } = await firstValueFrom(anthropicMessages({ apiKey: 'AAAA', body }).pipe(finalMessage()));
 * console.log(text, usage?.outputTokens);
 */
export function finalMessage(): OperatorFunction<LlmLoopPart, AssembledMessage> {
  return (source) =>
    new Observable((subscriber) => {
      let last: AssembledMessage | undefined;
      let lastEvent: string | undefined;
      subscribeWithin(source, subscriber, {
        next: (part) => {
          if (part.type === 'end') last = part.message;
          else if (part.type === 'open' || part.type === 'start' || 'key' in part) last = undefined;
          lastEvent = part.type;
        },
        error: (error) => subscriber.error(error),
        complete: () => {
          if (last === undefined) return subscriber.error(unfinished(lastEvent));
          subscriber.next(last);
          subscriber.complete();
        },
      });
    });
}

/** The text of {@link finalMessage}, with the same errors. A message without text, as one that only calls tools, is an empty one. */
export function finalText(): OperatorFunction<LlmLoopPart, string> {
  return (source) =>
    source.pipe(
      finalMessage(),
      map(({ text }) => text),
    );
}

/**
 * The text as it comes, piece by piece, thinking and everything else left out. A `reset` is not seen here: with `onInterrupted: 'restart'` use
 * `snapshots`. Errors: those of the source. A `TypeError` at once for a senseless option.
 */
export function textDeltas(options: StreamAssemblerOptions = {}): OperatorFunction<LlmLoopPart, string> {
  checked('textDeltas', options);
  const { choice = 0 } = options;
  return (source) =>
    source.pipe(
      mapDefined((part) => (part.type === 'text.delta' && (part.choice ?? 0) === choice ? part.text : undefined)),
    );
}

function checked(where: string, options: StreamAssemblerOptions): (wire: LlmWire) => StreamAssembler {
  checkOptions(where, { choice: integer(0) }, options);
  return (wire) => streamAssembler(wire, options);
}

function mapDefined<T>(project: (part: LlmLoopPart) => T | undefined): OperatorFunction<LlmLoopPart, T> {
  return (source) => source.pipe(map(project), filter(isDefined));
}

function isDefined<T>(value: T | undefined): value is T {
  return value !== undefined;
}

function assembling(
  make: () => StreamAssembler,
  emit: 'ends' | 'changes',
): OperatorFunction<LlmLoopPart, AssembledMessage> {
  return (source) =>
    new Observable((subscriber) => {
      const assembler = make();
      let shown: AssembledMessage | undefined = emit === 'changes' ? assembler.message : undefined;
      subscribeWithin(source, subscriber, {
        next: (part) => {
          if (part.type === 'turn' || part.type === 'toolResult') return;
          assembler.process(part);
          if (emit === 'ends' && part.type !== 'end') return;
          const { message } = assembler;
          if (message === shown) return;
          shown = message;
          subscriber.next(message);
        },
        error: (error) => subscriber.error(error),
        complete: () => subscriber.complete(),
      });
    });
}

function unfinished(lastEvent: string | undefined): TruncatedStreamError {
  return new TruncatedStreamError('the stream has completed without a whole message', {
    ...{ errorType: 'stream_interrupted', code: 'truncated', phase: 'body', lastEvent },
  });
}
