import {
  type Handler,
  newItem,
  objectsOf,
  passOn,
  type ResponsesState,
  tailOf,
  textOf,
  type ThinkingItem,
} from './responses-state.js';
import type { PartSink } from './wire-reader.js';
import type { NativeObject } from './vocabulary.js';

/** Reasoning texts and summaries. */
export const thinkingHandlers: readonly (readonly [type: string, handler: Handler])[] = [
  ['response.reasoning_text.delta', delta],
  ['response.reasoning_text.done', (state, data, sink) => wholeSection(state, data, data['text'], sink)],
  ['response.reasoning_summary_text.delta', delta],
  ['response.reasoning_summary_text.done', (state, data, sink) => wholeSection(state, data, data['text'], sink)],
  ['response.reasoning_summary_part.added', (state, data, sink) => wholeSection(state, data, textOfPart(data), sink)],
  ['response.reasoning_summary_part.done', (state, data, sink) => wholeSection(state, data, textOfPart(data), sink)],
];

function textOfPart({ part }: NativeObject): unknown {
  return objectsOf([part])[0]?.['text'];
}

function delta(state: ResponsesState, data: NativeObject, sink: PartSink): void {
  const item = thinkingAt(state, data, sink);
  const text = data['delta'];
  if (item === undefined || item.isDone || typeof text !== 'string') return passOn(state, data, sink);
  if (text !== '') add(item, sectionOf(data), text, sink);
}

/** Summaries have even numbers, texts odd ones, so that one table holds both. */
function sectionOf({ summary_index: summary, content_index: content }: NativeObject): number {
  if (typeof summary === 'number') return summary * 2;
  return (typeof content === 'number' ? content : 0) * 2 + 1;
}

/** An empty line parts one section from the next, in the text and nowhere else: `native` has them apart. */
function add(item: ThinkingItem, section: number, text: string, sink: PartSink): void {
  const { key } = item;
  const built = item.sections.get(section);
  item.sections.set(section, built === undefined ? text : built + text);
  if (item.latest !== section && item.hasText) sink.part({ type: 'thinking.delta', key, text: '\n\n' });
  item.latest = section;
  item.hasText = true;
  sink.part({ type: 'thinking.delta', key, text });
}

function thinkingAt(
  state: ResponsesState,
  { output_index: index }: NativeObject,
  sink: PartSink,
): ThinkingItem | undefined {
  if (typeof index !== 'number') return undefined;
  const known = state.items.get(index);
  if (known !== undefined) return known.kind === 'thinking' ? known : undefined;
  const item = newItem(state, { index, kind: 'thinking' });
  sink.part({ type: 'thinking.start', key: item.key });
  return item.kind === 'thinking' ? item : undefined;
}

/** The section as a whole; also for `content_part.done` of a reasoning item. */
export function wholeSection(state: ResponsesState, data: NativeObject, text: unknown, sink: PartSink): void {
  const item = thinkingAt(state, data, sink);
  if (item === undefined) return passOn(state, data, sink);
  if (!item.isDone) takeSection(item, sectionOf(data), textOf(text), sink);
}

/** Emits what a whole section has beyond its deltas, unless another section has been begun behind it: it would stand in the wrong place. */
function takeSection(item: ThinkingItem, section: number, text: string, sink: PartSink): void {
  const built = item.sections.get(section);
  if (item.isPartial || (built !== undefined && item.latest !== section)) return;
  const tail = tailOf(text, built ?? '');
  if (tail !== undefined) add(item, section, tail, sink);
}

/** Ends a reasoning item. Without its last event it is not whole, and without `native` it does not go back. */
export function endThinking(item: ThinkingItem, whole: NativeObject | undefined, sink: PartSink): void {
  objectsOf(whole?.['summary']).forEach((part, at) => takeSection(item, at * 2, textOf(part['text']), sink));
  objectsOf(whole?.['content']).forEach((part, at) => takeSection(item, at * 2 + 1, textOf(part['text']), sink));
  item.isDone = true;
  const signature = textOf(whole?.['encrypted_content']);
  sink.part({
    type: 'thinking.end',
    key: item.key,
    signature: signature === '' ? undefined : signature,
    native: whole,
  });
}
