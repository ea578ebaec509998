import { describe, expect, it } from '@jest/globals';
import { responsesFormat } from '../../../sources/llm/responses-parts.js';
import { collect, event, partsOf } from './collected-parts.js';
import type { NativeObject } from '../../../sources/llm/vocabulary.js';

const end = (type: string, response: NativeObject) => event(`response.${type}`, { response });
const found = (...events: ReturnType<typeof event>[]) => collect(partsOf(responsesFormat().reader(), events));
const call = { type: 'function_call', id: 'fc', call_id: 'c', name: 'f', arguments: '{}', status: 'completed' };
const message = { type: 'message', id: 'm', content: [{ type: 'output_text', text: 'ab', annotations: [] }] };

describe('the end of a response', () => {
  it.each([
    ['completed', { status: 'completed' }, { reason: 'end', native: 'completed' }],
    ['completed', {}, { reason: 'end', native: 'completed' }],
    ['completed', { status: 'completed', output: [call] }, { reason: 'tool', native: 'completed' }],
    ['completed', { status: 'cancelled', output: [call] }, { reason: 'cancelled', native: 'cancelled' }],
    [
      'incomplete',
      { incomplete_details: { reason: 'max_output_tokens' } },
      { reason: 'length', native: 'max_output_tokens' },
    ],
    ['incomplete', { incomplete_details: { reason: 'max_messages' } }, { reason: 'length', native: 'max_messages' }],
    [
      'incomplete',
      { incomplete_details: { reason: 'content_filter' } },
      { reason: 'refusal', native: 'content_filter' },
    ],
    ['incomplete', { incomplete_details: { reason: 'steered' } }, { reason: 'unknown', native: 'steered' }],
    ['incomplete', { incomplete_details: null }, { reason: 'unknown', native: 'incomplete' }],
  ])('that is %s with %j is a stop', (type, response, stop) => {
    expect(found(end(type, response)).stop).toMatchObject(stop);
  });

  it('counts the tokens, and none where nothing is said of them', () => {
    const usage = {
      ...{ input_tokens: 9, output_tokens: 5, total_tokens: 14 },
      ...{
        input_tokens_details: { cached_tokens: 4, cache_write_tokens: 2 },
        output_tokens_details: { reasoning_tokens: 3 },
      },
    };
    expect(found(end('completed', { usage })).usage).toEqual({
      ...{ inputTokens: 9, outputTokens: 5, totalTokens: 14 },
      ...{ cachedInputTokens: 4, cacheWriteTokens: 2, reasoningTokens: 3, native: usage },
    });
    expect(found(end('completed', { usage: null })).usage).toBeUndefined();
    expect(found(end('completed', { usage: { input_tokens: 1 } })).usage).toMatchObject({
      inputTokens: 1,
      cachedInputTokens: undefined,
    });
  });

  it('tells the whole message where nothing but the end comes', () => {
    expect(found(end('completed', { output: [message, call] }))).toMatchObject({
      text: { '0.0': 'ab' },
      natives: [message],
      calls: [{ id: 'c' }],
    });
  });

  it('tells nothing twice where the response counts its output in another way', () => {
    const done = (index: number, item: NativeObject) =>
      event('response.output_item.done', { output_index: index, item });
    const once = found(done(1, message), done(2, call), end('completed', { output: [message, call] }));
    expect(once).toMatchObject({ text: { '1.0': 'ab' }, calls: [{ id: 'c' }] });
    expect([Object.keys(once.text), once.calls.length]).toEqual([['1.0'], 1]);
  });

  it('tells nothing twice where ids rotate as well', () => {
    const done = event('response.output_item.done', { output_index: 1, item: message });
    expect(found(done, end('completed', { output: [{ ...message, id: 'rotated' }] })).text).toEqual({ '1.0': 'ab' });
  });

  it('closes an item under its own index', () => {
    const delta = event('response.output_text.delta', { output_index: 1, content_index: 0, delta: 'a' });
    const begun = event('response.output_item.added', { output_index: 1, item: { type: 'message', id: 'm' } });
    expect(found(begun, delta, end('incomplete', { output: [message] }))).toMatchObject({
      text: { '1.0': 'ab' },
      natives: [message],
    });
  });
});
