import { catchError, concat, defer, from, map, type Observable, type OperatorFunction, throwError } from 'rxjs';
import {
  type AssembledBlock,
  type AssembledMessage,
  isLlmError,
  type LlmLoopPart,
  type ToolResult,
} from '../../sources/llm/index.js';
import { detailOf, outputOf, usageText } from './llm-part-detail.js';
import { oneLine } from './plain-text.js';

/** Of the longest name of a part. */
const width = 'thinking.start'.length;
const longest = 200;

/** A line for each part with its time, and behind the last one the messages as they have been put together, also what came before an error. */
export function partLog(): OperatorFunction<LlmLoopPart, string> {
  return (parts) =>
    defer(() => {
      const started = performance.now();
      const messages: AssembledMessage[] = [];
      const results = new Map<string, ToolResult>();
      const note = (part: LlmLoopPart): string => {
        if (part.type === 'end') messages.push(part.message);
        if (part.type === 'toolResult') results.set(part.result.id, part.result);
        const at = ((performance.now() - started) / 1_000).toFixed(3).padStart(8);
        return `${at}  ${part.type.padEnd(width)}  ${shortened(detailOf(part))}`.trimEnd();
      };
      const assembled = (): Observable<string> => from(messages.flatMap((message) => messageLines(message, results)));
      return concat(
        parts.pipe(
          map(note),
          catchError((error: unknown) => {
            if (isLlmError(error) && error.partial !== undefined) messages.push(error.partial);
            return concat(
              defer(assembled),
              throwError(() => error),
            );
          }),
        ),
        defer(assembled),
      );
    });
}

function messageLines(message: AssembledMessage, results: ReadonlyMap<string, ToolResult>): readonly string[] {
  const { id = 'without id', isComplete, blocks, usage, stop } = message;
  const line = (name: string, text: string): string => `  ${name.padEnd(8)}  ${oneLine(text)}`;
  return [
    '',
    `assembled message ${oneLine(id)}${isComplete ? '' : ' (broken off)'}`,
    ...blocks.map((block) => line(block.type, blockText(block, results))),
    ...(stop === undefined ? [] : [line('stop', `${stop.reason} (${stop.native ?? 'nothing said'})`)]),
    ...(usage === undefined ? [] : [line('usage', usageText(usage))]),
  ];
}

function blockText(block: AssembledBlock, results: ReadonlyMap<string, ToolResult>): string {
  if (block.type === 'serverTool') return block.name;
  if (block.type !== 'tool') return block.text;
  const result = results.get(block.id);
  const state = block.call === undefined ? ' (not final)' : '';
  return `${block.name} ${block.raw}${state}${result === undefined ? '' : ` = ${outputOf(result)}`}`;
}

function shortened(text: string): string {
  const line = oneLine(text);
  return line.length > longest ? `${line.slice(0, longest)}...` : line;
}
