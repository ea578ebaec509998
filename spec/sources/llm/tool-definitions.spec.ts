import { describe, expect, it } from '@jest/globals';
import * as z from 'zod';
import type { Schema } from '../../../lib/schema.js';
import { toolDefinitions } from '../../../sources/llm/tool-definitions.js';
import { defineTool } from '../../../sources/llm/tools.js';

const call = () => 1;
const input = z.object({ city: z.string().describe('Its name') });
const weather = defineTool({ name: 'weather', description: 'Now.', input, call });
const parameters = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  properties: { city: { type: 'string', description: 'Its name' } },
  required: ['city'],
};
const silent: Schema<unknown> = {
  '~standard': { version: 1, vendor: 'none', validate: (value) => ({ value }) },
};

describe('toolDefinitions', () => {
  it('writes what the schema says of itself, as each provider wants it', () => {
    const named = { name: 'weather', description: 'Now.' };
    expect(toolDefinitions('anthropic', [weather])).toEqual([{ ...named, input_schema: parameters }]);
    expect(toolDefinitions('openai-chat', [weather])).toEqual([
      { type: 'function', function: { ...named, parameters } },
    ]);
    expect(toolDefinitions('openai-responses', [weather])).toEqual([{ type: 'function', ...named, parameters }]);
  });

  it('describes what a schema takes, not what it makes of it', () => {
    const optional = defineTool({ name: 'n', input: z.object({ n: z.number().default(1) }), call });
    const [definition] = toolDefinitions('anthropic', [optional]);
    expect(definition?.['input_schema']).not.toHaveProperty('required');
  });

  it('prefers the JSON Schema that is given, and leaves a missing description out', () => {
    const own = defineTool({ name: 'own', input: silent, inputSchema: { type: 'object' }, call });
    expect(toolDefinitions('anthropic', [own])).toEqual([{ name: 'own', input_schema: { type: 'object' } }]);
  });

  it('lets fields that only the provider knows win', () => {
    const native = { strict: true, description: 'Other.' };
    const tools = [{ ...weather, inputSchema: {}, native }];
    const fields = { name: 'weather', description: 'Other.', strict: true };
    expect(toolDefinitions('anthropic', tools)).toEqual([{ ...fields, input_schema: {} }]);
    expect(toolDefinitions('openai-chat', tools)).toEqual([
      { type: 'function', function: { ...fields, parameters: {} } },
    ]);
    expect(toolDefinitions('openai-responses', tools)).toEqual([{ type: 'function', ...fields, parameters: {} }]);
  });

  it('makes a custom tool of free text, and refuses it where there is none', () => {
    const tools = [
      defineTool({ name: 'sql', input: z.string(), kind: 'text', native: { format: { type: 'text' } }, call }),
    ];
    const fields = { name: 'sql', format: { type: 'text' } };
    expect(toolDefinitions('openai-chat', tools)).toEqual([{ type: 'custom', custom: fields }]);
    expect(toolDefinitions('openai-responses', tools)).toEqual([{ type: 'custom', ...fields }]);
    expect(() => toolDefinitions('anthropic', tools)).toThrow(/tool "sql" takes free text/);
  });

  it('refuses a schema that cannot say what it is', () => {
    const tools = [defineTool({ name: 'mute', input: silent, call })];
    expect(() => toolDefinitions('openai-chat', tools)).toThrow(/tool "mute" .* give option "inputSchema"/);
  });
});
