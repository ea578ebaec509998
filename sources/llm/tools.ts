import { callback, checkOptions, duration, instance, oneOf, type OptionRule } from '../../lib/check-options.js';
import type { Schema } from '../../lib/schema.js';
import type { ToolResult } from './tool-results.js';
import type { NativeObject } from './vocabulary.js';

/** What a tool learns of its call. */
export interface ToolContext {
  /** The id of the call. */
  readonly id: string;
  /** Aborts when nobody waits for the result any more: unsubscription, the time limit, a message that is void. */
  readonly signal: AbortSignal;
}

/** A fact that may depend on the input. Declared as a method is, so that tools of different inputs fit into one list. */
type FactOf<Input> = boolean | { of(input: Input): boolean }['of'];

/** Something that the model may call. */
export interface Tool<Input = unknown> {
  /** Letters, digits, `_`, `-`, `.` and `:`, at most 128 of them. */
  readonly name: string;
  /** For the model. */
  readonly description?: string | undefined;
  /** What `call` gets is what this makes of the model's input; what does not fit never gets there. Checks must be synchronous. */
  readonly input: Schema<Input>;
  /**
   * The input as JSON Schema, for the request. Schemas that can write themselves (`~standard.jsonSchema`; zod from 4.2) need none: else give what
   * `z.toJSONSchema(input)` returns. @default what the schema says of itself
   */
  readonly inputSchema?: object | undefined;
  /** `text` for OpenAI's custom tools, whose input is free text and no JSON. @default 'json' */
  readonly kind?: 'json' | 'text' | undefined;
  /** Whether calls may run beside others that are safe too. One that throws says no. @default false */
  readonly isConcurrencySafe?: FactOf<Input> | undefined;
  /** In milliseconds; 0 for no limit. @default the `timeout` of whoever runs it */
  readonly timeout?: number | undefined;
  /** Fields of the definition that only the provider knows: `cache_control`, `strict`, `format`. They win over ours. @default {} */
  readonly native?: NativeObject | undefined;
  /**
   * Does the work. A text is the result as it is; `toolAnswer` makes one of blocks, or an error; anything else is written as JSON, `undefined` as
   * an empty text. It may be promised, or be the last value of an Observable, which is left where the signal would abort. What it throws becomes
   * an error result for the model.
   */
  call(input: Input, context: ToolContext): unknown;
}

/** The result of one call, as a part. */
export interface LlmToolResultPart {
  readonly type: 'toolResult';
  readonly result: ToolResult;
}

/** Tools by name. */
export type ToolTable = ReadonlyMap<string, Tool>;

const nameRule: OptionRule = {
  expected: 'letters, digits, "_", "-", "." and ":", at most 128 of them',
  test: (value) => isToolName(value),
};
const schemaRule: OptionRule = {
  expected: 'a schema (zod 4, or another that fits Standard Schema)',
  test: (value) => (typeof value === 'object' || typeof value === 'function') && value !== null && '~standard' in value,
};
const anyText: OptionRule = { expected: 'a text', test: (value) => typeof value === 'string' };
const fact: OptionRule = {
  expected: 'true, false, or a function of the input',
  test: (value) => typeof value === 'boolean' || typeof value === 'function',
};

/** The rules of {@link Tool}. Tools may have members of their own: only these are looked at. */
const rules = {
  name: nameRule,
  description: anyText,
  input: schemaRule,
  inputSchema: instance,
  kind: oneOf('json', 'text'),
  isConcurrencySafe: fact,
  timeout: duration(0, ' (0 for none)'),
  native: instance,
  call: callback,
};

/**
 * The tool itself, with the type of its input taken from its schema.
 *
 * Errors: `TypeError` at once for a tool that can never work.
 *
 * @example
 * import { defineTool } from 'tailrace/sources/llm';
 * import * as z from 'zod';
 *
 * const weather = defineTool({
 *   name: 'weather',
 *   description: 'The weather of a city, now.',
 *   input: z.object({ city: z.string() }),
 *   isConcurrencySafe: true,
 *   call: async ({ city }, { signal }) => {
 *     const answer = await fetch(`http://localhost:8080/${encodeURIComponent(city)}`, { signal });
 *     return answer.text();
 *   },
 * });
 * console.log(weather.name);
 */
export function defineTool<Input>(tool: Tool<Input>): Tool<Input> {
  checkTool('defineTool', tool);
  return tool;
}

/** Tools by name. Errors: `TypeError` for a tool that can never work, and for two of one name. */
export function toolTable(where: string, tools: readonly Tool[]): ToolTable {
  // Callers in plain JavaScript.
  const list: unknown = tools;
  if (!Array.isArray(list)) throw new TypeError(`${where}: tools must be a list`);
  const table = new Map<string, Tool>();
  for (const tool of tools) {
    checkTool(where, tool);
    if (table.has(tool.name))
      throw new TypeError(`${where}: there are two tools "${tool.name}"; give one another name`);
    table.set(tool.name, tool);
  }
  return table;
}

/** Whether a name can be quoted in a message: it is short and cannot break a line. */
export function isToolName(value: unknown): value is string {
  return typeof value === 'string' && /^[\w.:-]{1,128}$/.test(value);
}

function checkTool(where: string, tool: Tool): void {
  const { name, description, input, inputSchema, kind, isConcurrencySafe, timeout, native, call } = tool;
  const place = `${where}: tool${isToolName(name) ? ` "${name}"` : ''}`;
  for (const [key, value] of Object.entries({ name, input, call })) {
    if (value === undefined) throw new TypeError(`${place}: option "${key}" is missing`);
  }
  checkOptions(place, rules, {
    ...{ name, description, input, inputSchema, kind },
    ...{ isConcurrencySafe, timeout, native, call },
  });
}
