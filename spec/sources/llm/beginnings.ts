import { isDeepStrictEqual } from 'node:util';
import type { AssembledBlock, AssembledMessage } from '../../../sources/llm/message.js';

/** In what a message is no beginning of another one; empty where it is one. */
export function notBeginning(part: AssembledMessage, whole: AssembledMessage): string[] {
  const wrong: string[] = [];
  const note = (isRight: boolean, what: string): void => {
    if (!isRight) wrong.push(what);
  };
  note(part.id === undefined || part.id === whole.id, 'id');
  note(part.model === undefined || part.model === whole.model, 'model');
  note(whole.text.startsWith(part.text), 'text');
  note(whole.thinking.startsWith(part.thinking), 'thinking');
  note(isDeepStrictEqual(part.toolCalls, whole.toolCalls.slice(0, part.toolCalls.length)), 'toolCalls');
  note(part.stop === undefined || isDeepStrictEqual(part.stop, whole.stop), 'stop');
  note(!part.isComplete, 'isComplete');
  note(part.blocks.length <= whole.blocks.length, 'more blocks');
  part.blocks.forEach((block, n) => {
    const other = whole.blocks[n];
    const isLast = n === part.blocks.length - 1;
    note(other !== undefined && isBeginningOf(block, other, isLast), `block ${n} ${block.type}`);
  });
  return wrong;
}

/** The last block may grow; those before it are the same, but for what a provider says only at the end of the message. */
function isBeginningOf(block: AssembledBlock, other: AssembledBlock, isLast: boolean): boolean {
  if (block.key !== other.key) return false;
  const begins = (said: string, all: string): boolean => (isLast ? all.startsWith(said) : all === said);
  switch (block.type) {
    case 'text':
      return other.type === 'text' && begins(block.text, other.text) && block.citations.every(isIn(other.citations));
    case 'thinking':
      return (
        other.type === 'thinking' &&
        begins(block.text, other.text) &&
        [undefined, other.signature].includes(block.signature) &&
        block.isRedacted === other.isRedacted
      );
    case 'refusal':
      return other.type === 'refusal' && begins(block.text, other.text);
    case 'tool':
      return other.type === 'tool' && block.name === other.name && isCall(block, other, begins(block.raw, other.raw));
    case 'serverTool':
      return other.type === 'serverTool' && (!block.isFinal || isDeepStrictEqual(block, other));
  }
}

type ToolBlock = AssembledBlock & { readonly type: 'tool' };

function isCall(block: ToolBlock, other: ToolBlock, begins: boolean): boolean {
  return block.id === other.id && begins && (block.call === undefined || isDeepStrictEqual(block.call, other.call));
}

function isIn(all: readonly unknown[]): (one: unknown, n: number) => boolean {
  return (one, n) => isDeepStrictEqual(one, all[n]);
}
