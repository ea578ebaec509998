import { describe, expect, it } from '@jest/globals';
import { anthropicStop, anthropicUsage } from '../../../sources/llm/anthropic-usage.js';
import { objectOf } from './collected-parts.js';

describe('anthropicUsage', () => {
  const first = anthropicUsage(undefined, {
    ...{ input_tokens: 10, output_tokens: 1, cache_read_input_tokens: 100, cache_creation_input_tokens: 5 },
    ...{ service_tier: 'standard', server_tool_use: null },
  });

  it('counts cached tokens as input, beside the numbers of Anthropic', () => {
    expect(first).toEqual({
      ...{ inputTokens: 115, outputTokens: 1, cachedInputTokens: 100, cacheWriteTokens: 5, totalTokens: 116 },
      native: {
        ...{ input_tokens: 10, output_tokens: 1, cache_read_input_tokens: 100, cache_creation_input_tokens: 5 },
        service_tier: 'standard',
      },
    });
  });

  it('overwrites key by key, never adds, and lets null and missing keys be', () => {
    const report = { output_tokens: 40, cache_read_input_tokens: null, output_tokens_details: { thinking_tokens: 7 } };
    const second = anthropicUsage(first, report);
    expect(second).toMatchObject({
      inputTokens: 115,
      outputTokens: 40,
      cachedInputTokens: 100,
      reasoningTokens: 7,
      totalTokens: 155,
    });
    expect(anthropicUsage(second, report)).toEqual(second);
    expect(anthropicUsage(second, { input_tokens: 30 })).toMatchObject({ inputTokens: 135, outputTokens: 40 });
    expect(second.native).toMatchObject({ service_tier: 'standard', cache_creation_input_tokens: 5 });
  });

  it('knows no total without both sides', () => {
    expect(anthropicUsage(undefined, { output_tokens: 4 })).toMatchObject({
      inputTokens: undefined,
      totalTokens: undefined,
    });
  });

  it('keeps a hostile key a key', () => {
    const report: unknown = JSON.parse('{"__proto__":{"polluted":1},"output_tokens":2}');
    const { native } = anthropicUsage(first, objectOf(report));
    expect(Object.getPrototypeOf(native)).toBe(Object.prototype);
  });
});

describe('anthropicStop', () => {
  it.each([
    ['end_turn', 'end'],
    ['max_tokens', 'length'],
    ['model_context_window_exceeded', 'length'],
    ['stop_sequence', 'stopSequence'],
    ['tool_use', 'tool'],
    ['pause_turn', 'pause'],
    ['compaction', 'pause'],
    ['refusal', 'refusal'],
    ['of_a_later_year', 'unknown'],
  ])('of %s is %s', (native, reason) => {
    expect(anthropicStop(native, { type: 'message_delta', delta: { stop_reason: native }, usage: {} })).toEqual({
      reason,
      native,
    });
  });

  it('keeps what else the event says', () => {
    const delta = {
      stop_reason: 'refusal',
      stop_sequence: null,
      stop_details: { category: 'bio' },
      container: { id: 'c' },
    };
    const event = { type: 'message_delta', delta, usage: {}, context_management: { applied_edits: [] } };
    const { details } = anthropicStop('refusal', event);
    expect(details).toEqual({
      stop_details: { category: 'bio' },
      container: { id: 'c' },
      context_management: { applied_edits: [] },
    });
  });
});
