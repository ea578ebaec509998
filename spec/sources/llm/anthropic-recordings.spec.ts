import { describe, expect, it } from '@jest/globals';
import type { WireEvent } from '../../../sources/llm/wire-reader.js';
import { reader, head, begin, end, report, over, tool, input } from './anthropic-script.js';
import { collect, eventsOf, failureOf, objectOf, partsOf } from './collected-parts.js';
import { fixture, recordings } from './recordings.js';

/** Every text of a stream, read from its JSON with no regard to blocks, states and order. */
function joined(events: readonly WireEvent[], type: string, member: string): string {
  return events
    .map(({ data }) => objectOf(data['delta']))
    .map((one) => (one['type'] === type ? one[member] : ''))
    .join('');
}

const whole = recordings.filter(
  ({ wire, name, text }) => wire === 'anthropic' && !/violation|parts-/.test(name) && text.includes('message_stop'),
);

describe('recorded streams of Anthropic', () => {
  it.each(whole)('$name comes to what its events say', ({ text }) => {
    const events = eventsOf(text);
    const one = reader();
    const found = collect(partsOf(one, events));
    expect(one.isDone).toBe(true);
    expect(found.unknown).toEqual([]);
    expect(Object.values(found.text).join('')).toBe(joined(events, 'text_delta', 'text'));
    expect(Object.values(found.thinking).join('')).toBe(joined(events, 'thinking_delta', 'thinking'));
    expect(Object.values(found.citations).flat()).toHaveLength(
      events.filter(({ data }) => JSON.stringify(data).includes('citations_delta')).length,
    );
    const blocks = events.filter(({ type }) => type === 'content_block_start').map(({ data }) => data['content_block']);
    const types = blocks.map((block) => objectOf(block)['type']);
    const ours = types.filter((type) => type === 'tool_use').length;
    const reason = found.stop?.native;
    expect(found.calls).toHaveLength(reason === 'tool_use' ? ours : Math.max(0, ours - 1));
    expect(found.natives.length + found.server.length + ours).toBe(types.length);
    expect(reason).toBe(
      objectOf(events.findLast(({ type }) => type === 'message_delta')?.data['delta'])['stop_reason'],
    );
    const counted = objectOf(events.findLast(({ type }) => type === 'message_delta')?.data['usage']);
    expect(found.usage?.outputTokens).toBe(counted['output_tokens']);
    for (const call of found.calls) expect(call).not.toHaveProperty('invalid');
  });

  it('are interrupted where a proxy has begun again, and call nothing', () => {
    const own = [
      head,
      begin(0, tool('t0')),
      input(0, '{}'),
      head,
      begin(0, tool('t1')),
      end(0),
      report('tool_use'),
      over,
    ];
    for (const events of [own, ...recorded('violation-spliced')]) {
      const { parts, error } = failureOf(reader(), events);
      expect(error).toMatchObject({ errorType: 'stream_interrupted', code: 'interrupted' });
      expect(collect(parts).calls).toEqual([]);
    }
  });

  it('are one message where it is announced twice', () => {
    const own = [
      head,
      head,
      begin(0, { type: 'text', text: 'a' }),
      end(0),
      report('end_turn', { output_tokens: 227 }),
      over,
    ];
    for (const events of [own, ...recorded('violation-duplicate')]) {
      expect(collect(partsOf(reader(), events))).toMatchObject({
        stop: { reason: 'end' },
        usage: { outputTokens: 227 },
      });
    }
  });

  it('fail before any part where the first event is an error', () => {
    for (const events of [eventsOf(fixture('anthropic-error-first')), ...recorded('synthetic/anthropic-error-first')]) {
      const { parts, error } = failureOf(reader(), events);
      expect(parts).toEqual([]);
      expect(error).toMatchObject({ name: 'LlmError', isRetryable: true });
    }
  });
});

function recorded(part: string): WireEvent[][] {
  return recordings.filter(({ name }) => name.includes(part)).map(({ text }) => eventsOf(text));
}
