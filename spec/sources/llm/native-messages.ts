import type { NativeObject } from '../../../sources/llm/vocabulary.js';
import type { WireEvent } from '../../../sources/llm/wire-reader.js';
import { objectOf } from './collected-parts.js';

/** The blocks of a message of Anthropic's, put together from its events by their indices and nothing else. */
export function anthropicBlocks(events: readonly WireEvent[]): NativeObject[] {
  const blocks = new Map<unknown, Record<string, unknown>>();
  const inputs = new Map<unknown, string>();
  for (const { type, data } of events) {
    const block = blocks.get(data['index']);
    if (type === 'content_block_start') blocks.set(data['index'], { ...objectOf(data['content_block']) });
    if (type !== 'content_block_delta' || block === undefined) continue;
    const { type: kind, ...delta } = objectOf(data['delta']);
    if (kind === 'text_delta') block['text'] = String(block['text']) + String(delta['text']);
    else if (kind === 'thinking_delta') block['thinking'] = String(block['thinking']) + String(delta['thinking']);
    else if (kind === 'citations_delta') block['citations'] = [...listOf(block['citations']), delta['citation']];
    else if (kind === 'input_json_delta')
      inputs.set(data['index'], (inputs.get(data['index']) ?? '') + String(delta['partial_json']));
    else Object.assign(block, delta);
  }
  for (const [index, raw] of inputs) if (raw !== '') Object.assign(blocks.get(index) ?? {}, { input: parsed(raw) });
  return [...blocks.values()];
}

/** The items of a response, as they were when they were done, in the order of the output. */
export function responseItems(events: readonly WireEvent[]): NativeObject[] {
  return events
    .filter(({ type }) => type === 'response.output_item.done')
    .map(({ data }) => ({ index: Number(data['output_index']), item: objectOf(data['item']) }))
    .sort((a, b) => a.index - b.index)
    .map(({ item }) => item);
}

/** The deltas of the first answer of a chat. */
export function chatDeltas(events: readonly WireEvent[]): NativeObject[] {
  return events
    .flatMap(({ data }) => listOf(data['choices']))
    .map(objectOf)
    .filter(({ index }) => index === 0 || index === undefined)
    .map(({ delta }) => objectOf(delta));
}

/** The calls in the deltas of a chat: one with an id that has not been there is another call, a piece without belongs to its index or the last one. */
export function chatCalls(deltas: readonly NativeObject[]): NativeObject[] {
  const calls: { index: unknown; call: Record<string, unknown> }[] = [];
  for (const piece of deltas.flatMap(({ tool_calls: list }) => listOf(list)).map(objectOf)) {
    const { index, id, ...entry } = piece;
    const isNew = typeof id === 'string' && id !== '' && calls.every(({ call }) => call['id'] !== id);
    if (isNew) calls.push({ index, call: { id, ...entry } });
    else join(calls.findLast((one) => one.index === index)?.call ?? calls.at(-1)?.call ?? {}, entry);
  }
  const legacy = deltas.flatMap(({ function_call: call }) => (call === undefined ? [] : [objectOf(call)]));
  const named = legacy.map(({ name }) => name ?? '').join('');
  const text = legacy.map(({ arguments: piece }) => piece ?? '').join('');
  const old = { id: 'call_0_0', type: 'function', function: { name: named, arguments: text } };
  return [...calls.map(({ call }) => call), ...(legacy.length === 0 ? [] : [old])];
}

/** Adds the pieces of text of an entry to those of the call. */
function join(call: Record<string, unknown>, entry: NativeObject): void {
  for (const kind of ['function', 'custom']) {
    const [before, piece] = [objectOf(call[kind]), objectOf(entry[kind])];
    for (const name of ['arguments', 'input']) {
      if (piece[name] !== undefined) call[kind] = { ...before, [name]: text(before[name]) + text(piece[name]) };
    }
  }
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function parsed(raw: string): unknown {
  try {
    return JSON.parse(raw);
  } catch {
    return undefined;
  }
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
