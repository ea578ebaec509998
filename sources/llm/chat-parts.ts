import { checkOptions, integer } from '../../lib/check-options.js';
import { type ChatChoiceReader, chatChoice, hasUnknown } from './chat-choice.js';
import { chatUsage, usageIn } from './chat-usage.js';
import { type ChatDialect, type ChatDialectOptions, type Dialect, dialectOf, dialectRule } from './dialects.js';
import { eventError, truncatedStream } from './provider-answers.js';
import { isObject } from './shapes.js';
import type { PartReader, PartSink, WireEvent, WireFormat } from './wire-reader.js';
import type { LlmStop, LlmUsage, NativeObject } from './vocabulary.js';

/** How Chat Completions are read. */
export interface ChatFormatOptions {
  /** Which server speaks, by name, or what sets it apart from `auto`. @default 'auto' */
  readonly dialect?: Dialect | ChatDialectOptions | undefined;
  /**
   * How many answers were asked for (`n`). A body that ends without `[DONE]` before that many have come is cut; with `[DONE]` a server that
   * gives fewer has the last word. @default 1
   */
  readonly choices?: number | undefined;
}

/**
 * Chat Completions as parts, of OpenAI and of servers that speak like it.
 *
 * Keys are `choice.block`; parts of another choice than the first name it. A block ends where another kind begins. When a choice has its
 * `finish_reason`, its blocks end, its calls come in order, and `stop`; usage comes behind. Calls are final at `tool_calls`, `function_call` and `stop`
 * only; a call that `length` or `content_filter` cut off is a block without a `toolCall`. `native` of a call is its entry in `tool_calls` (of the
 * deprecated kind: an object with `function_call`), of thinking the members that the next request wants back. Calls without an id get one of ours.
 * After an event that could not be read, open calls are `invalid`. Audio, logprobs and members that are not known are `unknown`: the choice,
 * or the chunk, as it came.
 *
 * Done is: every choice that was begun has its `finish_reason`, and `[DONE]` came, or the body ended and the dialect does without.
 *
 * Errors: a `TypeError` for a dialect that does not exist. `read` throws an `LlmError` for an error inside the stream, and a
 * `TruncatedStreamError` for `[DONE]` before every choice is over.
 */
export function chatFormat(options: ChatFormatOptions = {}): WireFormat {
  checkOptions('chatFormat', { dialect: dialectRule, choices: integer(1) }, options);
  const { choices = 1 } = options;
  const dialect = dialectOf('chatFormat', options.dialect);
  return { wire: 'openai-chat', reader: () => chatReader(dialect, choices) };
}

function chatReader(dialect: ChatDialect, choices: number): PartReader {
  const answers = chatAnswers(dialect);
  let isDone = false;
  let lastEvent: string | undefined;
  return {
    read: (event, sink) => {
      if (isDone) return;
      const { type, data } = event;
      if (type === '[DONE]') {
        if (!answers.end(dialect.finishReason === 'optional', sink)) throw truncated(lastEvent);
        isDone = true;
      } else if (isFailure(event, dialect)) throw eventError('openai-chat', data);
      else if (type === 'malformed') {
        answers.gap();
        sink.part({ type: 'unknown', native: data });
      } else answers.chunk(data, sink);
      // Chunks have no type.
      lastEvent = type === '' ? 'chunk' : type;
    },
    end: (sink) => {
      if (isDone || dialect.doneMarker !== 'optional' || answers.count < choices) return isDone;
      isDone = answers.end(false, sink);
      return isDone;
    },
    get isDone() {
      return isDone;
    },
    get lastEvent() {
      return lastEvent;
    },
  };
}

function truncated(lastEvent: string | undefined): Error {
  const reason = 'the server says that it is done before every answer is';
  return truncatedStream('openai-chat', { lastEvent, requestId: undefined, reason });
}

