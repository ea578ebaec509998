import { describe, expect, it } from '@jest/globals';
import { lastValueFrom } from 'rxjs';
import { calculatorTool } from '../../../sources/llm/calculator.js';
import { runTools } from '../../../sources/llm/run-tools.js';
import { toolDefinitions } from '../../../sources/llm/tool-definitions.js';
import { callOf } from './tool-calls.js';

async function answer(input: unknown) {
  return lastValueFrom(runTools([callOf('c1', 'calculator', JSON.stringify(input))], [calculatorTool()]));
}

describe('calculatorTool', () => {
  it.each([
    ['42 * 17', '714'],
    ['0.1 + 0.2', '0.3'],
    ['1 / 3', '0.333333333333333'],
    ['2 ^ 53 - 1', '9007199254740991'],
    ['0 * -1', '0'],
    ['10 ^ 30', '1e+30'],
  ])('says of %s that it is %s', async (expression, output) => {
    expect(await answer({ expression })).toEqual({
      ...{ id: 'c1', name: 'calculator', kind: 'json', isError: false, output },
    });
  });

  it('says why there is no value, and where', async () => {
    expect(await answer({ expression: '1 / 0' })).toMatchObject({
      ...{ isError: true, output: 'division by zero (at character 2)' },
    });
  });

  it.each([[{}], [{ expression: 7 }], [[]], ['42 * 17']])('does not run on %j', async (input) => {
    expect(await answer(input)).toMatchObject({
      isError: true,
      output: expect.stringMatching(/has not run.*At expression/),
    });
  });

  it('is defined for every provider', () => {
    const parameters = expect.objectContaining({ type: 'object', required: ['expression'] });
    const named = { name: 'calculator', description: expect.stringMatching(/arithmetic/) };
    expect(toolDefinitions('anthropic', [calculatorTool()])).toEqual([{ ...named, input_schema: parameters }]);
  });
});
