import { describe, expect, it } from '@jest/globals';
import type { LlmPart } from '../../../sources/llm/parts.js';
import { eventsOf, find, readEvents } from './chat-reading.js';
import { recordings } from './recordings.js';

describe('a recording', () => {
  const chats = recordings.filter(({ wire }) => wire === 'openai-chat');
  const failing = /error/;
  const cut = /no-done|eof-no-stop/;
  it.each(chats)('$name is whole, or says why it is not', ({ name, text }) => {
    const { parts, error, isDone, isWhole } = readEvents(eventsOf(text));
    expect(isDone).toBe(!failing.test(name) && !cut.test(name));
    expect(isWhole).toBe(isDone);
    expect(error !== undefined).toBe(failing.test(name));
    expect(bounded(parts)).toEqual([]);
    if (isDone) expect(find(parts, 'stop').length).toBeGreaterThan(0);
  });

  it.each(chats)('$name says all the text that is in it, and no other', ({ name, text }) => {
    const events = eventsOf(text);
    const { parts, error } = readEvents(events);
    if (error !== undefined || name === 'chat-two-choices') return;
    const said = parts.flatMap((part) => ('text' in part && part.type !== 'tool.delta' ? [part.text] : [])).join('');
    expect(said).toBe(
      /think$/.test(name) ? textIn(events).replace(/^\s*<think>([^]*?)<\/think>/, '$1') : textIn(events),
    );
  });

  it.each(chats)('$name is its beginning wherever it is cut', ({ text }) => {
    const events = eventsOf(text);
    const whole = readEvents(events).parts;
    const step = Math.ceil(events.length / 60);
    for (let end = 0; end < events.length; end += step) {
      const { parts, isWhole } = readEvents(events.slice(0, end));
      expect(parts).toEqual(whole.slice(0, parts.length));
      if (isWhole) expect(find(parts, 'toolCall')).toEqual(find(whole, 'toolCall'));
    }
  });
});

/** Blocks that begin twice, deltas outside their block, blocks without an end. */
function bounded(parts: readonly LlmPart[]): string[] {
  const open = new Set<string>();
  const wrong: string[] = [];
  for (const part of parts) {
    if (!('key' in part) || part.type === 'refusal.delta' || part.type === 'citation') continue;
    const { type, key } = part;
    if (type === 'text.start' || type === 'thinking.start' || type === 'tool.start') {
      if (open.has(key)) wrong.push(`${type} ${key}`);
      open.add(key);
    } else if (type !== 'serverTool' && !open.has(key)) wrong.push(`${type} ${key}`);
    if (type === 'text.end' || type === 'thinking.end') open.delete(key);
  }
  return wrong;
}

/** The same the simple way: every text of every delta, thinking first. */
function textIn(events: ReturnType<typeof eventsOf>): string {
  const texts = (value: unknown): string => {
    if (Array.isArray(value)) return value.map(texts).join('');
    if (typeof value !== 'object' || value === null) return typeof value === 'string' ? value : '';
    const { reasoning_content, reasoning, content, refusal, thinking, text }: Record<string, unknown> = { ...value };
    return [reasoning_content ?? reasoning, content, refusal, thinking, text].map(texts).join('');
  };
  return events
    .flatMap(({ data }) => (Array.isArray(data['choices']) ? data['choices'] : []))
    .map((choice: { readonly delta?: unknown }) => texts(choice.delta))
    .join('');
}
