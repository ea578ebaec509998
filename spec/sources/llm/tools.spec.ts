import { describe, expect, it } from '@jest/globals';
import * as z from 'zod';
import { defineTool, isToolName, toolTable } from '../../../sources/llm/tools.js';

const input = z.object({ a: z.string() });
const call = () => 1;

/** As callers in plain JavaScript write it. */
function loose(members: object): Parameters<typeof defineTool>[0] {
  return { name: 'tool', input, call, ...members };
}

describe('defineTool', () => {
  it('returns the tool itself, its input typed by its schema', () => {
    const tool = { name: 'tool', input, call: ({ a }: { a: string }) => a.length };
    expect(defineTool(tool)).toBe(tool);
  });

  it.each<[object, RegExp]>([
    [{ name: '' }, /defineTool: tool: option "name" must be letters/],
    [{ name: 'two words' }, /option "name"/],
    [{ name: 'n'.repeat(129) }, /option "name"/],
    [{ name: undefined }, /option "name" is missing/],
    [{ input: undefined }, /tool "tool": option "input" is missing/],
    [{ input: { type: 'object' } }, /option "input" must be a schema \(zod 4/],
    [{ call: undefined }, /option "call" is missing/],
    [{ call: 'x' }, /option "call" must be a function/],
    [{ description: 7 }, /option "description" must be a text/],
    [{ kind: 'xml' }, /option "kind" must be one of "json", "text"/],
    [{ isConcurrencySafe: 'yes' }, /option "isConcurrencySafe" must be true, false, or a function/],
    [{ timeout: 1.5 }, /option "timeout" must be a whole number/],
    [{ inputSchema: 'object' }, /option "inputSchema" must be an object/],
  ])('refuses %j', (members, message) => {
    expect(() => defineTool(loose(members))).toThrow(message);
    expect(() => defineTool(loose(members))).toThrow(TypeError);
  });

  it('leaves members of its own to a tool', () => {
    expect(() => defineTool({ ...loose({}), ...{ owner: 'billing' } })).not.toThrow();
  });
});

describe('toolTable', () => {
  it('finds tools of different inputs by their names', () => {
    const one = defineTool({ name: 'one', input, isConcurrencySafe: ({ a }) => a === '', call: ({ a }) => a });
    const two = defineTool({ name: 'two', input: z.object({ b: z.number() }), call: ({ b }) => b });
    expect([...toolTable('here', [one, two]).keys()]).toEqual(['one', 'two']);
  });

  it('refuses two of one name, and what is no list', () => {
    const tool = defineTool({ name: 'one', input, call });
    expect(() => toolTable('here', [tool, { ...tool }])).toThrow(
      'here: there are two tools "one"; give one another name',
    );
    expect(() => toolTable('here', JSON.parse('{}'))).toThrow('here: tools must be a list');
  });
});

describe('isToolName', () => {
  it.each([
    ['get_weather-2.v1:x', true],
    ['', false],
    ['a b', false],
    ['a\n', false],
    [7, false],
  ])('says of %j: %s', (name, isOne) => {
    expect(isToolName(name)).toBe(isOne);
  });
});
