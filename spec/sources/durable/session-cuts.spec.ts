import { describe, expect, it } from '@jest/globals';
import { startOrigin } from '../../servers/origin.js';
import { allOf, itemsIn, partsOf, textIn } from './reading.js';
import { bodyLength, type Cut, scriptedStream, type ScriptedStream } from './scripted-stream.js';

const texts = ['h\u00e9', 'l\u20aco', '\u{1f600}!', 'a b', 'c\u2028d', 'e,f', '\u00fc'];
const jsonTexts = ['{"a":"\u00e9,]"}', '"\u20ac\\"["', '[1,[2]]', '3', '{"b":"\u2028\u{1f600}"}', 'null', '[]'];
const streams: Record<string, ScriptedStream> = {
  json: { contentType: 'application/json', messages: jsonTexts, page: 2, tail: 3 },
  text: { contentType: 'text/plain', messages: texts, page: 2, tail: 3 },
  bytes: { contentType: 'application/octet-stream', messages: texts, page: 2, tail: 3 },
};

/** Many readers at once, each with a cut of its own. */
async function readAllCuts(
  stream: ScriptedStream,
  cuts: readonly Cut[],
  live: 'none' | 'long-poll' | 'sse',
): Promise<string[]> {
  const paths = new Map(cuts.map((cut, at) => [`/${at}`, cut]));
  await using origin = await startOrigin(scriptedStream(stream, (path) => paths.get(path)));
  const wrong: string[] = [];
  const expected = expectedOf(stream, live);
  const read = async (path: string, { after, by }: Cut): Promise<void> => {
    const mode = stream.contentType === 'text/plain' ? 'text' : undefined;
    const parts = await allOf(partsOf(origin.url + path, { initialBackoff: 0, maxBackoff: 1, mode }, { live })).catch(
      (error: unknown) => error,
    );
    const got = Array.isArray(parts) ? gotOf(stream, parts) : String(parts);
    if (got !== expected) wrong.push(`cut after ${after} by ${by}: ${got}`);
  };
  const waiting = [...paths];
  const worker = async (): Promise<void> => {
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) await read(...next);
  };
  await Promise.all(Array.from({ length: 16 }, worker));
  return wrong;
}

function expectedOf({ contentType, messages, tail }: ScriptedStream, live: string): string {
  const some = live === 'none' ? messages.slice(0, tail) : messages;
  return contentType === 'application/json' ? JSON.stringify(JSON.parse(`[${some.join(',')}]`)) : some.join('');
}

function gotOf({ contentType }: ScriptedStream, parts: Parameters<typeof itemsIn>[0]): string {
  return contentType === 'application/json' ? JSON.stringify(itemsIn(parts)) : textIn(parts);
}

function everyByte(stream: ScriptedStream, live: Cut['live'], by: Cut['by']): Cut[] {
  return Array.from({ length: bodyLength(stream, live) + 1 }, (_, after) => ({ live, after, by }));
}

describe('a connection that is cut, at every byte of its answer', () => {
  it.each([
    ['json', 'catch-up', 'none'],
    ['text', 'catch-up', 'none'],
    ['bytes', 'catch-up', 'none'],
    ['json', 'long-poll', 'long-poll'],
    ['text', 'long-poll', 'long-poll'],
    ['bytes', 'long-poll', 'long-poll'],
    ['json', 'sse', 'sse'],
    ['text', 'sse', 'sse'],
    ['bytes', 'sse', 'sse'],
  ] as const)('%s over %s: everything once and in order', async (name, kind, live) => {
    const stream = streams[name];
    if (stream === undefined) throw new Error(name);
    expect(await readAllCuts(stream, everyByte(stream, kind, 'fin'), live)).toEqual([]);
  });

  it.each([
    ['json', 'catch-up', 'none'],
    ['text', 'catch-up', 'none'],
    ['json', 'long-poll', 'long-poll'],
    ['bytes', 'long-poll', 'long-poll'],
  ] as const)('%s over %s that says how long it is', async (name, kind, live) => {
    const stream = streams[name];
    if (stream === undefined) throw new Error(name);
    const sized = { ...stream, sized: true };
    expect(await readAllCuts(sized, everyByte(sized, kind, 'fin'), live)).toEqual([]);
  });

  it.each(['json', 'text', 'bytes'])('%s over SSE that ends cleanly there', async (name) => {
    const stream = streams[name];
    if (stream === undefined) throw new Error(name);
    const some = everyByte(stream, 'sse', 'end').filter(({ after }) => after % 5 === 0);
    expect(await readAllCuts(stream, some, 'sse')).toEqual([]);
  });

  it.each(['\r\n', '\r'])('over SSE with lines that end with %j', async (eol) => {
    for (const stream of Object.values(streams)) {
      const other = { ...stream, eol };
      const some = everyByte(other, 'sse', 'fin').filter(({ after }) => after % 11 === 0);
      expect(await readAllCuts(other, some, 'sse')).toEqual([]);
    }
  });
});
