import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { openXStream } from '../../../sources/x/open-stream.js';
import type { XMessage } from '../../../sources/x/messages.js';
import { samples } from './samples.js';
import { scriptedX } from './scripted-x.js';
import { watch } from './watch.js';

const fixture = (name: string): string[] => readFileSync(`spec/fixtures/posts/${name}`, 'utf8').trimEnd().split('\n');
const envelopes = fixture('envelopes.ndjson').map((line): { line: string } => JSON.parse(line));
/** Everything that is recorded, heartbeats between, and what is wrong in it as well. */
const recorded = Buffer.from(
  [
    ...fixture('seed-1.ndjson').slice(0, 12),
    ...Object.values(samples),
    ...envelopes.map(({ line }) => line),
    '{"da',
    '',
  ]
    .flatMap((line, n) => (n % 4 === 0 ? [line, ''] : [line]))
    .map((line, n) => (n % 5 === 0 ? `${line}\n` : `${line}\r\n`))
    .join(''),
);

async function messagesOf(body: readonly Uint8Array[], chunkSize?: number): Promise<unknown[]> {
  const { transport } = scriptedX(() => ({ body }));
  const seen = watch(openXStream('filtered', { bearerToken: 'a', transport, chunkSize }));
  await seen.ended;
  return [...seen.values.map(plain), seen.error?.code];
}

/** The text of a malformed message is a function; two of them are never equal. */
function plain(message: XMessage): unknown {
  return message.type === 'malformed' ? { ...message, raw: message.raw() } : message;
}

function cutAt(places: readonly number[]): Uint8Array[] {
  const ends = [...new Set(places)].sort((a, b) => a - b);
  return [...ends, recorded.length].map((end, n) => recorded.subarray(ends[n - 1] ?? 0, end));
}

describe('the messages of openXStream', () => {
  it('are the same for every chunking of what was recorded', async () => {
    const whole = await messagesOf([recorded]);
    const kinds = new Set(JSON.stringify(whole).match(/"type":"(item|keep_alive|notice|malformed|unknown)"/g));
    expect(kinds.size).toBeGreaterThanOrEqual(5);
    const places = fc.array(fc.integer({ min: 1, max: recorded.length - 1 }), { maxLength: 400 });
    await fc.assert(
      fc.asyncProperty(places, async (cuts) => {
        expect(await messagesOf(cutAt(cuts))).toEqual(whole);
      }),
      { numRuns: 40 },
    );
  });

  it('are the same byte by byte, however that comes about', async () => {
    const whole = await messagesOf([recorded]);
    expect(await messagesOf(Array.from(recorded, (byte) => Uint8Array.of(byte)))).toEqual(whole);
    expect(await messagesOf([recorded], 1)).toEqual(whole);
  });
});
