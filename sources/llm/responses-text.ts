import {
  type Handler,
  type MessageItem,
  newItem,
  objectsOf,
  passOn,
  type ResponsesState,
  tailOf,
  textOf,
  type TextSlot,
} from './responses-state.js';
import type { PartSink } from './wire-reader.js';
import type { NativeObject } from './vocabulary.js';

/** Texts, refusals and annotations of message items. */
export const textHandlers: readonly (readonly [type: string, handler: Handler])[] = [
  ['response.output_text.delta', (state, data, sink) => delta(state, data, false, sink)],
  [
    'response.output_text.done',
    (state, data, sink) => done(state, data, { type: 'output_text', text: data['text'] }, sink),
  ],
  ['response.output_text.annotation.added', annotation],
  ['response.refusal.delta', (state, data, sink) => delta(state, data, true, sink)],
  [
    'response.refusal.done',
    (state, data, sink) => done(state, data, { type: 'refusal', refusal: data['refusal'] }, sink),
  ],
];

function delta(state: ResponsesState, data: NativeObject, isRefusal: boolean, sink: PartSink): void {
  const text = data['delta'];
  const slot = slotOf(state, data, isRefusal, sink);
  if (slot === undefined || typeof text !== 'string') return passOn(state, data, sink);
  if (text !== '') add(slot, text, sink);
}

function add(slot: TextSlot, text: string, sink: PartSink): void {
  slot.text += text;
  if (slot.isRefusal) sink.part({ type: 'refusal.delta', key: slot.key, text });
  else sink.part({ type: 'text.delta', key: slot.key, text });
}

function slotOf(state: ResponsesState, data: NativeObject, isRefusal: boolean, sink: PartSink): TextSlot | undefined {
  const { output_index: index, content_index: content } = data;
  if (state.slotItem === index && state.slotContent === content && state.slot?.isRefusal === isRefusal)
    return state.slot;
  const item = messageAt(state, index);
  if (item === undefined || item.isDone) return undefined;
  const slot = ensureSlot(item, typeof content === 'number' ? content : 0, isRefusal, sink);
  state.slot = slot;
  state.slotItem = index;
  state.slotContent = content;
  return slot;
}

function messageAt(state: ResponsesState, index: unknown): MessageItem | undefined {
  if (typeof index !== 'number') return undefined;
  const item = state.items.get(index) ?? newItem(state, { index, kind: 'message' });
  return item.kind === 'message' ? item : undefined;
}

function ensureSlot(item: MessageItem, content: number, isRefusal: boolean, sink: PartSink): TextSlot | undefined {
  const slot = item.slots.get(content);
  if (slot !== undefined) return slot.isRefusal === isRefusal ? slot : undefined;
  const fresh: TextSlot = { key: `${item.key}.${content}`, isRefusal, text: '', citations: [] };
  item.slots.set(content, fresh);
  if (!isRefusal) sink.part({ type: 'text.start', key: fresh.key });
  return fresh;
}

function annotation(state: ResponsesState, data: NativeObject, sink: PartSink): void {
  const slot = slotOf(state, data, false, sink);
  const [citation] = objectsOf([data['annotation']]);
  if (slot === undefined || citation === undefined) return passOn(state, data, sink);
  slot.citations.push(citation);
  sink.part({ type: 'citation', key: slot.key, citation });
}

/** `content_part.added` and `.done` of a message, and the `.done` of its texts: all of them bring a part that may be ahead of its deltas. */
export function done(state: ResponsesState, data: NativeObject, part: NativeObject, sink: PartSink): void {
  const { output_index: index, content_index: content } = data;
  const item = messageAt(state, index);
  if (item === undefined) return passOn(state, data, sink);
  if (!item.isDone) takePart(item, typeof content === 'number' ? content : 0, part, sink);
}

/** Emits what a whole part has beyond its deltas: all of it where a server sends no deltas. `false` for parts that are no text. */
function takePart(item: MessageItem, content: number, part: NativeObject, sink: PartSink): boolean {
  const isRefusal = part['type'] === 'refusal';
  if (!isRefusal && part['type'] !== 'output_text') return false;
  const slot = ensureSlot(item, content, isRefusal, sink);
  if (slot === undefined) return false;
  if (item.isPartial) return true;
  const tail = tailOf(textOf(isRefusal ? part['refusal'] : part['text']), slot.text);
  if (tail !== undefined) add(slot, tail, sink);
  for (const citation of objectsOf(part['annotations']).slice(slot.citations.length)) {
    slot.citations.push(citation);
    sink.part({ type: 'citation', key: slot.key, citation });
  }
  return true;
}

/** Ends the texts of a message. `whole` is the item as the provider has closed it, `undefined` where it has not. */
export function endMessage(
  state: ResponsesState,
  item: MessageItem,
  whole: NativeObject | undefined,
  sink: PartSink,
): void {
  const content = objectsOf(whole?.['content']);
  content.forEach((part, at) => {
    if (!takePart(item, at, part, sink)) sink.part({ type: 'unknown', native: part });
  });
  item.isDone = true;
  state.slot = undefined;
  for (const [at, slot] of item.slots) {
    if (slot.isRefusal) continue;
    sink.part({ type: 'text.end', key: slot.key, native: itemOf(item, slot, whole, content[at]) });
  }
}

/** An item of the next input: the item itself, or of several texts in one item each in an item of its own. */
function itemOf(
  item: MessageItem,
  slot: TextSlot,
  whole: NativeObject | undefined,
  part: NativeObject | undefined,
): NativeObject {
  if (whole !== undefined && part !== undefined && item.slots.size === 1) return whole;
  const frame = whole ?? { type: 'message', role: 'assistant', ...item.begun, status: 'incomplete' };
  return { ...frame, content: [part ?? { type: 'output_text', text: slot.text, annotations: slot.citations }] };
}
