import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { VirtualTimeScheduler } from 'rxjs';
import { createMonitor } from '../../../lib/state.js';
import { IdempotentProducer, type ProducerState } from '../../../sources/durable/idempotent-producer.js';
import type { ProducerOptions } from '../../../sources/durable/producer-options.js';
import { eventually } from '../../servers/eventually.js';
import { refusedUrl } from '../../servers/origin.js';
import {
  type PostFault,
  type ProducerLog,
  type ProducerLogOptions,
  startProducerLog,
} from '../../servers/producer-log.js';

const json = { contentType: 'application/json' } as const;

async function withLog(
  scripted: ProducerLogOptions,
  options: ProducerOptions,
  run: (producer: IdempotentProducer, log: ProducerLog) => Promise<void>,
): Promise<void> {
  await using log = await startProducerLog(scripted);
  const producer = new IdempotentProducer(log.url, 'p', { ...json, ...options });
  try {
    await run(producer, log);
  } finally {
    producer.detach();
  }
}

describe('what a producer holds, and for how long', () => {
  const unhandled: unknown[] = [];
  const listen = (reason: unknown): number => unhandled.push(reason);
  beforeEach(() => void process.on('unhandledRejection', listen));
  afterEach(() => {
    process.off('unhandledRejection', listen);
    expect(unhandled).toEqual([]);
  });

  it('waits lingerMs for company, and no longer than until a batch is full', () =>
    withLog({}, { lingerMs: 60, maxBatchItems: 3 }, async (producer, log) => {
      await producer.append('warm');
      const began = performance.now();
      const full = Promise.all([1, 2, 3].map((value) => producer.append(value)));
      const order: string[] = [];
      const rest = producer.append(4).then(() => order.push('rest'));
      await full.then(() => order.push('full'));
      await rest;
      expect(order).toEqual(['full', 'rest']);
      expect(performance.now() - began).toBeGreaterThanOrEqual(55);
      // On their way side by side, the second may come first, and once more.
      const batches = new Set(log.posts.map(({ items }) => JSON.stringify(items)));
      expect([...batches].sort()).toEqual(['["warm"]', '[1,2,3]', '[4]']);
    }));

  it('cuts batches by their length, and sends a value that is longer alone', () =>
    withLog({}, { maxBatchLength: 20, lingerMs: 0, maxInFlight: 1 }, async (producer, log) => {
      const long = 'x'.repeat(40);
      for (const value of ['aaaaaa', 'bbbbbb', 'cccccc', long, 'd', 'e']) void producer.append(value);
      await producer.flush();
      expect(log.posts.map(({ items }) => items)).toEqual([['aaaaaa', 'bbbbbb'], ['cccccc'], [long], ['d', 'e']]);
    }));

  it('hurries on flush', () =>
    withLog({}, { lingerMs: 5_000 }, async (producer, log) => {
      void producer.append(1);
      await producer.flush();
      expect(log.stored).toEqual([1]);
    }));

  it('refuses what passes maxQueued, and is ready again when there is room', () =>
    withLog({ fault: () => ({ delay: 15 }) }, { maxQueued: 3 }, async (producer, log) => {
      const taken = [1, 2, 3].map((value) => producer.append(value));
      await expect(producer.append(4)).rejects.toMatchObject({ code: 'queue_full' });
      const storedWhenReady = producer.ready.then(() => log.stored.length);
      await Promise.all(taken);
      expect(await storedWhenReady).toBe(3);
      await producer.append(5);
      expect(log.stored).toEqual([1, 2, 3, 5]);
      await expect(producer.flush()).rejects.toMatchObject({ code: 'queue_full' });
    }));

  it('never holds more than one value past maxQueuedLength when writers wait for ready', () =>
    withLog({}, { maxQueuedLength: 100, lingerMs: 0 }, async (producer, log) => {
      let most = 0;
      for (let value = 0; value < 60; value += 1) {
        await producer.ready;
        void producer.append(`${value}`.padStart(30));
        most = Math.max(most, producer.pendingLength);
      }
      await producer.flush();
      expect(most).toBeLessThan(100 + 33);
      expect(log.stored.length).toBe(60);
      expect(producer.pendingLength).toBe(0);
    }));

  it('tells of failures that nobody awaited: once by flush, once per batch by errors$', () =>
    withLog({ poison: 'bad' }, { lingerMs: 0 }, async (producer) => {
      const errors: unknown[] = [];
      producer.errors$.subscribe(({ code }) => errors.push(code));
      void producer.append('bad');
      void producer.append('too');
      await eventually(() => producer.pending === 0);
      await sleep(1);
      expect(errors).toEqual(['bad_request']);
      void producer.flush();
      await expect(producer.flush()).resolves.toBeUndefined();
      void producer.append('bad');
      await expect(producer.flush()).rejects.toMatchObject({ code: 'bad_request' });
      await expect(producer.flush()).resolves.toBeUndefined();
    }));

  it('refuses values that have no form, each on its own', () =>
    withLog({}, {}, async (producer, log) => {
      await expect(producer.append(undefined)).rejects.toThrow(TypeError);
      await expect(producer.append(1n)).rejects.toThrow(TypeError);
      await expect(producer.append(new Uint8Array(2))).rejects.toThrow(TypeError);
      await producer.append(1);
      expect(log.stored).toEqual([1]);
    }));

  it('copies a value when it is appended', () =>
    withLog({}, {}, async (producer, log) => {
      const value = { a: 1 };
      const append = producer.append(value);
      value.a = 2;
      await append;
      expect(log.stored).toEqual([{ a: 1 }]);
    }));

  it('checks values that came before the media type was known', async () => {
    await using log = await startProducerLog();
    const producer = new IdempotentProducer(log.url, 'p');
    const [bytes, text] = await Promise.allSettled([producer.append(new Uint8Array(2)), producer.append('text')]);
    expect([bytes?.status, text?.status]).toEqual(['rejected', 'fulfilled']);
    expect(log.stored).toEqual(['text']);
    producer.detach();
  });

  it.each<['in flight' | 'waiting' | 'lingering', ProducerLogOptions]>([
    ['in flight', { fault: () => ({ delay: 60 }) }],
    ['waiting', { fault: () => ({ status: 503 }) }],
    ['lingering', {}],
  ])('leaves no socket in use and no timer behind on detach while a batch is %s', (phase, scripted) => {
    const scheduler = new VirtualTimeScheduler();
    const lingerMs = phase === 'lingering' ? 1_000 : 0;
    return withLog(scripted, { scheduler, lingerMs }, async (producer, log) => {
      const live = (): number => scheduler.actions.filter(({ closed }) => !closed).length;
      const append = producer.append(1);
      scheduler.maxFrames = 0;
      scheduler.flush();
      if (phase !== 'lingering') await eventually(() => log.posts.length === 1);
      if (phase === 'waiting') await sleep(20);
      expect(live()).toBe(1);
      producer.detach();
      producer.detach();
      await expect(append).rejects.toMatchObject({ code: 'already_closed' });
      expect(live()).toBe(0);
      if (phase === 'in flight') await eventually(() => log.activeSockets === 0);
      await expect(producer.append(2)).rejects.toMatchObject({ code: 'already_closed' });
      await expect(producer.close()).rejects.toMatchObject({ code: 'already_closed' });
      expect(() => producer.restart()).toThrow();
      expect(producer.state).toMatchObject({ pending: 0, inFlight: 0 });
    });
  });

  it('stops at once when its signal is aborted, or was before, and lets go of the signal when it ends', async () => {
    const controller = new AbortController();
    await withLog({ fault: () => ({ delay: 50 }) }, { signal: controller.signal }, async (producer, log) => {
      const append = producer.append(1);
      await eventually(() => log.posts.length === 1);
      controller.abort(new Error('enough'));
      await expect(append).rejects.toMatchObject({ code: 'aborted' });
      await eventually(() => log.activeSockets === 0);
      await expect(producer.append(2)).rejects.toMatchObject({ code: 'aborted' });
    });
    const late = new IdempotentProducer(await refusedUrl(), 'p', { signal: controller.signal });
    await expect(late.append(1)).rejects.toMatchObject({ code: 'aborted' });
  });

  it('stays open where close could not flush, and closes later', () =>
    withLog({ poison: 'bad' }, {}, async (producer, log) => {
      void producer.append('bad');
      await expect(producer.close()).rejects.toMatchObject({ code: 'bad_request' });
      expect(log.state()?.closed ?? false).toBe(false);
      await producer.append('good');
      await producer.close();
      expect(log.state()).toMatchObject({ closed: true, lastSeq: 1 });
    }));

  it('refuses to restart in the middle of work, and takes the next epoch between two phases', () =>
    withLog({ fault: () => ({ delay: 5 }) }, {}, async (producer, log) => {
      const append = producer.append(1);
      expect(() => producer.restart()).toThrow(/flush/);
      await append;
      producer.restart();
      expect(producer.state).toMatchObject({ epoch: 1, nextSeq: 0 });
      await producer.append(2);
      expect(log.posts.map(({ epoch, seq }) => [epoch, seq])).toEqual([
        [0, 0],
        [1, 0],
      ]);
    }));

  it('shows what it does, by state$ and by a monitor that counts every connection once', () => {
    const monitor = createMonitor();
    const events: string[] = [];
    monitor.events$.subscribe(({ type }) => events.push(type));
    const fault = (index: number): PostFault => (index === 0 ? { status: 503 } : undefined);
    return withLog({ fault }, { monitor, initialBackoff: 1 }, async (producer) => {
      const seen: ProducerState[] = [];
      const subscription = producer.state$.subscribe((state) => seen.push(state));
      await producer.append(1);
      await eventually(() => seen.some(({ nextSeq, pending }) => nextSeq === 1 && pending === 0));
      subscription.unsubscribe();
      expect(events).toEqual(['error', 'reconnect', 'connect', 'disconnect']);
    });
  });

  it.each<[string, unknown[]]>([
    ['an empty id', ['http://h/s', '']],
    ['no id', ['http://h/s']],
    ['an id with a line break', ['http://h/s', 'a\nb']],
    ['an id of blanks', ['http://h/s', '  ']],
    ['a bad URL', ['nonsense', 'p']],
    ['a negative epoch', ['http://h/s', 'p', { epoch: -1 }]],
    ['an epoch past 2^53', ['http://h/s', 'p', { epoch: 2 ** 53 }]],
    ['maxInFlight 0', ['http://h/s', 'p', { maxInFlight: 0 }]],
    ['lingerMs as text', ['http://h/s', 'p', { lingerMs: '5' }]],
    ['maxBatchLength NaN', ['http://h/s', 'p', { maxBatchLength: Number.NaN }]],
    ['maxBatchItems Infinity', ['http://h/s', 'p', { maxBatchItems: Infinity }]],
    ['maxQueued null', ['http://h/s', 'p', { maxQueued: null }]],
    ['a content type that is none', ['http://h/s', 'p', { contentType: 'json' }]],
    ['an unknown option', ['http://h/s', 'p', { maxBatchBytes: 1 }]],
    ['autoClaim as a number', ['http://h/s', 'p', { autoClaim: 1 }]],
  ])('refuses %s when it is made', (_, args) => {
    expect(() => Reflect.construct(IdempotentProducer, args)).toThrow(TypeError);
  });
});
