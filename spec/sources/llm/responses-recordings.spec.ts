import { describe, expect, it } from '@jest/globals';
import type { WireEvent } from '../../../sources/llm/wire-reader.js';
import { collect, event, eventsOf, failureOf, objectOf, partsOf, sinkOf } from './collected-parts.js';
import { recordings } from './recordings.js';
import { reader, items, created, responseOf } from './responses-script.js';

interface Item {
  readonly type: string;
  readonly status?: string;
  readonly call_id?: string;
  readonly arguments?: string;
  readonly input?: string;
  readonly content?: readonly {
    readonly type: string;
    readonly text?: string;
    readonly annotations?: readonly unknown[];
  }[];
  readonly summary?: readonly { readonly text: string }[];
}

const ended = recordings.filter(
  ({ wire, name, text }) =>
    wire === 'openai-responses' &&
    !name.includes('rotation') &&
    /response\.(?:completed|incomplete)/.test(text) &&
    !name.includes('parallel-wrapper'),
);

describe('recorded responses', () => {
  it.each(ended)('$name comes to what its items say', ({ text }) => {
    const events = eventsOf(text);
    const one = reader();
    const found = collect(partsOf(one, events));
    expect(one.isDone).toBe(true);
    const done = events.flatMap(({ type, data }): Item[] =>
      type === 'response.output_item.done' ? [Object(data['item'])] : [],
    );
    const joined = (type: string): string =>
      events.flatMap((one) => (one.type === type ? [String(one.data['delta'])] : [])).join('');
    expect(Object.values(found.text).join('')).toBe(joined('response.output_text.delta') || textsOf(done).join(''));
    if (done.some(({ type }) => type === 'message'))
      expect(Object.values(found.text).toSorted()).toEqual(textsOf(done).toSorted());
    const summaries = done
      .filter(({ type }) => type === 'reasoning')
      .map(({ summary = [], content = [] }) => [...summary, ...content].map((part) => part.text).join('\n\n'));
    expect(Object.values(found.thinking).toSorted()).toEqual(summaries.filter((summary) => summary !== '').toSorted());
    const calls = done.filter(
      ({ type, call_id: id, status }) =>
        /^(?:function|custom_tool)_call$/.test(type) && !/^xs_/.test(id ?? '') && status === 'completed',
    );
    expect(found.calls.map(({ id, raw }) => [id, raw]).toSorted()).toEqual(
      calls.map((call) => [call.call_id, call.arguments ?? call.input]).toSorted(),
    );
    const citations = done.flatMap(({ content = [] }) => content).flatMap(({ annotations = [] }) => annotations);
    expect(Object.values(found.citations).flat()).toEqual(citations);
    const last = events.findLast(({ data }) => data['response'] !== undefined);
    const response = objectOf(last?.data['response']);
    expect(found.usage?.outputTokens).toBe(objectOf(response['usage'])['output_tokens']);
    expect(found.stop?.reason).toBe(
      response['status'] === 'incomplete' ? 'length' : found.calls.length > 0 ? 'tool' : 'end',
    );
    expect(found.unknown.every((native) => /audio/.test(JSON.stringify(native)))).toBe(true);
  });

  it.each(ended)('$name is finished from a poll, wherever it breaks off', ({ text, name }) => {
    const events = eventsOf(text);
    const response = responseOf(events);
    // Without its output there is nothing to finish from.
    if (!Array.isArray(response['output']) || response['output'].length === 0) return;
    const full = collect(partsOf(reader(), events));
    const step = Math.max(1, Math.floor(events.length / 40));
    for (let cut = 0; cut < events.length; cut += step) {
      const one = reader();
      const parts = partsOf(one, events.slice(0, cut));
      one.finishFrom(response, sinkOf(parts));
      const { text: texts, thinking, calls, citations, usage, stop } = collect(parts);
      expect({ name, texts, thinking, calls, citations, usage, stop }).toEqual({
        ...{ name, texts: full.text, thinking: full.thinking, calls: full.calls },
        ...{ citations: full.citations, usage: full.usage, stop: full.stop },
      });
    }
  });

  it('fail behind their start', () => {
    const error = { type: 'insufficient_quota', code: 'insufficient_quota', message: 'a' };
    for (const events of [[created, event('error', { error })], ...recorded('responses/error-failed')]) {
      const failure = failureOf(reader(), events);
      expect(failure.parts.map(({ type }) => type)).toEqual(['start']);
      expect(failure.error).toMatchObject({ code: 'quota_exceeded', isRetryable: false });
    }
  });

  it('run nothing where neither beginning nor end can be read', () => {
    const broken: WireEvent = { type: 'malformed', data: {} };
    for (const events of [[broken, ...items.slice(1, -1), broken], ...recorded('parallel-wrapper')]) {
      const one = reader();
      const found = collect(partsOf(one, events));
      expect([found.calls, one.isDone]).toEqual([[], false]);
      expect(found.unknown).toHaveLength(2);
    }
  });

  it('call none of our tools where the provider says what its own were called with', () => {
    const call = { type: 'custom_tool_call', call_id: 'x1', name: 'x_search', input: 'a', status: 'completed' };
    const response = { id: 'resp_1', status: 'completed', tools: [{ type: 'x_search' }], output: [call] };
    const own = [
      event('response.created', { response }),
      event('response.output_item.added', { output_index: 0, item: { ...call, input: '' } }),
      event('response.custom_tool_call_input.delta', { output_index: 0, delta: 'a' }),
      event('response.output_item.done', { output_index: 0, item: call }),
      event('response.completed', { response }),
    ];
    for (const events of [own, ...recorded('x-search')]) {
      const found = collect(partsOf(reader(), events));
      expect([found.calls, found.input, found.unknown]).toEqual([[], {}, []]);
      expect(found.server[0]).toMatchObject({ type: 'custom_tool_call', status: 'completed' });
      expect(found.stop?.reason).toBe('end');
    }
  });
});

function recorded(part: string): WireEvent[][] {
  return recordings.filter(({ name }) => name.includes(part)).map(({ text }) => eventsOf(text));
}

function textsOf(done: readonly Item[]): string[] {
  return done.flatMap(({ content = [], type }) =>
    type === 'message' ? content.flatMap((part) => (part.type === 'output_text' ? [part.text ?? ''] : [])) : [],
  );
}
