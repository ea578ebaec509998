import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { LlmPart } from '../../../sources/llm/parts.js';
import { isObject } from '../../../sources/llm/shapes.js';
import { openaiResponses, type ResponsesStreamOptions } from '../../../sources/llm/streams.js';
import { framesOf, llmErrorOf, partsOfType, shownText } from './kept-calls.js';
import { scriptedLlm, type ScriptedLlm, type ScriptedStream } from './scripted-llm.js';
import { settled, virtually, type VirtualRun } from './virtual-run.js';

const json = { 'content-type': 'application/json' };

/** A response in the background, of which every connection breaks as its script says. */
function background(
  name: string,
  cuts: readonly (number | 'gone')[],
  { polls = 0 }: { polls?: number } = {},
): ScriptedLlm {
  const frames = framesOf(name).map((frame) =>
    frame.replace('"status":"in_progress"', '"status":"in_progress","background":true'),
  );
  const last = frames.at(-1) ?? '';
  const ended: unknown = JSON.parse(last.slice(last.indexOf('data: ') + 6));
  let polled = 0;
  const server: ScriptedLlm = scriptedLlm((n): ScriptedStream => {
    const { url, method } = server.requests[n - 1] ?? { url: '', method: '' };
    const { searchParams, pathname } = new URL(url);
    if (method === 'GET' && !searchParams.has('stream')) {
      polled += 1;
      const now = polled > polls && isObject(ended) ? ended['response'] : { id: 'resp_rill01', status: 'in_progress' };
      return pathname.endsWith('/resp_rill01') ? { headers: json, body: [JSON.stringify(now)] } : { status: 404 };
    }
    const after = Number(searchParams.get('starting_after') ?? -1);
    const cut = cuts[n - 1] ?? frames.length;
    if (cut === 'gone')
      return {
        status: 400,
        headers: json,
        body: ['{"error":{"message":"can no longer be streamed because it is more than 5 minutes old"}}'],
      };
    return { body: frames.slice(after + 1, after + 1 + cut), end: cut < frames.length ? 'broken' : 'open' };
  });
  return server;
}

function run(server: ScriptedLlm, options: Partial<ResponsesStreamOptions> = {}): Promise<VirtualRun<LlmPart>> {
  const body = { model: 'm', input: 'x', background: true };
  const call = {
    apiKey: 'sk-canary',
    baseUrl: 'http://127.0.0.1:1/v1',
    body,
    transport: server.transport,
    jitter: 'none',
  } as const;
  return virtually((scheduler) => openaiResponses({ ...call, scheduler, maxRetries: 5, ...options }));
}

const own: ReadonlySet<string> = new Set(['open', 'retry', 'resume', 'stall']);
const content = (parts: readonly LlmPart[]): LlmPart[] => parts.filter(({ type }) => !own.has(type));
const paths = ({ requests }: ScriptedLlm): string[] =>
  requests.map(({ method, url }) => `${method} ${url.slice('http://127.0.0.1:1/v1'.length)}`);

