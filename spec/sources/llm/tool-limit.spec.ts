import { describe, expect, it } from '@jest/globals';
import { lastValueFrom, VirtualTimeScheduler } from 'rxjs';
import * as z from 'zod';
import { runTools, type RunToolsOptions } from '../../../sources/llm/run-tools.js';
import type { ToolResult } from '../../../sources/llm/tool-results.js';
import { defineTool } from '../../../sources/llm/tools.js';
import { callOf } from './tool-calls.js';

async function run(output: string, options: RunToolsOptions): Promise<ToolResult> {
  const tool = defineTool({ name: 'tool', input: z.object({}), call: () => output });
  return lastValueFrom(runTools([callOf('c1', 'tool')], [tool], options));
}

describe('large results', () => {
  it.each([
    ['abcde', 5, 'abcde'],
    ['abcdef', 5, 'abcde\n[cut off: the first 5 of 6 characters]'],
    ['abcd🏞️f', 5, 'abcd\n[cut off: the first 4 of 8 characters]'],
    ['abc🏞️f', 5, 'abc🏞\n[cut off: the first 5 of 7 characters]'],
  ])('keeps of %j what %d characters hold, and says so', async (output, maxResultLength, expected) => {
    expect(await run(output, { maxResultLength })).toMatchObject({ output: expected, isError: false });
  });

  it('keeps 30,000 characters where nothing else is said', async () => {
    expect((await run('x'.repeat(30_000), {})).output).toHaveLength(30_000);
    expect((await run('x'.repeat(30_001), {})).output).toMatch(/^x{30000}\n\[cut off: the first 30000 of 30001/);
  });

  it.each([
    ['a text', () => 'see file 1'],
    ['a promise', async () => 'see file 1'],
  ])('gives the whole result to onLargeResult and passes on what it returns: %s', async (_name, returns) => {
    const seen: ToolResult[] = [];
    const onLargeResult = (result: ToolResult) => {
      seen.push(result);
      return returns();
    };
    const result = await run('x'.repeat(50), { maxResultLength: 10, onLargeResult });
    const all = { id: 'c1', name: 'tool', kind: 'json', isError: false };
    expect(seen).toEqual([{ ...all, output: 'x'.repeat(50) }]);
    expect(result).toEqual({ ...all, output: 'see file 1' });
  });

  it('limits what onLargeResult returns too, and does not ask it for small results', async () => {
    const onLargeResult = () => 'y'.repeat(20);
    expect((await run('x'.repeat(50), { maxResultLength: 10, onLargeResult })).output).toMatch(/^y{10}\n\[cut off/);
    expect((await run('x', { maxResultLength: 10, onLargeResult })).output).toBe('x');
  });

  it.each<[string, () => string]>([
    ['throws', () => fail()],
    ['returns no text', () => JSON.parse('7')],
  ])('tells of a spill that %s, and the model still gets a result: the tool has run', async (_name, onLargeResult) => {
    const told: unknown[] = [];
    const onToolError = (error: unknown) => void told.push(error);
    const result = await run('x'.repeat(50), { maxResultLength: 10, onLargeResult, onToolError });
    expect(result).toMatchObject({ isError: false, output: expect.stringMatching(/^x{10}\n\[cut off/) });
    expect(told).toHaveLength(1);
  });

  it('counts spilling within the time limit', () => {
    const scheduler = new VirtualTimeScheduler();
    const tool = defineTool({ name: 'tool', input: z.object({}), call: () => 'xx' });
    const results: ToolResult[] = [];
    const onLargeResult = async () => new Promise<string>(() => undefined);
    const options = { maxResultLength: 1, onLargeResult, timeout: 40, scheduler };
    runTools([callOf('c1', 'tool')], [tool], options).subscribe((result) => results.push(result));
    scheduler.flush();
    expect([results[0]?.isError, scheduler.frame]).toEqual([true, 40]);
  });
});

function fail(): never {
  throw new Error('disk full');
}
