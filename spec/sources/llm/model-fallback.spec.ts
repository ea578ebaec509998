import { describe, expect, it } from '@jest/globals';
import type { LlmPart } from '../../../sources/llm/parts.js';
import { modelFallback, type ModelFallbackOptions } from '../../../sources/llm/model-fallback.js';
import type { AnthropicStreamOptions } from '../../../sources/llm/streams.js';
import { anthropicCall, framesOf, llmErrorOf, partsOfType, refusal, shownText, typesOf } from './kept-calls.js';
import type { ScriptedStream } from './scripted-llm.js';
import { virtually, type VirtualRun } from './virtual-run.js';

const frames = framesOf('anthropic-text');
const good: ScriptedStream = { body: frames };
const busy = refusal(529, 'overloaded_error');
const busyLater: ScriptedStream = {
  body: [
    ...frames.slice(0, 5),
    'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"x"}}\n\n',
  ],
};

interface Asked {
  readonly seen: VirtualRun<LlmPart>;
  /** One letter a request. */
  readonly models: string;
}

async function run(
  answers: Readonly<Record<string, (n: number) => ScriptedStream>>,
  options: Partial<ModelFallbackOptions> = {},
  call: Partial<AnthropicStreamOptions> = {},
): Promise<Asked> {
  let models = '';
  const seen = await virtually((scheduler) => {
    const open = (model: string) =>
      anthropicCall((n) => ((models += model), answers[model]?.(n) ?? good), { scheduler, ...call }).source;
    return open('a').pipe(modelFallback({ models: ['b', 'c'], open, ...options }));
  });
  return { seen, models };
}

describe('modelFallback', () => {
  it('switches when the model was overloaded three times in a row, without waiting for the source to give up', async () => {
    const { seen, models } = await run({ a: () => busy }, {}, { maxRetries: 9 });
    expect([models, seen.completed]).toEqual(['aaab', true]);
    expect(partsOfType(seen.values, 'retry')).toHaveLength(2);
    expect(typesOf(seen.values)).not.toContain('reset');
  });

  it('switches when the source gives up, and goes through its list', async () => {
    const { seen, models } = await run({ a: () => busy, b: () => busy }, {}, { maxRetries: 1 });
    expect([models, seen.completed]).toEqual(['aabbc', true]);
  });

  it('counts in a row: another failure between begins the count again', async () => {
    const { models } = await run({ a: (n) => (n === 3 ? refusal(500, 'api_error') : busy) }, {}, { maxRetries: 5 });
    expect(models).toBe('aaaaaab');
  });

  it('takes back what was out, and counts attempts on', async () => {
    const { seen } = await run({ a: () => busyLater });
    expect(partsOfType(seen.values, 'reset')).toMatchObject([
      { attempt: 1, discarded: { text: 'Brooks run to the ' } },
    ]);
    expect(partsOfType(seen.values, 'open').map(({ attempt }) => attempt)).toEqual([1, 2]);
    expect(shownText(seen.values)).toBe(shownText((await run({})).seen.values));
  });

  it('fails as the last model fails', async () => {
    const { seen, models } = await run({ a: () => busy, b: () => busy, c: () => busy }, {}, { maxRetries: 0 });
    expect([models, llmErrorOf(seen).code]).toEqual(['abc', 'overloaded']);
  });

  it('leaves other failures alone, unless it is told to answer them', async () => {
    const missing = refusal(404, 'not_found_error');
    expect((await run({ a: () => missing })).models).toBe('a');
    expect((await run({ a: () => missing }, { when: ({ statusCode }) => statusCode === 404 })).models).toBe('ab');
  });

  it('fails as the function that opens fails', async () => {
    const broken = (): never => {
      throw new TypeError('no such model');
    };
    const { seen } = await run({ a: () => busy }, { open: broken }, { maxRetries: 0 });
    await expect(seen.ended).rejects.toThrow('no such model');
  });

  it.each<[Partial<ModelFallbackOptions>, RegExp]>([
    [{ models: [] }, /models/],
    [{ after: 0 }, /after/],
  ])('refuses options that can never work: %j', (options, message) => {
    expect(() => modelFallback({ models: ['b'], open: () => anthropicCall(() => good).source, ...options })).toThrow(
      message,
    );
  });
});
