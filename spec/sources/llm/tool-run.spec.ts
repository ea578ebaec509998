import { describe, expect, it } from '@jest/globals';
import { EMPTY, firstValueFrom, lastValueFrom, of, throwError, VirtualTimeScheduler } from 'rxjs';
import * as z from 'zod';
import { runTools, type RunToolsOptions } from '../../../sources/llm/run-tools.js';
import { toolAnswer } from '../../../sources/llm/tool-answer.js';
import type { ToolResult } from '../../../sources/llm/tool-results.js';
import { defineTool, type Tool } from '../../../sources/llm/tools.js';
import { callOf, loggedTools } from './tool-calls.js';

const nothing = z.object({});

/** One call of one tool, to its result. */
async function run(tool: Omit<Tool, 'name'>, options: RunToolsOptions = {}, raw = '{}'): Promise<ToolResult> {
  return lastValueFrom(runTools([callOf('c1', 'tool', raw)], [{ name: 'tool', ...tool }], options));
}

describe('a call that runs', () => {
  it('never runs an invalid call, and tells the model why', async () => {
    let ran = 0;
    const result = await run({ input: z.unknown(), call: () => (ran += 1) }, {}, '{"secret": 1');
    expect([ran, result.isError]).toEqual([0, true]);
    expect(result.output).toMatch(/^The call has not run: the input is not JSON .*Send the whole input again\.$/);
    expect(result.output).not.toContain('secret');
  });

  it('never runs a call whose input does not fit, and names the place', async () => {
    let ran = 0;
    const input = z.object({ city: z.object({ name: z.string() }) });
    const result = await run({ input, call: () => (ran += 1) }, {}, '{"city":{"name":7}}');
    expect([ran, result.isError]).toEqual([0, true]);
    expect(result.output).toBe(
      'The call has not run: its input does not fit. At city.name: expected string, received number.',
    );
  });

  it('gives the tool what its schema makes of the input', async () => {
    const input = z.object({ n: z.coerce.number().default(3) });
    const tool = defineTool({ name: 'tool', input, call: ({ n }) => n + 1 });
    expect(await run(tool)).toMatchObject({ output: '4', isError: false });
  });

  it.each<[string, unknown, string]>([
    ['a text', 'as it is', 'as it is'],
    ['nothing', undefined, ''],
    ['null', null, 'null'],
    ['an object', { a: [1, true] }, '{"a":[1,true]}'],
    ['a list', [{ type: 'text' }], '[{"type":"text"}]'],
    ['a promise', Promise.resolve({ b: 2 }), '{"b":2}'],
    ['the last value', of('first', 'last'), 'last'],
    ['no value at all', EMPTY, ''],
    ['a function', () => 1, ''],
  ])('takes %s for a result', async (_name, value, output) => {
    const expected = { id: 'c1', name: 'tool', kind: 'json', isError: false, output };
    expect(await run({ input: nothing, call: () => value })).toEqual(expected);
  });

  it('takes blocks and errors that the tool has marked', async () => {
    const blocks = [{ type: 'text', text: 'x'.repeat(50) }];
    expect(await run({ input: nothing, call: () => toolAnswer(blocks) }, { maxResultLength: 5 })).toMatchObject({
      ...{ output: blocks, isError: false },
    });
    const failed = await run({ input: nothing, call: async () => toolAnswer('no such city', { isError: true }) });
    expect(failed).toMatchObject({ output: 'no such city', isError: true });
  });

  it.each<[string, () => unknown]>([
    ['throws', () => fail()],
    ['rejects', async () => fail()],
    ['errors', () => throwError(() => new Error('disk full'))],
  ])('makes an error result of a tool that %s', async (_name, call) => {
    const seen: unknown[] = [];
    const result = await run({ input: nothing, call }, { onToolError: (error, { id }) => void seen.push([error, id]) });
    expect(result).toMatchObject({ output: 'The tool has failed: disk full', isError: true });
    expect(seen).toEqual([[expect.objectContaining({ message: 'disk full' }), 'c1']]);
  });

  it('says of an exception what onToolError says, at most 1,000 characters otherwise, and never the stack', async () => {
    const call = () => {
      throw new Error(`token ${'z'.repeat(5_000)}`);
    };
    expect((await run({ input: nothing, call })).output).toHaveLength('The tool has failed: '.length + 1_000);
    const result = await run({ input: nothing, call }, { onToolError: () => 'try again later' });
    expect(result).toMatchObject({ output: 'try again later', isError: true });
  });

  it('errors with what onToolError throws', async () => {
    const stop = new Error('stop it all');
    const options: RunToolsOptions = {
      onToolError: () => {
        throw stop;
      },
    };
    await expect(run({ input: nothing, call: () => fail() }, options)).rejects.toBe(stop);
  });

  it('makes an error result of what JSON cannot hold and of a schema that cannot be asked at once', async () => {
    expect((await run({ input: nothing, call: () => 1n })).output).toMatch(/cannot be written as JSON/);
    const input = z.object({}).refine(async () => true);
    expect((await run({ input, call: () => 1 })).output).toMatch(
      /The tool has failed: the schema answers with a promise/,
    );
  });

  it('ends a tool at its time limit, aborts its signal, and goes on', () => {
    const scheduler = new VirtualTimeScheduler();
    const reasons: unknown[] = [];
    const deaf = defineTool({
      name: 'deaf',
      input: nothing,
      call: (_input, { signal }) => {
        signal.addEventListener('abort', () => reasons.push(signal.reason));
        return new Promise(() => undefined);
      },
    });
    const log = loggedTools(scheduler);
    const results: [number, string, boolean, unknown][] = [];
    const calls = [callOf('a', 'deaf'), callOf('b', 'stuck'), callOf('c', 'unsafe', '{"ms":49}')];
    runTools(calls, [deaf, ...log.tools], { scheduler, timeout: 50 }).subscribe(({ id, isError, output }) =>
      results.push([scheduler.frame, id, isError, output]),
    );
    scheduler.flush();
    const late = 'The tool has failed: it has not ended within 50 ms';
    expect(results).toEqual([
      [50, 'a', true, late],
      [100, 'b', true, late],
      [149, 'c', false, 'c done'],
    ]);
    expect(log.lines).toEqual(['+b', '!b', '+c', '-c']);
    expect(reasons).toEqual([expect.objectContaining({ errorType: 'timeout', code: 'handler_timeout' })]);
  });

  it('prefers the time limit of the tool, 0 being none', () => {
    const scheduler = new VirtualTimeScheduler();
    const log = loggedTools(scheduler);
    const tools = log.tools.map((tool) => ({ ...tool, timeout: tool.name === 'safe' ? 20 : 0 }));
    const results: boolean[] = [];
    const calls = [callOf('a', 'safe', '{"ms":30}'), callOf('b', 'unsafe', '{"ms":900}')];
    runTools(calls, tools, { scheduler, timeout: 50 }).subscribe(({ isError }) => results.push(isError));
    scheduler.flush();
    expect(results).toEqual([true, false]);
  });

  it('makes an error result of an unknown tool, with the names that there are', async () => {
    const tools = [defineTool({ name: 'clock', input: nothing, call: () => 1 })];
    const result = await firstValueFrom(runTools([callOf('a', 'clokc')], tools));
    expect(result).toMatchObject({ id: 'a', isError: true });
    expect(result.output).toBe('The call has not run: there is no tool "clokc"; there are clock.');
    const odd = await firstValueFrom(runTools([callOf('a', 'line\nbreak')], []));
    expect(odd.output).toBe('The call has not run: there is no tool of that name; there are none.');
  });

  it('errors for an unknown tool before any runs, where that is wanted', async () => {
    const log = loggedTools();
    const results = runTools([callOf('a', 'safe'), callOf('b', 'missing')], log.tools, { onUnknown: 'error' });
    await expect(lastValueFrom(results)).rejects.toMatchObject({ code: 'unknown_tool', isRetryable: false });
    expect(log.lines).toEqual([]);
  });

  it('does not abort a tool that has ended', async () => {
    let signal: AbortSignal | undefined;
    const call: Tool['call'] = (_input, context) => (signal = context.signal) && 'done';
    await run({ input: nothing, call });
    expect(signal?.aborted).toBe(false);
  });
});

function fail(): never {
  throw new Error('disk full');
}
