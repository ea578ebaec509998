import type { AssembledBlock, AssembledMessage } from './message.js';
import type { LlmToolCall, NativeObject } from './vocabulary.js';

/** The items for Responses; see `toAssistantMessage`. */
export function responsesAssistant({ blocks }: AssembledMessage): readonly NativeObject[] {
  const items: NativeObject[] = [];
  let open: string | undefined;
  for (const block of blocks) {
    const item = itemOf(block);
    // Texts of one item have keys of one item: an id must not come twice.
    const owner = block.type === 'text' || block.type === 'refusal' ? ownerOf(block.key) : undefined;
    const last = items.at(-1);
    if (item === undefined) continue;
    if (owner !== undefined && owner === open && last !== undefined) items[items.length - 1] = joined(last, item);
    else items.push(item);
    open = owner;
  }
  while (items.at(-1)?.['type'] === 'reasoning') items.pop();
  return items;
}

function ownerOf(key: string): string {
  return key.split('.', 1)[0] ?? key;
}

function itemOf(block: AssembledBlock): NativeObject | undefined {
  switch (block.type) {
    case 'text':
      return block.native ?? messageOf({ type: 'output_text', text: block.text, annotations: block.citations });
    case 'refusal':
      return messageOf({ type: 'refusal', refusal: block.text });
    case 'thinking':
      return block.native;
    case 'tool':
      return block.call === undefined ? undefined : callOf(block.call);
    case 'serverTool':
      return block.isFinal ? block.native : undefined;
  }
}

function messageOf(part: NativeObject): NativeObject {
  return { type: 'message', role: 'assistant', status: 'completed', content: [part] };
}

/** The first text of an item has its frame, unless the first is a refusal, which has none of its own. */
function joined(first: NativeObject, second: NativeObject): NativeObject {
  const frame = first['id'] === undefined ? { ...first, ...second } : first;
  return { ...frame, content: [...partsOf(first), ...partsOf(second)] };
}

function partsOf({ content }: NativeObject): readonly unknown[] {
  return Array.isArray(content) ? content : [];
}

function callOf({ invalid, native }: LlmToolCall): NativeObject {
  return invalid === undefined || native['type'] === 'custom_tool_call' ? native : { ...native, arguments: '{}' };
}
