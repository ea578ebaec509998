import { describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../../servers/eventually.js';
import { type PostFault, type ProducerLog } from '../../servers/producer-log.js';
import { appendAll, numbers, withLog } from './logged-producer.js';

/** Faults by the number of the POST. */
const at =
  (faults: Readonly<Record<number, PostFault>>) =>
  (index: number): PostFault =>
    faults[index];

describe('a producer whose requests go wrong', () => {
  it('hears of a stored batch as a duplicate when the answer was lost', () =>
    withLog({ fault: at({ 0: { lose: 'answer' } }) }, {}, async (producer, log) => {
      expect(await producer.append('a')).toEqual({ duplicate: true, nextOffset: undefined, epoch: 0, seq: 0 });
      expect(log.stored).toEqual(['a']);
    }));

  it('keeps later batches in their places while one in the middle of the pipeline fails', () =>
    withLog({ fault: at({ 2: { status: 500 }, 6: { lose: 'answer' } }) }, {}, async (producer, log) => {
      expect(await appendAll(producer, numbers(12))).toEqual(numbers(12));
      expect(log.stored).toEqual(numbers(12));
    }));

  it('sends again, unchanged, what has overtaken an earlier batch', () =>
    withLog({ fault: at({ 1: { delay: 30 } }) }, {}, async (producer, log) => {
      expect(await appendAll(producer, numbers(6))).toEqual(numbers(6));
      expect(log.stored).toEqual(numbers(6));
      expect(log.posts.filter(({ status }) => status === 409).length).toBeGreaterThan(0);
      for (const { seq, items } of log.posts) expect(items).toEqual([seq]);
    }));

  it('pipelines nothing before the first batch of an epoch is accepted', () =>
    withLog({ fault: at({ 0: { delay: 60 } }) }, {}, async (producer, log) => {
      const appends = appendAll(producer, numbers(4));
      await eventually(() => log.posts.length > 0);
      await sleep(10);
      expect(log.posts.length).toBe(1);
      await appends;
      expect(log.stored).toEqual(numbers(4));
    }));

  it('asks what the server knows before it claims, so that no repeat can pass for an acknowledgment', () =>
    withLog({ fault: at({ 0: { lose: 'request' } }) }, { autoClaim: true }, async (producer, log) => {
      log.takeOver(0);
      expect(await producer.append('mine')).toMatchObject({ epoch: 1, seq: 0, duplicate: false });
      expect(log.stored).toEqual(['mine']);
    }));

  it('claims again when another producer claims the same epoch a moment before', async () => {
    let log: ProducerLog | undefined;
    const fault = (index: number): undefined => void (index === 1 && log?.takeOver(0));
    await withLog({ fault }, { autoClaim: true }, async (producer, started) => {
      log = started;
      expect(await producer.append('mine')).toMatchObject({ epoch: 1, seq: 0, duplicate: false });
      expect(log.stored).toEqual(['mine']);
    });
  });

  it('has no more than maxInFlight requests under way', () =>
    withLog(
      { fault: (index) => (index === 0 ? undefined : { delay: 40 }) },
      { maxInFlight: 3 },
      async (producer, log) => {
        await producer.append('first');
        const appends = appendAll(producer, numbers(9));
        await eventually(() => log.posts.length === 4);
        await sleep(10);
        expect(log.posts.length).toBe(4);
        await appends;
      },
    ));

  it('fails a refused batch alone and gives its number to the next', () =>
    withLog({ poison: 'bad' }, {}, async (producer, log) => {
      const seqs = await appendAll(producer, [0, 1, 'bad', 3, 4, 5, 'bad', 7, 8]);
      expect(seqs).toEqual([0, 1, undefined, 2, 3, 4, undefined, 5, 6]);
      expect(log.stored).toEqual([0, 1, 3, 4, 5, 7, 8]);
      await expect(producer.flush()).rejects.toMatchObject({ code: 'bad_request', statusCode: 400 });
      await expect(producer.flush()).resolves.toBeUndefined();
      expect(producer.nextSeq).toBe(7);
    }));

  it('does not let a lost request take the number of another batch after a refusal', () =>
    withLog(
      { poison: 'bad', fault: (_, { items }) => (items[0] === 'lost' ? { processAfter: 40 } : undefined) },
      { maxBackoff: 50, initialBackoff: 30, jitter: 'none' },
      async (producer, log) => {
        await producer.append(0);
        const results = await Promise.allSettled(['bad', 'lost', 3].map((value) => producer.append(value)));
        expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
        expect(results[1]).toMatchObject({ reason: { code: 'outcome_unknown' } });
        await expect(producer.append(4)).rejects.toMatchObject({ code: 'outcome_unknown' });
        producer.restart();
        expect(await producer.append(5)).toMatchObject({ epoch: 1, seq: 0 });
        await sleep(60);
        expect(log.stored).toEqual([0, 5]);
      },
    ));

  it('shuts a lost request out by a new epoch of its own where it may claim one', () => {
    let lost = 0;
    return withLog(
      { poison: 'bad', fault: (_, { items }) => (items[0] === 2 && lost++ === 0 ? { processAfter: 40 } : undefined) },
      { autoClaim: true },
      async (producer, log) => {
        await producer.append(0);
        expect(await appendAll(producer, ['bad', 2, 3])).toEqual([undefined, 0, 1]);
        await sleep(60);
        expect(log.stored).toEqual([0, 2, 3]);
        expect(producer.epoch).toBe(1);
      },
    );
  });

  it('sends a batch that is too large in halves, in order, and fails only a single value', () =>
    withLog({ maxItems: 3 }, { maxBatchItems: 16 }, async (producer, log) => {
      const seqs = await appendAll(producer, numbers(40));
      expect(log.stored).toEqual(numbers(40));
      expect(new Set(seqs).size).toBe(log.posts.filter(({ status }) => status === 200).length);
    }).then(() =>
      withLog({ maxItems: 0 }, {}, async (producer) => {
        await expect(producer.append(1)).rejects.toMatchObject({ code: 'payload_too_large', statusCode: 413 });
      }),
    ));

  it('sends everything again under the epoch that it claims, and what the old one stored only once', () =>
    withLog(
      { fault: (index, { epoch }) => (index > 0 && epoch === 0 ? { delay: 5 * index } : undefined) },
      { autoClaim: true },
      async (producer, log) => {
        await producer.append('first');
        const appends = appendAll(producer, numbers(8));
        await eventually(() => log.stored.length >= 3);
        log.takeOver(7);
        const seqs = await appends;
        expect(log.stored).toEqual(['first', ...numbers(8)]);
        expect(seqs.slice(0, 2)).toEqual([1, 2]);
        expect(producer.epoch).toBe(8);
      },
    ));

  it('asks onError about 401, and goes on in order with what it gives', () => {
    let asked = 0;
    const onError = async (): Promise<{ headers: { authorization: string } }> => {
      asked += 1;
      await sleep(5);
      return { headers: { authorization: 'Bearer fresh' } };
    };
    return withLog({ fault: at({ 2: { status: 401 } }) }, { onError }, async (producer, log) => {
      expect(await appendAll(producer, numbers(8))).toEqual(numbers(8));
      expect(log.stored).toEqual(numbers(8));
      expect(asked).toBe(1);
      expect(log.requests.at(-1)?.headers['authorization']).toBe('Bearer fresh');
    });
  });

  it('fails everything on 401 without a handler, and goes on later under the same numbers', () =>
    withLog(
      { fault: (index) => (index >= 2 && index < 8 ? { status: 401 } : undefined) },
      {},
      async (producer, log) => {
        expect(await appendAll(producer, numbers(6))).toEqual([0, 1, ...numbers(4).map(() => undefined)]);
        await eventually(() => producer.state.inFlight === 0);
        while (log.posts.length < 8) await producer.append('again').catch(() => undefined);
        const { seq } = await producer.append('at last');
        expect(log.stored).toEqual([0, 1, 'at last']);
        expect(seq).toBe(2);
      },
    ));

  it('gives up after maxRetries with a doubt that only a new epoch ends', () =>
    withLog(
      { fault: (_, { epoch }) => (epoch === 0 ? { lose: 'answer' } : undefined) },
      { maxRetries: 2 },
      async (producer, log) => {
        await expect(producer.append(0)).rejects.toMatchObject({ code: 'retries_exhausted', attempts: 3 });
        await expect(producer.append(1)).rejects.toMatchObject({ code: 'retries_exhausted' });
        producer.restart();
        expect(await producer.append(2)).toMatchObject({ epoch: 1, seq: 0, duplicate: false });
        expect(log.stored).toEqual([0, 2]);
      },
    ));

  it('says so when the server has forgotten what it acknowledged, or expects a later number', async () => {
    await withLog({}, {}, async (producer, log) => {
      await appendAll(producer, [0, 1]);
      log.forget();
      expect(await appendAll(producer, [2, 3])).toEqual([undefined, undefined]);
      expect(producer.state.error).toMatchObject({ code: 'sequence_gap', expectedSeq: 0, receivedSeq: 2 });
    });
    const ahead = { status: 409, headers: { 'producer-expected-seq': '9', 'producer-received-seq': '0' } };
    await withLog({ fault: () => ahead }, {}, async (producer, log) => {
      await expect(producer.append(0)).rejects.toMatchObject({ code: 'protocol_error' });
      expect(log.posts.length).toBe(1);
    });
  });

  it('tells those of their storage that were stored before the stream was closed', () =>
    withLog({ fault: (index) => (index === 1 ? { delay: 20 } : undefined) }, {}, async (producer, log) => {
      await producer.append(0);
      const appends = appendAll(producer, [1, 2, 3]);
      await eventually(() => log.stored.length >= 2);
      log.closeStream();
      expect((await appends)[0]).toBe(1);
      expect(log.stored.slice(0, 2)).toEqual([0, 1]);
      const count = log.posts.length;
      await expect(producer.append(4)).rejects.toMatchObject({ code: expect.stringMatching('stream_closed') });
      expect(log.posts.length - count).toBeLessThanOrEqual(1);
    }));
});
