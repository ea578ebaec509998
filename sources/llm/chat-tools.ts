import { ofChoice } from './chat-blocks.js';
import { type ToolSlot, toolSlots } from './chat-tool-slots.js';
import { isObject } from './shapes.js';
import { finalCall } from './tool-input.js';
import type { PartSink } from './wire-reader.js';
import type { LlmToolCall, NativeObject } from './vocabulary.js';

/** The calls of one answer. */
export interface ChatTools {
  /** A piece of `tool_calls`. `next` ends the open block and gives a key. */
  piece(entry: NativeObject, next: (sink: PartSink) => string, sink: PartSink): void;
  /** A piece of the deprecated `function_call`, of which an answer has one. */
  legacy(call: NativeObject, next: (sink: PartSink) => string, sink: PartSink): void;
  /** An event could not be read: what is open has a hole. */
  gap(): void;
  /** The answer is over: calls that are final come out, in order; calls that were cut off stay as they are. */
  finish(isFinal: boolean, sink: PartSink): void;
}

/** How the call goes back: as an entry of `tool_calls`, or as the `function_call` of the message. */
type Form = 'function' | 'custom' | 'function_call';

interface Call {
  readonly slot: ToolSlot;
  readonly key: string;
  readonly id: string;
  form: Form;
  /** `tool.start` waits for the name. */
  isStarted: boolean;
  isOut: boolean;
  isBroken: boolean;
  readonly extras: Record<string, unknown>;
}

/** Indices of `tool_calls` count from 0, so this one is free. */
const legacyIndex = -1;

export function chatTools(index: number, extraFields: readonly string[]): ChatTools {
  const say = ofChoice(index);
  const slots = toolSlots();
  /** By the order of their slots. */
  const calls: Call[] = [];
  const start = (call: Call, sink: PartSink): void => {
    call.isStarted = true;
    const { key, id, slot } = call;
    say({ type: 'tool.start', key, id, name: slot.name }, sink);
    if (slot.raw !== '') say({ type: 'tool.delta', key, text: slot.raw }, sink);
  };
  const add = (entry: Entry, next: (sink: PartSink) => string, sink: PartSink): Call => {
    const slot = slots.take(entry);
    let call = calls[slot.order];
    if (call === undefined) {
      // The result goes back under an id, also where the server has given none.
      const id = slot.id ?? `call_${index}_${slot.order}`;
      const { form } = entry;
      call = { slot, key: next(sink), id, form, isStarted: false, isOut: false, isBroken: false, extras: {} };
      calls.push(call);
    }
    if (call.isStarted) {
      if (entry.text !== '') say({ type: 'tool.delta', key: call.key, text: entry.text }, sink);
    } else if (slot.name !== '') start(call, sink);
    return call;
  };
  return {
    piece: (entry, next, sink) => {
      const call = add(entryOf(entry), next, sink);
      for (const field of extraFields) if (isPresent(entry[field])) call.extras[field] = entry[field];
    },
    legacy: (call, next, sink) => {
      const { name, arguments: text } = call;
      const fixed = { index: legacyIndex, id: undefined, form: 'function_call' } as const;
      add({ ...fixed, name: textOf(name), text: inputOf(text) }, next, sink);
    },
    gap: () => {
      for (const call of calls) if (!call.isOut) call.isBroken = true;
    },
    finish: (isFinal, sink) => {
      for (const call of calls) {
        if (!call.isStarted) start(call, sink);
        if (!isFinal || call.isOut) continue;
        call.isOut = true;
        say({ type: 'toolCall', key: call.key, call: finalOf(call) }, sink);
      }
    },
  };
}

function finalOf(call: Call): LlmToolCall {
  const { slot, id, form, isBroken } = call;
  const kind = form === 'custom' ? 'text' : 'json';
  const broken = isBroken ? 'an event could not be read while the input came' : undefined;
  return finalCall({ id, name: slot.name, raw: slot.raw, kind, native: nativeOf(call), broken });
}

interface Entry {
  readonly index: number | undefined;
  readonly id: string | undefined;
  readonly name: string;
  readonly text: string;
  readonly form: Form;
}

function entryOf(entry: NativeObject): Entry {
  const { index, id, type, function: json, custom } = entry;
  const isCustom = type === 'custom' || isObject(custom);
  const inner = isCustom ? custom : json;
  const { name, arguments: text, input }: NativeObject = isObject(inner) ? inner : {};
  return {
    index: typeof index === 'number' ? index : undefined,
    id: typeof id === 'string' && id !== '' ? id : undefined,
    name: textOf(name),
    text: isCustom ? textOf(input) : inputOf(text),
    form: isCustom ? 'custom' : 'function',
  };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** Some servers send the input as an object, and whole then. */
function inputOf(value: unknown): string {
  if (!isObject(value)) return textOf(value);
  try {
    return JSON.stringify(value);
  } catch {
    // Ten thousand levels can be read but not written: no JSON, so the call is invalid.
    return 'an object of too many levels';
  }
}

function isPresent(value: unknown): boolean {
  return value !== undefined && value !== null;
}

/** As the assistant's message of the next request has it. No input is `{}` there: an empty text is refused as no JSON. */
function nativeOf({ slot, id, form, extras }: Call): NativeObject {
  const { name, raw } = slot;
  if (form === 'custom') return { id, type: 'custom', custom: { name, input: raw }, ...extras };
  const json = { name, arguments: raw === '' ? '{}' : raw };
  return form === 'function' ? { id, type: 'function', function: json, ...extras } : { function_call: json };
}
