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
    if (kind === 'text_delta') block['text'] = `${block['text']}${delta['text']}`;
    else if (kind === 'thinking_delta') block['thinking'] = `${block['thinking']}${delta['thinking']}`;
    else if (kind === 'citations_delta') block['citations'] = [...listOf(block['citations']), delta['citation']];
    else if (kind === 'input_json_delta')
      inputs.set(data['index'], `${inputs.get(data['index']) ?? ''}${delta['partial_json']}`);
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
