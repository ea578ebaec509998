import type { LlmUsage } from './vocabulary.js';

/** The numbers of {@link LlmUsage}. */
const usageCounters: readonly Exclude<keyof LlmUsage, 'native'>[] = [
  'inputTokens',
  'outputTokens',
  'cachedInputTokens',
  'cacheWriteTokens',
  'reasoningTokens',
  'totalTokens',
];

/** Usage after a later report of the same response: its numbers take the place of those before; what it does not say stays. */
export function mergedUsage(before: LlmUsage | undefined, report: LlmUsage): LlmUsage {
  if (before === undefined) return report;
  const merged = usageOf((name) => report[name] ?? before[name]);
  return { ...merged, native: { ...before.native, ...report.native } };
}

/** Usage of two responses together. `native` is that of the second: providers' own numbers cannot be added. */
export function addedUsage(first: LlmUsage | undefined, second: LlmUsage): LlmUsage {
  if (first === undefined) return second;
  const sums = usageOf((name) => {
    const [a, b] = [first[name], second[name]];
    return a === undefined && b === undefined ? undefined : (a ?? 0) + (b ?? 0);
  });
  return { ...sums, native: second.native };
}

function usageOf(numberOf: (name: (typeof usageCounters)[number]) => number | undefined): Omit<LlmUsage, 'native'> {
  const numbers: Partial<Record<(typeof usageCounters)[number], number>> = {};
  for (const name of usageCounters) {
    const value = numberOf(name);
    if (value !== undefined) numbers[name] = value;
  }
  return numbers;
}
