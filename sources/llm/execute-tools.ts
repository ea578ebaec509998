import { Observable, type OperatorFunction, type Subscriber } from 'rxjs';
import { checkOptions, integer, oneOf, type OptionRules } from '../../lib/check-options.js';
import { subscribeWithin } from '../../lib/subscribe-within.js';
import type { AssembledMessage } from './message.js';
import type { LlmPart } from './parts.js';
import { callPreparer, type CallPreparer, type RunToolsOptions, runToolsRules } from './run-tools.js';
import { type ToolLanes, toolLanes } from './tool-lanes.js';
import type { LlmToolResultPart, Tool } from './tools.js';
import type { LlmStop, LlmStopReason, LlmToolCall } from './vocabulary.js';

/** How and when the calls of a stream run. */
export interface ExecuteToolsOptions extends RunToolsOptions {
  /**
   * `end`: when the message is whole, so that a stream that fails and is asked for again has run nothing. `eager`: as soon as a call is
   * final, beside the rest of the message; whatever tries again then runs tools again. @default 'end'
   */
  start?: 'end' | 'eager' | undefined;
  /** Whose calls run, where there are several answers to one prompt. @default 0 */
  choice?: number | undefined;
}

/** The rules of {@link ExecuteToolsOptions}. */
export const executeToolsRules: OptionRules<ExecuteToolsOptions> = {
  ...runToolsRules,
  start: oneOf('end', 'eager'),
  choice: integer(0),
};

const voided: ReadonlySet<LlmStopReason> = new Set<LlmStopReason>(['refusal', 'cancelled']);

/**
 * Passes all parts on and runs the calls among them: their results follow as `toolResult` parts, in the order of the calls, behind
 * `end`, or as they come with `start: 'eager'`. How calls run beside one another and what becomes of those that fail: `runTools`.
 *
 * Each final call runs once. After a `reset`, and after a stop for refusal or cancellation, what runs is aborted, and its results and what
 * waits are dropped. The stream completes when the source has and all results are out. An error of the source passes at once and aborts
 * what runs; so does unsubscription.
 *
 * Errors: `unknown_tool` with the message in `partial`, where `onUnknown` is `error`; what `onToolError` throws. `TypeError` at once for
 * options and tools that can never work.
 *
 * @example
 * import { calculatorTool, executeTools, type LlmPart } from 'tailrace/sources/llm';
 * import type { Observable } from 'rxjs';
 *
 * declare const parts: Observable<LlmPart>;
 * parts.pipe(executeTools([calculatorTool()])).subscribe((part) => {
 *   if (part.type === 'toolResult') console.log(part.result.name, part.result.output);
 * });
 */
export function executeTools(
  tools: readonly Tool[],
  options: ExecuteToolsOptions = {},
): OperatorFunction<LlmPart, LlmPart | LlmToolResultPart> {
  checkOptions('executeTools', executeToolsRules, options);
  const { start = 'end', choice = 0, ...rest } = options;
  const { concurrency = 8 } = rest;
  const prepare = callPreparer('executeTools', tools, rest);
  return (source) =>
    new Observable((subscriber) => {
      const lanes = toolLanes(concurrency, subscriber, {
        result: (result) => subscriber.next({ type: 'toolResult', result }),
        error: (error) => subscriber.error(error),
        complete: () => subscriber.complete(),
      });
      const calls = heldCalls({ prepare, lanes, start });
      subscribeWithin(source, subscriber, {
        next: (part) => follow(part, { calls, choice, subscriber }),
        error: (error) => {
          // First, because whoever hears of the error may ask again at once.
          calls.clear();
          subscriber.error(error);
        },
        complete: () => {
          guard(subscriber, () => calls.release());
          lanes.finish();
        },
      });
    });
}

interface Calls {
  add(call: LlmToolCall): void;
  /** Runs what waits for the end of its message. */
  release(message?: AssembledMessage): void;
  clear(): void;
}

interface CallsOptions {
  readonly prepare: CallPreparer;
  readonly lanes: ToolLanes;
  readonly start: 'end' | 'eager';
}

function heldCalls({ prepare, lanes, start }: CallsOptions): Calls {
  let held: LlmToolCall[] = [];
  return {
    add: (call) => {
      if (start === 'eager') lanes.add(prepare(call));
      else held.push(call);
    },
    release: (message) => {
      const calls = held;
      held = [];
      // All are looked at before one runs.
      for (const ready of calls.map((call) => prepare(call, message))) lanes.add(ready);
    },
    clear: () => {
      held = [];
      lanes.clear();
    },
  };
}

interface Following {
  readonly calls: Calls;
  readonly choice: number;
  readonly subscriber: Subscriber<LlmPart | LlmToolResultPart>;
}

function follow(part: LlmPart, { calls, choice, subscriber }: Following): void {
  // Before the consumer hears of it: a result behind a reset would belong to nothing.
  if (part.type === 'reset') calls.clear();
  subscriber.next(part);
  if (subscriber.closed) return;
  if (part.type === 'toolCall' && (part.choice ?? 0) === choice) guard(subscriber, () => calls.add(part.call));
  else if (part.type === 'stop' && (part.choice ?? 0) === choice && isVoid(part.stop)) calls.clear();
  else if (part.type === 'end') guard(subscriber, () => calls.release(part.message));
}

/** A message that ends so is void: what it calls was never meant to run, or not by this model. */
export function isVoid(stop: LlmStop | undefined): boolean {
  return stop !== undefined && voided.has(stop.reason);
}

/** What is thrown where a call is looked at is the error of the stream. */
function guard<T>(subscriber: Subscriber<T>, action: () => void): void {
  try {
    action();
  } catch (error) {
    subscriber.error(error);
  }
}
