import { describe, expect, it } from '@jest/globals';
import type { Dialect } from '../../../sources/llm/dialects.js';
import { chunk, find, readChunks, readEvents, say, short } from './chat-reading.js';

const streams: Readonly<Record<string, readonly string[]>> = {
  'chat-text': [
    'start',
    'text.start 0.0',
    'text.delta 0.0 Brooks run to the größte Fluß 🏞️, and ends there.',
    'text.end 0.0',
    'stop 0 end stop',
    'usage 38',
  ],
  'chat-thinking': [
    ...['start', 'thinking.start 0.0', 'thinking.delta 0.0 Two brooks make a river.', 'thinking.end 0.0'],
    ...['text.start 0.1', 'text.delta 0.1 A river, then.', 'text.end 0.1', 'stop 0 end stop', 'usage 38'],
  ],
  'chat-tool': [
    ...['start', 'tool.start 0.0 call_r1 calculator', 'tool.delta 0.0 {"expression": "42 * 17"}'],
    ...['tool.start 0.1 call_r2 clock', 'tool.delta 0.1 {}'],
    ...['toolCall 0.0 call_r1 calculator {"expression": "42 * 17"}', 'toolCall 0.1 call_r2 clock {}'],
    ...['stop 0 tool tool_calls', 'usage 38'],
  ],
  'chat-openrouter': [
    ...['start', 'thinking.start 0.0', 'thinking.delta 0.0 Snow melts.', 'thinking.end 0.0'],
    ...['text.start 0.1', 'text.delta 0.1 In spring.', 'citation 0.1', 'text.end 0.1'],
    ...['thinking.start 0.2', 'thinking.end 0.2', 'stop 0 end stop', 'usage 21'],
  ],
  'chat-groq': [
    ...['start', 'thinking.start 0.0', 'thinking.delta 0.0 A gauge ', 'thinking.end 0.0'],
    ...['serverTool 0.1 search', 'serverTool 0.1 search final'],
    ...['thinking.start 0.2', 'thinking.delta 0.2 then.', 'thinking.end 0.2'],
    ...['tool.start 0.3 fc_b1 level', 'tool.delta 0.3 {"river":"Ache"}', 'toolCall 0.3 fc_b1 level {"river":"Ache"}'],
    ...['stop 0 tool tool_calls', 'usage 21'],
  ],
  'chat-mistral': [
    ...['start', 'thinking.start 0.0', 'thinking.delta 0.0 Which river?', 'thinking.end 0.0'],
    ...['text.start 0.1', 'text.delta 0.1 The Inn', 'citation 0.1', 'text.delta 0.1 .', 'text.end 0.1'],
    ...['stop 0 end stop', 'usage 21'],
  ],
  'chat-ollama-tools': [
    ...['start', 'tool.start 0.0 call_w1 depth', 'tool.delta 0.0 {"at":1}'],
    ...['tool.start 0.1 call_w2 width', 'tool.delta 0.1 {"at":2}'],
    ...['toolCall 0.0 call_w1 depth {"at":1}', 'toolCall 0.1 call_w2 width {"at":2}'],
    ...['stop 0 tool tool_calls', 'usage 21'],
  ],
  'chat-inline-think': [
    ...['start', 'thinking.start 0.0', 'thinking.delta 0.0 \nIs 1 < 2? Yes.', 'thinking.end 0.0'],
    ...['text.start 0.1', 'text.delta 0.1 \n\nYes: <think> is a tag.', 'text.end 0.1'],
    ...['stop 0 end eos_token', 'usage 21'],
  ],
  'chat-two-choices': [
    ...['start', 'text.start 1.0', 'text.delta 1.0 Left', 'text.start 0.0', 'text.delta 0.0 Right'],
    ...['text.end 1.0', 'thinking.start 1.1', 'thinking.delta 1.1 Hm.', 'text.delta 0.0  bank'],
    ...['thinking.end 1.1', 'tool.start 1.2 call_t1 map', 'tool.delta 1.2 {}', 'text.end 0.0', 'stop 0 end stop'],
    ...['toolCall 1.2 call_t1 map {}', 'stop 1 tool tool_calls', 'usage 21'],
  ],
  'chat-azure': [
    ...['unknown', 'start', 'text.start 0.0', 'text.delta 0.0 Flo', 'text.end 0.0'],
    ...['stop 0 refusal content_filter', 'usage 21', 'unknown'],
  ],
  'chat-refusal': [...['start', 'refusal.delta 0.0 I can', 'unknown', 'refusal.delta 0.0 not.', 'stop 0 end stop']],
  'chat-custom-tool': [
    ...['start', 'tool.start 0.0 call_c1 shell', 'tool.delta 0.0 echo {', 'toolCall 0.0 call_c1 shell echo {'],
    'stop 0 tool tool_calls',
  ],
  'chat-function-call': [
    ...['start', 'tool.start 0.0 call_0_0 map', 'tool.delta 0.0 {"of":"Inn"}'],
    ...['toolCall 0.0 call_0_0 map {"of":"Inn"}', 'stop 0 tool function_call'],
  ],
  'chat-length-in-tool': [
    ...['start', 'text.start 0.0', 'text.delta 0.0 So: ', 'text.end 0.0'],
    ...['tool.start 0.1 call_l1 map', 'tool.delta 0.1 {"of":"Inn"}', 'tool.start 0.2 call_l2 map'],
    ...['tool.delta 0.2 {"of":"Il', 'stop 0 length length'],
  ],
};