/** An error may stand beside choices that look like any other. */
function isFailure({ type, data }: WireEvent, { errorShapes }: ChatDialect): boolean {
  const { error } = data;
  for (const shape of errorShapes) {
    if (shape === 'member' && (isObject(error) || (typeof error === 'string' && error !== ''))) return true;
    if (shape === 'event' && type === 'error') return true;
    if (shape === 'flat' && data['object'] === 'error') return true;
  }
  return false;
}

/** Members that every chunk has, and those that are read. */
const envelope: ReadonlySet<string> = new Set([
  ...['id', 'object', 'created', 'model', 'system_fingerprint', 'service_tier', 'choices', 'usage', 'x_groq'],
  ...['obfuscation', 'provider'],
]);

/** The answers to one prompt. */
interface ChatAnswers {
  /** How many have begun. */
  readonly count: number;
  chunk(data: NativeObject, sink: PartSink): void;
  gap(): void;
  /** Closes what is open if every answer is over, or where `isForced` says that they are; `false` where they are not. */
  end(isForced: boolean, sink: PartSink): boolean;
}

function chatAnswers(dialect: ChatDialect): ChatAnswers {
  const choices = new Map<number, ChatChoiceReader>();
  let isStarted = false;
  let usage: LlmUsage | undefined;
  const start = ({ id, model, choices: list }: NativeObject, sink: PartSink): void => {
    // Azure's first chunk has neither.
    if (nameOf(id) === undefined && nameOf(model) === undefined && (!Array.isArray(list) || list.length === 0)) return;
    isStarted = true;
    sink.part({ type: 'start', id: nameOf(id), model: nameOf(model) });
  };
  const choiceAt = (value: unknown): ChatChoiceReader => {
    const index = typeof value === 'number' ? value : 0;
    let found = choices.get(index);
    if (found === undefined) choices.set(index, (found = chatChoice(index, dialect)));
    return found;
  };
  const readChoice = (choice: NativeObject, sink: PartSink): boolean => {
    const reader = choiceAt(choice['index']);
    const hasAny = reader.read(choice, sink);
    const reason = choice['finish_reason'];
    if (typeof reason !== 'string' || reason === '') return hasAny;
    reader.finish(stopOf(reason, choice, dialect), sink);
    // The last chunk of an answer may have more.
    return false;
  };
  return {
    get count() {
      return choices.size;
    },
    chunk: (data, sink) => {
      if (!isStarted) start(data, sink);
      const { choices: list } = data;
      let hasAny = false;
      if (Array.isArray(list)) {
        for (const choice of list) if (isObject(choice)) hasAny = readChoice(choice, sink) || hasAny;
      }
      const said = usageIn(data, dialect.usagePlaces);
      if (said !== undefined) {
        usage = chatUsage(usage, said);
        sink.part({ type: 'usage', usage });
      }
      if (!hasAny && hasUnknown(data, envelope)) sink.part({ type: 'unknown', native: data });
    },
    gap: () => {
      for (const choice of choices.values()) choice.gap();
    },
    end: (isForced, sink) => {
      const readers = [...choices.values()];
      if (readers.length === 0 || (!isForced && readers.some(({ stop }) => stop === undefined))) return false;
      for (const reader of readers) reader.finish(reader.stop ?? { reason: 'end', native: undefined }, sink);
      return true;
    },
  };
}

function nameOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Errors: an `LlmError` where the word means that the server broke. */
function stopOf(native: string, choice: NativeObject, { finishReasons, stopDetails }: ChatDialect): LlmStop {
  const reason = Object.hasOwn(finishReasons, native) ? finishReasons[native] : undefined;
  if (reason === 'failed') {
    const error = { type: 'server_error', code: native, message: `the answer ended with finish_reason "${native}"` };
    throw eventError('openai-chat', { error });
  }
  const told = stopDetails.filter((name) => choice[name] !== undefined && choice[name] !== null);
  const stop = { reason: reason ?? 'unknown', native } as const;
  return told.length === 0 ? stop : { ...stop, details: Object.fromEntries(told.map((name) => [name, choice[name]])) };
}
