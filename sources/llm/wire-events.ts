import { malformed, parseJson } from '../../lib/decode.js';
import { recordOf } from '../../lib/problem.js';
import type { MalformedPolicy } from '../../lib/malformed-policy.js';
import type { SseEvent } from '../../lib/sse-block.js';
import { createSseParser } from '../../lib/sse-parser.js';
import { llmError, truncatedStream } from './provider-answers.js';
import type { WireEvent } from './wire-reader.js';
import type { LlmWire } from './vocabulary.js';

/** What is read, and what becomes of frames that are no JSON. */
export interface WireReading {
  readonly wire: LlmWire;
  readonly policy: MalformedPolicy;
  readonly maxLength: number;
  readonly requestId: string | undefined;
}

/** The events of one body, fed with its bytes. */
export interface WireEventReader {
  /** The events that a piece of the body ends. Throws what ends the stream; `rest` has what came before it. */
  feed(bytes: Uint8Array): readonly WireEvent[];
  /** The body is over: a frame without its empty line is an event if it is whole. Throws `TruncatedStreamError` for one that is not. */
  end(): readonly WireEvent[];
  /** After a throw: the events that were read before it. */
  rest(): readonly WireEvent[];
  /** Type of the last event. */
  readonly lastEvent: string | undefined;
}

/** `[DONE]`, which is no JSON. */
const doneEvent: WireEvent = { type: '[DONE]', data: {} };

/** A line of data that garbage runs into is none to the parser, and its delta would be missing without a trace. */
const swallowed = /^[^:]*[^\w:-][^:]*data: ?[{[]/;

/** `data: error: ...` and `data: Error ...` of proxies, or `event: error` before plain text. */
const errorText = /^\s*\[?error\b\]?[\s:,-]*/i;

/**
 * Turns the bytes of an event stream into a provider's events, however they were cut and framed: LF, CRLF, CR, a byte order mark, comments,
 * no blank after the colon, no `event:` lines, no empty line at the end.
 *
 * An event's type is the JSON's own `type`, else its `event:` line. Frames without text are heartbeats and say nothing. A frame that is no
 * JSON object is counted and reported, and comes as `malformed` with the place and the length, never the text.
 */
export function wireEventReader({ wire, policy, maxLength, requestId }: WireReading): WireEventReader {
  let held: WireEvent[] = [];
  let lastEvent: string | undefined;
  let isOver = false;
  const emit = (event: WireEvent): void => {
    lastEvent = event.type;
    held.push(event);
  };
  const unreadable = ({ event, data }: SseEvent): void => {
    const said = errorEvent(event, data);
    if (said !== undefined) return emit(said);
    const read = parseJson(data);
    const problem = read.ok ? ({ code: 'not_an_object', message: 'not a JSON object' } as const) : read.problem;
    const message = malformed(data, problem);
    const before = lastEvent;
    const error = policy.bad(message);
    emit({ type: 'malformed', data: { code: message.code, message: message.message, length: message.length } });
    if (isOver)
      throw truncatedStream(wire, { lastEvent: before, requestId, reason: 'the stream ended inside an event' });
    if (error !== undefined) throw llmError(wire, error);
  };
  const onEvent = (frame: SseEvent): void => {
    const { event, data } = frame;
    if (data === '[DONE]') return emit(doneEvent);
    const record = readObject(data);
    if (record === undefined) {
      const text = data.trim();
      if (text === '[DONE]') emit(doneEvent);
      else if (text !== '' || event === 'error') unreadable(frame);
      return;
    }
    policy.good();
    emit({ type: typeOf(record, event, wire), data: record });
  };
  const onUnknown = (line: string): void => {
    if (swallowed.test(line)) unreadable({ type: 'event', event: 'message', data: line, id: '' });
  };
  const parser = createSseParser({ onEvent, onUnknown }, { maxLength, flush: true });
  const rest = (): readonly WireEvent[] => {
    const taken = held;
    held = [];
    return taken;
  };
  return {
    feed: (bytes) => {
      parser.feed(bytes);
      return rest();
    },
    end: () => {
      isOver = true;
      parser.end();
      return rest();
    },
    rest,
    get lastEvent() {
      return lastEvent;
    },
  };
}

function readObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return recordOf(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** The parser says `message` where there was no `event:` line. A chat chunk may hold an error beside its choices, and has no type. */
function typeOf(record: Readonly<Record<string, unknown>>, event: string, wire: LlmWire): string {
  const { type, error } = record;
  if (typeof type === 'string') return type;
  if (event !== 'message') return event;
  return wire !== 'openai-chat' && error !== undefined && error !== null ? 'error' : '';
}

function errorEvent(event: string, text: string): WireEvent | undefined {
  if (event !== 'error' && !errorText.test(text)) return undefined;
  const words = text.replace(errorText, '');
  const error = readObject(words) ?? { message: words.slice(0, 1_000) };
  return { type: 'error', data: 'error' in error ? error : { type: 'error', error } };
}
