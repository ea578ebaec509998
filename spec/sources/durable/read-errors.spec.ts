import { describe, expect, it } from '@jest/globals';
import { ignoreElements, lastValueFrom, type Observable } from 'rxjs';
import { z } from 'zod';
import { durableBatches, durableEvents, durableStream } from '../../../sources/durable/streams.js';
import { readAll } from '../../../sources/durable/read-all.js';
import { stream } from '../../../sources/durable/stream.js';
import { startDurable } from '../../servers/durable.js';
import { eventually } from '../../servers/eventually.js';
import { answer, jsonAnswer, type Step } from '../../servers/origin-steps.js';
import { head, json, scripted, tail } from './responses.js';

const fast = { initialBackoff: 1, maxBackoff: 1 } as const;

async function failureOf(read: Observable<unknown>): Promise<unknown> {
  return lastValueFrom(read.pipe(ignoreElements())).then(
    () => undefined,
    (error: unknown) => error,
  );
}

/** The first page, and then for every later request the same answer. */
const after = (later: readonly Step[]) => async () => {
  let first = true;
  const { url, origin } = await scripted(() => {
    const page = first ? [jsonAnswer(200, [1], head('5', json, tail))] : later;
    first = false;
    return page;
  });
  return { url, origin };
};

describe('the offset of an error', () => {
  it.each([
    ['404', [answer(404)], 'stream_not_found'],
    ['410 that names another', [answer(410, { 'stream-next-offset': '99' })], 'retention_gone'],
    ['405', [answer(405)], 'not_supported'],
    ['400 for the offset', [answer(400, {}, 'bad offset')], 'invalid_offset'],
    ['409, which is nothing of a reader', [answer(409)], 'conflict'],
    ['401', [answer(401)], 'unauthorized'],
  ])('is the one up to which everything was delivered: %s', async (_name, later, code) => {
    const { url } = await after(later)();
    expect(await failureOf(durableStream(url))).toMatchObject({ code, offset: '5' });
  });

  it('is that of the message that does not fit, and in a batch that of its first', async () => {
    const { url } = await scripted(() => [jsonAnswer(200, [1, 2, 'x', 4], head('5', json, tail))]);
    const checks = { schema: z.number(), malformed: 'error', live: false } as const;
    expect(await failureOf(durableStream(url, checks))).toMatchObject({ code: 'malformed', offset: '-1/2' });
    expect(await failureOf(durableBatches(url, checks))).toMatchObject({ code: 'malformed', offset: '-1' });
    expect(await failureOf(durableEvents(url, checks))).toMatchObject({ code: 'malformed', offset: '-1' });
  });
});

describe('a handler that always answers', () => {
  it('makes no loop of a good answer with a bad body', async () => {
    const { url, origin } = await scripted(() => [answer(200, head('5', json, tail), '[1,2')]);
    let asked = 0;
    const onError = () => ((asked += 1), {});
    expect(await failureOf(durableStream(url, { onError }))).toMatchObject({ code: 'parse_error' });
    // The first time it has brought two messages, and five times nothing more.
    expect([asked, origin.requests.length]).toEqual([5, 6]);
    expect(await failureOf(readAll(url, { onError }).json())).toMatchObject({ code: 'parse_error' });
    await expect((await stream(url, { onError })).json()).rejects.toMatchObject({ code: 'parse_error' });
  });

  it.each(['sse', 'long-poll'] as const)('makes none of a stream that was made again, by %s', async (live) => {
    await using durable = await startDurable({ longPollTimeout: 50 });
    const url = await durable.create('/a', json, '[1,2,3]');
    const seen: unknown[] = [];
    let asked = 0;
    const onError = () => ((asked += 1), { headers: { authorization: `Bearer ${asked}` } });
    const failed = new Promise<unknown>((resolve) => {
      durableStream(url, { live, onError, ...fast }).subscribe({ next: (one) => seen.push(one), error: resolve });
    });
    await eventually(() => seen.length === 3);
    durable.server.clear();
    await durable.create('/a', json, '[1]');
    durable.dropConnections();
    expect(await failed).toMatchObject({ code: 'offset_regression' });
    expect(asked).toBe(5);
  });

  it('may say null in place of nothing', async () => {
    const { url } = await scripted([[answer(401)]]);
    await expect(stream(url, { onError: () => JSON.parse('null') })).rejects.toMatchObject({ code: 'unauthorized' });
  });
});

describe('what is awaited', () => {
  it.each(['auto', false, 'long-poll', 'sse', true] as const)(
    'gives up after ten tries, also behind the first answer (live: %s)',
    async (live) => {
      const { url, origin } = await scripted(({ path }) =>
        path.includes('offset=-1') ? [jsonAnswer(200, [1], head('5', json))] : [answer(503)],
      );
      const response = await stream(url, { live, ...fast });
      await expect(response.json()).rejects.toMatchObject({ code: 'retries_exhausted', attempts: 11 });
      expect(origin.requests).toHaveLength(12);
    },
  );

  it('tries as often as maxRetries says', async () => {
    const { url } = await scripted(({ path }) =>
      path.includes('offset=-1') ? [jsonAnswer(200, [1], head('5', json))] : [answer(503)],
    );
    const response = await stream(url, { maxRetries: 2, ...fast });
    await expect(response.text()).rejects.toMatchObject({ code: 'retries_exhausted', attempts: 3 });
  });
});

describe('a schema that fails', () => {
  it('with a promise ends the reading before the message, and nothing behind it is passed over', async () => {
    const { url } = await scripted(() => [jsonAnswer(200, [1, 2, 3, 4], head('5', json, tail))]);
    const schema = z.number().transform((value) => {
      if (value === 3) throw new Error('three');
      return value;
    });
    const seen: unknown[] = [];
    const failed = new Promise<unknown>((resolve) => {
      durableStream(url, { schema, live: false }).subscribe({ next: (one) => seen.push(one), error: resolve });
    });
    expect(await failed).toBeInstanceOf(TypeError);
    expect(seen).toEqual([1, 2]);
    await expect((await stream(url)).json({ schema })).rejects.toThrow('answers with a promise');
    expect(await failureOf(durableBatches(url, { schema, live: false }))).toBeInstanceOf(TypeError);
    expect(await failureOf(durableEvents(url, { schema, live: false }))).toBeInstanceOf(TypeError);
  });
});
