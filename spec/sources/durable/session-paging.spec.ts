import { describe, expect, it } from '@jest/globals';
import { readGate } from '../../../lib/read-gate.js';
import { readParts } from '../../../sources/durable/session.js';
import { eventually } from '../../servers/eventually.js';
import { type Origin, startOrigin } from '../../servers/origin.js';
import { answer, chunk, endChunks, fin, type Handler, jsonAnswer, pause, stall } from '../../servers/origin-steps.js';
import { allOf, failureOf, itemsIn, livesIn, partsOf } from './reading.js';
import { offsetOf, queryOf } from './scripted-stream.js';

const json = { 'content-type': 'application/json' };
const upToDate = { 'stream-up-to-date': 'true' };
const closed = { 'stream-closed': 'true' };

/** An answer with these messages that leads to an offset. */
function page(items: readonly unknown[], to: number, headers: Record<string, string> = {}) {
  return [jsonAnswer(200, items, { 'stream-next-offset': offsetOf(to), ...headers })];
}

/** One answer after the other; the last one again and again. */
function inOrder(...answers: readonly ReturnType<Handler>[]): Handler {
  let at = 0;
  return () => answers[Math.min(at++, answers.length - 1)] ?? [];
}

function queries({ requests }: Origin): string[] {
  return requests.map(queryOf);
}

