import { describe, expect, it } from '@jest/globals';
import { from, lastValueFrom, toArray } from 'rxjs';
import { type LlmBill, withCost, type WithCostOptions } from '../../../sources/llm/cost.js';
import type { LlmPart } from '../../../sources/llm/parts.js';
import { ended, open, start, text, usage, whole } from './some-parts.js';

const sonnet = { input: 3, output: 15, cachedInput: 0.3, cacheWrite: 3.75 };
const mini = { input: 0.25, output: 2 };

async function bill(options: WithCostOptions, parts: readonly LlmPart[]): Promise<LlmBill> {
  return lastValueFrom(from(parts).pipe(withCost(options)));
}

describe('withCost', () => {
  it.each([
    [
      'input and output',
      usage(1_000_000, 1_000_000),
      { input: 3, output: 15, cachedInput: 0, cacheWrite: 0, total: 18 },
    ],
    [
      'caches in place of input',
      usage(1_000, 200, { cachedInputTokens: 700, cacheWriteTokens: 200 }),
      { input: 0.0003, cachedInput: 0.00021, cacheWrite: 0.00075, output: 0.003, total: 0.00426 },
    ],
    [
      'more cache than input, as a broken server says',
      usage(10, 0, { cachedInputTokens: 20 }),
      { input: 0, cachedInput: 0.000006, cacheWrite: 0, output: 0, total: 0.000006 },
    ],
    ['nothing', usage(0, 0), { input: 0, cachedInput: 0, cacheWrite: 0, output: 0, total: 0 }],
    [
      'thinking, as a part of the output',
      usage(0, 100, { reasoningTokens: 90 }),
      { input: 0, cachedInput: 0, cacheWrite: 0, output: 0.0015, total: 0.0015 },
    ],
  ])('prices %s', async (_, part, cost) => {
    const found = await bill({ other: sonnet }, [part]);
    for (const [name, amount] of Object.entries(cost))
      expect(Object.entries(found.cost)).toContainEqual([name, amount]);
    expect(found.cost.currency).toBe('USD');
  });

  it('charges caches as input where they have no price of their own', async () => {
    const part = usage(1_000_000, 0, { cachedInputTokens: 400_000, cacheWriteTokens: 100_000 });
    expect((await bill({ other: mini, currency: 'EUR' }, [part])).cost).toEqual({
      ...{ currency: 'EUR', input: 0.125, cachedInput: 0.1, cacheWrite: 0.025, output: 0, total: 0.25 },
    });
  });

  it.each([
    ['gpt-5', 'gpt-5', true],
    ['gpt-5-2025-08-07', 'gpt-5', true],
    ['gpt-4-0613', 'gpt-4', true],
    ['claude-sonnet-4-5-20250929', 'claude-sonnet-4-5', true],
    ['claude-sonnet-4-5@20250929', 'claude-sonnet-4-5', true],
    ['claude-sonnet-4-5', 'claude-sonnet-4', false],
    ['gpt-5-mini', 'gpt-5', false],
    ['gpt-5-mini-2025-08-07', 'gpt-5', false],
    ['gpt-5', 'gpt-5-mini', false],
  ])('an answer of %s by the price of %s: %s', async (model, name, isPriced) => {
    const found = await bill({ models: { [name]: mini } }, [start(model), usage(1_000_000, 0)]);
    expect(found.cost.total).toBe(isPriced ? 0.25 : 0);
    expect(found.unpriced).toEqual(isPriced ? [] : [model]);
  });

  it('takes the price of the exact name first, and of all others last', async () => {
    const models = { 'gpt-5': mini, 'gpt-5-2025-08-07': { input: 1, output: 1 } };
    expect((await bill({ models }, [start('gpt-5-2025-08-07'), usage(1_000_000, 0)])).cost.total).toBe(1);
    expect((await bill({ models, other: sonnet }, [start('x'), usage(1_000_000, 0)])).cost.total).toBe(3);
  });

  it('prices each turn and each abandoned attempt by its own model', async () => {
    const attempt = [open(), start('large'), usage(1_000_000, 0), text('0', 'a')];
    const reset: LlmPart = { type: 'reset', attempt: 1, discarded: whole(...attempt) };
    const parts = [...attempt, reset, ...ended(open(2), start('small'), usage(0, 1_000_000))];
    const found = await lastValueFrom(
      from(parts).pipe(withCost({ models: { large: sonnet, small: mini } }), toArray()),
    );
    expect(found.map(({ cost }) => cost.total)).toEqual([3, 5]);
    expect(found.at(-1)?.usage).toMatchObject({ inputTokens: 1_000_000, outputTokens: 1_000_000 });
  });

  it('keeps the model of a response that is opened again to be resumed', async () => {
    const found = await bill({ models: { large: sonnet } }, [open(), start('large'), open(), usage(1_000_000, 0)]);
    expect(found.unpriced).toEqual([]);
  });

  it('names an answer without a model, and keeps its tokens', async () => {
    const found = await bill({ models: { a: mini } }, [{ type: 'start', id: 'x', model: undefined }, usage(5, 5)]);
    expect(found).toMatchObject({ unpriced: [''], usage: { inputTokens: 5 }, cost: { total: 0 } });
    const second = await bill({ models: { a: mini } }, [...ended(start('a'), usage(1, 1)), usage(5, 5)]);
    expect(second.unpriced).toEqual(['']);
  });

  it.each([
    ['no price at all', '{}', /give "models"/],
    [
      'a negative price',
      '{"other":{"input":-1,"output":1}}',
      /withCost: other: option "input" must be a finite number/,
    ],
    ['a price that is a text', '{"models":{"a":{"input":"1","output":1}}}', /models\["a"\]: option "input"/],
    ['no price of output', '{"models":{"a":{"input":1}}}', /option "output" is missing/],
    ['prices that are none', '{"models":{"a":3}}', /models\["a"\] must be an object/],
    ['an unknown option', '{"other":{"input":1,"output":1},"price":1}', /unknown option "price"/],
  ])('refuses %s', (_, options, message) => {
    expect(() => withCost(JSON.parse(options))).toThrow(message);
  });
});
