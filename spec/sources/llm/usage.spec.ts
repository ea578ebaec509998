import { describe, expect, it } from '@jest/globals';
import { concat, from, lastValueFrom, of, Subject, throwError, toArray } from 'rxjs';
import type { LlmPart } from '../../../sources/llm/parts.js';
import { addedUsage, mergedUsage } from '../../../sources/llm/usage-sums.js';
import { usage$ } from '../../../sources/llm/usage.js';
import { ended, failure, open, start, text, usage, whole } from './some-parts.js';

async function totals(
  parts: readonly LlmPart[],
): Promise<(readonly [input: number | undefined, output: number | undefined])[]> {
  const found = await lastValueFrom(usage$(from(parts)).pipe(toArray()));
  return found.map(({ inputTokens, outputTokens }) => [inputTokens, outputTokens]);
}

describe('usage$', () => {
  it('takes later numbers of a response in place of earlier ones', async () => {
    expect(await totals(ended(open(), usage(10, 1), text('0', 'a'), usage(12, 7)))).toEqual([
      [10, 1],
      [12, 7],
    ]);
  });

  it('adds the turns of a loop up, the one in progress included', async () => {
    const first = ended(open(), start(), usage(10, 5));
    expect(await totals([...first, ...ended(open(), start(), usage(20, 1), usage(20, 6))])).toEqual([
      [10, 5],
      [30, 6],
      [30, 11],
    ]);
  });

  it('counts attempts that were thrown away, once', async () => {
    const attempt = [open(), start(), usage(10, 5), text('0', 'a')];
    const reset: LlmPart = { type: 'reset', attempt: 1, discarded: whole(...attempt) };
    const retry: LlmPart = { type: 'retry', attempt: 2, delayMs: 1, cause: failure };
    const again = ended(open(2), start(), usage(10, 7));
    expect((await totals([...attempt, retry, reset, ...again])).at(-1)).toEqual([20, 12]);
    expect((await totals([...attempt, reset, ...again])).at(-1)).toEqual([20, 12]);
    // Failed before content: no reset, but the provider has counted.
    expect((await totals([open(), start(), usage(10, 1), retry, ...again])).at(-1)).toEqual([20, 8]);
  });

  it('counts a response that is resumed once', async () => {
    const resume: LlmPart = { type: 'resume', cursor: 3, by: 'stream' };
    expect(await totals([open(), start(), text('0', 'a'), resume, ...ended(text('0', 'b'), usage(4, 2))])).toEqual([
      [4, 2],
    ]);
  });

  it('takes what only the message knows', async () => {
    const discarded = whole(usage(3, 1));
    expect(
      await totals([
        { type: 'reset', attempt: 1, discarded },
        { type: 'end', message: whole(usage(5, 5)) },
      ]),
    ).toEqual([
      [3, 1],
      [8, 6],
    ]);
    expect(await totals(ended(text('0', 'a')))).toEqual([]);
  });

  it('is an operator too, passes errors and leaves its source', async () => {
    const failed = concat(
      of(usage(1, 1)),
      throwError(() => failure),
    );
    await expect(lastValueFrom(failed.pipe(usage$))).rejects.toBe(failure);
    const source = new Subject<LlmPart>();
    source.pipe(usage$).subscribe().unsubscribe();
    expect(source.observed).toBe(false);
  });
});

describe('usage of several reports', () => {
  it('keeps what a later report does not say', () => {
    const before = { inputTokens: 1, cachedInputTokens: 2, native: { a: 1 } };
    expect(mergedUsage(undefined, before)).toBe(before);
    const merged = mergedUsage(before, { inputTokens: 0, cachedInputTokens: undefined, native: { b: 1 } });
    expect(merged).toEqual({ inputTokens: 0, cachedInputTokens: 2, native: { a: 1, b: 1 } });
  });

  it('adds number by number and makes none up', () => {
    const sum = addedUsage(
      { inputTokens: 1, reasoningTokens: 2, native: { a: 1 } },
      { inputTokens: 2, native: { b: 1 } },
    );
    expect(sum).toStrictEqual({ inputTokens: 3, reasoningTokens: 2, native: { b: 1 } });
  });
});
