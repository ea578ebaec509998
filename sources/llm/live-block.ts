import type { AssembledBlock } from './message.js';
import type { LlmPart } from './parts.js';
import type { LlmToolCall, NativeObject } from './vocabulary.js';

/**
 * A block while it grows. One shape for all types, so that the engine compiles the way of a delta once; a delta is added to `text` as a rope, which
 * is put together only when somebody reads it.
 */
export interface LiveBlock {
  readonly type: AssembledBlock['type'];
  readonly key: string;
  /** The part that only adds to the text. */
  readonly deltaType: LlmPart['type'] | undefined;
  /** Text, thinking, refusal, or the input of a call as it came. */
  text: string;
  citations: readonly NativeObject[];
  signature: string | undefined;
  isRedacted: boolean;
  id: string;
  name: string;
  call: LlmToolCall | undefined;
  isFinal: boolean;
  native: NativeObject | undefined;
  /** The block as consumers see it; made when it is asked for, dropped when the block changes. */
  view: AssembledBlock | undefined;
}

/** A block of which nothing has come. */
export function liveBlock(type: AssembledBlock['type'], key: string): LiveBlock {
  return {
    ...{ type, key, deltaType: deltaTypes[type], text: '' },
    ...{ citations: none, signature: undefined, isRedacted: false },
    ...{ id: '', name: '', call: undefined, isFinal: false, native: undefined, view: undefined },
  };
}

const deltaTypes: Readonly<Record<AssembledBlock['type'], LlmPart['type'] | undefined>> = {
  text: 'text.delta',
  thinking: 'thinking.delta',
  refusal: 'refusal.delta',
  tool: 'tool.delta',
  serverTool: undefined,
};
const none: readonly NativeObject[] = [];

/** Whether a block says anything: the beginning of one that is still empty does not. */
export function saysSomething({ type, text, citations, isRedacted }: LiveBlock): boolean {
  return type === 'tool' || type === 'serverTool' || isRedacted || text !== '' || citations.length > 0;
}

/** The block as it is now. Later changes make another one. */
export function viewOf(block: LiveBlock): AssembledBlock {
  return (block.view ??= made(block));
}

function made(block: LiveBlock): AssembledBlock {
  const { type, key, text, native } = block;
  switch (type) {
    case 'text': {
      const shown = { type, key, text, citations: block.citations };
      return native === undefined ? shown : { ...shown, native };
    }
    case 'thinking': {
      const shown = { type, key, text, signature: block.signature, isRedacted: block.isRedacted };
      return native === undefined ? shown : { ...shown, native };
    }
    case 'refusal':
      return { type, key, text };
    case 'tool':
      return { type, key, id: block.id, name: block.name, raw: text, call: block.call };
    case 'serverTool':
      return { type, key, name: block.name, isFinal: block.isFinal, native: native ?? {} };
  }
}