describe('a stream of Chat Completions', () => {
  it.each(Object.entries(streams))('%s comes as these parts', (name, expected) => {
    const { parts, error, isDone, lastEvent } = say(name);
    expect(error).toBeUndefined();
    expect(short(parts)).toEqual(expected);
    expect({ isDone, lastEvent }).toEqual({ isDone: true, lastEvent: '[DONE]' });
  });

  it.each([
    ['chat-openrouter', 'openrouter'],
    ['chat-groq', 'groq'],
    ['chat-mistral', 'mistral'],
    ['chat-ollama-tools', 'ollama'],
    ['chat-azure', 'azure'],
    ['chat-thinking', 'deepseek'],
    ['chat-thinking', 'qwen'],
    ['chat-thinking', 'xai'],
    ['chat-thinking', 'vllm'],
    ['chat-tool', 'openai'],
  ] as const)('%s comes as the same parts where its dialect is named', (name, dialect) => {
    expect(say(name, dialect).parts).toEqual(say(name).parts);
  });

  it('has thinking between tags in the middle of the text only where the dialect says so', () => {
    const read = (dialect: Dialect): string[] =>
      short(readChunks([chunk({ content: 'So <think>a</think>b' }, 'stop')], { dialect }).parts);
    expect(read('huggingface')).toContain('thinking.delta 0.1 a');
    expect(read('auto')).toContain('text.delta 0.0 So <think>a</think>b');
  });

  it('has tags that are text where thinking comes in a member of its own, and in dialects without tags', () => {
    const delta = { content: '<think>is a tag' };
    const apart = readChunks([chunk({ reasoning: 'Hm.' }), chunk(delta, 'stop')]);
    expect(short(apart.parts)).toContain('text.delta 0.1 <think>is a tag');
    expect(short(readChunks([chunk(delta, 'stop')], { dialect: 'openai' }).parts)).toContain(
      'text.delta 0.0 <think>is a tag',
    );
  });

  it('takes thinking that comes twice in one chunk once, and before the text beside it', () => {
    const { parts } = readChunks([chunk({ content: 'b', reasoning: 'a', reasoning_content: 'a' }, 'stop')]);
    expect(short(parts).slice(1, -1)).toEqual([
      ...['thinking.start 0.0', 'thinking.delta 0.0 a', 'thinking.end 0.0'],
      ...['text.start 0.1', 'text.delta 0.1 b', 'text.end 0.1'],
    ]);
  });

  it('is read as well where the whole message comes at once', () => {
    const message = {
      role: 'assistant',
      content: 'Yes',
      tool_calls: [{ id: 'a', function: { name: 'f', arguments: '{}' } }],
    };
    const { parts, isDone } = readChunks([{ id: 'c', choices: [{ index: 0, message, finish_reason: 'tool_calls' }] }]);
    expect(isDone).toBe(true);
    expect(short(parts)).toContain('toolCall 0.1 a f {}');
  });

  it('is one message although every chunk has an id of its own', () => {
    const chunks = [chunk({ content: 'a' }), { ...chunk({ content: 'b' }, 'stop'), id: 'other' }];
    expect(find(readChunks(chunks).parts, 'start')).toEqual([{ type: 'start', id: 'c1', model: 'm' }]);
  });
});

