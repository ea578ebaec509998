import { describe, expect, it } from '@jest/globals';
import { type Framing, framings, numbers, pieces } from './framings.js';
import { type Outcome, type PipeOutcome, pipeRuns, readOutcome } from './outcomes.js';
import { type Recording, ownRecordings, recordings } from './recordings.js';

/** What streams that are not whole come to; all others are whole. */
const failures: readonly (readonly [name: RegExp, failure: string])[] = [
  [/eof-no-stop|no-done-no-finish/, 'TruncatedStreamError stream_interrupted truncated'],
  [/violation-spliced/, 'LlmError stream_interrupted interrupted'],
  [/parallel-wrapper/, 'LlmError fatal_error malformed'],
  [/anthropic-error/, 'LlmError server_error overloaded'],
  [/chat-error|chat-openrouter-error|responses-error-mid/, 'LlmError server_error provider_failed'],
  [/groq-error/, 'LlmError client_error tool_use_failed'],
  [/responses-error-first|responses\/error/, 'LlmError client_error quota_exceeded'],
  [/openrouter-keepalive-comments-error/, 'LlmError client_error bad_request'],
];

/** As text: comparing some 500,000 parts member by member would take minutes. */
const saidBy = ({ parts, message, failure }: Outcome | PipeOutcome): string =>
  JSON.stringify([parts, message, failure]);

/** How often the bytes of one framing are cut at random: the smaller, the oftener. */
function chunkingsOf({ text }: Recording): readonly number[] {
  if (text.length > 40_000) return [700];
  return text.length > 8_000 ? [5, 200] : [3, 40, 400];
}

/** Seeded, so that every run cuts in the same places. */
function chunked(bytes: Uint8Array, largest: number): Uint8Array[] {
  const next = numbers(bytes.length + largest);
  return pieces(bytes, () => 1 + Math.floor(next() * largest));
}

function cutsOf(recording: Recording, { cut, name }: Framing): Uint8Array[][] {
  const { text } = recording;
  const isLarge = text.length > 40_000;
  const random = chunkingsOf(recording);
  if (isLarge && name === 'byte by byte') return random.map((largest) => chunked(Buffer.from(text), largest));
  const own = [...cut(text)];
  const bytes = Buffer.concat(own);
  const cuts = random.map((largest) => chunked(bytes, largest));
  // A large one in one piece takes long and says nothing that its pieces do not say.
  return isLarge && own.length === 1 ? cuts : [own, ...cuts];
}

describe('the parts and the message of a recording', () => {
  it.each(recordings)('$name are the same in twelve framings, however they are cut', (recording) => {
    const { wire, text, name } = recording;
    const whole = readOutcome(wire, [Buffer.from(text)]);
    expect(whole.failure).toBe(failures.find(([names]) => names.test(name))?.[1]);
    expect(whole.message.isComplete).toBe(whole.failure === undefined);
    const said = saidBy(whole);
    const different = framings.filter((framing) =>
      cutsOf(recording, framing).some((cut) => saidBy(readOutcome(wire, cut)) !== said),
    );
    expect(different.map((framing) => framing.name)).toEqual([]);
  });

  it.each(ownRecordings)('$name are the same over a connection', async ({ wire, text }) => {
    const whole = readOutcome(wire, [Buffer.from(text)]);
    const used = framings.filter(({ name }) => name !== 'byte by byte' || text.length < 1_400);
    const run = pipeRuns(wire, (n) => ({ body: used[n - 1]?.cut(text) ?? [] }));
    for (const { name } of used) {
      const outcome = await run();
      expect([name, outcome.failure, outcome.open]).toEqual([name, whole.failure, 0]);
      expect(JSON.stringify(outcome.parts)).toBe(JSON.stringify(whole.parts));
      if (outcome.message !== undefined) expect(outcome.message).toEqual(whole.message);
    }
  });

  it('of every recording is the same over a connection', async () => {
    for (const { wire, text, name } of recordings) {
      const whole = readOutcome(wire, [Buffer.from(text)]);
      const outcome = await pipeRuns(wire, () => ({ body: chunked(Buffer.from(text), 5_000) }))();
      const { message } = outcome;
      expect([name, outcome.failure, message?.isComplete ?? false]).toEqual([
        name,
        whole.failure,
        whole.failure === undefined,
      ]);
      expect(saidBy({ ...outcome, message: message ?? whole.message })).toBe(saidBy(whole));
      const came = outcome.partial ?? whole.message;
      expect(JSON.stringify(came)).toBe(JSON.stringify(whole.message));
    }
  });
});
