import { Observable, type OperatorFunction } from 'rxjs';
import { atLeast, checkOption, checkOptions, requireOption, text } from '../../lib/check-options.js';
import { subscribeWithin } from '../../lib/subscribe-within.js';
import { isObject } from './shapes.js';
import type { LlmLoopPart } from './tool-loop.js';
import { type LedgerEntry, totalOf, usageLedger } from './usage-ledger.js';
import type { LlmUsage } from './vocabulary.js';

/** Prices of one model, in units of the currency for a million tokens. */
export interface LlmPrices {
  readonly input: number;
  readonly output: number;
  /** Input that was read from a cache. @default input */
  readonly cachedInput?: number | undefined;
  /** Input that was written to a cache. @default input */
  readonly cacheWrite?: number | undefined;
}

/** What tokens cost. */
export interface WithCostOptions {
  /**
   * Prices by name of the model. A name without its date serves for all dates: `gpt-5` is taken for `gpt-5-2025-08-07`, but not for `gpt-5-mini`.
   * @default {}
   */
  readonly models?: Readonly<Record<string, LlmPrices>> | undefined;
  /** Prices of every other model. @default undefined */
  readonly other?: LlmPrices | undefined;
  /** Name of the currency, passed on as it is. @default 'USD' */
  readonly currency?: string | undefined;
}

/** Money, in units of the currency. Numbers of floating point: their error is far below a millionth; round them to show them. */
export interface LlmCost {
  readonly currency: string;
  /** The sum of the others. */
  readonly total: number;
  /** Input that no cache has touched. */
  readonly input: number;
  readonly cachedInput: number;
  readonly cacheWrite: number;
  /** Thinking included. */
  readonly output: number;
}

/** Tokens and what they cost. */
export interface LlmBill {
  /** As `usage$` has it. */
  readonly usage: LlmUsage;
  readonly cost: LlmCost;
  /** Models without a price: their tokens are counted in `usage` and not in `cost`. An answer that has named none is ''. */
  readonly unpriced: readonly string[];
}

/**
 * What the requests behind these parts cost so far, each time a provider says a number. Every answer is priced by the model that it names, so
 * that turns and fallbacks of several models add up; attempts that were given up count, since they are billed.
 *
 * Only tokens have a price here: not the searches of server tools, no service tiers, no batch rebates. Input that was read from a cache, or
 * written to it, is a part of the input and is charged at its own price in place of that one.
 *
 * Errors: those of the source. A `TypeError` at once for prices that are no finite numbers from 0, and for options without any price.
 *
 * @example
 * import { anthropicMessages, withCost } from 'tailrace/sources/llm';
 *
 * const body = { model: 'claude-sonnet-4-5', max_tokens: 1_024, messages: [{ role: 'user', content: 'Hello' }] };
 * const models = { 'claude-sonnet-4-5': { input: 3, output: 15, cachedInput: 0.3, cacheWrite: 3.75 } };
 * anthropicMessages({ apiKey: 'AAAA', body })
 *   .pipe(withCost({ models }))
 *   .subscribe(({ cost, unpriced }) => console.log(cost.total.toFixed(6), cost.currency, unpriced));
 */
export function withCost(options: WithCostOptions): OperatorFunction<LlmLoopPart, LlmBill> {
  checkPrices(options);
  const { currency = 'USD' } = options;
  const models = new Map(Object.entries(options.models ?? {}));
  const priceOf = (model: string | undefined): LlmPrices | undefined =>
    models.get(model ?? '') ?? models.get((model ?? '').replace(date, '')) ?? options.other;
  return (source) =>
    new Observable((subscriber) => {
      const ledger = usageLedger();
      subscribeWithin(source, subscriber, {
        next: (part) => {
          if (!ledger.note(part)) return;
          const { entries } = ledger;
          const usage = totalOf(entries);
          if (usage !== undefined) subscriber.next({ usage, ...billOf(entries, priceOf, currency) });
        },
        error: (error) => subscriber.error(error),
        complete: () => subscriber.complete(),
      });
    });
}

/** A date or a build at the end of a model's name: `-20250929`, `-2025-08-07`, `-0613`, `@20250929`. Shorter numbers are versions. */
const date = /[-@:](?:\d{8}|\d{4}(?:-\d{2}-\d{2})?)$/;

const mega = 1_000_000;

function billOf(
  entries: readonly LedgerEntry[],
  priceOf: (model: string | undefined) => LlmPrices | undefined,
  currency: string,
): Pick<LlmBill, 'cost' | 'unpriced'> {
  const sums = { input: 0, cachedInput: 0, cacheWrite: 0, output: 0 };
  const unpriced = new Set<string>();
  for (const { model, usage } of entries) {
    const price = priceOf(model);
    if (price === undefined) unpriced.add(model ?? '');
    else addCost(sums, price, usage);
  }
  // Divided once, at the end: prices and tokens are short numbers, and so are their products.
  const cost = {
    input: sums.input / mega,
    cachedInput: sums.cachedInput / mega,
    cacheWrite: sums.cacheWrite / mega,
    output: sums.output / mega,
  };
  const total = (sums.input + sums.cachedInput + sums.cacheWrite + sums.output) / mega;
  return { cost: { currency, total, ...cost }, unpriced: [...unpriced] };
}

type Sums = Record<'input' | 'cachedInput' | 'cacheWrite' | 'output', number>;

function addCost(
  sums: Sums,
  { input, output, cachedInput = input, cacheWrite = input }: LlmPrices,
  usage: LlmUsage,
): void {
  const { inputTokens = 0, outputTokens = 0, cachedInputTokens = 0, cacheWriteTokens = 0 } = usage;
  sums.input += Math.max(0, inputTokens - cachedInputTokens - cacheWriteTokens) * input;
  sums.cachedInput += cachedInputTokens * cachedInput;
  sums.cacheWrite += cacheWriteTokens * cacheWrite;
  sums.output += outputTokens * output;
}

const object = { expected: 'an object', test: isObject };
const price = atLeast(0);

function checkPrices(options: WithCostOptions): void {
  checkOptions('withCost', { models: object, other: object, currency: text }, options);
  const { models = {}, other } = options;
  const all = Object.entries(models);
  for (const [name, prices] of all) checkPrice(`withCost: models["${name}"]`, prices);
  if (other !== undefined) checkPrice('withCost: other', other);
  if (all.length === 0 && other === undefined)
    throw new TypeError('withCost: give "models", or "other" for all models');
}

function checkPrice(where: string, prices: LlmPrices): void {
  checkOption(where, object, prices);
  checkOptions(where, { input: price, output: price, cachedInput: price, cacheWrite: price }, prices);
  for (const key of ['input', 'output'] as const) requireOption(where, key, prices[key]);
}
