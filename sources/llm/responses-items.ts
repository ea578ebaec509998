import { lostEvents } from './lost-events.js';
import { type Handler, newItem, objectsOf, type OutputItem, passOn, type ResponsesState } from './responses-state.js';
import { done, endMessage } from './responses-text.js';
import { endThinking, wholeSection } from './responses-thinking.js';
import { endTool, startTool } from './responses-tools.js';
import { isObject } from './shapes.js';
import type { PartSink } from './wire-reader.js';
import type { NativeObject } from './vocabulary.js';

/** Beginnings and ends of items and of their parts. */
export const itemHandlers: readonly (readonly [type: string, handler: Handler])[] = [
  ['response.output_item.added', (state, data, sink) => withItem(state, data, sink, begin)],
  ['response.output_item.done', (state, data, sink) => withItem(state, data, sink, endItem)],
  ['response.content_part.added', contentPart],
  ['response.content_part.done', contentPart],
];

type ItemStep = (state: ResponsesState, index: number, native: NativeObject, sink: PartSink) => void;

function withItem(state: ResponsesState, data: NativeObject, sink: PartSink, step: ItemStep): void {
  const { output_index: index, item } = data;
  if (typeof index !== 'number' || !isObject(item) || typeof item['type'] !== 'string')
    return passOn(state, data, sink);
  step(state, index, item, sink);
}

function contentPart(state: ResponsesState, data: NativeObject, sink: PartSink): void {
  const [part] = objectsOf([data['part']]);
  switch (part?.['type']) {
    case 'reasoning_text':
      return wholeSection(state, data, part['text'], sink);
    case 'output_text':
    case 'refusal':
      return done(state, data, part, sink);
    default:
      return passOn(state, data, sink);
  }
}

function begin(state: ResponsesState, index: number, native: NativeObject, sink: PartSink): void {
  const kind = kindOf(state, native);
  const known = state.items.get(index);
  if (known !== undefined) {
    checkKind(known, kind);
    if (known.begun !== undefined || known.isDone)
      throw lostEvents('openai-responses', `item ${index} begins twice: the stream has started over`);
    known.begun = native;
    if (known.kind === 'tool') startTool(known, native, sink);
    return;
  }
  const input = native['type'] === 'custom_tool_call' ? 'text' : 'json';
  const item = newItem(state, { index, kind, input, begun: native });
  if (item.kind === 'thinking') sink.part({ type: 'thinking.start', key: item.key });
  else if (item.kind === 'tool') startTool(item, native, sink);
  else if (item.kind === 'server')
    sink.part({ type: 'serverTool', key: item.key, name: item.name, isFinal: false, native });
}

/** The item as the provider has closed it. It begins it too, where nothing has. */
export function endItem(state: ResponsesState, index: number, native: NativeObject, sink: PartSink): void {
  // An item of a resumed stream has begun elsewhere: its first part must not count as missing.
  const isLate = state.isResumed && !state.items.has(index);
  if (!state.items.has(index)) begin(state, index, native, sink);
  const item = state.items.get(index);
  if (item === undefined || item.isDone) return;
  checkKind(item, kindOf(state, native));
  item.isPartial ||= isLate;
  closeItem(state, item, native, sink);
}

/** Ends an item, with its last state or without one. */
export function closeItem(
  state: ResponsesState,
  item: OutputItem,
  whole: NativeObject | undefined,
  sink: PartSink,
): void {
  switch (item.kind) {
    case 'message':
      return endMessage(state, item, whole, sink);
    case 'thinking':
      return endThinking(item, whole, sink);
    case 'tool':
      return endTool(item, whole, sink);
    case 'server':
      item.isDone = true;
      if (whole !== undefined)
        sink.part({ type: 'serverTool', key: item.key, name: item.name, isFinal: true, native: whole });
  }
}

function checkKind(item: OutputItem, kind: OutputItem['kind']): void {
  if (item.kind !== kind)
    throw lostEvents(
      'openai-responses',
      `item ${item.index} was a ${item.kind} and is a ${kind}: the stream has started over`,
    );
}

/** What an item is to the reader. Everything that the provider runs itself, and every type to come, is a `server` item. */
export function kindOf(state: ResponsesState, native: NativeObject): OutputItem['kind'] {
  switch (native['type']) {
    case 'message':
      return 'message';
    case 'reasoning':
      return 'thinking';
    case 'function_call':
      return 'tool';
    case 'custom_tool_call':
      // xAI reports its own searches as calls of custom tools that no request has named.
      return state.toolNames?.has(native['name']) === false ? 'server' : 'tool';
    default:
      return 'server';
  }
}
