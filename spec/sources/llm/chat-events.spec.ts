import { describe, expect, it } from '@jest/globals';
import { malformedPolicy } from '../../../lib/malformed-policy.js';
import { type ChatEvent, chatEvent } from '../../../sources/llm/chat-events.js';
import { wireEventReader } from '../../../sources/llm/wire-events.js';
import { recordings } from './recordings.js';

const event = (data: Record<string, unknown>, type = ''): ChatEvent => chatEvent({ type, data });

function eventsOf(text: string): ChatEvent[] {
  const policy = malformedPolicy({}, undefined);
  const reader = wireEventReader({ wire: 'openai-chat', policy, maxLength: 2 ** 24, requestId: undefined });
  return [...reader.feed(Buffer.from(text)), ...reader.end()].map(chatEvent);
}

describe('chatEvent', () => {
  it.each(recordings.filter(({ wire }) => wire === 'openai-chat'))('knows every event of $name', ({ text }) => {
    expect(eventsOf(text).filter(({ type }) => type === 'unknown')).toEqual([]);
  });

  it('hands on the chunk that was sent, with the members of dialects', () => {
    const data = { choices: [{ index: 0, delta: { reasoning: 'hm' }, finish_reason: null }], x_groq: {} };
    const read = event(data);
    expect(read).toEqual({ type: 'chunk', chunk: data });
    expect(read.type === 'chunk' && read.chunk === data).toBe(true);
  });

  it.each<[string, Record<string, unknown>]>([
    ['without choices', { choices: [], usage: { total_tokens: 1 } }],
    ['with a choice without index and delta', { choices: [{ finish_reason: 'stop' }] }],
    ['with content in parts', { choices: [{ index: 0, delta: { content: [{ type: 'text', text: 'a' }] } }] }],
    ['with an empty finish_reason', { choices: [{ index: 0, delta: {}, finish_reason: '' }] }],
    ['with tool calls without index', { choices: [{ index: 0, delta: { tool_calls: [{ id: 'a' }] } }] }],
  ])('takes a chunk %s', (_what, data) => {
    expect(event(data).type).toBe('chunk');
  });

  it('finds an error by itself, in a chunk, as a text, and named by its line', () => {
    const error = { message: 'm' };
    expect(event({ error })).toEqual({ type: 'error', error, native: { error } });
    expect(event({ choices: [], error })).toMatchObject({ type: 'error', error });
    expect(event({ error: 'm' })).toMatchObject({ type: 'error', error });
    expect(event(error, 'error')).toEqual({ type: 'error', error, native: error });
  });

  it('knows the end', () => {
    expect(event({}, '[DONE]')).toEqual({ type: 'done' });
  });

  it.each<[string, Record<string, unknown>]>([
    ['no choices', { id: 'a' }],
    ['choices that are no list', { choices: {} }],
    ['a choice that is no object', { choices: [null] }],
    ['an index that is a text', { choices: [{ index: '0' }] }],
    ['content that is a number', { choices: [{ delta: { content: 1 } }] }],
    ['a delta that is a text', { choices: [{ delta: 'a' }] }],
    ['tool calls that are no list', { choices: [{ delta: { tool_calls: {} } }] }],
    ['a tool call that is no object', { choices: [{ delta: { tool_calls: ['a'] } }] }],
    ['a reason that is a number', { choices: [{ finish_reason: 1 }] }],
    ['usage that is a list', { choices: [], usage: [] }],
  ])('passes %s on as unknown', (_what, data) => {
    expect(event(data)).toEqual({ type: 'unknown', event: '', native: data });
  });
});
