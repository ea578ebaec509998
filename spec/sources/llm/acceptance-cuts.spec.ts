import { describe, expect, it } from '@jest/globals';
import { isDeepStrictEqual } from 'node:util';
import type { AssembledMessage } from '../../../sources/llm/message.js';
import type { LlmPart } from '../../../sources/llm/parts.js';
import { isObject } from '../../../sources/llm/shapes.js';
import { notBeginning } from './beginnings.js';
import { type PipeOptions, type PipeOutcome, pipeRuns } from './outcomes.js';
import { fixture, type Recording, recordings } from './recordings.js';

type End = 'clean' | 'broken';

interface Cut {
  readonly at: number;
  readonly end: End;
}

/** One of each wire, one that calls a tool, one that thinks. OpenAI's own dialect does not end without `[DONE]`. */
const streams: readonly (Recording & PipeOptions)[] = [
  { wire: 'anthropic', name: 'anthropic-text', text: fixture('anthropic-text') },
  { wire: 'anthropic', name: 'anthropic-tool', text: fixture('anthropic-tool') },
  { wire: 'openai-chat', name: 'chat-text', text: fixture('chat-text'), dialect: 'openai' },
  { wire: 'openai-chat', name: 'chat-thinking', text: fixture('chat-thinking'), dialect: 'deepseek' },
  { wire: 'openai-responses', name: 'responses-short', text: fixture('responses-short') },
];

/** Those of moderate size, where they are at hand. */
const real = recordings.filter(({ name }) =>
  /^(?:anthropic\/(?:redacted|code-exec)|openai-chat\/tool-call|openai-responses\/(?:text|file-search|custom-tool))/.test(
    name,
  ),
);

/** How many bytes a stream needs to be whole: all but its last line ends. A socket that breaks also takes a frame whose empty line is missing. */
function neededFor(text: string, end: End): number {
  const bytes = Buffer.byteLength(text.trimEnd());
  return end === 'clean' ? bytes : bytes + 2;
}

async function wholeOf({ wire, text }: Recording, options: PipeOptions): Promise<PipeOutcome> {
  const whole = await pipeRuns(wire, () => ({ body: [text] }), options)();
  expect(whole.failure).toBeUndefined();
  return whole;
}

/** What is wrong with the outcomes of some cuts. */
async function wrongAt(recording: Recording, cuts: readonly Cut[], options: PipeOptions = {}): Promise<string[]> {
  const { wire, text } = recording;
  const bytes = Buffer.from(text);
  const whole = await wholeOf(recording, options);
  const run = pipeRuns(wire, (n) => scripted(bytes, cuts[n - 1]), options);
  const wrong: string[] = [];
  for (const { at, end } of cuts) {
    const outcome = await run();
    const reasons = at >= neededFor(text, end) ? notWhole(outcome, whole) : notInterrupted(outcome, whole);
    if (reasons.length > 0) wrong.push(`${end} at ${at}: ${reasons.join(', ')}`);
  }
  return wrong;
}

function scripted(bytes: Buffer, cut: Cut | undefined): { body: Uint8Array[]; end: End } {
  return { body: [bytes.subarray(0, cut?.at)], end: cut?.end ?? 'clean' };
}

function notWhole({ parts, failure, open }: PipeOutcome, whole: PipeOutcome): string[] {
  return failure === undefined && open === 0 && isDeepStrictEqual(parts, whole.parts) ? [] : ['not whole'];
}

function notInterrupted(outcome: PipeOutcome, whole: PipeOutcome): string[] {
  const { parts, failure, partial, message, open } = outcome;
  const wrong: string[] = [];
  if (!/^TruncatedStreamError stream_interrupted (?:truncated|interrupted)$/.test(failure ?? ''))
    wrong.push(failure ?? 'success');
  if (message !== undefined || open !== 0) wrong.push('a message, or an open socket');
  const came = parts.filter((part) => !isTornFrame(part));
  if (!isDeepStrictEqual(came, whole.parts.slice(0, came.length))) wrong.push('other parts');
  const says = parts.some((part) => 'text' in part && part.text !== '');
  if (says && partial === undefined) wrong.push('no partial');
  return [...wrong, ...(partial === undefined ? [] : notBeginning(partial, full(whole)))];
}

/** The frame that was cut: told of by place and length, without a word of it. */
function isTornFrame(part: LlmPart): boolean {
  return part.type === 'unknown' && isObject(part.native) && Object.keys(part.native).join() === 'code,message,length';
}

function full({ message }: PipeOutcome): AssembledMessage {
  if (message === undefined) throw new Error('the whole stream has no message');
  return message;
}

function everywhere(text: string, end: End): Cut[] {
  return Array.from({ length: Buffer.byteLength(text) }, (_, at) => ({ at, end }));
}

/** Around the end of every frame, where outcomes differ, and every seventh byte. */
function around(text: string, end: End, step = 7): Cut[] {
  const bytes = Buffer.from(text);
  const isNear = (at: number): boolean => bytes.subarray(Math.max(0, at - 2), at + 2).includes('\n\n');
  return everywhere(text, end).filter(({ at }) => at % step === 0 || isNear(at));
}

describe('a stream that is cut', () => {
  it.each(streams)('at any byte, $name is whole or interrupted', async (stream) => {
    const { dialect } = stream;
    expect(await wrongAt(stream, everywhere(stream.text, 'clean'), { dialect })).toEqual([]);
  });

  it.each(streams)('by a broken socket, $name is whole or interrupted', async (stream) => {
    const { dialect } = stream;
    expect(await wrongAt(stream, around(stream.text, 'broken'), { dialect })).toEqual([]);
  });

  it.each([...real, ...streams.slice(0, 1)])('and recorded, $name is whole or interrupted', async (recording) => {
    const step = Math.ceil(recording.text.length / 40);
    const cuts = [...around(recording.text, 'clean', step), ...around(recording.text, 'broken', step)];
    const sampled = cuts.filter((_, n) => n % Math.ceil(cuts.length / 150) === 0);
    expect(
      await wrongAt(recording, sampled, { dialect: recording.wire === 'openai-chat' ? 'openai' : undefined }),
    ).toEqual([]);
  });
});

describe('a chat of a server that may do without [DONE]', () => {
  it('is whole where the body ends between two frames behind its finish_reason, but for the usage', async () => {
    const text = fixture('chat-tool');
    const bytes = Buffer.from(text);
    const finish = bytes.indexOf('"finish_reason":"tool_calls"');
    const whole = full(await wholeOf({ wire: 'openai-chat', name: 'chat-tool', text }, {}));
    const cuts = [...bytes.keys()].filter((at) => at > finish - 100);
    const run = pipeRuns('openai-chat', (n) => ({ body: [bytes.subarray(0, cuts[n - 1])] }));
    for (const at of cuts) {
      const { failure, message, partial } = await run();
      const isWhole = at > finish + 29 && hasNoTornFrame(bytes.toString('utf8', 0, at));
      expect([at, failure]).toEqual([at, isWhole ? undefined : 'TruncatedStreamError stream_interrupted truncated']);
      if (message !== undefined) expect({ ...message, usage: whole.usage }).toEqual(whole);
      if (partial !== undefined) expect(notBeginning(partial, whole)).toEqual([]);
    }
  });
});

/** Whether what stands behind the last empty line has no text yet, or all of it. */
function hasNoTornFrame(said: string): boolean {
  const text = said.slice(said.lastIndexOf('\n\n') + 2).trim();
  if ('data:'.startsWith(text) || text.endsWith('[DONE]')) return true;
  try {
    JSON.parse(text.slice('data:'.length));
    return true;
  } catch {
    return false;
  }
}
