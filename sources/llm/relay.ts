import { Observable, type OperatorFunction } from 'rxjs';
import { subscribeWithin } from '../../lib/subscribe-within.js';
import { LlmError } from './errors.js';
import { plainError } from './relay-error.js';
import type { LlmLoopPart } from './tool-loop.js';

/**
 * Parts as an event stream (WHATWG HTML, 9.2), one message for each part, for a browser behind this server. `fromSSE` reads it; so does an
 * `EventSource`, whose `message` events have the JSON of a part as data.
 *
 * Behind the last part comes `{"type":"relay.end"}`: a stream without it was cut off. An error of the source becomes
 * `{"type":"relay.error","error":...}` in its place, and the text completes: the answer itself has begun with 200 long ago.
 *
 * **What the other end gets to see** is all that the model and its tools said, with `native` blocks. Of the headers in `open` only request ids and
 * rate limits, of errors `name`, `message`, `errorType`, `code`, status, waits, ids and the provider's words, never a body, a cause, or what
 * came before; an error that is none of the toolkit's only says that there was one. Leave parts out with `filter` where that is too much.
 *
 * Nothing is held: each part is a text at once. Encode the texts (`TextEncoderStream`) where bytes are wanted.
 * Errors: none; what no JSON can hold, as a part of thousands of levels, ends the stream with `relay.error` and `malformed`.
 *
 * @example
 * import { anthropicMessages, toSSE } from 'tailrace/sources/llm';
 * import { toReadableStream } from 'tailrace';
 *
 * export function answer(content: string): Response {
 *   const body = { model: 'claude-sonnet-4-5', max_tokens: 1_024, messages: [{ role: 'user', content }] };
 *   const events = toReadableStream(anthropicMessages({ apiKey: 'AAAA', body }).pipe(toSSE()));
 *   const headers = { 'content-type': 'text/event-stream', 'cache-control': 'no-store' };
 *   return new Response(events.pipeThrough(new TextEncoderStream()), { headers });
 * }
 */
export function toSSE(): OperatorFunction<LlmLoopPart, string> {
  return relayed((json) => `data: ${json}\n\n`);
}

/** The same as lines of JSON (https://github.com/ndjson/ndjson-spec): see {@link toSSE}. `fromNDJSON` reads it. */
export function toNDJSON(): OperatorFunction<LlmLoopPart, string> {
  return relayed((json) => `${json}\n`);
}

function relayed(frame: (json: string) => string): OperatorFunction<LlmLoopPart, string> {
  const end = frame(JSON.stringify({ type: 'relay.end' }));
  return (source) =>
    new Observable((subscriber) => {
      const fail = (error: unknown): void => {
        subscriber.next(frame(JSON.stringify({ type: 'relay.error', error: plainError(error) })));
        subscriber.complete();
      };
      subscribeWithin(source, subscriber, {
        next: (part) => {
          const json = jsonOf(part);
          if (json === undefined) fail(unwritable(part));
          else subscriber.next(frame(json));
        },
        error: fail,
        complete: () => {
          subscriber.next(end);
          subscriber.complete();
        },
      });
    });
}

function jsonOf(part: LlmLoopPart): string | undefined {
  try {
    return JSON.stringify(shownOf(part));
  } catch {
    // The engine's words name members of the value.
    return undefined;
  }
}

function shownOf(part: LlmLoopPart): unknown {
  if (part.type === 'retry') return { ...part, cause: plainError(part.cause) };
  if (part.type !== 'open') return part;
  return { ...part, headers: Object.fromEntries(Object.entries(part.headers).filter(([name]) => shown.test(name))) };
}

const shown = /^(?:x-)?request-id$|^retry-after(?:-ms)?$|^x-ratelimit-|^anthropic-ratelimit-/i;

function unwritable({ type }: LlmLoopPart): LlmError {
  const details = { errorType: 'fatal_error', code: 'malformed', phase: 'body' } as const;
  return new LlmError(
    `a part of type "${type}" cannot be written as JSON: it is too deep, or holds what is no JSON`,
    details,
  );
}
