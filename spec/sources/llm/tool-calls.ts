import { map, NEVER, Observable, type SchedulerLike, timer } from 'rxjs';
import * as z from 'zod';
import type { AssembledMessage } from '../../../sources/llm/message.js';
import type { LlmPart } from '../../../sources/llm/parts.js';
import { finalCall } from '../../../sources/llm/tool-input.js';
import { defineTool, type Tool } from '../../../sources/llm/tools.js';
import type { LlmStopReason, LlmToolCall } from '../../../sources/llm/vocabulary.js';

/** A call whose input is JSON, or is broken where the text is. */
export function callOf(id: string, name: string, raw = '{}'): LlmToolCall {
  return finalCall({ id, name, raw, kind: 'json', native: { id, name } });
}

export function callPart(call: LlmToolCall, choice?: number): LlmPart {
  return { type: 'toolCall', key: call.id, call, ...(choice === undefined ? {} : { choice }) };
}

/** A message with some calls, as `end` has it. */
export function messageOf(toolCalls: readonly LlmToolCall[], reason: LlmStopReason = 'tool'): AssembledMessage {
  return {
    ...{ wire: 'anthropic', id: 'msg', model: 'a-model', blocks: [], text: '', thinking: '', toolCalls },
    ...{ usage: undefined, stop: { reason, native: reason }, isComplete: true },
  };
}

/** All parts of a message with some calls. */
export function turnOf(toolCalls: readonly LlmToolCall[], reason: LlmStopReason = 'tool'): LlmPart[] {
  const message = messageOf(toolCalls, reason);
  return [
    { type: 'start', id: 'msg', model: 'a-model' },
    ...toolCalls.map((call) => callPart(call)),
    { type: 'stop', stop: { reason, native: reason } },
    { type: 'end', message },
  ];
}

/** What tools have done, in time. */
export interface ToolLog {
  /** `+id` for a beginning, `-id` for an end, `!id` for an abort. */
  readonly lines: string[];
  /** How many ran at once at most. */
  readonly peak: number;
  readonly running: number;
  readonly tools: readonly Tool[];
}

/** Tools `safe` and `unsafe` that take as long as their input says, `stuck` that never ends, all logged. */
export function loggedTools(scheduler?: SchedulerLike): ToolLog {
  const lines: string[] = [];
  let running = 0;
  let peak = 0;
  const during = (id: string, work: Observable<unknown>): Observable<unknown> =>
    new Observable((subscriber) => {
      lines.push(`+${id}`);
      running += 1;
      peak = Math.max(peak, running);
      let isOver = false;
      subscriber.add(() => {
        running -= 1;
        lines.push(`${isOver ? '-' : '!'}${id}`);
      });
      subscriber.add(
        work.subscribe({
          next: (value) => {
            isOver = true;
            subscriber.next(value);
          },
          complete: () => subscriber.complete(),
        }),
      );
    });
  const input = z.object({ ms: z.number().default(0) });
  const tool = (name: string, isConcurrencySafe: boolean): Tool =>
    defineTool({
      ...{ name, input, isConcurrencySafe },
      call: ({ ms }, { id }) => during(id, timer(ms, scheduler).pipe(map(() => `${id} done`))),
    });
  const stuck = defineTool({ name: 'stuck', input, call: (_input, { id }) => during(id, NEVER) });
  return {
    lines,
    tools: [tool('safe', true), tool('unsafe', false), stuck],
    get peak() {
      return peak;
    },
    get running() {
      return running;
    },
  };
}
