import { isKind, isObject, type Kind, type UnknownEvent, unknownEvent } from './shapes.js';
import type { WireEvent } from './wire-reader.js';
import type { NativeObject } from './vocabulary.js';

/** One answer's share of a chunk. Without an `index` it is of the first. */
export interface ChatChoice {
  readonly index?: number | null | undefined;
  readonly delta?: ChatDelta | null | undefined;
  /** `stop`, `length`, `tool_calls`, `content_filter`, `function_call`, and newer words; some servers send an empty text in place of `null`. */
  readonly finish_reason?: string | null | undefined;
  readonly logprobs?: NativeObject | null | undefined;
  readonly [field: string]: unknown;
}

/** What is added to an answer. Dialects add members: `reasoning_content`, `reasoning`, `executed_tools`. */
export interface ChatDelta {
  readonly role?: string | null | undefined;
  /** A list of parts from Mistral. */
  readonly content?: string | readonly unknown[] | null | undefined;
  readonly refusal?: string | null | undefined;
  /** Pieces of calls; which call a piece belongs to, dialects tell in several ways. */
  readonly tool_calls?: readonly NativeObject[] | null | undefined;
  readonly [field: string]: unknown;
}

/** One chunk of Chat Completions. `choices` is empty in the one that brings the usage, and in others: look before you index. */
export interface ChatChunk {
  readonly id?: string | null | undefined;
  readonly model?: string | null | undefined;
  readonly choices: readonly ChatChoice[];
  readonly usage?: NativeObject | null | undefined;
  readonly [field: string]: unknown;
}

/** The events of Chat Completions as they come. The wire gives them no names, so these are ours. */
export type ChatEvent =
  | { readonly type: 'chunk'; readonly chunk: ChatChunk }
  /** The HTTP status was 200. Of OpenRouter it is part of a chunk, which `native` holds. */
  | { readonly type: 'error'; readonly error: NativeObject; readonly native: NativeObject }
  /** `[DONE]`. */
  | { readonly type: 'done' }
  | UnknownEvent;

const chunkMembers: readonly (readonly [name: string, kind: Kind])[] = [
  ['id', 'string?'],
  ['model', 'string?'],
  ['usage', 'object?'],
];

/** The event in words close to the wire's own; a chunk is the object that was sent, not a copy. */
export function chatEvent(event: WireEvent): ChatEvent {
  const { type, data } = event;
  if (type === '[DONE]') return { type: 'done' };
  const error = data['error'];
  if (isObject(error)) return { type: 'error', error, native: data };
  if (typeof error === 'string') return { type: 'error', error: { message: error }, native: data };
  if (type === 'error') return { type: 'error', error: data, native: data };
  return isChunk(data) ? { type: 'chunk', chunk: data } : unknownEvent(event);
}

function isChunk(data: object): data is ChatChunk {
  if (!isObject(data)) return false;
  const { choices } = data;
  return (
    Array.isArray(choices) && choices.every(isChoice) && chunkMembers.every(([name, kind]) => isKind(data[name], kind))
  );
}

function isChoice(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { index, finish_reason, delta } = value;
  if (!isKind(index, 'number?') || !isKind(finish_reason, 'string?')) return false;
  if (delta === undefined || delta === null) return true;
  if (!isObject(delta)) return false;
  const { content, refusal, tool_calls } = delta;
  return (
    (isKind(content, 'string?') || Array.isArray(content)) &&
    isKind(refusal, 'string?') &&
    (isKind(tool_calls, 'object?') ? !isObject(tool_calls) : Array.isArray(tool_calls) && tool_calls.every(isObject))
  );
}
