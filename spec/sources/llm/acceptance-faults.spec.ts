import { describe, expect, it } from '@jest/globals';
import { firstValueFrom, type SchedulerLike, timer } from 'rxjs';
import type { Transport } from '../../../lib/transport.js';
import type { LlmPart } from '../../../sources/llm/parts.js';
import type { LlmWire } from '../../../sources/llm/vocabulary.js';
import { framesOf, llmErrorOf } from './kept-calls.js';
import { fullPipe, pipeRuns, type PipeOptions, wordsOf } from './outcomes.js';
import { fixture } from './recordings.js';
import { scriptedLlm, type ScriptedStream } from './scripted-llm.js';
import { virtually } from './virtual-run.js';

interface Stream {
  readonly wire: LlmWire;
  readonly name: string;
  /** What the server sends to show that it is alive. */
  readonly sign: string;
}

const streams: readonly Stream[] = [
  { wire: 'anthropic', name: 'anthropic-text', sign: 'event: ping\ndata: {"type":"ping"}\n\n' },
  { wire: 'openai-chat', name: 'chat-text', sign: ': PROCESSING\n\n' },
  { wire: 'openai-responses', name: 'responses-short', sign: ': ping\n\n' },
];

/** Parts that say nothing of the message itself. */
const isBefore = ({ type }: LlmPart): boolean => ['open', 'start', 'usage', 'stall', 'unknown'].includes(type);

async function afterSilence(wire: LlmWire, stream: ScriptedStream, options: PipeOptions): Promise<readonly unknown[]> {
  const server = scriptedLlm(() => stream);
  const seen = await virtually((scheduler) => fullPipe(wire, { scheduler, transport: server.transport, ...options }));
  const hasBegun = seen.values.some((part) => !isBefore(part));
  return [seen.completed ? 'whole' : wordsOf(seen.error), seen.time, hasBegun, server.open];
}

describe('silence', () => {
  it.each(streams)('after any event of $name has its limit and its name', async ({ wire, name }) => {
    const frames = framesOf(name);
    const begins: boolean[] = [];
    for (let sent = 0; sent <= frames.length; sent += 1) {
      const stream = { body: frames.slice(0, sent), end: 'open' } as const;
      const [words, time, hasBegun, open] = await afterSilence(wire, stream, { clocks: { idleBytes: 0 } });
      begins.push(hasBegun === true);
      const [code, limit] = hasBegun === true ? ['content_timeout', 300_000] : ['first_content_timeout', 300_000];
      const isWhole = sent === frames.length;
      expect([sent, words, time, open]).toEqual([
        sent,
        isWhole ? 'whole' : `LlmError timeout ${code}`,
        isWhole ? 0 : limit,
        0,
      ]);
    }
    expect([begins[0], begins.at(-1)]).toEqual([false, true]);
  });

  it('of a provider that pings is idle_timeout after 90 s, wherever it begins', async () => {
    const frames = framesOf('anthropic-text');
    for (let sent = 0; sent < frames.length; sent += 1) {
      const stream = { body: frames.slice(0, sent), end: 'open' } as const;
      const [words, time] = await afterSilence('anthropic', stream, {});
      expect([sent, words, time]).toEqual([sent, 'LlmError timeout idle_timeout', 90_000]);
    }
  });

  it.each(streams)(
    'of the message in $name is a timeout although there are signs of life',
    async ({ wire, name, sign }) => {
      const frames = framesOf(name);
      for (const [sent, code] of [
        [1, 'first_content_timeout'],
        [frames.length - 3, 'content_timeout'],
      ] as const) {
        const seen = await virtually((scheduler) => {
          const transport = pinging(scheduler, frames.slice(0, sent), sign);
          return fullPipe(wire, { scheduler, transport });
        });
        expect([seen.error?.code, seen.time]).toEqual([code, 300_000]);
      }
    },
  );

  it.each(streams)('before the headers of $name is headers_timeout after 60 s', async ({ wire }) => {
    const seen = await virtually((scheduler) =>
      fullPipe(wire, { scheduler, transport: () => new Promise(() => undefined) }),
    );
    expect([wordsOf(seen.error), seen.time]).toEqual(['LlmError timeout headers_timeout', 60_000]);
    expect(llmErrorOf(seen).partial).toBeUndefined();
  });
});

const truncated = 'TruncatedStreamError stream_interrupted truncated';
const malformed = 'LlmError fatal_error malformed';
const overloaded = 'LlmError server_error overloaded';
const failed = 'LlmError server_error provider_failed';
const garbage = Buffer.from([0, 0xff, 0xfe, 1, 2]);
const page = '<!doctype html><p>Sign in: please</p>\n';
const jsonError = '{"error":{"type":"overloaded_error","message":"no"}}';

const as = (type: string, text: string): ScriptedStream => ({ headers: { 'content-type': type }, body: [text] });

