import { describe, expect, it } from '@jest/globals';
import { lastValueFrom, map, takeWhile, toArray } from 'rxjs';
import { createMonitor } from '../../../lib/state.js';
import { xStream } from '../../../sources/x/streams.js';
import { atEveryCut } from '../../operators/every-cut.js';
import { startOrigin } from '../../servers/origin.js';
import { answer, chunk, fin, type Handler, reset, stall } from '../../servers/origin-steps.js';
import { closing } from './watch.js';

const add = closing();
const texts = ['x', 'é', '東京', '\u{1f469}\u200d\u{1f680}', 'a\u2028b', '{}', '\\"'];
const ids = Array.from({ length: 30 }, (_, n) => `19999999999999999${String(n).padStart(2, '0')}`);
// Most of them without a text: every byte costs two connections.
const posts = ids.map(
  (id, n) => `${JSON.stringify({ data: { id, text: n % 4 === 0 ? texts[n / 4] : undefined } })}\r\n`,
);
/** With keep-alives between, as the wire has them. */
const body = Buffer.from(posts.map((line, n) => (n % 7 === 3 ? `${line}\r\n` : line)).join(''));
/** Tells that all of the second connection has been read. */
const end = '{"data":{"id":"end","text":""}}\r\n';
const head = answer(200, { 'content-type': 'application/json; charset=utf-8', 'transfer-encoding': 'chunked' });

/** The first connection of `/<cut>` breaks at that byte; the second one repeats all, as a backfill does. */
function cutOrigin(asked: string[]): Handler {
  const begun = new Set<string>();
  return ({ path }) => {
    const [cut = '', query = ''] = path.slice(1).split(/\/2\/tweets\/sample\/stream\??/);
    if (begun.has(cut)) {
      asked.push(query);
      return [head, chunk(body), chunk(end), stall()];
    }
    begun.add(cut);
    const part = body.subarray(0, Number(cut));
    // An RST costs the origin 50 ms, so not every cut is one.
    const broken = Number(cut) % 16 === 0 ? reset() : fin();
    return part.length === 0 ? [head, broken] : [head, chunk(part), broken];
  };
}

describe('a stream with backfill', () => {
  it('gives each post once and in order, wherever in it the first connection was cut', async () => {
    const asked: string[] = [];
    const origin = add(await startOrigin(cutOrigin(asked)));
    const monitor = createMonitor();
    const pace = { initialBackoff: 1, maxBackoff: 1 };
    const options = { bearerToken: 'a', recovery: 'backfill', maxRetries: 3, monitor } as const;
    await atEveryCut(body.length, async (cut) => {
      const baseUrl = `${origin.url}/${cut}`;
      const schedules = { stream_interrupted: pace, connection_error: pace };
      const seen = xStream('sample', { ...options, baseUrl, schedules }).pipe(
        map(({ data }) => data.id),
        takeWhile((id) => id !== 'end'),
        toArray(),
      );
      expect([cut, await lastValueFrom(seen)]).toEqual([cut, ids]);
    });
    expect(monitor.state).toMatchObject({ malformed: 0, isConnected: false });
    // Cut before the first byte, there was no connection that could have missed anything.
    const backfills = asked.filter((query) => /^backfill_minutes=[12]$/.test(query));
    expect([asked.length, backfills.length]).toEqual([body.length + 1, body.length]);
  }, 120_000);
});
