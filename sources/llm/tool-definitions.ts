import { isObject } from './shapes.js';
import { type Tool, toolTable } from './tools.js';
import type { LlmWire, NativeObject } from './vocabulary.js';

/**
 * Tools as the field `tools` of a request wants them, in their order.
 *
 * Of OpenAI's wires `strict` is left to the server, unless the tool's `native` has it. Anthropic knows no tools with free text.
 *
 * Errors: `TypeError` for a tool that can never work, two of one name, a schema that cannot say what it is as JSON Schema, and free text
 * for Anthropic.
 *
 * @example
 * import { calculatorTool, toolDefinitions } from 'tailrace/sources/llm';
 *
 * const body = { model: 'a-model', tools: toolDefinitions('anthropic', [calculatorTool()]) };
 * console.log(JSON.stringify(body));
 */
export function toolDefinitions(wire: LlmWire, tools: readonly Tool[]): readonly NativeObject[] {
  return [...toolTable('toolDefinitions', tools).values()].map((tool) => definitions[wire](tool));
}

const definitions: Readonly<Record<LlmWire, (tool: Tool) => NativeObject>> = {
  anthropic: (tool) => {
    if (tool.kind === 'text') {
      throw new TypeError(
        `toolDefinitions: tool "${tool.name}" takes free text, which Anthropic does not know; use JSON`,
      );
    }
    return { ...named(tool), input_schema: jsonSchemaOf(tool), ...tool.native };
  },
  'openai-chat': (tool) =>
    tool.kind === 'text'
      ? { type: 'custom', custom: { ...named(tool), ...tool.native } }
      : { type: 'function', function: { ...named(tool), parameters: jsonSchemaOf(tool), ...tool.native } },
  'openai-responses': (tool) =>
    tool.kind === 'text'
      ? { type: 'custom', ...named(tool), ...tool.native }
      : { type: 'function', ...named(tool), parameters: jsonSchemaOf(tool), ...tool.native },
};

function named({ name, description }: Tool): NativeObject {
  return { name, ...(description === undefined ? {} : { description }) };
}

/** The dialect of JSON Schema that the providers take. */
const target = 'draft-2020-12';

/** Standard JSON Schema (https://standardschema.dev/json-schema): what a schema takes, before its transforms. */
function jsonSchemaOf({ name, input, inputSchema }: Tool): object {
  if (inputSchema !== undefined) return inputSchema;
  const standard: unknown = input['~standard'];
  const converter = isObject(standard) ? standard['jsonSchema'] : undefined;
  const convert = isObject(converter) ? converter['input'] : undefined;
  if (typeof convert === 'function') {
    const schema: unknown = Reflect.apply(convert, converter, [{ target }]);
    if (isObject(schema)) return schema;
  }
  throw new TypeError(
    `toolDefinitions: tool "${name}" has a schema that does not say what it is as JSON Schema; give option "inputSchema"`,
  );
}