/** What comes instead of a stream. */
const instead: readonly (readonly [what: string, stream: ScriptedStream, failure: string])[] = [
  ['no body', {}, truncated],
  ['no content at all', { status: 204 }, truncated],
  ['a socket that breaks behind the headers', { end: 'broken' }, 'TruncatedStreamError stream_interrupted interrupted'],
  ['a page', as('text/html', page), 'LlmError fatal_error content_type'],
  ['a page that says it is a stream', as('text/event-stream', page), truncated],
  ['an error as JSON', as('application/json', jsonError), overloaded],
  ['an error as JSON that says it is a stream', as('text/event-stream', jsonError), truncated],
  ['JSON of anything else', as('application/json', '{"ok":true}'), 'LlmError fatal_error content_type'],
  ['an error in plain words', { body: ['data: error: upstream went away\n\n'] }, failed],
  ['bytes that are no text', { body: [Buffer.from([0x1f, 0x8b, 8, 0, 0x4b, 10, 10])] }, truncated],
  ['a page of a gateway', { ...as('text/html', page), status: 502 }, 'LlmError server_error http_server_error'],
  ['[DONE] alone', { body: ['data: [DONE]\n\n'] }, truncated],
];

/** What comes in the middle of one, as a frame of its own; `undefined` where it says nothing. */
const amid: readonly (readonly [what: string, piece: string | Uint8Array, failure: string | undefined])[] = [
  ['garbage as a frame', Buffer.concat([Buffer.from('data: '), garbage, Buffer.from('\n\n')]), malformed],
  ['a half of a frame', 'data: {"type":"content_blo\n\n', malformed],
  ['garbage as a line', Buffer.concat([garbage, Buffer.from('\n\n')]), undefined],
  ['a page as a line', page, undefined],
  ['an error in plain words', 'data: error: upstream went away\n\n', failed],
  ['an error under its name', `event: error\ndata: ${jsonError}\n\n`, overloaded],
  ['[DONE]', 'data: [DONE]\n\n', truncated],
];

describe('a server that says something else', () => {
  const cases = streams.flatMap((stream) =>
    instead.map(([what, said, failure]) => ({ ...stream, what, said, failure })),
  );
  it.each(cases)('has its name: $what in place of $name', async ({ wire, said, failure }) => {
    const outcome = await pipeRuns(wire, () => said)();
    expect([outcome.failure, outcome.partial, outcome.parts, outcome.open]).toEqual([failure, undefined, [], 0]);
  });

  const middle = streams.flatMap((stream) =>
    amid.map(([what, piece, failure]) => ({ ...stream, what, piece, failure })),
  );
  it.each(middle)('has its name: $what in the middle of $name', async ({ wire, name, piece, failure }) => {
    const frames = framesOf(name);
    const whole = await pipeRuns(wire, () => ({ body: frames }))();
    for (let at = 1; at < frames.length - 2; at += 1) {
      const body = [...frames.slice(0, at), piece, ...frames.slice(at)];
      const { failure: found, parts, partial, message, open } = await pipeRuns(wire, () => ({ body }))();
      expect([at, found, open]).toEqual([at, failure, 0]);
      if (failure === undefined) expect(message).toEqual(whole.message);
      else expect(message).toBeUndefined();
      const said = parts.flatMap((part) => (part.type === 'text.delta' ? [part.text] : [])).join('');
      expect(partial?.text ?? '').toBe(failure === undefined ? '' : said);
      expect(whole.message?.text.startsWith(said)).toBe(true);
    }
  });

  it.each(streams)(
    'has a text with U+FFFD where bytes in $name are no characters, unless it says the text once more',
    async ({ wire, name }) => {
      const bytes = Buffer.from(framesOf(name).join(''));
      const letter = bytes.indexOf('ö');
      bytes.writeUInt8(0xff, letter);
      const { failure, message } = await pipeRuns(wire, () => ({ body: [bytes] }))();
      expect([failure, message?.text.includes('\u{fffd}')]).toEqual([undefined, wire !== 'openai-responses']);
    },
  );

  it.each<[LlmWire, string, string, string]>([
    ['anthropic', 'anthropic-error', overloaded, overloaded],
    ['openai-chat', 'chat-error', failed, failed],
    ['openai-responses', 'responses-error', 'LlmError client_error quota_exceeded', failed],
  ])('has the error of %s as its first event, and in the middle with what came', async (wire, name, first, mid) => {
    const run = pipeRuns(wire, (n) => ({ body: [fixture(n === 1 ? `${name}-first` : `${name}-midstream`)] }));
    expect(await run()).toMatchObject({ failure: first, partial: undefined, parts: [], open: 0 });
    const { failure, partial, open } = await run();
    expect([failure, partial?.text, partial?.isComplete, open]).toEqual([mid, 'Brooks ', false, 0]);
  });
});

/** Some frames, then a sign of life every 20 s, as long as it is listened to. */
function pinging(scheduler: SchedulerLike, frames: readonly string[], sign: string): Transport {
  const pieces = [...frames];
  const read = async (): Promise<{ done: false; value: Uint8Array }> => {
    const frame = pieces.shift();
    if (frame === undefined) await firstValueFrom(timer(20_000, scheduler));
    return { done: false, value: Buffer.from(frame ?? sign) };
  };
  const headers = new Headers({ 'content-type': 'text/event-stream' });
  return async () => ({ status: 200, headers, body: { read }, hiddenRedirect: false });
}
