import type { LlmLoopPart } from '../../sources/llm/index.js';
import type { FreeText } from './display.js';

/** What is printed of parts. */
export interface TextFlow extends FreeText {
  /** What to print for a part, mostly nothing. */
  textOf(part: LlmLoopPart): string;
  /** What is still held, where the stream has failed. */
  rest(): string;
}

export interface TextFlowOptions {
  /** Keeps a message back until it is whole: what a pipe has been told cannot be taken back. */
  readonly isHeld: boolean;
  /** What is done to text before it is shown. */
  readonly clean: (text: string) => string;
}

/**
 * The text of the model as it comes, without thinking and tools; each message ends its line. After a `reset` the answer begins again on a line of
 * its own, unless it was held.
 */
export function textFlow({ isHeld, clean }: TextFlowOptions): TextFlow {
  let held = '';
  let isMidLine = false;
  const shown = (text: string): string => {
    const cleaned = clean(text);
    if (cleaned !== '') isMidLine = !cleaned.endsWith('\n');
    return cleaned;
  };
  const released = (): string => {
    const text = held;
    held = '';
    return shown(text) + ended();
  };
  const ended = (): string => (isMidLine ? shown('\n') : '');
  return {
    textOf: (part) => {
      if (part.type === 'end') return released();
      if (part.type === 'reset') {
        held = '';
        return ended();
      }
      const isText = part.type === 'text.delta' || part.type === 'refusal.delta';
      if (!isText || (part.choice ?? 0) > 0) return '';
      if (!isHeld) return shown(part.text);
      held += part.text;
      return '';
    },
    rest: () => (held === '' ? '' : released()),
    endLine: () => {
      const was = isMidLine;
      isMidLine = false;
      return was;
    },
  };
}
