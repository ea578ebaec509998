import { describe, expect, it } from '@jest/globals';
import { toAssistantMessage } from '../../../sources/llm/to-assistant-message.js';
import type { LlmWire, NativeObject } from '../../../sources/llm/vocabulary.js';
import type { WireEvent } from '../../../sources/llm/wire-reader.js';
import { eventsOf, objectOf } from './collected-parts.js';
import { anthropicBlocks, chatCalls, chatDeltas, listOf, responseItems } from './native-messages.js';
import { readOutcome } from './outcomes.js';
import { type Recording, recordings } from './recordings.js';

const whole = (wire: LlmWire): Recording[] =>
  recordings.filter((one) => one.wire === wire && readOutcome(wire, [Buffer.from(one.text)]).failure === undefined);

/** The message for the next request, as JSON: what a request would send. */
function sentBack({ wire, text }: Recording): readonly NativeObject[] {
  const sent: unknown = JSON.parse(JSON.stringify(toAssistantMessage(readOutcome(wire, [Buffer.from(text)]).message)));
  return listOf(sent).map(objectOf);
}

describe('a message of Anthropic goes back as it came', () => {
  it.each(whole('anthropic'))('$name', (recording) => {
    const events = eventsOf(recording.text);
    const sent = sentBack(recording);
    const content = anthropicBlocks(events).filter(isWanted(reasonOf(events)));
    expect(sent).toEqual(content.length === 0 ? [] : [{ role: 'assistant', content }]);
  });
});

function reasonOf(events: readonly WireEvent[]): unknown {
  return objectOf(events.findLast(({ type }) => type === 'message_delta')?.data['delta'])['stop_reason'];
}

/** Blocks that a request may hold: no blank text, and no call that may have been cut off. */
function isWanted(reason: unknown): (block: NativeObject, n: number, all: readonly NativeObject[]) => boolean {
  return ({ type, text }, n, all) => {
    if (type === 'text') return String(text).trim() !== '';
    const next = all[n + 1]?.['type'];
    return type !== 'tool_use' || (next === undefined ? reason === 'tool_use' : next !== 'fallback');
  };
}

describe('a response goes back as its items were when they were done', () => {
  const [cut, done] = [/incomplete|parts-cut/, whole('openai-responses')];
  it.each(done.filter(({ name }) => !cut.test(name)))('$name', (recording) => {
    const items = responseItems(eventsOf(recording.text));
    expect(items.length).toBeGreaterThan(0);
    expect(sentBack(recording)).toEqual(items);
  });

  it.each(done.filter(({ name }) => cut.test(name)))('$name, as far as it came', (recording) => {
    const events = eventsOf(recording.text);
    const sent = sentBack(recording);
    const items = responseItems(events).filter(({ status }) => status !== 'incomplete');
    expect(sent.filter(({ status }) => status !== 'incomplete')).toEqual(items);
    const ids = events.map(({ data }) => objectOf(data['item'])['id']);
    expect(sent.every(({ id }) => ids.includes(id))).toBe(true);
    const said = events.flatMap(({ type, data }) => (type === 'response.output_text.delta' ? [data['delta']] : []));
    const texts = sent.flatMap(({ content }) => listOf(content).map((part) => objectOf(part)['text']));
    expect(texts.join('')).toBe(said.join(''));
  });
});

const opaque = /^(?:signature|data|encrypted_content|thought_signature|id)$/;

describe('an answer of a chat goes back', () => {
  it.each(whole('openai-chat'))('$name', (recording) => {
    const deltas = chatDeltas(eventsOf(recording.text));
    const [sent = {}, ...more] = sentBack(recording);
    expect([sent['role'], more]).toEqual(['assistant', []]);
    expect(textIn(sent['content'])).toBe(textIn(deltas.map(({ content }) => content)).replace(inlineThinking, ''));
    expect(sent['refusal'] ?? '').toBe(deltas.map(({ refusal }) => refusal ?? '').join(''));
    for (const name of ['reasoning_content', 'reasoning']) {
      expect(sent[name] ?? '').toBe(deltas.map((delta) => delta[name] ?? '').join(''));
    }
    const isCut = /length/.test(recording.name);
    const calls = listOf(sent['tool_calls']).map(objectOf);
    expect(calls).toEqual(isCut ? [] : chatCalls(deltas));
    const details = deltas.flatMap((delta) => listOf(delta['reasoning_details']));
    expect(stringsOf(sent['reasoning_details'])).toEqual(stringsOf(details));
    expect(new Set(calls.map(({ id }) => id)).size).toBe(calls.length);
  });
});

/** The thinking that some models write into their text, and the blanks around it. */
const inlineThinking = /^\s*<think>[^]*?<\/think>/;

/** All text there is, in strings and in lists of parts. */
function textIn(content: unknown): string {
  if (typeof content === 'string') return content;
  if (Array.isArray(content)) return content.map(textIn).join('');
  const { text, thinking } = objectOf(content);
  return [text, thinking].map((one) => (one === undefined ? '' : textIn(one))).join('');
}

/** What nobody but the provider understands, in order. */
function stringsOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(stringsOf);
  return Object.entries(objectOf(value)).flatMap(([name, inner]) =>
    opaque.test(name) && typeof inner === 'string' ? [inner].filter((text) => text !== '') : stringsOf(inner),
  );
}
