import { describe, expect, it } from '@jest/globals';
import { nativeText } from '../../../sources/llm/native-text.js';
import { responsesFormat } from '../../../sources/llm/responses-parts.js';
import { collect, event, partsOf } from './collected-parts.js';
import type { NativeObject } from '../../../sources/llm/vocabulary.js';

const created = event('response.created', { response: { id: 'r', model: 'm' } });
const completed = event('response.completed', { response: { id: 'r', status: 'completed', output: [] } });
const at = { output_index: 0, content_index: 0, item_id: 'm' };
const delta = (text: string) => event('response.output_text.delta', { ...at, delta: text });
const done = (text: string) => event('response.output_text.done', { ...at, text });
const message = (...content: NativeObject[]) => ({
  type: 'message',
  id: 'm',
  role: 'assistant',
  status: 'completed',
  content,
});
const itemDone = (item: NativeObject) => event('response.output_item.done', { output_index: 0, item });
const text = (words: string, annotations: readonly NativeObject[] = []) => ({
  type: 'output_text',
  text: words,
  annotations,
});

const parts = (...events: ReturnType<typeof event>[]) =>
  partsOf(responsesFormat().reader(), [created, ...events, completed]).filter(
    ({ type }) => type !== 'start' && type !== 'stop',
  );

describe('texts of Responses', () => {
  it('start, grow and end with their item', () => {
    const whole = message(text('ab'));
    expect(parts(delta('a'), delta('b'), done('ab'), itemDone(whole))).toEqual([
      { type: 'text.start', key: '0.0' },
      { type: 'text.delta', key: '0.0', text: 'a' },
      { type: 'text.delta', key: '0.0', text: 'b' },
      { type: 'text.end', key: '0.0', native: whole },
    ]);
  });

  it.each([
    ['all of it where no delta came', [done('abc'), itemDone(message(text('abc')))], ['abc']],
    ['all of it where only the item came', [itemDone(message(text('abc')))], ['abc']],
    ['the rest where deltas are missing', [delta('a'), done('abc')], ['a', 'bc']],
    ['the rest at the end of the item', [delta('a'), itemDone(message(text('abc')))], ['a', 'bc']],
    ['nothing where it is the same', [delta('abc'), done('abc'), itemDone(message(text('abc')))], ['abc']],
    ['nothing where it is shorter', [delta('abc'), done('ab')], ['abc']],
    ['nothing where it is another text', [delta('abc'), done('xbcd')], ['abc']],
    ['nothing for an empty delta', [delta(''), delta('a')], ['a']],
    ['nothing behind the end of the item', [itemDone(message(text('a'))), done('abc')], ['a']],
  ])('are made whole with %s', (_name, events, texts) => {
    const found = parts(...events).flatMap((part) => (part.type === 'text.delta' ? [part.text] : []));
    expect(found).toEqual(texts);
  });

  it('end with the text that counts, although the deltas said another one', () => {
    const end = parts(delta('abc'), done('xyz'), itemDone(message(text('xyz')))).at(-1);
    expect(end?.type === 'text.end' && nativeText(end.native)).toBe('xyz');
  });

  it('that were never closed end with what has come', () => {
    const [, , end] = parts(delta('a'));
    expect(end).toEqual({
      ...{ type: 'text.end', key: '0.0' },
      native: { type: 'message', role: 'assistant', status: 'incomplete', content: [text('a')] },
    });
  });

  it('that have ended do not grow', () => {
    const late = delta('b');
    const found = collect(parts(delta('a'), itemDone(message(text('a'))), late));
    expect([found.text, found.unknown]).toEqual([{ '0.0': 'a' }, [late.data]]);
  });

  it('need no content_index', () => {
    expect(collect(parts(event('response.output_text.delta', { output_index: 3, delta: 'a' }))).text).toEqual({
      '3.0': 'a',
    });
  });

  it('of two items do not mix', () => {
    const other = event('response.output_text.delta', { output_index: 1, content_index: 0, delta: 'X' });
    expect(collect(parts(delta('a'), other, delta('b'), other)).text).toEqual({ '0.0': 'ab', '1.0': 'XX' });
  });

  it('cite once, whether the citation came by itself or with its part', () => {
    const cite = { type: 'url_citation', url: 'https://a.example' };
    const more = { type: 'file_citation', file_id: 'f' };
    const added = event('response.output_text.annotation.added', { ...at, annotation: cite });
    const part = event('response.content_part.done', { ...at, part: text('a', [cite, more]) });
    expect(collect(parts(delta('a'), added, part, itemDone(message(text('a', [cite, more]))))).citations).toEqual({
      '0.0': [cite, more],
    });
  });

  it('refuse in words of their own', () => {
    const refusal = event('response.refusal.delta', { ...at, delta: 'no' });
    const whole = event('response.refusal.done', { ...at, refusal: 'not that' });
    const found = parts(refusal, whole, itemDone(message({ type: 'refusal', refusal: 'not that' })));
    expect(collect(found).refusal).toEqual({ '0.0': 'not that' });
    expect(collect(parts(whole)).refusal).toEqual({ '0.0': 'not that' });
    expect(found.some(({ type }) => type.startsWith('text'))).toBe(false);
  });

  it('pass parts on that are neither', () => {
    const odd = { type: 'output_hologram', data: 'a' };
    const added = event('response.content_part.added', { ...at, part: odd });
    const found = collect(parts(added, itemDone(message(text('a'), odd))));
    expect(found.unknown).toEqual([added.data, odd]);
    expect(found.natives).toEqual([message(text('a'), odd)]);
  });

  it.each([
    ['a delta that is no text', event('response.output_text.delta', { ...at, delta: 1 })],
    ['an annotation that is none', event('response.output_text.annotation.added', { ...at, annotation: 'a' })],
    ['a text without an item', event('response.output_text.done', { text: 'a' })],
  ])('pass %s on', (_name, odd) => {
    expect(collect(parts(odd)).unknown).toEqual([odd.data]);
  });
});
