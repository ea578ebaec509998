import { describe, expect, it } from '@jest/globals';
import { lastValueFrom, map, takeWhile, toArray } from 'rxjs';
import { dedupe } from '../../operators/dedupe.js';
import { streamWithRetry } from '../../operators/stream-with-retry.js';
import { startOrigin } from '../servers/origin.js';
import { answer, chunk, fin, type Handler, stall } from '../servers/origin-steps.js';
import { closing } from '../sources/x/watch.js';
import { atEveryCut } from './every-cut.js';

const add = closing();
const quick = { initialBackoff: 1, maxBackoff: 1, jitter: 'none', maxRetries: 3 } as const;
const words = ['one', 'zwei', 'três', '四', '🖐', 'six', 'last'];

/** Serves `bodyFor` whole, but the first connection of `/<cut>` only up to that byte. */
function cutOrigin(type: string, bodyFor: (lastId: string) => Buffer): Handler {
  const begun = new Set<string>();
  return ({ path, headers }) => {
    const body = bodyFor(headers['last-event-id'] ?? '');
    const head = answer(200, { 'content-type': type, 'transfer-encoding': 'chunked' });
    if (begun.has(path)) return [head, chunk(body), stall()];
    begun.add(path);
    const part = body.subarray(0, Number(path.slice(1)));
    return part.length === 0 ? [head, fin()] : [head, chunk(part), fin()];
  };
}

describe('streamWithRetry, cut at every byte', () => {
  it('gives every line of a server that starts again, each once after dedupe', async () => {
    const body = Buffer.from(words.map((word, id) => `${JSON.stringify({ id, word })}\r\n`).join('\r\n'));
    const origin = add(await startOrigin(cutOrigin('application/x-ndjson', () => body)));
    await atEveryCut(body.length, async (cut) => {
      const source = streamWithRetry({ url: `${origin.url}/${cut}` }, { ...quick, onComplete: 'reconnect' });
      const unique = source.pipe(
        dedupe((value) => JSON.stringify(value)),
        takeWhile((value) => !JSON.stringify(value).includes('last'), true),
        toArray(),
      );
      expect([cut, await lastValueFrom(unique)]).toEqual([cut, words.map((word, id) => ({ id, word }))]);
    });
  });

  it('gives every event of a server that honours Last-Event-ID, each once as it is', async () => {
    const eventOf = (word: string, n: number): string => `: beat\nid: ${n + 1}\nevent: word\ndata: ${word}\n\n`;
    const bodyFor = (lastId: string): Buffer => Buffer.from(words.map(eventOf).slice(Number(lastId)).join(''));
    const origin = add(await startOrigin(cutOrigin('text/event-stream', bodyFor)));
    await atEveryCut(bodyFor('').length, async (cut) => {
      const source = streamWithRetry({ url: `${origin.url}/${cut}`, format: 'sse' }, quick);
      const seen = source.pipe(
        map(({ data, id }) => `${id} ${data}`),
        takeWhile((text) => text !== '7 last', true),
        toArray(),
      );
      expect([cut, await lastValueFrom(seen)]).toEqual([cut, words.map((word, n) => `${n + 1} ${word}`)]);
    });
  });
});