describe('the requests of readParts', () => {
  it('asks for page after page at once, until one is up to date, also where nothing follows', async () => {
    await using origin = await startOrigin(inOrder(page([1], 1), page([], 2), page([2, 3], 4, upToDate)));
    expect(itemsIn(await allOf(partsOf(`${origin.url}/s`)))).toEqual([1, 2, 3]);
    expect(queries(origin)).toEqual(['offset=-1', 'offset=0001', 'offset=0002']);
  });

  it('sends all parameters sorted by name, and the newest cursor on every live request', async () => {
    await using origin = await startOrigin(
      inOrder(
        page([1], 1, upToDate),
        page([2], 2, { ...upToDate, 'stream-cursor': 'c1' }),
        [answer(204, { 'stream-next-offset': offsetOf(2), 'stream-cursor': 'c2' })],
        [answer(204, { 'stream-next-offset': offsetOf(2), ...closed })],
      ),
    );
    const parts = await allOf(
      partsOf(`${origin.url}/s?zone=1`, { params: { mine: 'a b' }, cursor: 'c0' }, { live: 'long-poll' }),
    );
    expect(itemsIn(parts)).toEqual([1, 2]);
    const live = (cursor: string, at: number): string =>
      `cursor=${cursor}&live=long-poll&mine=a+b&offset=${offsetOf(at)}&zone=1`;
    expect(queries(origin)).toEqual(['mine=a+b&offset=-1&zone=1', live('c0', 1), live('c1', 2), live('c2', 2)]);
  });

  it('catches up again after a burst that one long-poll does not hold', async () => {
    await using origin = await startOrigin(
      inOrder(
        page([1], 1, upToDate),
        page([2], 2, { 'stream-cursor': 'c1' }),
        page([3], 3, upToDate),
        page([], 3, closed),
      ),
    );
    const parts = await allOf(partsOf(`${origin.url}/s`, {}, { live: 'long-poll' }));
    expect(itemsIn(parts)).toEqual([1, 2, 3]);
    expect(livesIn(parts)).toEqual(['catch-up 200', 'long-poll 200', 'catch-up 200', 'long-poll 200']);
  });

  it('takes a live answer without a cursor for one that has lost its headers, and one that closes the stream not', async () => {
    await using origin = await startOrigin(inOrder(page([1], 1, upToDate), page([2], 2, upToDate)));
    const failed = allOf(partsOf(`${origin.url}/s`, {}, { live: 'long-poll' }));
    await expect(failed).rejects.toMatchObject({
      code: 'parse_error',
      message: expect.stringContaining('Stream-Cursor'),
    });
    await using ending = await startOrigin(inOrder(page([1], 1, upToDate), page([2], 2, closed)));
    expect(itemsIn(await allOf(partsOf(`${ending.url}/s`, {}, { live: 'long-poll' })))).toEqual([1, 2]);
  });

  it('evaluates headers and parameters for every request', async () => {
    await using origin = await startOrigin(inOrder(page([1], 1), page([2], 2, upToDate)));
    let times = 0;
    const params = () => ({ n: (times += 1) });
    await allOf(partsOf(`${origin.url}/s`, { params, headers: async () => ({ 'x-n': String(times) }) }));
    expect(queries(origin)).toEqual(['n=1&offset=-1', 'n=2&offset=0001']);
  });

  it('never asks again once the stream is closed, whatever onComplete says', async () => {
    await using origin = await startOrigin(inOrder(page([1], 1, closed)));
    await allOf(partsOf(`${origin.url}/s`, { onComplete: 'reconnect' }, { live: 'sse' }));
    expect(origin.requests).toHaveLength(1);
  });

  it('takes Retry-After as the least wait', async () => {
    const busy = [answer(503, { 'retry-after-ms': '60' }, 'busy')];
    await using origin = await startOrigin(inOrder(busy, page([1], 1, upToDate)));
    expect(itemsIn(await allOf(partsOf(`${origin.url}/s`)))).toEqual([1]);
    const [first, second] = origin.requests;
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(55);
  });

  it('waits, and passes caches by, where answers come at once and bring nothing', async () => {
    const empty = [answer(204, { 'stream-next-offset': offsetOf(1), ...upToDate })];
    await using origin = await startOrigin((request) => {
      if (!request.path.includes('live')) return page([1], 1, upToDate);
      return request.path.includes('_tailrace_uncached') ? page([2], 2, closed) : empty;
    });
    expect(itemsIn(await allOf(partsOf(`${origin.url}/s`, {}, { live: 'long-poll' })))).toEqual([1, 2]);
    const times = origin.requests.map(({ at }) => at);
    expect(times).toHaveLength(7);
    expect((times[6] ?? 0) - (times[5] ?? 0)).toBeGreaterThanOrEqual(45);
  });

  it('asks for nothing while its gate is closed', async () => {
    await using origin = await startOrigin(inOrder(page([1], 1, upToDate), page([2], 2, closed)));
    const gate = readGate();
    const seen: unknown[] = [];
    const parts = readParts('spec', `${origin.url}/s`, {}, { live: 'long-poll', whole: false, gate });
    const done = new Promise<void>((resolve) => {
      parts.subscribe({
        next: (some) => {
          if (itemsIn(some).length > 0 && seen.length === 0) gate.close();
          seen.push(...itemsIn(some));
        },
        complete: resolve,
      });
    });
    await eventually(() => seen.length === 1);
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(origin.requests).toHaveLength(1);
    gate.open();
    await done;
    expect(seen).toEqual([1, 2]);
  });

  it.each(['long-poll', 'sse'] as const)('closes its socket on unsubscription, waiting by %s', async (live) => {
    await using origin = await startOrigin(({ path }) => {
      if (!path.includes('live')) return page([1], 1, { ...upToDate, connection: 'close' });
      return live === 'sse'
        ? [answer(200, { 'content-type': 'text/event-stream' }), chunk(': hi\n\n'), stall()]
        : [stall()];
    });
    const subscription = readParts('spec', `${origin.url}/s`, {}, { live, whole: false }).subscribe();
    await eventually(() => origin.requests.length === 2);
    await new Promise((resolve) => setTimeout(resolve, 10));
    subscription.unsubscribe();
    // The server says nothing more: only the reader can have closed it.
    await eventually(() => origin.activeSockets === 0);
  });
});

