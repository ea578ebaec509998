import { describe, expect, it } from '@jest/globals';
import { from, NEVER, type Observable, Subject, throwError } from 'rxjs';
import { anthropicFormat } from '../../../sources/llm/anthropic-parts.js';
import { llmParts } from '../../../sources/llm/llm-parts.js';
import { openAnthropicMessages } from '../../../sources/llm/open-anthropic.js';
import { openOpenAIChat } from '../../../sources/llm/open-chat.js';
import { openOpenAIResponses } from '../../../sources/llm/open-responses.js';
import type { LlmPart } from '../../../sources/llm/parts.js';
import { anthropicMessages, openaiChat, openaiResponses } from '../../../sources/llm/streams.js';
import type { LlmWire } from '../../../sources/llm/vocabulary.js';
import type { WireEvent } from '../../../sources/llm/wire-reader.js';
import { watch, type Watched } from '../x/watch.js';
import { eventsOf } from './collected-parts.js';
import { llmErrorOf, typesOf } from './kept-calls.js';
import { fixture, ownRecordings } from './recordings.js';
import { scriptedLlm } from './scripted-llm.js';

const call = { apiKey: 'k', baseUrl: 'http://127.0.0.1:1' };
const body = { model: 'm', max_tokens: 1, messages: [] };

/** Level one piped by hand, and the full pipe, of one stream. */
function bothOf(wire: LlmWire, text: string): readonly [byHand: Observable<LlmPart>, full: Observable<LlmPart>] {
  const { transport } = scriptedLlm(() => ({ body: [text] }));
  const plain = { ...call, transport, malformed: 'error' } as const;
  const kept = { ...plain, maxRetries: 0 };
  switch (wire) {
    case 'anthropic':
      return [openAnthropicMessages({ ...plain, body }).pipe(llmParts(wire)), anthropicMessages({ ...kept, body })];
    case 'openai-chat':
      return [openOpenAIChat({ ...plain, body }).pipe(llmParts(wire)), openaiChat({ ...kept, body })];
    case 'openai-responses':
      return [
        openOpenAIResponses({ ...plain, body: { model: 'm' } }).pipe(llmParts(wire)),
        openaiResponses({ ...kept, body: { model: 'm' } }),
      ];
  }
}

const ended = async (source: Observable<LlmPart>): Promise<Watched<LlmPart>> => {
  const seen = watch(source);
  await seen.ended;
  return seen;
};

describe('llmParts', () => {
  it.each(ownRecordings.map(({ name, wire, text }) => [name, wire, text] as const))(
    'makes level one of %s what the full pipe is',
    async (_name, wire, text) => {
      const [byHand, full] = bothOf(wire, text);
      const [mine, whole] = [await ended(byHand), await ended(full)];
      expect(mine.values).toEqual(whole.values.filter(({ type }) => type !== 'open'));
      expect(mine.completed).toBe(whole.completed);
      if (whole.error === undefined) return expect(mine.error).toBeUndefined();
      const [one, other] = [llmErrorOf(mine), llmErrorOf(whole)];
      expect([one.name, one.errorType, one.code, one.partial, one.usage]).toEqual([
        other.name,
        other.errorType,
        other.code,
        other.partial,
        other.usage,
      ]);
    },
  );

  it('takes wire events and a format as well', async () => {
    const seen = await ended(from(eventsOf(fixture('anthropic-text'))).pipe(llmParts(anthropicFormat())));
    expect(typesOf(seen.values).slice(0, 2)).toEqual(['start', 'usage']);
    expect(seen.values.at(-1)).toMatchObject({ type: 'end', message: { isComplete: true } });
  });

  it('leaves its source at the terminal marker', () => {
    const source = new Subject<WireEvent>();
    const seen = watch(source.pipe(llmParts('anthropic')));
    for (const event of eventsOf(fixture('anthropic-text'))) source.next(event);
    expect([seen.completed, source.observed]).toEqual([true, false]);
  });

  it.each<[string, (source: Subject<WireEvent>) => void, string]>([
    ['completes', (source) => source.complete(), 'TruncatedStreamError'],
    ['fails', (source) => source.error(new Error('x')), 'LlmError'],
  ])('has the partial where the source %s before the marker', (_how, end, name) => {
    const source = new Subject<WireEvent>();
    const seen = watch(source.pipe(llmParts('anthropic')));
    for (const event of eventsOf(fixture('anthropic-text')).slice(0, 5)) source.next(event);
    end(source);
    expect(llmErrorOf(seen)).toMatchObject({
      name,
      wire: 'anthropic',
      partial: { text: 'Brooks run to the ' },
      usage: { inputTokens: 25 },
    });
  });

  it('has no partial where nothing came, and is silent on an endless source', () => {
    const seen = watch(throwError(() => new Error('x')).pipe(llmParts('openai-chat')));
    expect(llmErrorOf(seen).partial).toBeUndefined();
    const silent = watch(NEVER.pipe(llmParts('anthropic')));
    silent.stop();
    expect([silent.values, silent.completed]).toEqual([[], false]);
  });

  it('stops in the middle of an event when its consumer leaves', () => {
    const source = new Subject<WireEvent>();
    const seen: string[] = [];
    const subscription = source.pipe(llmParts('anthropic')).subscribe(({ type }) => {
      seen.push(type);
      subscription.unsubscribe();
    });
    // `start` and `usage` come of the same event.
    for (const event of eventsOf(fixture('anthropic-text'))) source.next(event);
    expect([seen, source.observed]).toEqual([['start'], false]);
  });

  it('refuses a wire that does not exist', () => {
    // @ts-expect-error: callers in plain JavaScript
    expect(() => llmParts('claude')).toThrow(/anthropic/);
  });
});
