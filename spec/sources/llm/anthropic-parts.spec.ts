import { describe, expect, it } from '@jest/globals';
import { reader, partsOfFixture, head, begin, delta, end, report, over, tool, input } from './anthropic-script.js';
import { collect, event, eventsOf, failureOf, partsOf, sinkOf } from './collected-parts.js';
import { fixture } from './recordings.js';

describe('anthropicFormat', () => {
  it('says every kind of block, in order, and gives it back as the next request wants it', () => {
    const parts = partsOfFixture('anthropic-parts-blocks');
    const found = collect(parts);
    expect(found.start).toEqual({ id: 'msg_heron01', model: 'claude-heron-1' });
    expect(found.thinking).toEqual({ 1: 'Herons stand in shallow water.' });
    expect(found.text).toEqual({ 5: 'It wädes 🐦.' });
    expect(found.signatures).toEqual([undefined, 'c2lnLWhlcm9u', 'b21pdHRlZA==']);
    expect(found.natives).toEqual([
      { type: 'redacted_thinking', data: 'cmVkYWN0ZWQ=' },
      { type: 'thinking', thinking: 'Herons stand in shallow water.', signature: 'c2lnLWhlcm9u' },
      { type: 'thinking', thinking: '', signature: 'b21pdHRlZA==' },
      { type: 'text', text: 'It wädes 🐦.', citations: found.citations['5'] },
    ]);
    expect(found.citations['5']).toMatchObject([{ type: 'web_search_result_location', cited_text: 'It wades.' }]);
    expect(found.server).toMatchObject([
      { type: 'server_tool_use', id: 'srvtoolu_h1', input: { query: 'grey heron' } },
      { type: 'web_search_tool_result', tool_use_id: 'srvtoolu_h1', content: [{ title: 'Herons' }] },
      { type: 'compaction', content: 'So far: herons.', encrypted_content: 'Y21w' },
      { type: 'mcp_tool_use', name: 'measure', server_name: 'pond', input: { depth: 3 } },
      { type: 'mcp_tool_result', is_error: false },
      { type: 'container_upload', file_id: 'file_h1' },
    ]);
    expect(found.calls).toEqual([
      {
        ...{ id: 'toolu_h1', name: 'nest', raw: '', kind: 'json', input: {} },
        native: expect.objectContaining({ input: {} }),
      },
      {
        ...{
          id: 'toolu_h2',
          name: 'count',
          raw: '{"pond":"north","birds":2}',
          kind: 'json',
          input: { pond: 'north', birds: 2 },
        },
        native: expect.objectContaining({ input: { pond: 'north', birds: 2 }, caller: expect.anything() }),
      },
      {
        ...{ id: 'toolu_h3', name: 'write', raw: '{"line":"a\\n\\"b\\""}', kind: 'json', input: { line: 'a\n"b"' } },
        native: { type: 'tool_use', id: 'toolu_h3', name: 'write', input: { line: 'a\n"b"' } },
      },
    ]);
    expect(found.usage).toMatchObject({
      inputTokens: 168,
      outputTokens: 77,
      cachedInputTokens: 100,
      cacheWriteTokens: 8,
      reasoningTokens: 12,
    });
    expect(found.stop).toEqual({ reason: 'tool', native: 'tool_use', details: { container: { id: 'container_h1' } } });
    expect(found.unknown).toEqual([]);
  });

  it('ends with calls, usage and the stop, and nothing behind them', () => {
    const kinds = partsOfFixture('anthropic-parts-blocks').map(({ type }) => type);
    expect(kinds.slice(-4)).toEqual(['tool.delta', 'toolCall', 'usage', 'stop']);
    expect(kinds.slice(0, 4)).toEqual(['start', 'usage', 'thinking.start', 'thinking.end']);
  });

  it('says a refusal without any block', () => {
    const parts = partsOfFixture('anthropic-parts-refusal');
    expect(parts.map(({ type }) => type)).toEqual(['start', 'usage', 'usage', 'stop']);
    expect(collect(parts).stop).toMatchObject({ reason: 'refusal', details: { stop_details: { category: 'bio' } } });
  });

  it('counts usage without a stop, and says one stop', () => {
    const parts = partsOf(reader(), [
      head,
      report(null, { output_tokens: 5 }),
      report('end_turn', { output_tokens: 9 }),
      report('end_turn'),
      over,
    ]);
    expect(parts.filter(({ type }) => type === 'stop')).toHaveLength(1);
    expect(collect(parts).usage).toMatchObject({ outputTokens: 9 });
  });

  it('takes a marker without a reason for a stream that has lost events', () => {
    const { parts, error } = failureOf(reader(), [head, begin(0, tool('t')), input(0, '{}'), end(0), over]);
    expect(error).toMatchObject({ errorType: 'stream_interrupted', code: 'interrupted' });
    expect(parts.filter(({ type }) => type === 'toolCall' || type === 'stop')).toEqual([]);
  });
});

