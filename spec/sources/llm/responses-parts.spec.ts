import { describe, expect, it } from '@jest/globals';
import { objectsOf } from '../../../sources/llm/responses-state.js';
import { collect, event, eventsOf, failureOf, partsOf, sinkOf } from './collected-parts.js';
import { fixture } from './recordings.js';
import { reader, items, created, completed, responseOf } from './responses-script.js';
import type { NativeObject } from '../../../sources/llm/vocabulary.js';

describe('responsesFormat', () => {
  const found = collect(partsOf(reader(), items));

  it('says every kind of item, in order, and gives it back as the next request wants it', () => {
    const output = objectsOf(responseOf(items)['output']);
    const [reasoning, search, message, count, image, mixed, nest, empty, sketch] = output;
    const [first, second] = objectsOf(mixed?.['content']);
    expect(found.start).toEqual({ id: 'resp_heron01', model: 'gpt-heron' });
    expect(found.text).toEqual({ '2.0': 'It wädes 🐦. Twice.', '5.0': 'First.', '5.1': 'Second.' });
    expect(found.refusal).toEqual({ '5.2': 'Not the third.' });
    expect(found.thinking).toEqual({ 0: '**Herons**\nThey wade.\n\nThey fish.', 3: 'Count again.' });
    expect(found.signatures).toEqual(['ZW5jLWhlcm9u', undefined]);
    expect(found.natives).toEqual([
      ...[reasoning, message, count],
      { ...mixed, content: [first] },
      { ...mixed, content: [second] },
    ]);
    expect(found.citations).toEqual({ '2.0': objectsOf(message?.['content'])[0]?.['annotations'] });
    expect(found.server).toEqual([search, image]);
    expect(found.calls).toEqual([
      {
        id: 'call_h1',
        name: 'nest',
        kind: 'json',
        raw: nest?.['arguments'],
        input: { twigs: 12, site: 'a "reed"' },
        native: nest,
      },
      { id: 'call_h2', name: 'nest', kind: 'json', raw: '{}', input: {}, native: empty },
      {
        id: 'call_h3',
        name: 'sketch',
        kind: 'text',
        raw: sketch?.['input'],
        input: 'a bird {on one leg',
        native: sketch,
      },
    ]);
    expect(found.usage).toMatchObject({
      inputTokens: 50,
      outputTokens: 60,
      cachedInputTokens: 32,
      reasoningTokens: 20,
      totalTokens: 110,
    });
    expect(found.stop).toEqual({ reason: 'tool', native: 'completed' });
    expect(found.unknown).toEqual([]);
  });

  it('holds the calls until the response has ended', () => {
    const one = reader();
    expect(collect(partsOf(one, items.slice(0, -1))).calls).toEqual([]);
    expect(partsOf(one, items.slice(-1)).map(({ type }) => type)).toEqual([
      'toolCall',
      'toolCall',
      'toolCall',
      'usage',
      'stop',
    ]);
  });

  it('comes to the same where every id is another one and nothing is numbered', () => {
    const rotated = collect(partsOf(reader(), eventsOf(fixture('responses-parts-rotation'))));
    expect(withoutIds(rotated)).toEqual(withoutIds(found));
  });

  it('comes to the same where nothing but ends is sent', () => {
    const parts = partsOf(reader(), eventsOf(fixture('responses-parts-done-only')));
    const only = collect(parts);
    expect(only.text).toEqual({ '1.0': 'It wädes 🐦. Twice.' });
    expect(only.thinking).toEqual({ 0: found.thinking['0'] });
    expect(only.citations).toEqual({ '1.0': found.citations['2.0'] });
    expect(only.calls).toEqual(found.calls.slice(0, 1));
    expect(only.input).toEqual({ 2: found.calls[0]?.raw });
    expect(parts.filter(({ type }) => type === 'text.delta')).toHaveLength(1);
  });

  it('lets no call go that the end has cut', () => {
    const cut = collect(partsOf(reader(), eventsOf(fixture('responses-parts-cut'))));
    expect(cut.calls.map(({ id }) => id)).toEqual(['call_h2']);
    expect(cut.stop).toEqual({
      reason: 'length',
      native: 'max_output_tokens',
      details: { reason: 'max_output_tokens' },
    });
    expect(cut.input).toEqual({ 0: '{}', 1: '{"twigs":1' });
  });

  it('shows the work of the provider as it goes on', () => {
    const image = partsOf(reader(), items).filter((part) => part.type === 'serverTool' && part.key === '4');
    expect(image.map((part) => part.type === 'serverTool' && [part.name, part.isFinal, part.native['type']])).toEqual([
      ['image_generation_call', false, 'image_generation_call'],
      ['image_generation_call', false, 'response.image_generation_call.generating'],
      ['image_generation_call', false, 'response.image_generation_call.partial_image'],
      ['image_generation_call', false, 'response.image_generation_call.completed'],
      ['image_generation_call', true, 'image_generation_call'],
    ]);
  });

  it('passes on what it does not know', () => {
    const odd = [
      event('response.audio.delta', { delta: 'aa' }),
      event('keepalive'),
      event('response.output_text.delta', { delta: 'no index' }),
    ];
    const parts = partsOf(reader(), [created, ...odd, completed()]);
    expect(collect(parts).unknown).toEqual(odd.map(({ data }) => data));
  });

  it('keeps its position', () => {
    const one = reader();
    expect(one.position).toBeUndefined();
    partsOf(one, items.slice(0, 3));
    expect(one.position).toEqual({ responseId: 'resp_heron01', sequenceNumber: 2, isBackground: true });
    partsOf(one, items.slice(3, 10));
    expect(one.position?.sequenceNumber).toBe(9);
  });

  it('keeps the id that the response began with, although a proxy changes it', () => {
    const one = reader();
    partsOf(one, [created, event('response.in_progress', { response: { id: 'another' } })]);
    expect(one.position).toEqual({ responseId: 'resp_1', sequenceNumber: undefined, isBackground: false });
  });

  it('starts with whatever names the response first', () => {
    expect(collect(partsOf(reader(), [completed()])).start).toEqual({ id: 'resp_1', model: undefined });
  });
});

