import type { LlmPart } from '../../../sources/llm/parts.js';
import { isObject } from '../../../sources/llm/shapes.js';
import type { PartReader, PartSink, WireEvent } from '../../../sources/llm/wire-reader.js';
import { createSseParser } from '../../../lib/sse-parser.js';
import type { LlmStop, LlmToolCall, LlmUsage, NativeObject } from '../../../sources/llm/vocabulary.js';

/** What the parts of one response come to, put together in the plainest way. */
export interface Collected {
  readonly start: { readonly id: string | undefined; readonly model: string | undefined } | undefined;
  readonly text: Readonly<Record<string, string>>;
  readonly thinking: Readonly<Record<string, string>>;
  readonly refusal: Readonly<Record<string, string>>;
  readonly input: Readonly<Record<string, string>>;
  readonly citations: Readonly<Record<string, readonly NativeObject[]>>;
  /** `native` of every block that has ended, in order. */
  readonly natives: readonly (NativeObject | undefined)[];
  readonly signatures: readonly (string | undefined)[];
  readonly calls: readonly LlmToolCall[];
  /** Whole blocks of the provider's own tools. */
  readonly server: readonly NativeObject[];
  readonly unknown: readonly unknown[];
  readonly usage: LlmUsage | undefined;
  readonly stop: LlmStop | undefined;
}

/** The events of a stream framed with LF; text that is no JSON is `malformed`, as in the real reader. */
export function eventsOf(text: string): WireEvent[] {
  const events: WireEvent[] = [];
  const parser = createSseParser(
    { onEvent: ({ event, data }) => events.push(wireEvent(event, data)) },
    { flush: true },
  );
  parser.feed(new TextEncoder().encode(text));
  parser.end();
  return events;
}

function wireEvent(event: string, data: string): WireEvent {
  if (data === '[DONE]') return { type: '[DONE]', data: {} };
  try {
    const parsed: unknown = JSON.parse(data);
    const value = objectOf(parsed);
    return { type: typeof value['type'] === 'string' ? value['type'] : event, data: value };
  } catch {
    return { type: 'malformed', data: {} };
  }
}

/** The object, or an empty one. */
export function objectOf(value: unknown): NativeObject {
  return isObject(value) ? value : {};
}

/** An event as its own type says. */
export function event(type: string, members: NativeObject = {}): WireEvent {
  return { type, data: { type, ...members } };
}

/** The parts of some events. */
export function partsOf(reader: PartReader, events: readonly WireEvent[]): LlmPart[] {
  const parts: LlmPart[] = [];
  for (const one of events) reader.read(one, sinkOf(parts));
  return parts;
}

export function sinkOf(parts: LlmPart[]): PartSink {
  return { part: (part) => void parts.push(part) };
}

/** What the reader throws, and the parts before it. */
export function failureOf(
  reader: PartReader,
  events: readonly WireEvent[],
): { readonly parts: LlmPart[]; readonly error: unknown } {
  const parts: LlmPart[] = [];
  try {
    for (const one of events) reader.read(one, sinkOf(parts));
  } catch (error) {
    return { parts, error };
  }
  throw new Error('nothing was thrown');
}

/** Puts parts together. */
export function collect(parts: readonly LlmPart[]): Collected {
  const texts = (type: LlmPart['type']): Record<string, string> => {
    const found: Record<string, string> = {};
    for (const part of parts) {
      if (part.type === type && 'key' in part && 'text' in part) found[part.key] = (found[part.key] ?? '') + part.text;
    }
    return found;
  };
  const citations: Record<string, NativeObject[]> = {};
  for (const part of parts) if (part.type === 'citation') (citations[part.key] ??= []).push(part.citation);
  const ends = parts.filter((part) => part.type === 'text.end' || part.type === 'thinking.end');
  const start = parts.find((part) => part.type === 'start');
  return {
    start: start === undefined ? undefined : { id: start.id, model: start.model },
    text: texts('text.delta'),
    thinking: texts('thinking.delta'),
    refusal: texts('refusal.delta'),
    input: texts('tool.delta'),
    citations,
    natives: ends.map(({ native }) => native),
    signatures: ends.flatMap((part) => (part.type === 'thinking.end' ? [part.signature] : [])),
    calls: parts.flatMap((part) => (part.type === 'toolCall' ? [part.call] : [])),
    server: parts.flatMap((part) => (part.type === 'serverTool' && part.isFinal ? [part.native] : [])),
    unknown: parts.flatMap((part) => (part.type === 'unknown' ? [part.native] : [])),
    usage: parts.flatMap((part) => (part.type === 'usage' ? [part.usage] : [])).at(-1),
    stop: parts.flatMap((part) => (part.type === 'stop' ? [part.stop] : [])).at(-1),
  };
}
