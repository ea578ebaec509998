import { describe, expect, it } from '@jest/globals';
import { getEventListeners, setMaxListeners } from 'node:events';
import { toAsyncIterable } from '../../../lib/async-iterable.js';
import type { LlmPart } from '../../../sources/llm/parts.js';
import type { LlmWire } from '../../../sources/llm/vocabulary.js';
import { eventually } from '../../servers/eventually.js';
import { startOrigin } from '../../servers/origin.js';
import {
  answer,
  chunk,
  endChunks,
  fin,
  jsonAnswer,
  type Script,
  type Step,
  stall,
} from '../../servers/origin-steps.js';
import { closing, watch } from '../x/watch.js';
import { framesOf } from './kept-calls.js';
import { fullPipe } from './outcomes.js';

const close = closing();
const sse = answer(200, { 'content-type': 'text/event-stream' });
const streams: readonly (readonly [wire: LlmWire, name: string])[] = [
  ['anthropic', 'anthropic-text'],
  ['openai-chat', 'chat-text'],
  ['openai-responses', 'responses-short'],
];

/** The first frames of a stream, and nothing more. */
function beginning(name: string, count: number): Step[] {
  return [sse, ...framesOf(name).slice(0, count).map(chunk), stall()];
}

async function until(source: AsyncIterable<LlmPart>, stop: (part: LlmPart) => boolean): Promise<string> {
  try {
    for await (const part of source) if (stop(part)) return 'left';
    return 'ended';
  } catch (error) {
    return error instanceof Error || error instanceof DOMException ? error.name : 'failed';
  }
}

describe('20 streams on one signal', () => {
  it.each<[string, (name: string) => Step[], (part: LlmPart) => boolean, string]>([
    ['end', (name) => [sse, ...framesOf(name).map(chunk), endChunks(), fin()], () => false, 'ended'],
    ['end, and the server goes on', (name) => [sse, ...framesOf(name).map(chunk), stall()], () => false, 'ended'],
    ['are left', (name) => beginning(name, 5), ({ type }) => type === 'text.delta', 'left'],
    ['fail', () => [jsonAnswer(400, { error: { message: 'no' } }), fin()], () => false, 'LlmError'],
    [
      'break off',
      (name) => [sse, ...framesOf(name).slice(0, 5).map(chunk), endChunks(), fin()],
      () => false,
      'TruncatedStreamError',
    ],
  ])('leave no listener and no socket when they %s', async (_what, steps, stop, outcome) => {
    const { signal } = new AbortController();
    setMaxListeners(20, signal);
    for (const [wire, name] of streams) {
      const origin = close(await startOrigin([steps(name)]));
      const one = (): Promise<string> =>
        until(toAsyncIterable(fullPipe(wire, { baseUrl: origin.url }), { signal }), stop);
      const seen = await Promise.all(Array.from({ length: 20 }, one));
      expect(new Set(seen)).toEqual(new Set([outcome]));
      expect(getEventListeners(signal, 'abort')).toEqual([]);
      expect(origin.requests).toHaveLength(20);
      await eventually(() => origin.activeSockets === 0);
    }
  });

  it('are all closed when it aborts', async () => {
    const controller = new AbortController();
    setMaxListeners(20, controller.signal);
    const origin = close(await startOrigin([beginning('anthropic-text', 5)]));
    let begun = 0;
    const one = (): Promise<string> =>
      until(toAsyncIterable(fullPipe('anthropic', { baseUrl: origin.url }), controller), ({ type }) => {
        if (type === 'text.delta' && (begun += 1) === 20) controller.abort();
        return false;
      });
    const seen = await Promise.all(Array.from({ length: 20 }, one));
    expect(new Set(seen)).toEqual(new Set(['AbortError']));
    expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
    await eventually(() => origin.activeSockets === 0);
  });
});

type Phase = readonly [
  phase: string,
  script: (name: string) => Script,
  isThere: (types: readonly string[], requests: number) => boolean,
];

const phases: readonly Phase[] = [
  ['before the headers', () => [[stall()]], (_types, requests) => requests === 1],
  ['behind the headers', () => [[sse, chunk(': hello\n\n'), stall()]], (types) => types.includes('open')],
  ['behind the start', (name) => [beginning(name, 1)], (types) => types.includes('start')],
  ['in the text', (name) => [beginning(name, 5)], (types) => types.includes('text.delta')],
  [
    'inside a frame',
    (name) => [[...beginning(name, 4).slice(0, -1), chunk('data: {"ty'), stall()]],
    (types) => types.includes('text.start'),
  ],
  [
    'before the end marker',
    (name) => [beginning(name, framesOf(name).length - 1)],
    (types) => types.includes('text.delta'),
  ],
  ['while it waits for a retry', () => [[jsonAnswer(529, {}), fin()]], (types) => types.includes('retry')],
  [
    'before the headers of a retry',
    () => [[jsonAnswer(529, {}), fin()], [stall()]],
    (_types, requests) => requests === 2,
  ],
];

describe('unsubscription', () => {
  const cases = streams.flatMap(([wire, name]) =>
    phases.map(([phase, script, isThere]) => ({ wire, name, phase, script, isThere })),
  );
  it.each(cases)('$phase closes the socket of $wire', async ({ wire, name, phase, script, isThere }) => {
    const origin = close(await startOrigin(script(name)));
    const initialBackoff = phase.startsWith('while') ? 60_000 : 5;
    const seen = watch(fullPipe(wire, { baseUrl: origin.url, maxRetries: 2, initialBackoff }));
    await eventually(() =>
      isThere(
        seen.values.map(({ type }) => type),
        origin.requests.length,
      ),
    );
    const { length } = seen.values;
    seen.stop();
    await eventually(() => origin.activeSockets === 0);
    expect([seen.values.length, seen.completed, seen.error]).toEqual([length, false, undefined]);
  });
});