function withoutIds(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (key, inner: unknown) => (key === 'id' && !/^call_/.test(String(inner)) ? undefined : inner)),
  );
}

describe('a response that goes wrong', () => {
  it.each([
    ['nested', event('error', { error: { type: 'insufficient_quota', code: 'insufficient_quota', message: 'a' } })],
    ['flat', event('error', { code: 'insufficient_quota', message: 'a', param: null })],
    [
      'failed',
      event('response.failed', {
        response: { id: 'resp_1', status: 'failed', error: { code: 'insufficient_quota', message: 'a' } },
      }),
    ],
  ])('throws the %s error in the class of HTTP errors', (_name, bad) => {
    const { parts, error } = failureOf(reader(), [created, bad]);
    expect(parts.map(({ type }) => type)).toEqual(['start']);
    expect(error).toMatchObject({
      name: 'LlmError',
      wire: 'openai-responses',
      code: 'quota_exceeded',
      isRetryable: false,
    });
  });

  it('runs nothing when it has failed, although the call was done', () => {
    const failed = event('response.failed', {
      response: { error: { code: 'server_error', message: 'a' } },
      sequence_number: items.length - 1,
    });
    const { parts, error } = failureOf(reader(), [...items.slice(0, -1), failed]);
    expect(collect(parts).calls).toEqual([]);
    expect(error).toMatchObject({ isRetryable: true });
  });

  it('is not done without its end', () => {
    const one = reader();
    partsOf(one, items.slice(0, -1));
    expect([one.isDone, one.end(sinkOf([])), one.lastEvent]).toEqual([false, false, 'response.output_item.done']);
  });

  it('is done at its end and reads nothing behind it', () => {
    const one = reader();
    partsOf(one, items);
    expect([one.isDone, one.end(sinkOf([]))]).toEqual([true, true]);
    expect(partsOf(one, [{ type: '[DONE]', data: {} }, created, event('error')])).toEqual([]);
  });

  it('is truncated at [DONE] before the end', () => {
    const { error } = failureOf(reader(), [created, { type: '[DONE]', data: {} }]);
    expect(error).toMatchObject({ name: 'TruncatedStreamError', lastEvent: 'response.created' });
  });

  const message = { type: 'message', id: 'm', role: 'assistant', content: [] };
  const added = (index: number, item: NativeObject) =>
    event('response.output_item.added', { output_index: index, item });
  it.each([
    ['a gap in the numbers', [...items.slice(0, 5), ...items.slice(6)]],
    ['the beginning of another response', [created, event('response.created', { response: { id: 'resp_2' } })]],
    ['an item that begins twice', [created, added(0, message), added(0, message)]],
    [
      'an item that becomes another',
      [
        created,
        added(0, message),
        event('response.output_item.done', { output_index: 0, item: { type: 'reasoning' } }),
      ],
    ],
  ])('is interrupted by %s', (_name, events) => {
    const { parts, error } = failureOf(reader(), events);
    expect(error).toMatchObject({
      name: 'LlmError',
      errorType: 'stream_interrupted',
      code: 'interrupted',
      wire: 'openai-responses',
    });
    expect(collect(parts).calls).toEqual([]);
  });

  it('outlives a frame that could not be read: what is whole comes later', () => {
    const lost = items.findIndex(({ type }) => type === 'response.function_call_arguments.delta');
    const broken = items.with(lost, { type: 'malformed', data: {} });
    expect(collect(partsOf(reader(), broken)).calls).toEqual(collect(partsOf(reader(), items)).calls);
  });
});
