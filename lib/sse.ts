import { Observable, type OperatorFunction, type Subscriber } from 'rxjs';
import { checkOptions, oneOf, type OptionRules } from './check-options.js';
import type { SseEvent, SseHandlers } from './sse-block.js';
import { createSseParser, sseParserRules, type SseParserOptions } from './sse-parser.js';
import { subscribeWithin } from './subscribe-within.js';

/** Everything that an event stream can say. */
export type SseFrame =
  | SseEvent
  /** A comment, often a heartbeat. */
  | { readonly type: 'comment'; readonly text: string }
  /** The server's wish for the wait before a reconnect; clamp it, it may be of any size. */
  | { readonly type: 'retry'; readonly milliseconds: number }
  /** A block without data that sets the last event id. */
  | { readonly type: 'id'; readonly id: string };

/** How an event stream is read. */
export interface SseOptions extends SseParserOptions {
  /** `events` leaves out comments, retry times, and blocks that only set an id. @default 'events' */
  emit?: 'events' | 'all' | undefined;
}

const rules: OptionRules<SseOptions> = { ...sseParserRules, emit: oneOf('events', 'all') };

/**
 * Turns bytes into the messages of an event stream (WHATWG HTML, 9.2 Server-sent events), however they were cut on the way.
 *
 * `[DONE]` and other ends are data to it. Frames come synchronously, in order, while the chunk that ends them is handled.
 * Emitted text may share the memory of its chunk. Does not reconnect, and does not look at status or content type.
 *
 * Holds at most `maxLength` bytes of an unfinished event and the chunk in hand; comments of any length pass through 192
 * KiB. When the source completes inside an event, the event is dropped, as the standard has it, or emitted with `flush`;
 * it is dropped before an error of the source and on unsubscription, after which no frame follows even from the same chunk.
 *
 * Errors: `fatal_error` with code `frame_too_large`. Errors of the source pass as they are.
 *
 * @example
 * import { sse } from 'tailrace';
 * import { of } from 'rxjs';
 *
 * const body = of(new TextEncoder().encode('id: 7\ndata: {"text":"hello"}\n\n'));
 * body.pipe(sse()).subscribe(({ id, data }) => console.log(id, data));
 */
export function sse(options: SseOptions & { emit: 'all' }): OperatorFunction<Uint8Array, SseFrame>;
export function sse(options?: SseOptions & { emit?: 'events' | undefined }): OperatorFunction<Uint8Array, SseEvent>;
export function sse(
  options: SseOptions = {},
): OperatorFunction<Uint8Array, SseEvent> | OperatorFunction<Uint8Array, SseFrame> {
  checkOptions('sse', rules, options);
  const { emit = 'events', ...parsing } = options;
  return emit === 'all' ? frames(allFrames, parsing) : frames(eventsOnly, parsing);
}

function frames<T>(
  handlersOf: (subscriber: Subscriber<T>) => SseHandlers,
  options: SseParserOptions,
): OperatorFunction<Uint8Array, T> {
  return (source) =>
    new Observable((subscriber) => {
      const parser = createSseParser(handlersOf(subscriber), options);
      subscriber.add(() => parser.close());
      subscribeWithin(source, subscriber, {
        next: (chunk) => attempt(() => parser.feed(chunk), subscriber),
        error: (error) => subscriber.error(error),
        complete: () => {
          attempt(() => parser.end(), subscriber);
          subscriber.complete();
        },
      });
    });
}

function attempt(step: () => void, subscriber: Subscriber<never>): void {
  try {
    step();
  } catch (error) {
    subscriber.error(error);
  }
}

function eventsOnly(subscriber: Subscriber<SseEvent>): SseHandlers {
  return { onEvent: (event) => subscriber.next(event) };
}

function allFrames(subscriber: Subscriber<SseFrame>): SseHandlers {
  return {
    onEvent: (event) => subscriber.next(event),
    onComment: (text) => subscriber.next({ type: 'comment', text }),
    onRetry: (milliseconds) => subscriber.next({ type: 'retry', milliseconds }),
    onId: (id) => subscriber.next({ type: 'id', id }),
  };
}
