import { describe, expect, it } from '@jest/globals';
import type { WireEvent } from '../../../sources/llm/wire-reader.js';
import { reader, partsOfFixture, head, begin, end, report, tool, input, callsOf } from './anthropic-script.js';
import { collect, partsOf } from './collected-parts.js';

describe('a call of Anthropic', () => {
  it('waits for the next block, or for tool_use', () => {
    const one = reader();
    const first = partsOf(one, [head, begin(0, tool('t0')), input(0, '{"a":1}'), end(0)]);
    expect(collect(first).calls).toEqual([]);
    expect(partsOf(one, [begin(1, tool('t1'))]).map(({ type }) => type)).toEqual(['toolCall', 'tool.start']);
    expect(collect(partsOf(one, [end(1)])).calls).toEqual([]);
    expect(collect(partsOf(one, [report('tool_use')])).calls.map(({ id }) => id)).toEqual(['t1']);
  });

  it.each(['max_tokens', 'refusal', 'end_turn', 'pause_turn', 'stop_sequence', 'model_context_window_exceeded'])(
    'that is the last block is not final at %s',
    (reason) => {
      expect(callsOf(begin(0, tool('t0')), input(0, '{}'), end(0), report(reason))).toEqual([]);
      expect(callsOf(begin(0, tool('t0')), input(0, '{}'), report(reason))).toEqual([]);
    },
  );

  it('that was cut is no call, whether its block was left open or closed', () => {
    const open = collect(partsOfFixture('anthropic-parts-tool-open'));
    expect(open).toMatchObject({ calls: [], input: { 1: '{"line":"a long' }, stop: { reason: 'length' } });
    const closed = collect(partsOfFixture('anthropic-parts-tool-closed'));
    expect(closed.calls.map(({ id }) => id)).toEqual(['toolu_h5']);
    expect(closed.input).toEqual({ 0: '{}', 1: '{"line":"a' });
  });

  it('before a fallback is not final, whatever follows', () => {
    const found = collect(partsOfFixture('anthropic-parts-fallback'));
    expect(found.calls.map(({ id }) => id)).toEqual(['toolu_h8']);
    expect(found.server).toMatchObject([{ type: 'fallback', to: { model: 'claude-heron-0' } }]);
  });

  it('comes in the order of the blocks, although a later one is closed first', () => {
    const events = [
      begin(0, tool('t0')),
      input(0, '{}'),
      begin(1, tool('t1')),
      end(1),
      begin(2, tool('t2')),
      end(0),
      report('tool_use'),
    ];
    expect(callsOf(...events).map(({ id }) => id)).toEqual(['t0', 't1', 't2']);
  });

  it('that is still open does not become final because another block begins', () => {
    const parts = partsOf(reader(), [head, begin(0, tool('t0')), input(0, '{'), begin(1, { type: 'text', text: '' })]);
    expect(collect(parts).calls).toEqual([]);
  });

  it('with broken JSON is invalid and goes back with an empty input', () => {
    const [call] = callsOf(begin(0, tool('t0')), input(0, '{"a":'), end(0), report('tool_use'));
    expect(call).toMatchObject({ raw: '{"a":', invalid: expect.stringContaining('not JSON'), native: { input: {} } });
    expect(call?.input).toBeUndefined();
  });

  it('is invalid where a frame inside it could not be read, although the rest is JSON', () => {
    const lost: WireEvent = { type: 'malformed', data: { length: 3 } };
    const calls = callsOf(
      begin(0, tool('t0')),
      input(0, '{"path":"/tmp'),
      lost,
      input(0, '"}'),
      end(0),
      begin(1, tool('t1')),
      end(1),
      report('tool_use'),
    );
    expect(calls).toMatchObject([
      { id: 't0', invalid: expect.stringContaining('could not be read'), native: { input: {} } },
      { id: 't1', input: {} },
    ]);
    expect(calls[1]).not.toHaveProperty('invalid');
  });
});