describe('the end', () => {
  const text = chunk({ content: 'a' });
  const stop = chunk({}, 'stop');
  const done = { type: '[DONE]', data: {} };
  const event = (data: Readonly<Record<string, unknown>>) => ({ type: '', data });

  it('is not whole at the end of the body before the reason, and is at [DONE]', () => {
    expect(readEvents([event(text)])).toMatchObject({ isDone: false, isWhole: false, lastEvent: 'chunk' });
    expect(readEvents([event(text), event(stop)])).toMatchObject({ isDone: false, isWhole: true });
    expect(readEvents([event(text), event(stop), done])).toMatchObject({ isDone: true, isWhole: true });
    expect(readEvents([])).toMatchObject({ isDone: false, isWhole: false, lastEvent: undefined });
  });

  it.each(['openai', 'openrouter', 'groq', 'vllm'] as const)('of %s needs [DONE]', (dialect) => {
    expect(readEvents([event(text), event(stop)], { dialect }).isWhole).toBe(false);
    expect(readEvents([event(text), event(stop), done], { dialect }).isWhole).toBe(true);
  });

  it.each([
    ['no reason', [event(text), done]],
    ['an empty reason', [event(chunk({ content: 'a' }, '')), done]],
    ['no choice', [event({ choices: [] }), done]],
    ['one of two choices', [event(text), event(chunk({ content: 'b' }, null, 1)), event(stop), done]],
  ])('is truncated at [DONE] with %s', (_, events) => {
    const { error, isDone, isWhole } = readEvents(events);
    expect(error).toMatchObject({ name: 'TruncatedStreamError', errorType: 'stream_interrupted', code: 'truncated' });
    expect({ isDone, isWhole }).toEqual({ isDone: false, isWhole: false });
  });

  it('is not the end of the body before as many answers have come as were asked for', () => {
    expect(readEvents([event(text), event(stop)], { choices: 2 }).isWhole).toBe(false);
    expect(readEvents([event(text), event(stop), done], { choices: 2 }).isWhole).toBe(true);
    expect(readEvents([event(text), event(stop)], { choices: 1 }).isWhole).toBe(true);
  });

  it('is [DONE] alone where the dialect says so, but never the end of the body', () => {
    const options = { dialect: { finishReason: 'optional' } } as const;
    const { parts, isDone } = readEvents([event(text), done], options);
    expect(isDone).toBe(true);
    expect(short(parts).slice(-2)).toEqual(['text.end 0.0', 'stop 0 end -']);
    expect(readEvents([event(text)], options).isWhole).toBe(false);
  });

  it('says nothing behind [DONE], and holds nothing back that was cut off', () => {
    const tail = readEvents([event(text), event(stop), done, event(text)]);
    expect(short(tail.parts).at(-1)).toBe('stop 0 end stop');
    const cut = readEvents([event(chunk({ content: '<think>a</thi' }))]);
    expect(short(cut.parts)).toEqual(['start', 'thinking.start 0.0', 'thinking.delta 0.0 a']);
  });

  it('closes what comes behind the reason', () => {
    const { parts } = readChunks([stop, text]);
    expect(short(parts).slice(1)).toEqual(['stop 0 end stop', 'text.start 0.0', 'text.delta 0.0 a', 'text.end 0.0']);
  });

  it.each([
    [{ native_finish_reason: 'MAX', content_filter_results: null }, { native_finish_reason: 'MAX' }],
    [{ stop_reason: 128 }, { stop_reason: 128 }],
    [{}, undefined],
  ])('is explained by %j', (members, details) => {
    const { parts } = readChunks([{ choices: [{ index: 0, delta: {}, finish_reason: 'length', ...members }] }]);
    expect(find(parts, 'stop')[0]?.stop).toEqual({ reason: 'length', native: 'length', ...(details && { details }) });
  });
});