describe('an answer that readParts cannot use', () => {
  it.each([
    ['no next offset', [jsonAnswer(200, [1], upToDate)], 'parse_error'],
    ['no next offset on 204', [answer(204)], 'parse_error'],
    ['an object', [jsonAnswer(200, { a: 1 }, { 'stream-next-offset': '1' })], 'parse_error'],
    ['nothing, though the offset moves', [answer(200, { ...json, 'stream-next-offset': '1' }), fin()], 'parse_error'],
    ['half an array', [answer(200, { ...json, 'stream-next-offset': '1' }), chunk('[1,2'), endChunks()], 'parse_error'],
  ] as const)('%s', async (_, steps, code) => {
    await using origin = await startOrigin(() => steps);
    expect(await failureOf(partsOf(`${origin.url}/s`))).toMatchObject({ name: 'DurableStreamError', code });
    expect(origin.requests).toHaveLength(1);
  });

  it('a message that is too long', async () => {
    await using origin = await startOrigin(() => page(['x'.repeat(200)], 1, upToDate));
    expect(await failureOf(partsOf(`${origin.url}/s`, { maxItemLength: 100 }))).toMatchObject({
      code: 'frame_too_large',
    });
  });

  it('text where JSON is asked for', async () => {
    await using origin = await startOrigin(() => [
      answer(200, { 'content-type': 'text/plain', 'stream-next-offset': '1' }, 'x'),
    ]);
    const error = await failureOf(partsOf(`${origin.url}/s`, { mode: 'json' }));
    expect(error).toMatchObject({ code: 'content_type_mismatch', isRetryable: false });
  });

  it('an offset that goes back: nothing of that answer comes out', async () => {
    await using origin = await startOrigin(inOrder(page([1], 5), page([9], 2, upToDate)));
    const seen: unknown[] = [];
    const error = await failureOf(partsOf(`${origin.url}/s`), (part) => seen.push(...itemsIn([part])));
    expect(error).toMatchObject({ code: 'offset_regression', offset: offsetOf(5) });
    expect(seen).toEqual([1]);
  });
});

describe('the handler of readParts', () => {
  it('may be asked any number of times in a quiet stream', async () => {
    let asked = 0;
    let polls = 0;
    await using origin = await startOrigin((request) => {
      if (!request.path.includes('live')) return page([1], 1, upToDate);
      polls += 1;
      if (polls % 2 === 1 && polls < 14) return [answer(401)];
      return polls < 14 ? [answer(204, { 'stream-next-offset': offsetOf(1) })] : page([2], 2, closed);
    });
    const onError = () => ({ headers: { authorization: `Bearer t${(asked += 1)}` } });
    const parts = await allOf(partsOf(`${origin.url}/s`, { onError }, { live: 'long-poll' }));
    expect(itemsIn(parts)).toEqual([1, 2]);
    expect(asked).toBe(7);
  });

  it('is not asked about what a retry cures', async () => {
    await using origin = await startOrigin(inOrder([answer(503)], [answer(500)], page([1], 1, upToDate)));
    let asked = 0;
    const onError = () => void (asked += 1);
    expect(itemsIn(await allOf(partsOf(`${origin.url}/s`, { onError })))).toEqual([1]);
    expect(asked).toBe(0);
  });

  it('passes an error on with nothing, its type kept', async () => {
    await using origin = await startOrigin(() => [answer(401, {}, 'no')]);
    const error = await failureOf(partsOf(`${origin.url}/s`, { onError: async () => undefined }));
    expect(error).toMatchObject({ name: 'FetchError', errorType: 'authentication_error', status: 401 });
  });
});

describe('retries of readParts', () => {
  it('start anew after progress: one message more before each cut is no reason to give up', async () => {
    await using origin = await startOrigin(({ path }) => {
      const count = origin.requests.length;
      expect(path).toBe('/s?offset=-1');
      const items = Array.from({ length: count }, (_, n) => n).join(',');
      const head = answer(200, { ...json, 'stream-next-offset': offsetOf(1), ...closed });
      return count < 20 ? [head, chunk(`[${items},`), fin()] : [head, chunk(`[${items}]`), endChunks()];
    });
    const parts = await allOf(partsOf(`${origin.url}/s`, { maxRetries: 1 }));
    expect(itemsIn(parts)).toEqual(Array.from({ length: 20 }, (_, n) => n));
  });

  it('do not start anew behind an event stream that says where it is and drops at once', async () => {
    const control = 'event: control\ndata: {"streamNextOffset":"0001","upToDate":true}\n\n';
    await using origin = await startOrigin((request) =>
      request.path.includes('live')
        ? [answer(200, { 'content-type': 'text/event-stream' }), chunk(control), pause(10), endChunks()]
        : page([1], 1, upToDate),
    );
    const waits: number[] = [];
    const options = { initialBackoff: 10, maxBackoff: 1_000, backoffMultiplier: 2, jitter: false as const };
    const onReconnect = (_attempt: number, delay: number) => void waits.push(delay);
    const subscription = readParts(
      'spec',
      `${origin.url}/s`,
      { ...options, onReconnect },
      { live: 'sse', whole: false },
    ).subscribe();
    await eventually(() => waits.length === 4);
    subscription.unsubscribe();
    expect(waits).toEqual([10, 20, 40, 80]);
  });
});
