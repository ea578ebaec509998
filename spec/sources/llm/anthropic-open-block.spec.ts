import { describe, expect, it } from '@jest/globals';
import { reader, partsOfFixture, head, begin, delta, end, report, over, input } from './anthropic-script.js';
import { collect, event, partsOf } from './collected-parts.js';

describe('a block of Anthropic', () => {
  it('marks redacted thinking at its start', () => {
    const starts = partsOfFixture('anthropic-parts-blocks').filter(({ type }) => type === 'thinking.start');
    expect(starts).toEqual([
      { type: 'thinking.start', key: '0', isRedacted: true },
      { type: 'thinking.start', key: '1' },
      { type: 'thinking.start', key: '2' },
    ]);
  });

  it('shows the input of a server tool as it grows', () => {
    const parts = partsOfFixture('anthropic-parts-blocks').filter(
      (part) => part.type === 'serverTool' && part.key === '3',
    );
    expect(parts).toMatchObject([
      { name: 'web_search', isFinal: false, native: { input: {} } },
      { isFinal: false, native: { partial_json: '{"query":"grey ' } },
      { isFinal: false, native: { partial_json: 'heron"}' } },
      { isFinal: true, native: { input: { query: 'grey heron' } } },
    ]);
  });

  it('keeps blocks of types to come, with their place and their input', () => {
    const parts = partsOf(reader(), [
      head,
      begin(0, { type: 'sonar_use', id: 's', depth: 1 }),
      input(0, '{"a":1}'),
      end(0),
      report('end_turn'),
      over,
    ]);
    expect(parts.at(-3)).toEqual({
      ...{ type: 'serverTool', key: '0', name: 'sonar_use', isFinal: true },
      native: { type: 'sonar_use', id: 's', depth: 1, input: { a: 1 } },
    });
  });

  it('passes deltas and events of unknown types on, and does not call a block whole that one of them is a piece of', () => {
    const odd = delta(0, 'sonar_delta', { ping: 1 });
    const events = [
      head,
      begin(0, { type: 'sonar' }),
      odd,
      end(0),
      event('sonar_event', { x: 1 }),
      report('end_turn'),
      over,
    ];
    const found = collect(partsOf(reader(), events));
    expect(found.unknown).toEqual([odd.data, { type: 'sonar_event', x: 1 }]);
    expect(found.server).toEqual([]);
  });

  it('takes what a block has when it begins', () => {
    const events = [
      ...[
        head,
        begin(0, { type: 'text', text: 'a', citations: [{ type: 'c' }] }),
        delta(0, 'text_delta', { text: 'b' }),
        end(0),
      ],
      ...[begin(1, { type: 'thinking', thinking: 'c', signature: 's' }), end(1), report('end_turn'), over],
    ];
    const found = collect(partsOf(reader(), events));
    expect(found).toMatchObject({
      text: { 0: 'ab' },
      thinking: { 1: 'c' },
      signatures: ['s'],
      citations: { 0: [{ type: 'c' }] },
    });
  });

  it('finishes a server tool that waits for its result, so that it can be sent back', () => {
    const found = collect(partsOfFixture('anthropic-parts-pause'));
    expect(found.server).toMatchObject([{ type: 'server_tool_use', input: { query: 'egrets' } }]);
    expect(found.stop?.reason).toBe('pause');
  });

  it('does not call a server tool final that was cut inside its input', () => {
    const events = [
      head,
      begin(0, { type: 'server_tool_use', id: 's', name: 'web_search', input: {} }),
      input(0, '{"query":"e'),
      report('max_tokens'),
      over,
    ];
    const parts = partsOf(reader(), events);
    expect(parts.filter((part) => part.type === 'serverTool').at(-1)).toMatchObject({
      isFinal: false,
      native: { input: {} },
    });
  });

  it('gives no native to thinking that was cut before its signature', () => {
    const events = [
      head,
      begin(0, { type: 'thinking', thinking: '', signature: '' }),
      delta(0, 'thinking_delta', { thinking: 'hm' }),
      report('max_tokens'),
      over,
    ];
    expect(collect(partsOf(reader(), events)).natives).toEqual([undefined]);
  });
});