describe('a stream of Anthropic that goes wrong', () => {
  it('throws the error event in the class of HTTP errors, behind the parts that came', () => {
    const { parts, error } = failureOf(reader(), eventsOf(fixture('anthropic-error-midstream')));
    expect(error).toMatchObject({ name: 'LlmError', wire: 'anthropic', isRetryable: true });
    expect(parts.length).toBeGreaterThan(1);
  });

  it('is not done without its marker', () => {
    const one = reader();
    partsOf(one, eventsOf(fixture('anthropic-eof-no-stop')));
    expect(one.isDone).toBe(false);
    expect(one.end(sinkOf([]))).toBe(false);
    expect(one.lastEvent).toBe('content_block_delta');
  });

  it('is done at the marker and reads nothing behind it', () => {
    const one = reader();
    partsOf(one, [head, report('end_turn'), over]);
    expect([one.isDone, one.end(sinkOf([])), one.lastEvent]).toEqual([true, true, 'message_stop']);
    expect(partsOf(one, [{ type: '[DONE]', data: {} }, head, event('error')])).toEqual([]);
  });

  it('is truncated at [DONE] before the marker', () => {
    const { error } = failureOf(reader(), [head, begin(0, { type: 'text', text: '' }), { type: '[DONE]', data: {} }]);
    expect(error).toMatchObject({
      name: 'TruncatedStreamError',
      errorType: 'stream_interrupted',
      lastEvent: 'content_block_start',
    });
  });

  it('may begin twice before its content', () => {
    const found = collect(
      partsOf(reader(), [
        head,
        head,
        begin(0, { type: 'text', text: 'a' }),
        end(0),
        report('end_turn', { output_tokens: 3 }),
        over,
      ]),
    );
    expect(found).toMatchObject({ text: { 0: 'a' }, usage: { inputTokens: 1, outputTokens: 3 } });
  });

  const text = { type: 'text', text: '' };
  it.each([
    ['a message that begins in the middle', [head, begin(0, text), head]],
    ['a block that begins twice', [head, begin(0, text), begin(0, text)]],
    ['a block that begins again after its end', [head, begin(0, text), end(0), begin(0, text)]],
    ['a delta of no block', [head, delta(0, 'text_delta', { text: 'a' })]],
    ['a delta of a block that has ended', [head, begin(0, text), end(0), delta(0, 'text_delta', { text: 'a' })]],
    ['a delta behind the stop', [head, begin(0, text), report('end_turn'), delta(0, 'text_delta', { text: 'a' })]],
    ['the end of no block', [head, end(0)]],
  ])('is interrupted by %s', (_name, events) => {
    const { error } = failureOf(reader(), events);
    expect(error).toMatchObject({
      name: 'LlmError',
      errorType: 'stream_interrupted',
      code: 'interrupted',
      isRetryable: true,
    });
  });

  it.each([
    ['a delta without a delta', event('content_block_delta', { index: 0 })],
    ['a delta without an index', event('content_block_delta', { delta: { type: 'text_delta', text: 'a' } })],
    ['a text delta without text', delta(0, 'text_delta', { text: 1 })],
    ['an input for a text', input(0, '{')],
    ['a block without a block', event('content_block_start', { index: 1 })],
  ])('passes %s on', (_name, odd) => {
    const parts = partsOf(reader(), [head, begin(0, text), odd]);
    expect(parts.at(-1)).toEqual({ type: 'unknown', native: odd.data });
  });
});
