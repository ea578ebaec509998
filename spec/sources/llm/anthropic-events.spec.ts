import { describe, expect, it } from '@jest/globals';
import { malformedPolicy } from '../../../lib/malformed-policy.js';
import { type AnthropicEvent, anthropicEvent } from '../../../sources/llm/anthropic-events.js';
import { wireEventReader } from '../../../sources/llm/wire-events.js';
import { recordings } from './recordings.js';

const event = (data: Record<string, unknown>, type = String(data['type'])): AnthropicEvent =>
  anthropicEvent({ type, data });

function eventsOf(text: string): AnthropicEvent[] {
  const policy = malformedPolicy({}, undefined);
  const reader = wireEventReader({ wire: 'anthropic', policy, maxLength: 2 ** 24, requestId: undefined });
  return [...reader.feed(Buffer.from(text)), ...reader.end()].map(anthropicEvent);
}

describe('anthropicEvent', () => {
  it.each(recordings.filter(({ wire }) => wire === 'anthropic'))('knows every event of $name', ({ text }) => {
    expect(eventsOf(text).filter(({ type }) => type === 'unknown')).toEqual([]);
  });

  it('is the object that was sent, with members that nobody knows', () => {
    const data = {
      type: 'content_block_delta',
      index: 0,
      delta: { type: 'text_delta', text: 'a', new: 1 },
      more: true,
    };
    expect(event(data)).toBe(data);
  });

  it('takes the type from the event line where the object has none', () => {
    expect(event({ index: 3 }, 'content_block_stop')).toEqual({ type: 'content_block_stop', index: 3 });
  });

  it('tells events, blocks and deltas apart in their types', () => {
    const one = event({
      type: 'content_block_start',
      index: 0,
      content_block: { type: 'tool_use', id: 'a', name: 'b' },
    });
    const name: string | undefined =
      one.type === 'content_block_start' && one.content_block.type === 'tool_use' ? one.content_block.name : undefined;
    const two = event({
      type: 'content_block_delta',
      index: 0,
      delta: { type: 'input_json_delta', partial_json: '{' },
    });
    const json: string | undefined =
      two.type === 'content_block_delta' && two.delta.type === 'input_json_delta' ? two.delta.partial_json : undefined;
    expect([name, json]).toEqual(['b', '{']);
  });

  it.each<[string, Record<string, unknown>]>([
    ['a new type', { type: 'message_pause' }],
    ['no type', {}],
    ['a block of a new type', { type: 'content_block_start', index: 0, content_block: { type: 'hologram' } }],
    ['a delta of a new type', { type: 'content_block_delta', index: 0, delta: { type: 'hologram_delta' } }],
    ['a delta without its text', { type: 'content_block_delta', index: 0, delta: { type: 'text_delta' } }],
    ['a delta without an index', { type: 'content_block_delta', delta: { type: 'text_delta', text: 'a' } }],
    ['a start without a message', { type: 'message_start', message: null }],
    ['a start whose usage is a list', { type: 'message_start', message: { usage: [] } }],
    ['an end whose reason is a number', { type: 'message_delta', delta: { stop_reason: 1 } }],
    ['an error without an error', { type: 'error', message: 'flat' }],
    ['the name of a member of every object', { type: 'constructor' }],
  ])('passes %s on as unknown', (_what, data) => {
    expect(event(data, 'named')).toEqual({ type: 'unknown', event: 'named', native: data });
  });
});
