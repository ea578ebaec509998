import { describe, expect, it } from '@jest/globals';
import { chunk, find, readChunks, readEvents, say, short } from './chat-reading.js';

describe('a call', () => {
  const call = (text: unknown, id = 'a'): Readonly<Record<string, unknown>> =>
    chunk({ tool_calls: [{ index: 0, id, type: 'function', function: { name: 'f', arguments: text } }] });

  it.each(['tool_calls', 'stop', 'function_call', 'eos'])('is final at %s', (reason) => {
    expect(find(readChunks([call('{}'), chunk({}, reason)]).parts, 'toolCall')).toHaveLength(1);
  });

  it.each(['length', 'content_filter', 'stop_sequence', 'model_length', 'something_new'])(
    'is not final at %s',
    (reason) => {
      const { parts, isDone } = readChunks([call('{}'), chunk({}, reason)]);
      expect(isDone).toBe(true);
      expect(find(parts, 'tool.start')).toHaveLength(1);
      expect(find(parts, 'toolCall')).toEqual([]);
    },
  );

  it('is invalid, with its text, where that is no JSON', () => {
    const final = find(readChunks([call('{"x":'), chunk({}, 'tool_calls')]).parts, 'toolCall')[0]?.call;
    expect(final).toMatchObject({ raw: '{"x":', input: undefined, native: { function: { arguments: '{"x":' } } });
    expect(final?.invalid).toMatch(/JSON/);
  });

  it('is invalid where an event in the middle of it could not be read', () => {
    const lost = { type: 'malformed', data: { code: 'not_json' } };
    const events = [call('{"x"'), call(':1}'), chunk({}, 'tool_calls')].map((data) => ({ type: '', data }));
    const done = { type: '[DONE]', data: {} };
    const calls = (all: readonly { type: string; data: object }[]): unknown[] =>
      find(readEvents(all.map(({ type, data }) => ({ type, data: { ...data } }))).parts, 'toolCall');
    expect(calls([...events, done])).toEqual([
      expect.objectContaining({ call: expect.objectContaining({ input: { x: 1 } }) }),
    ]);
    expect(calls([...events.slice(0, 1), lost, ...events.slice(1), done])).toEqual([
      expect.objectContaining({ call: expect.objectContaining({ input: undefined, invalid: expect.any(String) }) }),
    ]);
  });

  it('may have its input as an object', () => {
    expect(find(readChunks([call({ x: 1 }), chunk({}, 'stop')]).parts, 'toolCall')[0]?.call.input).toEqual({ x: 1 });
  });

  it('waits for its name before it starts', () => {
    const piece = (json: object): object => ({ index: 0, function: json });
    const { parts } = readChunks([
      chunk({ tool_calls: [piece({ arguments: '{"x"' })] }),
      chunk({ tool_calls: [piece({ name: 'f', arguments: ':1}' })] }, 'tool_calls'),
    ]);
    expect(short(parts).slice(1, 3)).toEqual(['tool.start 0.0 call_0_0 f', 'tool.delta 0.0 {"x":1}']);
  });

  it('comes out once although the reason comes twice', () => {
    const { parts } = readChunks([call('{}'), chunk({}, 'tool_calls'), chunk({ content: '' }, 'tool_calls')]);
    expect(find(parts, 'toolCall')).toHaveLength(1);
    expect(find(parts, 'stop')).toHaveLength(1);
  });
});

describe('what goes back with the next request', () => {
  it('is the entry of tool_calls, with members that are the server’s own', () => {
    const call = { index: 0, id: 'a', type: 'function', extra_content: { google: { thought_signature: 'sig' } } };
    const { parts } = readChunks([
      chunk({ tool_calls: [{ ...call, function: { name: 'f', arguments: '' } }] }),
      chunk({}, 'tool_calls'),
    ]);
    expect(find(parts, 'toolCall')[0]?.call).toEqual({
      ...{ id: 'a', name: 'f', input: {}, raw: '', kind: 'json' },
      native: {
        ...{ id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } },
        extra_content: { google: { thought_signature: 'sig' } },
      },
    });
  });

  it.each([
    ['chat-custom-tool', { id: 'call_c1', type: 'custom', custom: { name: 'shell', input: 'echo {' } }],
    ['chat-function-call', { function_call: { name: 'map', arguments: '{"of":"Inn"}' } }],
  ])('of %s is %j', (name, native) => {
    expect(find(say(name).parts, 'toolCall')[0]?.call.native).toEqual(native);
  });

  it('is opaque reasoning, put together, and its signature', () => {
    const text = { type: 'reasoning.text', text: 'Snow melts.', signature: 'c2lnbmVk', format: 'f1', index: 0 };
    const secret = { type: 'reasoning.encrypted', data: 'b3BhcXVl', id: 'r2', format: 'f2', index: 1 };
    expect(find(say('chat-openrouter').parts, 'thinking.end')).toEqual([
      {
        ...{ type: 'thinking.end', key: '0.0', signature: 'c2lnbmVk' },
        native: { reasoning: 'Snow melts.', reasoning_details: [text] },
      },
      { type: 'thinking.end', key: '0.2', signature: undefined, native: { reasoning_details: [secret] } },
    ]);
    expect(find(say('chat-openrouter').parts, 'thinking.start')[1]?.isRedacted).toBe(true);
  });

  it('is thinking in the shape it came in', () => {
    const native = (name: string): unknown => find(say(name).parts, 'thinking.end')[0]?.native;
    expect(native('chat-thinking')).toEqual({ reasoning_content: 'Two brooks make a river.' });
    expect(native('chat-mistral')).toEqual({ type: 'thinking', thinking: [{ type: 'text', text: 'Which river?' }] });
    expect(native('chat-inline-think')).toBeUndefined();
  });

  it('is text out of opaque reasoning where the server puts it nowhere else', () => {
    const details = [{ type: 'reasoning.summary', summary: 'Short.', index: 0 }];
    const { parts } = readChunks([chunk({ reasoning_details: details }), chunk({ content: 'a' }, 'stop')]);
    expect(short(parts)).toContain('thinking.delta 0.0 Short.');
    expect(find(parts, 'thinking.end')[0]?.native).toEqual({ reasoning_details: details });
  });
});
