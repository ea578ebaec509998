import { describe, expect, it } from '@jest/globals';
import { responsesFormat } from '../../../sources/llm/responses-parts.js';
import { collect, event, partsOf } from './collected-parts.js';
import type { NativeObject } from '../../../sources/llm/vocabulary.js';

const item = { type: 'function_call', id: 'fc', call_id: 'c', name: 'f', arguments: '', status: 'in_progress' };
const added = (more: NativeObject = {}) =>
  event('response.output_item.added', { output_index: 0, item: { ...item, ...more } });
const delta = (text: string) => event('response.function_call_arguments.delta', { output_index: 0, delta: text });
const whole = (text: string) => event('response.function_call_arguments.done', { output_index: 0, arguments: text });
const done = (text: unknown, more: NativeObject = {}) =>
  event('response.output_item.done', {
    output_index: 0,
    item: { ...item, arguments: text, status: 'completed', ...more },
  });
const over = (status = 'completed', output: readonly unknown[] = []) =>
  event(`response.${status}`, { response: { status, output } });
const parts = (...events: ReturnType<typeof event>[]) => partsOf(responsesFormat().reader(), events);
const calls = (...events: ReturnType<typeof event>[]) => collect(parts(...events)).calls;

describe('a call of Responses', () => {
  it.each([
    ['deltas and both ends', [added(), delta('{"a"'), delta(':1}'), whole('{"a":1}'), done('{"a":1}'), over()]],
    ['no deltas', [added(), whole('{"a":1}'), done('{"a":1}'), over()]],
    ['nothing but the end of the item', [done('{"a":1}'), over()]],
    ['no end of the item', [added(), delta('{"a":1}'), whole('{"a":1}'), over()]],
    ['nothing but the response', [over('completed', [{ ...item, arguments: '{"a":1}', status: 'completed' }])]],
    [
      'a beginning, and the response',
      [added(), delta('{"a'), over('completed', [{ ...item, arguments: '{"a":1}', status: 'completed' }])],
    ],
    ['deltas that lost a piece', [added(), delta('{"b":1}'), done('{"a":1}'), over()]],
    ['an input that is an object', [added(), done({ a: 1 }), over()]],
    ['no status', [added(), done('{"a":1}', { status: undefined }), over()]],
    ['an end of the item that forgot the input', [added(), delta('{"a":1}'), done(''), over()]],
    ['deltas before its beginning', [delta('{"a"'), added(), delta(':1}'), done('{"a":1}'), over()]],
  ])('is final with %s', (_name, events) => {
    expect(calls(...events)).toEqual([
      {
        id: 'c',
        name: 'f',
        kind: 'json',
        raw: '{"a":1}',
        input: { a: 1 },
        native: expect.objectContaining({ call_id: 'c', arguments: '{"a":1}' }),
      },
    ]);
  });

  it.each([
    ['there is only its beginning', [added(), over()]],
    ['there are only deltas', [added(), delta('{}'), over()]],
    ['its item is incomplete', [added(), whole('{}'), done('{}', { status: 'incomplete' }), over()]],
    ['it is cut with the response', [added(), whole('{}'), over('incomplete')]],
    ['it has no name', [delta('{}'), whole('{}'), over()]],
    [
      'the response has another one in its place',
      [added(), delta('{}'), over('completed', [{ ...item, call_id: 'other', arguments: '{}', status: 'completed' }])],
    ],
  ])('is not final where %s', (_name, events) => {
    expect(calls(...events)).toEqual([]);
  });

  it('comes once, although the response lists it again under another index', () => {
    const again = [
      { type: 'reasoning', summary: [] },
      { type: 'reasoning', summary: [] },
      { ...item, arguments: '{}', status: 'completed' },
    ];
    expect(calls(added(), done('{}'), over('completed', again))).toHaveLength(1);
  });

  it('starts once its id and name are known, with the pieces that waited', () => {
    expect(parts(delta('{"a"'), delta(':1}'), added())).toEqual([
      { type: 'tool.start', key: '0', id: 'c', name: 'f' },
      { type: 'tool.delta', key: '0', text: '{"a":1}' },
    ]);
  });

  it('goes by the id that its item ends with', () => {
    expect(calls(added({ call_id: '' }), done('{}', { call_id: 'late' }), over())).toMatchObject([{ id: 'late' }]);
  });

  it('with broken JSON is invalid', () => {
    const [call] = calls(added(), done('{"a":'), over());
    expect(call).toMatchObject({ raw: '{"a":', invalid: expect.stringContaining('not JSON') });
    expect(call?.input).toBeUndefined();
  });

  it('of a custom tool has free text', () => {
    const custom = { type: 'custom_tool_call', call_id: 'c', name: 'sql' };
    const found = calls(
      event('response.output_item.added', { output_index: 0, item: custom }),
      event('response.custom_tool_call_input.delta', { output_index: 0, delta: 'SELECT' }),
      event('response.output_item.done', { output_index: 0, item: { ...custom, input: 'SELECT 1' } }),
      over(),
    );
    expect(found).toMatchObject([{ kind: 'text', raw: 'SELECT 1', input: 'SELECT 1' }]);
  });

  it.each([
    ['a delta that is no text', event('response.function_call_arguments.delta', { output_index: 0, delta: 1 })],
    ['an input without an item', event('response.function_call_arguments.done', { arguments: '{}' })],
  ])('passes %s on', (_name, odd) => {
    expect(collect(parts(odd)).unknown).toEqual([odd.data]);
  });
});
