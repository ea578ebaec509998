import { describe, expect, it } from '@jest/globals';
import type { LlmPart } from '../../../sources/llm/parts.js';
import { toAssistantMessage } from '../../../sources/llm/to-assistant-message.js';
import type { NativeObject } from '../../../sources/llm/vocabulary.js';
import { collect, eventsOf, objectOf } from './collected-parts.js';
import { messageOf, recordedParts } from './recorded-parts.js';
import { recordings } from './recordings.js';

const of = (wire: (typeof recordedParts)[number]['wire']): typeof recordedParts =>
  recordedParts.filter((recorded) => recorded.wire === wire);

function listOf(value: unknown): readonly NativeObject[] {
  return Array.isArray(value) ? value.map(objectOf) : [];
}

function textOf(name: string): string {
  return recordings.find((recording) => recording.name === name)?.text ?? '';
}

describe('what was recorded goes back', () => {
  it.each(of('anthropic'))('to Anthropic, block by block: $name', ({ name, wire, parts }) => {
    const message = messageOf(wire, parts);
    const [sent, ...more] = toAssistantMessage(message);
    expect(more).toEqual([]);
    const content = listOf(sent?.['content']);
    // The blocks as the events have them, each by its place.
    const events = eventsOf(textOf(name));
    const begun = events
      .filter(({ type }) => type === 'content_block_start')
      .map(({ data }) => objectOf(data['content_block']));
    const signatures = events
      .map(({ data }) => objectOf(data['delta']))
      .filter(({ type }) => type === 'signature_delta')
      .map(({ signature }) => signature);
    const types = content.map(({ type }) => type);
    const expected = begun.map(({ type }) => type);
    // A block that was cut off, and empty text, stay away; nothing changes places, nothing is made up.
    expect(isInOrder(types, expected)).toBe(true);
    if (message.stop?.native === 'end_turn')
      expect(types.filter((type) => type !== 'text')).toEqual(expected.filter((type) => type !== 'text'));
    for (const block of content) {
      const source = begun.find(({ type, id }) => type === block['type'] && id === block['id']);
      expect(source).toBeDefined();
      if (block['type'] === 'thinking') expect(signatures).toContain(block['signature']);
      if (block['type'] === 'redacted_thinking') expect(begun).toContainEqual(block);
      if (String(block['type']).endsWith('_result')) expect(begun).toContainEqual(block);
    }
    const calls = content.filter(({ type }) => type === 'tool_use');
    expect(calls.map(({ id, name: tool, input }) => ({ id, name: tool, input }))).toEqual(
      message.toolCalls.map(({ id, name: tool, input }) => ({ id, name: tool, input })),
    );
  });

  it.each(of('openai-chat'))('to Chat Completions: $name', ({ wire, parts }) => {
    const message = messageOf(wire, parts);
    const [sent] = toAssistantMessage(message);
    const own = parts.filter((part) => !('choice' in part) || (part.choice ?? 0) === 0);
    const plain = collect(own);
    if (sent === undefined) return expect([message.text, message.toolCalls, plain.refusal]).toEqual(['', [], {}]);
    const { content } = sent;
    const said =
      typeof content === 'string'
        ? content
        : listOf(content)
            .map(({ text }) => text ?? '')
            .join('');
    expect(said).toBe(message.text);
    expect(listOf(sent['tool_calls']).map(({ id }) => id)).toEqual(plain.calls.map(({ id }) => id));
    for (const call of listOf(sent['tool_calls'])) {
      const json = objectOf(call['function'])['arguments'];
      if (call['type'] === 'function') expect(() => JSON.parse(String(json))).not.toThrow();
    }
  });

  it.each(of('openai-responses'))('to Responses, item by item: $name', ({ name, wire, parts }) => {
    const items = toAssistantMessage(messageOf(wire, parts));
    const done = eventsOf(textOf(name))
      .filter(({ type }) => type === 'response.output_item.done')
      .map(({ data }) => objectOf(data['item']));
    const finished = items.filter(({ status }) => status !== 'incomplete');
    for (const item of finished) {
      const source = done.find(({ id }) => id === item['id']);
      // Items of a stream without `output_item.done` come from its end.
      if (source !== undefined && source['content'] !== undefined) expect(item).toEqual(source);
      if (item['type'] === 'reasoning') expect(source?.['encrypted_content']).toEqual(item['encrypted_content']);
    }
    const ids = items.map(({ id }) => id).filter((id) => id !== undefined);
    expect(new Set(ids).size).toBe(ids.length);
    expect(items.at(-1)?.['type']).not.toBe('reasoning');
  });
});

/** Whether all values are among the others, in the same order. */
function isInOrder(some: readonly unknown[], all: readonly unknown[]): boolean {
  let at = 0;
  return some.every((value) => {
    at = all.indexOf(value, at) + 1;
    return at > 0;
  });
}

const cut: LlmPart[] = [
  { type: 'tool.start', key: '9', id: 'c9', name: 'add' },
  { type: 'tool.delta', key: '9', text: '{"a"' },
];

describe('toAssistantMessage', () => {
  it('says nothing where nothing was said', () => {
    for (const wire of ['anthropic', 'openai-chat', 'openai-responses'] as const)
      expect([wire, toAssistantMessage(messageOf(wire, cut))]).toEqual([wire, []]);
  });
});
