import { describe, expect, it } from '@jest/globals';
import { malformedPolicy } from '../../../lib/malformed-policy.js';
import { type ResponsesEvent, responsesEvent } from '../../../sources/llm/responses-events.js';
import { wireEventReader } from '../../../sources/llm/wire-events.js';
import { recordings } from './recordings.js';

const event = (data: Record<string, unknown>, type = String(data['type'])): ResponsesEvent =>
  responsesEvent({ type, data });

function eventsOf(text: string): ResponsesEvent[] {
  const policy = malformedPolicy({}, undefined);
  const reader = wireEventReader({ wire: 'openai-responses', policy, maxLength: 2 ** 24, requestId: undefined });
  return [...reader.feed(Buffer.from(text)), ...reader.end()].map(responsesEvent);
}

describe('responsesEvent', () => {
  it.each(recordings.filter(({ wire }) => wire === 'openai-responses'))('knows every event of $name', ({ text }) => {
    const unknown = eventsOf(text).flatMap((one) => (one.type === 'unknown' ? [one.event] : []));
    // One stands as it was stored: two of its lines are no JSON. OpenRouter's dialect ends with [DONE].
    expect(unknown.filter((type) => type !== 'malformed' && type !== '[DONE]')).toEqual([]);
  });

  it('is the object that was sent, whether the server counts or not', () => {
    const data = {
      type: 'response.output_text.delta',
      output_index: 0,
      content_index: 0,
      delta: 'a',
      obfuscation: 'x',
    };
    expect(event(data)).toBe(data);
    expect(event({ ...data, sequence_number: 7 })).toMatchObject({ sequence_number: 7 });
  });

  it('tells events apart in their types', () => {
    const one = event({
      type: 'response.output_item.added',
      output_index: 1,
      item: { type: 'function_call', call_id: 'a' },
    });
    const kind: string | undefined = one.type === 'response.output_item.added' ? one.item.type : undefined;
    const two = event({ type: 'response.completed', response: { id: 'r', status: 'completed' } });
    const status = two.type === 'response.completed' ? two.response.status : undefined;
    expect([kind, status]).toEqual(['function_call', 'completed']);
  });

  it('takes an error flat and nested, and the type from the event line', () => {
    expect(event({ type: 'error', code: 'server_error', message: 'm', param: null }).type).toBe('error');
    expect(event({ type: 'error', error: { code: 'server_error' } }).type).toBe('error');
    expect(event({ output_index: 0, item_id: 'a' }, 'response.mcp_call.failed').type).toBe('response.mcp_call.failed');
  });

  it.each<[string, Record<string, unknown>]>([
    ['a new type', { type: 'response.hologram.delta', delta: 'a' }],
    ['a delta without its place', { type: 'response.output_text.delta', delta: 'a' }],
    ['a delta without its text', { type: 'response.output_text.delta', output_index: 0, content_index: 0 }],
    ['an item without a type', { type: 'response.output_item.done', output_index: 0, item: {} }],
    ['a response that is a text', { type: 'response.completed', response: 'r' }],
    ['a response whose output is a text', { type: 'response.completed', response: { output: 'x' } }],
    ['a number that is a text', { type: 'response.created', response: {}, sequence_number: '0' }],
  ])('passes %s on as unknown', (_what, data) => {
    expect(event(data, 'named')).toEqual({ type: 'unknown', event: 'named', native: data });
  });
});
