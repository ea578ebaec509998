import type { ToolResult } from './tool-results.js';
import type { LlmToolCall, NativeObject } from './vocabulary.js';

/** Registered, so that an answer is known by another copy of the package too. */
const mark: unique symbol = Symbol.for('tailrace.toolAnswer');

/** What a tool says where a plain value is not enough. Made by {@link toolAnswer}. */
export interface ToolAnswer {
  readonly [mark]: true;
  readonly output: string | readonly NativeObject[];
  readonly isError: boolean;
}

/** Settings of {@link toolAnswer}. */
export interface ToolAnswerOptions {
  /** The call has failed. Only Anthropic has a place for it, so say it in words too. @default false */
  isError?: boolean | undefined;
}

/**
 * An answer of a tool as blocks of the provider (text, images), or as an error that is no exception.
 *
 * @example
 * import { toolAnswer } from 'tailrace/sources/llm';
 *
 * const failed = toolAnswer('there is no such city', { isError: true });
 * const image = toolAnswer([{ type: 'image', source: { type: 'url', url: 'https://example.com/a.png' } }]);
 * console.log(failed.isError, image.output.length);
 */
export function toolAnswer(
  output: string | readonly NativeObject[],
  { isError = false }: ToolAnswerOptions = {},
): ToolAnswer {
  return { [mark]: true, output, isError };
}

/** The result of a call whose tool has returned `value`. Errors: `TypeError` for what JSON cannot hold. */
export function resultOf(call: LlmToolCall, value: unknown): ToolResult {
  const { id, name, kind } = call;
  if (isAnswer(value)) {
    const { output, isError } = value;
    return { id, name, kind, isError, output: typeof output === 'string' ? output : [...output] };
  }
  return { id, name, kind, isError: false, output: textOf(value) };
}

/** A result that says why there is none. */
export function failedResult({ id, name, kind }: LlmToolCall, output: string): ToolResult {
  return { id, name, kind, isError: true, output };
}

function isAnswer(value: unknown): value is ToolAnswer {
  return typeof value === 'object' && value !== null && mark in value;
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  try {
    // Functions and symbols are nothing to JSON, in spite of its type.
    const text: unknown = JSON.stringify(value);
    return typeof text === 'string' ? text : '';
  } catch {
    // The engine's words name members of the value.
    throw new TypeError('the tool has returned what cannot be written as JSON: a cycle, a bigint, too many levels');
  }
}