describe('a failure inside the stream', () => {
  const said = { message: 'It broke', type: 'server_error', code: null };
  it.each([
    ['alone', '', { error: said }],
    ['as text', '', { error: 'It broke', error_type: 'overloaded' }],
    ['beside choices', '', { ...chunk({ content: 'x' }), error: { code: 502, message: 'It broke' } }],
    ['as an event', 'error', { message: 'It broke', type: 'server_error' }],
    ['flat', '', { object: 'error', message: 'It broke', type: 'InternalServerError', code: 500 }],
  ])('is thrown (%s)', (_, type, data) => {
    const { error, parts, isWhole } = readEvents([
      { type: '', data: chunk({ content: 'a' }) },
      { type, data },
    ]);
    expect(error).toMatchObject({ name: 'LlmError', wire: 'openai-chat', errorType: 'server_error' });
    expect(short(parts).at(-1)).toBe('text.delta 0.0 a');
    expect(isWhole).toBe(false);
  });

  it.each(['chat-error-first', 'chat-error-midstream', 'chat-openrouter-error', 'chat-groq-error'])(
    'of %s is thrown',
    (name) => {
      expect(say(name).error).toMatchObject({ name: 'LlmError' });
    },
  );

  it.each(['error', 'insufficient_system_resource'])('is the reason %s', (reason) => {
    expect(readChunks([chunk({ content: 'a' }, reason)]).error).toMatchObject({
      name: 'LlmError',
      providerCode: reason,
    });
  });

  it.each([null, '', undefined])('is none where error is %j', (error) => {
    expect(readChunks([{ ...chunk({ content: 'a' }, 'stop'), error }]).isDone).toBe(true);
  });
});

describe('what no part says', () => {
  it.each([
    ['audio', chunk({ audio: { id: 'a', data: 'AAAA' } })],
    ['images', chunk({ content: '', images: [{ image_url: { url: 'data:' } }] })],
    ['a chunk without choices', { id: 'c1', moderation: { flagged: true } }],
    ['an event of another kind', { kind: 'ping' }],
  ])('is unknown: %s', (_, data) => {
    const unknown = find(readChunks([data, chunk({}, 'stop')]).parts, 'unknown');
    expect(unknown).toHaveLength(1);
    expect(JSON.stringify(data)).toContain(JSON.stringify(unknown[0]?.native));
  });

  it.each([
    ['an empty delta', chunk({ role: 'assistant', content: '', token_id: 4 })],
    ['a choice that is none', { id: 'c1', model: 'm', choices: [null, 7, 'x'] }],
    ['nothing', { id: 'c1', choices: [], usage: null, obfuscation: 'xy' }],
    ['empty members', chunk({ content: null, tool_calls: [], annotations: [], refusal: null })],
  ])('is silent: %s', (_, data) => {
    const { parts } = readChunks([data, chunk({ content: 'a' }, 'stop')]);
    expect(find(parts, 'unknown')).toEqual([]);
    expect(short(parts)).toContain('text.delta 0.0 a');
  });
});
