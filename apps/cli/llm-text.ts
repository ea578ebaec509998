import { catchError, concat, EMPTY, filter, map, noop, of, type OperatorFunction, throwError } from 'rxjs';
import type { LlmLoopPart } from '../../sources/llm/tool-loop.js';
import type { Line } from './output.js';

/** Text on its way to stdout. */
export interface TextFlow {
  /** The text of parts; each message ends its line. */
  readonly print: OperatorFunction<LlmLoopPart, Line>;
  /** Whether the last line has not ended. From now on it has: somebody else ends it. */
  endLine(): boolean;
}

export interface TextFlowOptions {
  /** Keeps a message back until it is whole: what a pipe has been told cannot be taken back. */
  readonly isHeld: boolean;
  /** What is done to text before it is shown. */
  readonly clean: (text: string) => string;
}

/**
 * The text of the model as it comes, without thinking and tools. After a `reset` the answer begins again on a line of its own, unless it was held.
 * What is held is printed before an error too.
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
  const textOf = (part: LlmLoopPart): string => {
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
  };
  return {
    print: (parts) =>
      parts.pipe(
        map(textOf),
        catchError((error: unknown) =>
          concat(
            held === '' ? EMPTY : of(released()),
            throwError(() => error),
          ),
        ),
        filter((text) => text !== ''),
        map((text) => ({ text, raw: true, written: noop })),
      ),
    endLine: () => {
      const was = isMidLine;
      isMidLine = false;
      return was;
    },
  };
}
