import { describe, expect, it } from '@jest/globals';
import { DurableStreamTestServer } from '@durable-streams/server';
import { setTimeout as sleep } from 'node:timers/promises';
import { DurableStream } from '../../../sources/durable/durable-stream.js';
import { StaleEpochError, StreamClosedError } from '../../../sources/durable/errors.js';
import { IdempotentProducer } from '../../../sources/durable/idempotent-producer.js';

/** The real server, with one stream; closed with the test. */
async function withStream(
  contentType: string,
  run: (url: string, server: DurableStreamTestServer) => Promise<void>,
): Promise<void> {
  const server = new DurableStreamTestServer({ port: 0, compression: false });
  const url = `${await server.start()}/stream`;
  try {
    const { status } = await fetch(url, { method: 'PUT', headers: { 'content-type': contentType } });
    expect(status).toBe(201);
    await run(url, server);
  } finally {
    const inner: unknown = Reflect.get(server, 'server');
    if (typeof inner === 'object' && inner !== null)
      Reflect.apply(Reflect.get(inner, 'closeAllConnections'), inner, []);
    await server.stop();
  }
}

const textOf = async (url: string): Promise<string> => (await fetch(url)).text();
const jsonOf = async (url: string): Promise<unknown> => (await fetch(url)).json();
const fast = { initialBackoff: 1, maxBackoff: 5 } as const;

