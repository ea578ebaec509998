import { checkOptions, flag, integer, type OptionRule, type OptionRules } from './check-options.js';
import { sseBlock, type SseHandlers } from './sse-block.js';
import { closeReader, endReader, feedReader, sseReader } from './sse-reader.js';

/** How much is held, what an unfinished event becomes, and where to go on. */
export interface SseParserOptions {
  /** One event and the line in progress may together hold this many bytes. @default 16_777_216 */
  maxLength?: number | undefined;
  /**
   * Whether the end of the input ends the last event too. The standard drops an event that no empty line has ended;
   * several services forget that line. @default false
   */
  flush?: boolean | undefined;
  /** The last event id of the connection before this one, for events that bring none. @default '' */
  lastEventId?: string | undefined;
}

/** An event stream in the making, fed with bytes. */
export interface SseParser {
  /** Takes a chunk and calls the handlers for what it ends; `bytes` may be used again afterwards. */
  feed(bytes: Uint8Array): void;
  /** The input is over. Later calls do nothing. */
  end(): void;
  /** Drops what is held, also from within a handler: none is called any more. */
  close(): void;
  /** What `Last-Event-ID` of a reconnect has to say. Moves only at the end of a block. */
  readonly lastEventId: string;
}

/** The longest text that every engine holds. */
const maxTextLength = 2 ** 29 - 24;
const eventId: OptionRule = {
  expected: 'a text without NUL and line breaks',
  test: (value) => typeof value === 'string' && !/[\0\r\n]/.test(value),
};

/** The rules of these options, for operators that take them too. */
export const sseParserRules: OptionRules<SseParserOptions> = {
  maxLength: integer(1, maxTextLength, ' bytes'),
  flush: flag,
  lastEventId: eventId,
};

/**
 * A parser of event streams (WHATWG HTML, 9.2 Server-sent events) for bytes that come in pieces. `sse` is the same as an
 * operator.
 *
 * Lines end with LF, CR or CRLF; a CR ends its line at once, without waiting for an LF. One byte order mark at the very
 * start is taken away, bytes that are not UTF-8 become U+FFFD, unknown fields are ignored. Handlers are called
 * synchronously and in order. An exception of a handler passes to the caller of `feed`; the rest of the chunk is read by the
 * next call.
 *
 * Holds at most `maxLength` bytes and the chunk in hand; of a comment at most 192 KiB, which do not count, and nothing where
 * there is no `onComment`.
 *
 * Errors: `feed` throws a `StreamError`, `fatal_error` with code `frame_too_large`, and the parser is closed.
 *
 * @example
 * import { createSseParser } from 'tailrace';
 *
 * const parser = createSseParser({ onEvent: ({ event, data }) => console.log(event, data) });
 * parser.feed(new TextEncoder().encode('event: greeting\ndata: hello\n\n'));
 * parser.end();
 */
export function createSseParser(handlers: SseHandlers, options: SseParserOptions = {}): SseParser {
  checkOptions('createSseParser', sseParserRules, options);
  const { maxLength = 16_777_216, flush = false, lastEventId = '' } = options;
  const block = sseBlock(handlers, maxLength, lastEventId);
  const reader = sseReader(block, maxLength);
  return {
    feed: (bytes) => feedReader(reader, bytes),
    end: () => endReader(reader, flush),
    close: () => closeReader(reader),
    get lastEventId() {
      return block.lastEventId;
    },
  };
}
