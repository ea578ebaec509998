import { describe, expect, it } from '@jest/globals';
import { failedResult, resultOf, toolAnswer } from '../../../sources/llm/tool-answer.js';
import { callOf } from './tool-calls.js';

const call = callOf('c1', 'tool');
const result = { id: 'c1', name: 'tool', kind: 'json', isError: false };

describe('toolAnswer', () => {
  it('is no error unless it says so', () => {
    expect(resultOf(call, toolAnswer('fine'))).toEqual({ ...result, output: 'fine' });
    expect(resultOf(call, toolAnswer('not fine', { isError: true }))).toEqual({
      ...{ ...result, output: 'not fine', isError: true },
    });
  });

  it('is told from a value that looks like it', () => {
    const output = resultOf(call, { output: 'fine', isError: true });
    expect(output).toEqual({ ...result, output: '{"output":"fine","isError":true}' });
  });

  it('is known by its mark, which another copy of the package has too', () => {
    const other = { [Symbol.for('tailrace.toolAnswer')]: true, output: 'fine', isError: false };
    expect(resultOf(call, other)).toEqual({ ...result, output: 'fine' });
  });

  it('keeps its blocks, in a list of the result alone', () => {
    const blocks = [{ type: 'text', text: 'a' }];
    const { output } = resultOf(call, toolAnswer(blocks));
    expect(output).toEqual(blocks);
    expect(output).not.toBe(blocks);
  });
});

describe('resultOf', () => {
  it('refuses what cannot be written as JSON, without quoting it', () => {
    const cycle: Record<string, unknown> = { secret: 1 };
    cycle['self'] = cycle;
    expect(() => resultOf(call, cycle)).toThrow(/cannot be written as JSON/);
    expect(() => resultOf(call, cycle)).not.toThrow(/secret|self/);
  });
});

describe('failedResult', () => {
  it('answers the call', () => {
    expect(failedResult(call, 'why')).toEqual({ ...result, isError: true, output: 'why' });
  });
});
