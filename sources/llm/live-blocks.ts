import { type LiveBlock, liveBlock, saysSomething, viewOf } from './live-block.js';
import type { AssembledBlock } from './message.js';
import { nativeText } from './native-text.js';
import type { LlmPart } from './parts.js';
import type { LlmToolCall } from './vocabulary.js';

/** A part that belongs to a block. */
export type BlockPart = Extract<LlmPart, { readonly key: string }>;

/** What a list of blocks comes to. */
export interface BlocksView {
  readonly blocks: readonly AssembledBlock[];
  readonly text: string;
  readonly thinking: string;
  readonly toolCalls: readonly LlmToolCall[];
}

/** The blocks of one message, in the order in which their keys appeared. */
export interface LiveBlocks {
  /** Adds one part to its block, and makes the block where there is none. */
  add(part: BlockPart): void;
  readonly hasContent: boolean;
  view(): BlocksView;
}

/** No blocks yet. */
export function liveBlocks(): LiveBlocks {
  const blocks: LiveBlock[] = [];
  const byKey = new Map<string, LiveBlock>();
  let last: LiveBlock | undefined;
  let hasContent = false;
  const take = (type: AssembledBlock['type'], key: string): LiveBlock => {
    let block = byKey.get(key);
    if (block?.type !== type) {
      block = liveBlock(type, key);
      blocks.push(block);
      byKey.set(key, block);
    }
    last = block;
    return block;
  };
  return {
    add: (part) => {
      // Deltas follow one another in one block nearly always: this is the way of all but a few parts.
      if (last !== undefined && part.key === last.key && part.type === last.deltaType && 'text' in part) {
        last.text += part.text;
        last.view = undefined;
        if (part.text !== '') hasContent = true;
        return;
      }
      const type: AssembledBlock['type'] | undefined = blockTypes[part.type];
      // Over a relay, a part of a later version may come.
      if (type === undefined) return;
      const block = take(type, part.key);
      block.view = undefined;
      apply(block, part);
      hasContent ||= saysSomething(block);
    },
    get hasContent() {
      return hasContent;
    },
    view: () => viewOfAll(blocks),
  };
}

const blockTypes: Readonly<Record<BlockPart['type'], AssembledBlock['type']>> = {
  'text.start': 'text',
  'text.delta': 'text',
  'text.end': 'text',
  citation: 'text',
  'thinking.start': 'thinking',
  'thinking.delta': 'thinking',
  'thinking.end': 'thinking',
  'refusal.delta': 'refusal',
  'tool.start': 'tool',
  'tool.delta': 'tool',
  toolCall: 'tool',
  serverTool: 'serverTool',
};

function apply(block: LiveBlock, part: BlockPart): void {
  switch (part.type) {
    case 'text.delta':
    case 'thinking.delta':
    case 'refusal.delta':
    case 'tool.delta':
      block.text += part.text;
      return;
    case 'text.start':
      return;
    case 'text.end':
      block.native = part.native;
      // What the provider says at the end counts: a delta may have been lost where a stream was resumed.
      block.text = nativeText(part.native) ?? block.text;
      return;
    case 'citation':
      block.citations = [...block.citations, part.citation];
      return;
    case 'thinking.start':
      block.isRedacted = part.isRedacted === true;
      return;
    case 'thinking.end':
      block.signature = part.signature;
      block.native = part.native;
      return;
    case 'tool.start':
      block.id = part.id;
      block.name = part.name;
      return;
    case 'toolCall':
      takeCall(block, part.call);
      return;
    case 'serverTool':
      block.name = part.name;
      block.isFinal = part.isFinal;
      block.native = part.native;
  }
}

function takeCall(block: LiveBlock, call: LlmToolCall): void {
  block.id = call.id;
  block.name = call.name;
  block.text = call.raw;
  block.call = call;
}

function viewOfAll(blocks: readonly LiveBlock[]): BlocksView {
  let text = '';
  let thinking = '';
  const toolCalls: LlmToolCall[] = [];
  for (const block of blocks) {
    if (block.type === 'text') text += block.text;
    else if (block.type === 'thinking') thinking += block.text;
    else if (block.call !== undefined) toolCalls.push(block.call);
  }
  return { blocks: blocks.map(viewOf), text, thinking, toolCalls };
}
