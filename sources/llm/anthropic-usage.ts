import { isObject } from './shapes.js';
import type { LlmStop, LlmStopReason, LlmUsage, NativeObject } from './vocabulary.js';

/**
 * Usage after one more report. Every report is cumulative: a number takes the place of the one before it, `null` and missing ones leave it.
 *
 * Anthropic counts what the cache took or gave apart from `input_tokens`. Here `inputTokens` is all of the input, as with every other
 * provider, and the cached tokens are a part of it; `native` has Anthropic's own numbers.
 */
export function anthropicUsage(before: LlmUsage | undefined, report: NativeObject): LlmUsage {
  const said = Object.fromEntries(Object.entries(report).filter(([, value]) => value !== null && value !== undefined));
  const native: NativeObject = { ...before?.native, ...said };
  const cached = count(native['cache_read_input_tokens']);
  const written = count(native['cache_creation_input_tokens']);
  const fresh = count(native['input_tokens']);
  const input = fresh === undefined ? undefined : fresh + (cached ?? 0) + (written ?? 0);
  const output = count(native['output_tokens']);
  const details = native['output_tokens_details'];
  return {
    inputTokens: input,
    outputTokens: output,
    cachedInputTokens: cached,
    cacheWriteTokens: written,
    reasoningTokens: isObject(details) ? count(details['thinking_tokens']) : undefined,
    totalTokens: input === undefined || output === undefined ? undefined : input + output,
    native,
  };
}

function count(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

/** After `compaction` and `pause_turn` the server waits for the same content to come back, unchanged. */
const reasons: ReadonlyMap<string, LlmStopReason> = new Map([
  ['end_turn', 'end'],
  ['max_tokens', 'length'],
  ['model_context_window_exceeded', 'length'],
  ['stop_sequence', 'stopSequence'],
  ['tool_use', 'tool'],
  ['pause_turn', 'pause'],
  ['compaction', 'pause'],
  ['refusal', 'refusal'],
]);

/** Why the model stopped, by a `message_delta`; `details` is whatever else it says that is not `null`, but for the usage. */
export function anthropicStop(native: string, event: NativeObject): LlmStop {
  const { type: _type, usage: _usage, delta, ...beside } = event;
  const { stop_reason: _reason, ...inside } = isObject(delta) ? delta : {};
  const said = Object.entries({ ...beside, ...inside }).filter(([, value]) => value !== null && value !== undefined);
  const details = said.length === 0 ? undefined : Object.fromEntries(said);
  return { reason: reasons.get(native) ?? 'unknown', native, details };
}
