import type { LlmPart } from '../../../sources/llm/parts.js';
import { type ChatFormatOptions, chatFormat } from '../../../sources/llm/chat-parts.js';
import { malformedPolicy } from '../../../lib/malformed-policy.js';
import { wireEventReader } from '../../../sources/llm/wire-events.js';
import type { WireEvent } from '../../../sources/llm/wire-reader.js';
import type { Dialect } from '../../../sources/llm/dialects.js';
import { fixture } from './recordings.js';

/** What came of a stream. */
export interface ReadStream {
  readonly parts: readonly LlmPart[];
  readonly error: unknown;
  /** Whether it was done at its marker. */
  readonly isDone: boolean;
  /** Whether it is whole once the body is over. */
  readonly isWhole: boolean;
  readonly lastEvent: string | undefined;
}

/** The events of a body. */
export function eventsOf(text: string): readonly WireEvent[] {
  const options = { wire: 'openai-chat', policy: malformedPolicy({}, undefined), maxLength: 2 ** 26 } as const;
  const reader = wireEventReader({ ...options, requestId: undefined });
  return [...reader.feed(Buffer.from(text)), ...reader.end()];
}

/** Reads events to the end of the body. */
export function readEvents(events: readonly WireEvent[], options: ChatFormatOptions = {}): ReadStream {
  const reader = chatFormat(options).reader();
  const parts: LlmPart[] = [];
  const sink = { part: (part: LlmPart): void => void parts.push(part) };
  let error: unknown;
  try {
    for (const event of events) reader.read(event, sink);
  } catch (thrown) {
    error = thrown;
  }
  const { isDone } = reader;
  return { parts, error, isDone, isWhole: error === undefined && reader.end(sink), lastEvent: reader.lastEvent };
}

/** Chunks, and `[DONE]` behind them. */
export function readChunks(
  chunks: readonly Readonly<Record<string, unknown>>[],
  options?: ChatFormatOptions,
): ReadStream {
  const events = chunks.map((data) => ({ type: '', data }));
  return readEvents([...events, { type: '[DONE]', data: {} }], options);
}

/** One chunk with one choice. */
export function chunk(
  delta: Readonly<Record<string, unknown>>,
  finish: string | null = null,
  index = 0,
): Readonly<Record<string, unknown>> {
  return { id: 'c1', model: 'm', choices: [{ index, delta, finish_reason: finish }] };
}

/** Deltas of the same block as one, so that streams that were cut otherwise are the same. */
function joined(parts: readonly LlmPart[]): readonly LlmPart[] {
  const whole: LlmPart[] = [];
  for (const part of parts) {
    const last = whole.at(-1);
    if (last !== undefined && 'text' in last && 'text' in part && last.type === part.type && last.key === part.key) {
      whole[whole.length - 1] = { ...last, text: last.text + part.text };
    } else whole.push(part);
  }
  return whole;
}

/** Parts in short: type, key, and what they say. */
export function short(parts: readonly LlmPart[]): string[] {
  return joined(parts).map((part) => {
    const key = 'key' in part ? ` ${part.key}` : '';
    if (part.type === 'toolCall') return `toolCall${key} ${part.call.id} ${part.call.name} ${part.call.raw}`;
    if (part.type === 'tool.start') return `tool.start${key} ${part.id} ${part.name}`;
    if (part.type === 'serverTool') return `serverTool${key} ${part.name}${part.isFinal ? ' final' : ''}`;
    if (part.type === 'stop') return `stop ${part.choice ?? 0} ${part.stop.reason} ${part.stop.native ?? '-'}`;
    if (part.type === 'usage') return `usage ${part.usage.totalTokens ?? '-'}`;
    return 'text' in part ? `${part.type}${key} ${part.text}` : `${part.type}${key}`;
  });
}

/** A stream of our own, read. */
export function say(name: string, dialect?: Dialect): ReadStream {
  return readEvents(eventsOf(fixture(name)), { dialect });
}

/** The parts of one type. */
export function find<T extends LlmPart['type']>(parts: readonly LlmPart[], type: T): Extract<LlmPart, { type: T }>[] {
  return parts.filter((part): part is Extract<LlmPart, { type: T }> => part.type === type);
}