describe('a background response that breaks off', () => {
  it('goes on behind its last event', async () => {
    const server = background('responses-text', [6]);
    const seen = await run(server);
    expect(paths(server)).toEqual(['POST /responses', 'GET /responses/resp_rill01?starting_after=5&stream=true']);
    expect(partsOfType(seen.values, 'resume')).toEqual([{ type: 'resume', cursor: 5, by: 'stream' }]);
    expect(partsOfType(seen.values, 'retry')).toMatchObject([{ attempt: 1, delayMs: 500 }]);
    expect([seen.completed, server.open]).toEqual([true, 0]);
    expect(server.requests[1]?.headers).toMatchObject({ authorization: 'Bearer sk-canary' });
  });

  it.each(['responses-text', 'responses-tool', 'responses-thinking'])(
    'says every part of %s once, wherever it is cut',
    async (name) => {
      const whole = await run(background(name, []));
      const count = framesOf(name).length;
      await fc.assert(
        fc.asyncProperty(fc.array(fc.integer({ min: 1, max: count }), { maxLength: 4 }), async (cuts) => {
          const seen = await run(background(name, cuts));
          expect(content(seen.values)).toEqual(content(whole.values));
        }),
        { numRuns: 25 },
      );
    },
  );

  it.each(['responses-text', 'responses-tool', 'responses-thinking'])(
    'is asked for until it is over where it can no longer be streamed: %s',
    async (name) => {
      const whole = await run(background(name, []));
      for (let cut = 1; cut < framesOf(name).length; cut += 1) {
        const seen = await run(background(name, [cut, 'gone'], { polls: 2 }));
        expect(seen.completed).toBe(true);
        expect(shownText(seen.values)).toBe(shownText(whole.values));
        expect(partsOfType(seen.values, 'toolCall')).toEqual(partsOfType(whole.values, 'toolCall'));
        expect(
          partsOfType(seen.values, 'end').map(({ message: { text, stop, usage } }) => ({ text, stop, usage })),
        ).toEqual(
          partsOfType(whole.values, 'end').map(({ message: { text, stop, usage } }) => ({ text, stop, usage })),
        );
        expect(partsOfType(seen.values, 'resume')).toMatchObject([{ by: 'poll', cursor: cut - 1 }]);
      }
    },
  );

  it('is asked for at its own pace', async () => {
    const server = background('responses-text', [6, 'gone'], { polls: 3 });
    const seen = await run(server, { pollInterval: 1_000 });
    expect([server.requests.length, seen.time]).toEqual([6, 3_500]);
  });

  it('is not asked for a stream again once it has none, though a poll fails', async () => {
    const frames = framesOf('responses-text');
    const answers: readonly ScriptedStream[] = [
      { body: frames.slice(0, 6), end: 'broken' },
      { status: 404 },
      { status: 503 },
      { headers: json, body: ['{"id":"resp_rill01","status":"cancelled"}'] },
    ];
    const server = scriptedLlm((n) => answers[n - 1] ?? {});
    const seen = await run(server);
    expect(paths(server).slice(2)).toEqual(['GET /responses/resp_rill01', 'GET /responses/resp_rill01']);
    expect(partsOfType(seen.values, 'end')).toMatchObject([{ message: { stop: { reason: 'cancelled' } } }]);
  });

  it('is gone where the server no longer knows it', async () => {
    const server = scriptedLlm((n) =>
      n === 1
        ? { body: framesOf('responses-text').slice(0, 6), end: 'broken' }
        : { status: 404, headers: json, body: ['{"error":{"message":"no"}}'] },
    );
    const seen = await run(server);
    expect(server.requests).toHaveLength(3);
    expect(llmErrorOf(seen)).toMatchObject({
      code: 'resume_expired',
      isRetryable: false,
      partial: { text: 'Brooks run to the ' },
    });
  });

  it('is begun again where it has no id yet, and is not where it has failed', async () => {
    const early = background('responses-text', [0]);
    await run(early);
    expect(paths(early)).toEqual(['POST /responses', 'POST /responses']);
    const failed = scriptedLlm(() => ({ body: framesOf('responses-error-midstream') }));
    const seen = await run(failed);
    expect([failed.requests.length, llmErrorOf(seen).partial === undefined]).toEqual([1, false]);
  });

  it('is left alone with onInterrupted: fail', async () => {
    const server = background('responses-text', [6]);
    const seen = await run(server, { onInterrupted: 'fail' });
    expect([server.requests.length, llmErrorOf(seen).name]).toEqual([1, 'TruncatedStreamError']);
  });

  it('never puts an id of the wire into a path that leads elsewhere', async () => {
    const frames = framesOf('responses-text').map((frame) => frame.replaceAll('resp_rill01', '../models'));
    const server = scriptedLlm(() => ({ body: frames.slice(0, 6), end: 'broken' }));
    await run(server, { maxRetries: 1 });
    expect(new Set(paths(server))).toEqual(new Set(['POST /responses']));
  });
});

describe('leaving a background response', () => {
  const start = async (options: Partial<ResponsesStreamOptions>) => {
    const frames = framesOf('responses-text').slice(0, 6);
    const server = scriptedLlm((n) => (n === 1 ? { body: frames, end: 'open' } : { headers: json, body: ['{}'] }));
    const body = { model: 'm', input: 'x', background: true };
    const subscription = openaiResponses({
      apiKey: 'k',
      baseUrl: 'http://127.0.0.1:1/v1',
      body,
      transport: server.transport,
      ...options,
    }).subscribe();
    await settled();
    subscription.unsubscribe();
    await settled();
    return server;
  };

  it('leaves it running', async () => {
    expect(paths(await start({}))).toEqual(['POST /responses']);
  });

  it('stops it where that is asked for', async () => {
    const server = await start({ cancelOnUnsubscribe: true });
    expect(paths(server)).toEqual(['POST /responses', 'POST /responses/resp_rill01/cancel']);
  });
});

describe('options of resuming', () => {
  it.each<Partial<ResponsesStreamOptions>>([{ onInterrupted: 'resume' }, { cancelOnUnsubscribe: true }])(
    'need a background response: %j',
    (options) => {
      expect(() => openaiResponses({ apiKey: 'k', body: { model: 'm' }, ...options })).toThrow(/background: true/);
    },
  );

  it('are refused where they can never work', () => {
    expect(() => openaiResponses({ apiKey: 'k', body: { model: 'm', background: true }, pollInterval: 0 })).toThrow(
      /pollInterval/,
    );
  });
});