describe('IdempotentProducer against the real server', () => {
  it('stores values of a JSON stream one by one, in order, and says where', () =>
    withStream('application/json', async (url) => {
      const producer = new IdempotentProducer(url, 'p', { maxBatchItems: 2 });
      const values = [{ a: 1 }, [1, 2], 'text', null, 7];
      const results = await Promise.all(values.map((value) => producer.append(value)));
      expect(await jsonOf(url)).toEqual(values);
      expect(results.map(({ seq }) => seq)).toEqual([0, 0, 1, 1, 2]);
      expect(
        results.every(({ duplicate, epoch, nextOffset }) => !duplicate && epoch === 0 && nextOffset !== undefined),
      ).toBe(true);
      expect(producer.state).toMatchObject({ epoch: 0, nextSeq: 3, pending: 0, pendingLength: 0, inFlight: 0 });
      producer.detach();
    }));

  it('puts text and bytes of other streams end to end', () =>
    withStream('text/plain', async (url) => {
      const producer = new IdempotentProducer(new URL(url), 'p');
      void producer.append('ab');
      void producer.append(new TextEncoder().encode('cd'));
      await producer.flush();
      expect(await textOf(url)).toBe('abcd');
      await expect(producer.append({ a: 1 })).rejects.toThrow(TypeError);
      producer.detach();
    }));

  it('takes the media type of a handle without asking', () =>
    withStream('application/json', async (url, server) => {
      server.injectFault('/stream', { status: 405, method: 'HEAD', count: 9 });
      const producer = new IdempotentProducer({ url, contentType: 'application/json; charset=utf-8' }, 'p');
      await producer.append(1);
      expect(await jsonOf(url)).toEqual([1]);
      producer.detach();
    }));

  it('keeps order over twenty pipelined batches', () =>
    withStream('application/json', async (url) => {
      const producer = new IdempotentProducer(url, 'p', { lingerMs: 0, maxBatchItems: 1, maxInFlight: 5, ...fast });
      for (let item = 0; item < 20; item += 1) void producer.append(item);
      await producer.flush();
      expect(await jsonOf(url)).toEqual(Array.from({ length: 20 }, (_, item) => item));
      producer.detach();
    }));

  it.each([
    ['500', { status: 500 }],
    ['503 with Retry-After', { status: 503, retryAfter: 0 }],
    ['429', { status: 429 }],
    ['a dropped connection', { dropConnection: true }],
  ])('repeats a batch after %s under the same number', (_, fault) =>
    withStream('application/json', async (url, server) => {
      const producer = new IdempotentProducer(url, 'p', { contentType: 'application/json', lingerMs: 0, ...fast });
      await producer.append('first');
      server.injectFault('/stream', { ...fault, count: 2, method: 'POST' });
      const { seq, duplicate } = await producer.append('second');
      expect({ seq, duplicate }).toEqual({ seq: 1, duplicate: false });
      expect(await jsonOf(url)).toEqual(['first', 'second']);
      producer.detach();
    }),
  );

  it('acknowledges as a duplicate what another life of the same epoch has stored', () =>
    withStream('application/json', async (url) => {
      const first = new IdempotentProducer(url, 'p');
      await first.append('one');
      first.detach();
      const second = new IdempotentProducer(url, 'p');
      expect(await second.append('other')).toEqual({ duplicate: true, nextOffset: undefined, epoch: 0, seq: 0 });
      expect(await jsonOf(url)).toEqual(['one']);
      second.detach();
    }));

  it('fails all that is pending with the epoch that has taken over, until restart', () =>
    withStream('application/json', async (url) => {
      const old = new IdempotentProducer(url, 'p', { maxBatchItems: 1 });
      await old.append('old');
      const young = new IdempotentProducer(url, 'p', { epoch: 4 });
      await young.append('young');
      const late = [old.append(1), old.append(2), old.append(3)];
      for (const append of late) await expect(append).rejects.toMatchObject({ code: 'stale_epoch', currentEpoch: 4 });
      await expect(old.append(4)).rejects.toBeInstanceOf(StaleEpochError);
      await expect(old.flush()).rejects.toBeInstanceOf(StaleEpochError);
      old.restart();
      // Not 1, which others may have had in between.
      expect(await old.append(5)).toMatchObject({ epoch: 5, seq: 0, duplicate: false });
      await expect(young.append(6)).rejects.toMatchObject({ code: 'stale_epoch', currentEpoch: 5 });
      expect(await jsonOf(url)).toEqual(['old', 'young', 5]);
      old.detach();
      young.detach();
    }));

  it('takes no number of the one that has fenced it: what that has stored would pass for a repeat', () =>
    withStream('application/json', async (url) => {
      const old = new IdempotentProducer(url, 'p', { epoch: 1, lingerMs: 0 });
      await old.append('old');
      const young = new IdempotentProducer(url, 'p', { autoClaim: true, lingerMs: 0 });
      for (const value of ['a', 'b']) await young.append(value);
      await expect(old.append(1)).rejects.toMatchObject({ currentEpoch: 2 });
      old.restart();
      for (const value of [2, 3]) expect(await old.append(value)).toMatchObject({ epoch: 3, duplicate: false });
      expect(await jsonOf(url)).toEqual(['old', 'a', 'b', 2, 3]);
      old.detach();
      young.detach();
    }));

  it('breaks where an epoch that it has begun itself turns out to be in use', () =>
    withStream('application/json', async (url) => {
      const old = new IdempotentProducer(url, 'p', { lingerMs: 0 });
      await old.append('old');
      const other = new IdempotentProducer(url, 'p', { epoch: 1, lingerMs: 0 });
      await other.append('other');
      // Nothing has told it of epoch 1.
      old.restart();
      await expect(old.append('lost')).rejects.toMatchObject({ code: 'stale_epoch', currentEpoch: 1 });
      old.restart();
      expect(await old.append('kept')).toMatchObject({ epoch: 2, duplicate: false });
      expect(await jsonOf(url)).toEqual(['old', 'other', 'kept']);
      old.detach();
      other.detach();
    }));

  it('sends nothing again that is stored, whatever onComplete says', () =>
    withStream('application/json', async (url) => {
      let posts = 0;
      const counted: typeof fetch = (input, init) => {
        posts += 1;
        return fetch(input, init);
      };
      const options = { contentType: 'application/json', onComplete: 'reconnect', fetch: counted, ...fast } as const;
      const producer = new IdempotentProducer(url, 'p', options);
      await producer.append(1);
      await new DurableStream(url, options).append(2);
      await sleep(20);
      expect(posts).toBe(2);
      expect(await jsonOf(url)).toEqual([1, 2]);
      producer.detach();
    }));

  it('claims the next epoch with autoClaim, and sends everything unacknowledged again under it, in order', () =>
    withStream('application/json', async (url) => {
      const old = new IdempotentProducer(url, 'p', { maxBatchItems: 1, lingerMs: 0, autoClaim: true });
      await old.append('old');
      const young = new IdempotentProducer(url, 'p', { epoch: 4 });
      await young.append('young');
      const results = await Promise.all([1, 2, 3, 4, 5, 6].map((value) => old.append(value)));
      expect(results.map(({ epoch, seq }) => [epoch, seq])).toEqual([0, 1, 2, 3, 4, 5].map((seq) => [5, seq]));
      expect(await jsonOf(url)).toEqual(['old', 'young', 1, 2, 3, 4, 5, 6]);
      expect(old.epoch).toBe(5);
      old.detach();
      young.detach();
    }));

  it('takes over from an earlier life of the same epoch with autoClaim, where the server would drop its values', () =>
    withStream('application/json', async (url) => {
      for (const life of [0, 1, 2]) {
        const producer = new IdempotentProducer(url, 'p', { autoClaim: true });
        await expect(producer.append(life)).resolves.toMatchObject({ epoch: life, seq: 0, duplicate: false });
        producer.detach();
      }
      expect(await jsonOf(url)).toEqual([0, 1, 2]);
    }));

  it('lets two eager claimers fight no longer than five claims', () =>
    withStream('application/json', async (url) => {
      const options = { autoClaim: true, lingerMs: 0, ...fast };
      const fighters = [new IdempotentProducer(url, 'p', options), new IdempotentProducer(url, 'p', options)];
      let lost: unknown;
      for (let round = 0; round < 12 && lost === undefined; round += 1) {
        for (const fighter of fighters) await fighter.append(round).catch((error: unknown) => (lost = error));
      }
      expect(lost).toBeInstanceOf(StaleEpochError);
      for (const fighter of fighters) fighter.detach();
    }));

  it('fails everything within one round trip when another writer has closed the stream, also after an idle time', () =>
    withStream('application/json', async (url) => {
      let posts = 0;
      const counted: typeof fetch = (input, init) => {
        if (init?.method === 'POST') posts += 1;
        return fetch(input, init);
      };
      const producer = new IdempotentProducer(url, 'p', { maxBatchItems: 1, lingerMs: 0, fetch: counted });
      await producer.append('one');
      await fetch(url, { method: 'POST', headers: { 'stream-closed': 'true' } });
      posts = 0;
      const results = await Promise.allSettled([2, 3, 4, 5, 6, 7, 8].map((value) => producer.append(value)));
      // None is sent twice, and none after the first refusal.
      expect(posts).toBeLessThanOrEqual(5);
      for (const result of results) {
        expect(result).toMatchObject({
          status: 'rejected',
          reason: { code: 'stream_closed', offset: expect.any(String) },
        });
      }
      await expect(producer.flush()).rejects.toBeInstanceOf(StreamClosedError);
      await expect(producer.append(9)).rejects.toBeInstanceOf(StreamClosedError);
      expect(await jsonOf(url)).toEqual(['one']);
      producer.detach();
    }));

  it('closes the stream through the producer, with a last value, over lost requests', () =>
    withStream('application/json', async (url, server) => {
      const producer = new IdempotentProducer(url, 'p', { ...fast });
      void producer.append(1);
      await producer.flush();
      server.injectFault('/stream', { dropConnection: true, count: 2, method: 'POST' });
      const [closed, again] = await Promise.all([producer.close({ body: 'last' }), producer.close()]);
      expect(again).toBe(closed);
      expect(closed).toMatchObject({ epoch: 0, seq: 1, nextOffset: expect.any(String) });
      const response = await fetch(url);
      expect(response.headers.get('stream-closed')).toBe('true');
      expect(await response.json()).toEqual([1, 'last']);
      await expect(producer.append(2)).rejects.toMatchObject({ code: 'already_closed' });
    }));

  it('closes without a value, as its first request too', () =>
    withStream('text/plain', async (url) => {
      await new IdempotentProducer(url, 'p', { autoClaim: true }).close();
      expect((await fetch(url, { method: 'HEAD' })).headers.get('stream-closed')).toBe('true');
      await expect(new IdempotentProducer(url, 'q').close()).rejects.toBeInstanceOf(StreamClosedError);
    }));

  it('fails on a missing stream and goes on when it is there, for both the HEAD and the POST', () =>
    withStream('application/json', async (url) => {
      const other = `${url}-2`;
      const asking = new IdempotentProducer(other, 'p');
      const telling = new IdempotentProducer(other, 'q', { contentType: 'application/json' });
      await expect(asking.append(1)).rejects.toMatchObject({ code: 'stream_not_found' });
      await expect(telling.append(1)).rejects.toMatchObject({ code: 'stream_not_found' });
      await fetch(other, { method: 'PUT', headers: { 'content-type': 'application/json' } });
      await asking.append(2);
      await telling.append(3);
      expect(await jsonOf(other)).toEqual([2, 3]);
      asking.detach();
      telling.detach();
    }));

  it('refuses a stream of another type without breaking the producer for good', () =>
    withStream('text/plain', async (url) => {
      const producer = new IdempotentProducer(url, 'p', { contentType: 'application/json' });
      await expect(producer.append(1)).rejects.toMatchObject({ code: 'content_type_mismatch' });
      expect(producer.state).toMatchObject({ error: undefined, pending: 0, nextSeq: 0 });
      producer.detach();
    }));

  it('sends an id beyond ASCII', () =>
    withStream('application/json', async (url) => {
      const producer = new IdempotentProducer(url, 'größe/π');
      await producer.append(1);
      await producer.append(2);
      expect(await jsonOf(url)).toEqual([1, 2]);
      await producer[Symbol.asyncDispose]();
    }));

  it('does nothing before the first append', () =>
    withStream('application/json', async (url, server) => {
      server.injectFault('/stream', { status: 418, count: 1 });
      const producer = new IdempotentProducer(url, 'p', { contentType: 'application/json' });
      await producer.flush();
      await sleep(20);
      expect((await fetch(url)).status).toBe(418);
      producer.detach();
    }));
});
