import type { UsagePlace } from './dialects.js';
import { isObject } from './shapes.js';
import type { LlmUsage, NativeObject } from './vocabulary.js';

type Counter = Exclude<keyof LlmUsage, 'native'>;

/** Where each number is said; the first place that has one counts. */
const counters: readonly (readonly [counter: Counter, places: readonly (readonly string[])[]])[] = [
  ['inputTokens', [['prompt_tokens']]],
  ['outputTokens', [['completion_tokens']]],
  // DeepSeek, and servers of Hugging Face, have names of their own.
  ['cachedInputTokens', [['prompt_tokens_details', 'cached_tokens'], ['prompt_cache_hit_tokens'], ['cached_tokens']]],
  ['cacheWriteTokens', [['prompt_tokens_details', 'cache_write_tokens']]],
  ['reasoningTokens', [['completion_tokens_details', 'reasoning_tokens'], ['reasoning_tokens']]],
  ['totalTokens', [['total_tokens']]],
];

/** What a server says later takes the place of what it said before, member by member; nothing is added up. */
export function chatUsage(before: LlmUsage | undefined, said: NativeObject): LlmUsage {
  const native: Record<string, unknown> = { ...before?.native };
  for (const [name, value] of Object.entries(said)) if (value !== null) native[name] = value;
  const usage: { -readonly [K in keyof LlmUsage]: LlmUsage[K] } = { native };
  for (const [counter, places] of counters) {
    const count = places.map((place) => numberAt(native, place)).find((value) => value !== undefined);
    if (count !== undefined) usage[counter] = count;
  }
  return usage;
}

/** The usage in a chunk, wherever the dialect puts it. */
export function usageIn(chunk: NativeObject, places: readonly UsagePlace[]): NativeObject | undefined {
  for (const place of places) {
    const found = place === 'usage' ? chunk['usage'] : place === 'x_groq.usage' ? inGroq(chunk) : inChoice(chunk);
    if (isObject(found)) return found;
  }
  return undefined;
}

function inGroq({ x_groq: groq }: NativeObject): unknown {
  return isObject(groq) ? groq['usage'] : undefined;
}

function inChoice({ choices }: NativeObject): unknown {
  const choice: unknown = Array.isArray(choices) ? choices[0] : undefined;
  return isObject(choice) ? choice['usage'] : undefined;
}

function numberAt(native: NativeObject, place: readonly string[]): number | undefined {
  let value: unknown = native;
  for (const name of place) value = isObject(value) ? value[name] : undefined;
  return typeof value === 'number' ? value : undefined;
}
