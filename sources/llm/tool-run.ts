import {
  catchError,
  concatMap,
  defaultIfEmpty,
  defer,
  from,
  identity,
  isObservable,
  map,
  Observable,
  of,
  type SchedulerLike,
  takeLast,
  timeout,
} from 'rxjs';
import { StreamError } from '../../lib/errors.js';
import { isPromised } from '../../lib/handler-result.js';
import { validate, type Validated } from '../../lib/schema.js';
import { subscribeWithin } from '../../lib/subscribe-within.js';
import { LlmError } from './errors.js';
import type { AssembledMessage } from './message.js';
import { failedResult, resultOf } from './tool-answer.js';
import { type LargeResultOptions, limitResult } from './tool-limit.js';
import type { ToolResult } from './tool-results.js';
import { isToolName, type Tool, type ToolTable } from './tools.js';
import type { LlmToolCall } from './vocabulary.js';

/** How one call runs. */
export interface ToolRunOptions extends LargeResultOptions {
  /** In milliseconds; 0 for none. */
  readonly timeout: number;
  readonly onUnknown: 'result' | 'error';
  readonly onToolError: ToolErrorHandler | undefined;
  readonly scheduler: SchedulerLike | undefined;
}

/** Hears of what a tool has thrown, and of passed time limits; what it returns is said to the model in place of our own words. */
export type ToolErrorHandler = (error: unknown, call: LlmToolCall) => string | undefined;

/** A call that has been looked at and has not run. */
export interface PreparedCall {
  /** May run beside others. */
  readonly isSafe: boolean;
  /** One result. Unsubscription aborts the tool. */
  readonly run: Observable<ToolResult>;
}

/** What the model gets to read of an exception. */
const longestMessage = 1_000;

/**
 * Looks at a call: a call that is invalid, unknown, or does not fit its schema is prepared to say so, and never runs.
 *
 * Errors: an `LlmError` with `unknown_tool` where that is wanted.
 */
export function prepareCall(
  call: LlmToolCall,
  tools: ToolTable,
  options: ToolRunOptions,
  partial?: AssembledMessage,
): PreparedCall {
  const tool = tools.get(call.name);
  if (tool === undefined) return unknownTool(call, tools, options, partial);
  if (call.invalid !== undefined) return refused(call, `${call.invalid}. Send the whole input again`);
  const checked = check(tool, call.input);
  if ('error' in checked) return { isSafe: false, run: defer(() => failed(call, checked.error, options)) };
  if (!checked.ok) return refused(call, `its input does not fit. ${checked.message}`);
  return { isSafe: isSafe(tool, checked.value), run: runTool(tool, { call, input: checked.value }, options) };
}

function unknownTool(
  call: LlmToolCall,
  tools: ToolTable,
  { onUnknown }: ToolRunOptions,
  partial: AssembledMessage | undefined,
): PreparedCall {
  const name = isToolName(call.name) ? `"${call.name}"` : 'of that name';
  if (onUnknown === 'result') {
    const known = tools.size === 0 ? 'there are none' : `there are ${[...tools.keys()].join(', ')}`;
    return refused(call, `there is no tool ${name}; ${known}`);
  }
  throw new LlmError(`the model has called a tool that is not there: ${name}`, {
    ...{ errorType: 'fatal_error', code: 'unknown_tool' },
    ...{ wire: partial?.wire, partial, usage: partial?.usage },
  });
}

function refused(call: LlmToolCall, reason: string): PreparedCall {
  return { isSafe: false, run: of(failedResult(call, `The call has not run: ${reason}.`)) };
}

/** A schema that throws is a fault of the program, as a tool that throws is. */
function check(tool: Tool, input: unknown): Validated<unknown> | { readonly error: unknown } {
  try {
    return validate(tool.input, input);
  } catch (error) {
    return { error };
  }
}

function isSafe(tool: Tool, input: unknown): boolean {
  if (typeof tool.isConcurrencySafe !== 'function') return tool.isConcurrencySafe ?? false;
  try {
    return tool.isConcurrencySafe(input);
  } catch {
    return false;
  }
}

interface CheckedCall {
  readonly call: LlmToolCall;
  readonly input: unknown;
}

function runTool(tool: Tool, { call, input }: CheckedCall, options: ToolRunOptions): Observable<ToolResult> {
  const { timeout: limit = options.timeout } = tool;
  return new Observable((subscriber) => {
    const controller = new AbortController();
    let isOver = false;
    subscriber.add(() => {
      if (!isOver) controller.abort();
    });
    const work = defer(() => answerOf(tool.call(input, { id: call.id, signal: controller.signal }))).pipe(
      map((value) => resultOf(call, value)),
      concatMap((result) => limitResult(result, options, (error) => options.onToolError?.(error, call))),
      limit === 0 ? identity : timeout({ first: limit, with: () => expired(), ...within(options) }),
      catchError((error: unknown) => failed(call, error, options)),
    );
    const expired = (): Observable<never> => {
      const error = timedOut(limit);
      controller.abort(error);
      throw error;
    };
    subscribeWithin(work, subscriber, {
      next: (result) => {
        isOver = true;
        subscriber.next(result);
      },
      error: (error) => subscriber.error(error),
      complete: () => subscriber.complete(),
    });
  });
}

function within({ scheduler }: ToolRunOptions): { scheduler?: SchedulerLike } {
  return scheduler === undefined ? {} : { scheduler };
}

/** What the tool has returned, once it is there. */
function answerOf(returned: unknown): Observable<unknown> {
  if (isObservable(returned)) return returned.pipe(takeLast(1), defaultIfEmpty(undefined));
  return isPromised(returned) ? from(returned) : of(returned);
}

function failed(call: LlmToolCall, error: unknown, { onToolError }: ToolRunOptions): Observable<ToolResult> {
  const text = onToolError?.(error, call) ?? `The tool has failed${reasonOf(error)}`;
  return of(failedResult(call, text));
}

/** Never the stack: it says where programs live, and nothing to a model. */
function reasonOf(error: unknown): string {
  const message: unknown = typeof error === 'object' && error !== null && 'message' in error ? error.message : error;
  return typeof message === 'string' && message !== '' ? `: ${message.slice(0, longestMessage)}` : '.';
}

function timedOut(limit: number): StreamError {
  return new StreamError(`it has not ended within ${limit} ms`, { errorType: 'timeout', code: 'handler_timeout' });
}
