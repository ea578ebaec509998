import { describe, expect, it } from '@jest/globals';
import { responsesFormat } from '../../../sources/llm/responses-parts.js';
import { collect, event, partsOf } from './collected-parts.js';

const added = (item: unknown) => event('response.output_item.added', { output_index: 0, item });
const done = (item: unknown) => event('response.output_item.done', { output_index: 0, item });
const parts = (...events: ReturnType<typeof event>[]) => partsOf(responsesFormat().reader(), events);

describe('items that the provider runs itself', () => {
  it.each([
    ['web_search_call', ['web_search_call.in_progress', 'web_search_call.searching', 'web_search_call.completed']],
    ['file_search_call', ['file_search_call.in_progress', 'file_search_call.searching', 'file_search_call.completed']],
    [
      'code_interpreter_call',
      ['code_interpreter_call.interpreting', 'code_interpreter_call_code.delta', 'code_interpreter_call_code.done'],
    ],
    ['image_generation_call', ['image_generation_call.generating', 'image_generation_call.partial_image']],
    ['mcp_list_tools', ['mcp_list_tools.in_progress', 'mcp_list_tools.failed']],
    ['mcp_call', ['mcp_call.in_progress', 'mcp_call_arguments.delta', 'mcp_call_arguments.done', 'mcp_call.failed']],
    ['mcp_approval_request', []],
    ['computer_call', []],
    ['local_shell_call', []],
    ['shell_call', ['shell_call_command.added', 'shell_call_command.delta', 'shell_call_output_content.delta']],
    ['apply_patch_call', ['apply_patch_call_operation_diff.delta', 'apply_patch_call_operation_diff.done']],
    ['tool_search_call', []],
    ['compaction', ['compaction.compacting']],
    ['program', []],
    ['of_a_later_year', ['of_a_later_year.begun']],
  ])('%s comes with its work and then whole', (type, events) => {
    const begun = { type, id: 'x', status: 'in_progress' };
    const whole = { type, id: 'y', status: 'completed', output: 'a' };
    const work = events.map((name) => event(`response.${name}`, { output_index: 0, delta: 'a', command_index: 0 }));
    const key = { type: 'serverTool', key: '0', name: type };
    expect(parts(added(begun), ...work, done(whole))).toEqual([
      { ...key, isFinal: false, native: begun },
      ...work.map(({ data }) => ({ ...key, isFinal: false, native: data })),
      { ...key, isFinal: true, native: whole },
    ]);
  });

  it('that only end are whole too', () => {
    const whole = { type: 'web_search_call', status: 'completed' };
    expect(collect(parts(done(whole), done(whole))).server).toEqual([whole]);
  });

  it('that never end are not', () => {
    const end = event('response.completed', { response: { status: 'completed', output: [] } });
    expect(collect(parts(added({ type: 'web_search_call' }), end)).server).toEqual([]);
  });

  it.each([
    ['an item without a type', added({ id: 'x' })],
    ['an item that is none', done('x')],
    ['an item without an index', event('response.output_item.added', { item: { type: 'message' } })],
    ['work on an item that nobody has announced', event('response.web_search_call.searching', { output_index: 7 })],
  ])('%s is passed on', (_name, odd) => {
    expect(parts(odd)).toEqual([{ type: 'unknown', native: odd.data }]);
  });
});
