import { describe, expect, it } from '@jest/globals';
import { responsesFormat } from '../../../sources/llm/responses-parts.js';
import { collect, event, partsOf } from './collected-parts.js';

const summary = (index: number, delta: string) =>
  event('response.reasoning_summary_text.delta', { output_index: 0, summary_index: index, delta });
const summaryDone = (index: number, text: string) =>
  event('response.reasoning_summary_text.done', { output_index: 0, summary_index: index, text });
const thought = (delta: string) => event('response.reasoning_text.delta', { output_index: 0, content_index: 0, delta });
const itemDone = (summaries: readonly string[], texts: readonly string[] = [], more = {}) =>
  event('response.output_item.done', {
    output_index: 0,
    item: {
      ...{ type: 'reasoning', id: 'r', summary: summaries.map((text) => ({ type: 'summary_text', text })) },
      ...{ content: texts.map((text) => ({ type: 'reasoning_text', text })), ...more },
    },
  });
const parts = (...events: ReturnType<typeof event>[]) =>
  partsOf(responsesFormat().reader(), [...events, event('response.completed', { response: { status: 'completed' } })]);
const thinking = (...events: ReturnType<typeof event>[]) => collect(parts(...events)).thinking['0'];

describe('reasoning of Responses', () => {
  it.each([
    ['one section', [summary(0, 'a'), summary(0, 'b'), summaryDone(0, 'ab'), itemDone(['ab'])], 'ab'],
    ['sections, an empty line between them', [summary(0, 'a'), summary(1, 'b'), itemDone(['a', 'b'])], 'a\n\nb'],
    ['a summary and a text', [summary(0, 'a'), thought('b'), itemDone(['a'], ['b'])], 'a\n\nb'],
    ['sections of which only the ends came', [summaryDone(0, 'a'), summaryDone(1, 'b')], 'a\n\nb'],
    ['an item of which only the end came', [itemDone(['a', 'b'], ['c'])], 'a\n\nb\n\nc'],
    ['the rest of a section', [summary(0, 'a'), summaryDone(0, 'abc')], 'abc'],
    ['no rest in the wrong place', [summary(0, 'a'), summary(1, 'b'), itemDone(['a and more', 'bc'])], 'a\n\nbc'],
    ['no text that is another one', [summary(0, 'a'), summaryDone(0, 'xyz')], 'a'],
  ])('is one block of %s', (_name, events, expected) => {
    expect(thinking(...events)).toBe(expected);
  });

  it('goes back as its item, with what is encrypted', () => {
    const end = itemDone([], [], { encrypted_content: 'ZW5j' });
    expect(parts(end).slice(0, 2)).toEqual([
      { type: 'thinking.start', key: '0' },
      { type: 'thinking.end', key: '0', signature: 'ZW5j', native: end.data['item'] },
    ]);
  });

  it('that was cut off has no native: half an item does not go back', () => {
    const end = parts(summary(0, 'a')).find(({ type }) => type === 'thinking.end');
    expect(end).toEqual({ type: 'thinking.end', key: '0', signature: undefined, native: undefined });
  });

  it.each([
    [
      'a delta that is no text',
      event('response.reasoning_text.delta', { output_index: 0, content_index: 0, delta: 1 }),
    ],
    ['a text without an item', event('response.reasoning_text.delta', { delta: 'a' })],
    ['a part without an item', event('response.reasoning_summary_part.added', { part: { text: '' } })],
  ])('passes %s on', (_name, odd) => {
    expect(collect(parts(odd)).unknown).toEqual([odd.data]);
  });
});
