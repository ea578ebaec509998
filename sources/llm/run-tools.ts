import { Observable, type SchedulerLike } from 'rxjs';
import {
  callback,
  checkOptions,
  duration,
  instance,
  integer,
  oneOf,
  type OptionRules,
} from '../../lib/check-options.js';
import type { AssembledMessage } from './message.js';
import type { LlmToolCall } from './vocabulary.js';
import { toolLanes } from './tool-lanes.js';
import type { LargeResultHandler } from './tool-limit.js';
import type { ToolResult } from './tool-results.js';
import { type PreparedCall, prepareCall, type ToolErrorHandler, type ToolRunOptions } from './tool-run.js';
import { type Tool, toolTable } from './tools.js';

/** How the calls of a message run. */
export interface RunToolsOptions {
  /** How many safe calls may run at once. @default 8 */
  concurrency?: number | undefined;
  /** How long a tool may take, spilling of its result included, in milliseconds; 0 for no limit. A tool's own wins. @default 300_000 */
  timeout?: number | undefined;
  /** A call of a tool that is not there: an error result for the model, or the end of the stream before any call runs. @default 'result' */
  onUnknown?: 'result' | 'error' | undefined;
  /** Longest result, in characters of text. Blocks have no limit. @default 30_000 */
  maxResultLength?: number | undefined;
  /**
   * Gets each result that is too long, stores it where the model can look it up, and returns what it reads in its place. Where it fails,
   * `onToolError` hears of it and the default is done. @default the beginning is kept, and says what it is the beginning of
   */
  onLargeResult?: LargeResultHandler | undefined;
  /**
   * Hears of what a tool has thrown and of a time limit that was passed. A text that it returns is what the model reads, in place of the error's
   * message; what it throws is the error of the stream. @default the message without the stack, at most 1_000 characters
   */
  onToolError?: ToolErrorHandler | undefined;
  /** Timers, for tests. @default asyncScheduler */
  scheduler?: SchedulerLike | undefined;
}

/** The rules of {@link RunToolsOptions}. */
export const runToolsRules: OptionRules<RunToolsOptions> = {
  concurrency: integer(1),
  timeout: duration(0, ' (0 for none)'),
  onUnknown: oneOf('result', 'error'),
  maxResultLength: integer(1),
  onLargeResult: callback,
  onToolError: callback,
  scheduler: instance,
};

/** Looks at a call, and gets it ready to run. `partial` goes into the error for an unknown tool. */
export type CallPreparer = (call: LlmToolCall, partial?: AssembledMessage) => PreparedCall;

/** Errors: `TypeError` at once for options and tools that can never work. */
export function callPreparer(where: string, tools: readonly Tool[], options: RunToolsOptions): CallPreparer {
  checkOptions(where, runToolsRules, options);
  const table = toolTable(where, tools);
  const { timeout = 300_000, onUnknown = 'result', maxResultLength = 30_000 } = options;
  const { onLargeResult, onToolError, scheduler } = options;
  const all: ToolRunOptions = { timeout, onUnknown, maxResultLength, onLargeResult, onToolError, scheduler };
  return (call, partial) => prepareCall(call, table, all, partial);
}

/**
 * The results of calls, in the order of the calls. Cold: each subscription runs the tools again.
 *
 * Consecutive calls that are safe beside one another run together, at most `concurrency` of them; every other one, and one that will not
 * run, is alone: it begins when all before it have ended, and those behind it wait for it. A result is emitted as soon as all
 * before it are. Invalid calls, unknown tools and inputs that do not fit become error results without running; so do exceptions and passed time
 * limits. A tool that does not heed its signal goes on behind its limit, and nobody hears of it.
 *
 * Unsubscription aborts what runs; what waits never begins.
 * Errors: `unknown_tool` where `onUnknown` is `error`, before any call runs; what `onToolError` throws. `TypeError` at once for options and
 * tools that can never work.
 *
 * @example
 * import { calculatorTool, type LlmToolCall, runTools } from 'tailrace/sources/llm';
 *
 * declare const calls: readonly LlmToolCall[];
 * runTools(calls, [calculatorTool()]).subscribe((result) => console.log(result.id, result.output));
 */
export function runTools(
  calls: readonly LlmToolCall[],
  tools: readonly Tool[],
  options: RunToolsOptions = {},
): Observable<ToolResult> {
  const prepare = callPreparer('runTools', tools, options);
  const { concurrency = 8 } = options;
  return new Observable((subscriber) => {
    const lanes = toolLanes(concurrency, subscriber, {
      result: (result) => subscriber.next(result),
      error: (error) => subscriber.error(error),
      complete: () => subscriber.complete(),
    });
    // All are looked at before one runs.
    for (const ready of calls.map((call) => prepare(call))) lanes.add(ready);
    lanes.finish();
  });
}
