import { concat, defer, EMPTY, type Observable, of, repeat, tap } from 'rxjs';
import { callback, checkOptions, integer, type OptionRules, requireOption } from '../../lib/check-options.js';
import { LlmError, TruncatedStreamError } from './errors.js';
import { executeTools, type ExecuteToolsOptions, executeToolsRules, isVoid } from './execute-tools.js';
import type { AssembledMessage } from './message.js';
import type { LlmPart } from './parts.js';
import type { ToolResult } from './tool-results.js';
import type { LlmToolResultPart, Tool } from './tools.js';

/** A turn begins: the parts up to the next `turn` are its own. */
export interface LlmTurnPart {
  readonly type: 'turn';
  /** From 0. */
  readonly index: number;
}

/** What a loop of turns says. */
export type LlmLoopPart = LlmPart | LlmToolResultPart | LlmTurnPart;

/** A turn that is over: what the model said, and what its calls gave; no results where the provider has paused. */
export interface LlmPastTurn {
  readonly message: AssembledMessage;
  /** In the order of the calls. */
  readonly results: readonly ToolResult[];
}

/** What the next request is made from. */
export interface LlmTurn {
  /** From 0. */
  readonly index: number;
  /** The turns before it, oldest first. */
  readonly past: readonly LlmPastTurn[];
}

/** How a loop runs, whoever is asked. */
export interface ToolTurnsOptions extends Omit<ExecuteToolsOptions, 'choice'> {
  /** How many messages at most; at most 1_000. @default 10 */
  maxTurns?: number | undefined;
}

/** Who is asked, with which tools. */
export interface ToolLoopOptions extends ToolTurnsOptions {
  /** The parts of one message, the request for it being made from the turns before. Called once for each turn, when it begins. */
  request: (turn: LlmTurn) => Observable<LlmPart>;
  tools: readonly Tool[];
}

const { choice: _choice, ...toolRules } = executeToolsRules;
const rules: OptionRules<ToolLoopOptions> = {
  ...toolRules,
  maxTurns: integer(1, 1_000),
  request: callback,
  tools: { expected: 'a list of tools', test: (value) => Array.isArray(value) },
};

/**
 * Asks, runs the tools, asks again with their results, until a message calls none. Cold.
 *
 * A `turn` part begins each turn; the parts of its message follow as they come, then a `toolResult` for each call. A message that the
 * provider has paused (`pause`) is sent back as it is, and goes on in the next turn. A refusal ends the loop, and its calls do not run; so does
 * a message without calls, whatever it stopped for. Completes behind the last part of the last turn.
 *
 * The turn number `maxTurns` is the last. Where its message wants another, the stream errors behind its `end`, and its tools do not run:
 * nobody would read what they say.
 *
 * Unsubscription closes the socket of the turn or aborts its tools. Errors of a turn pass as they are, with their `partial`; the turns before it
 * were said in full.
 *
 * Errors: `max_turns`, with the last message in `partial`; `truncated` for a turn that completes without `end`; those of `request` and of
 * `executeTools`. `TypeError` at once for options and tools that can never work.
 *
 * @example
 * import { anthropicMessages, calculatorTool, nextAnthropicBody, toolDefinitions, toolLoop } from 'tailrace/sources/llm';
 *
 * const tools = [calculatorTool()];
 * const body = {
 *   model: 'claude-sonnet-4-5',
 *   max_tokens: 1_024,
 *   messages: [{ role: 'user', content: 'What is 42 * 17?' }],
 *   tools: toolDefinitions('anthropic', tools),
 * };
 * toolLoop({
 *   tools,
 *   request: ({ past }) => anthropicMessages({ apiKey: 'AAAA', body: nextAnthropicBody(body, past) }),
 * }).subscribe((part) => {
 *   if (part.type === 'text.delta') console.log(part.text);
 * });
 */
export function toolLoop(options: ToolLoopOptions): Observable<LlmLoopPart> {
  checkOptions('toolLoop', rules, options);
  const { request, tools, maxTurns = 10, ...runOptions } = options;
  for (const key of ['request', 'tools'] as const) requireOption('toolLoop', key, options[key]);
  const run = executeTools(tools, runOptions);
  return defer(() => {
    const past: LlmPastTurn[] = [];
    let isOver = false;
    const turn = defer(() => {
      const index = past.length;
      const isLast = index + 1 === maxTurns;
      const parts = request({ index, past: [...past] });
      const end = (finished: LlmPastTurn): void => {
        if (!wantsMore(finished.message)) isOver = true;
        else if (isLast) throw tooManyTurns(maxTurns, finished.message);
        else past.push(finished);
      };
      return concat(of({ type: 'turn', index } as const), noted(isLast ? parts : parts.pipe(run), end));
    });
    return turn.pipe(repeat({ delay: () => (isOver ? EMPTY : of(true)) }));
  });
}

/** Keeps what the turn has said, and tells it at its end. */
function noted(
  parts: Observable<LlmPart | LlmToolResultPart>,
  end: (turn: LlmPastTurn) => void,
): Observable<LlmPart | LlmToolResultPart> {
  const results: ToolResult[] = [];
  let message: AssembledMessage | undefined;
  return parts.pipe(
    tap({
      next: (part) => {
        if (part.type === 'end') message = part.message;
        else if (part.type === 'toolResult') results.push(part.result);
      },
      complete: () => {
        if (message === undefined) throw unfinished();
        end({ message, results });
      },
    }),
  );
}

function wantsMore({ stop, toolCalls }: AssembledMessage): boolean {
  return stop?.reason === 'pause' || (toolCalls.length > 0 && !isVoid(stop));
}

function tooManyTurns(maxTurns: number, message: AssembledMessage): LlmError {
  const { wire, usage } = message;
  const details = { errorType: 'fatal_error', code: 'max_turns', wire, usage, partial: message } as const;
  return new LlmError(`after ${maxTurns} turns the model still wants another; raise maxTurns`, details);
}

function unfinished(): TruncatedStreamError {
  const details = { errorType: 'stream_interrupted', code: 'truncated', phase: 'body' } as const;
  return new TruncatedStreamError('a turn has completed without its "end" part', details);
}
