import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { firstValueFrom, toArray } from 'rxjs';
import { memoryCheckpoint } from '../../../lib/checkpoint.js';
import type { Delivery } from '../../../lib/delivery.js';
import { createMonitor } from '../../../lib/state.js';
import { checkpoint } from '../../../operators/checkpoint.js';
import { drain } from '../../../operators/drain.js';
import { durableStream } from '../../../sources/durable/streams.js';
import { startDurable } from '../../servers/durable.js';
import { eventually } from '../../servers/eventually.js';
import { startOrigin } from '../../servers/origin.js';
import { answer, chunk, endChunks, reset, waitFor } from '../../servers/origin-steps.js';
import { closing, watch } from '../x/watch.js';

const add = closing();
const json = 'application/json';
const head = (nextOffset: string, more: Record<string, string> = {}) => ({
  'content-type': json,
  'stream-next-offset': nextOffset,
  ...more,
});
const tail = { 'stream-up-to-date': 'true' };
const valuesOf = (deliveries: readonly Delivery<unknown>[]): unknown[] => deliveries.map(({ value }) => value);

/** Pages of a stream of numbers; each page also tells its middle, so that a resume may begin anywhere. */
async function pagedNumbers(sizes: readonly number[]) {
  const offsets = sizes.map((_, page) => `p${page + 1}`);
  let next = 0;
  const bodies = sizes.map((size) => JSON.stringify(Array.from({ length: size }, () => next++)));
  const origin = add(
    await startOrigin(({ path }) => {
      const page = Math.max(0, offsets.indexOf(new URLSearchParams(path.split('?')[1]).get('offset') ?? '') + 1);
      const body = bodies[page] ?? '[]';
      const last = page >= sizes.length - 1;
      return [answer(200, head(offsets[page] ?? offsets.at(-1) ?? '', last ? tail : {}), body)];
    }),
  );
  return { url: `${origin.url}/s`, total: next };
}

describe('deliveries of a stream', () => {
  it('acknowledged in any order resume with exactly the rest', async () => {
    const { url, total } = await pagedNumbers([3, 1, 4, 0, 2]);
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray(Array.from({ length: total }, (_, n) => n)),
        fc.nat(total),
        async (order, acked) => {
          const store = memoryCheckpoint();
          const saved = checkpoint(store, 'k');
          const seen = watch(durableStream(url, { live: false, maxUnacked: total + 1 }).pipe(saved));
          await eventually(() => seen.values.length === total);
          const done = new Set(order.slice(0, acked));
          for (const at of order.slice(0, acked)) seen.values[at]?.ack();
          seen.stop();
          await saved.drain();
          const first = Array.from({ length: total }, (_, n) => n).find((n) => !done.has(n)) ?? total;
          const offset = await store.load('k');
          const rest = await firstValueFrom(durableStream(url, { live: false, offset }).pipe(toArray()));
          expect(rest).toEqual(Array.from({ length: total - first }, (_, n) => first + n));
        },
      ),
      { numRuns: 25 },
    );
  });

  it('resume behind a response by the offset of the server, so that nothing is read again', async () => {
    const { url } = await pagedNumbers([2, 2]);
    const deliveries = await firstValueFrom(durableStream(url, { live: false, maxUnacked: 9 }).pipe(toArray()));
    expect(deliveries.map(({ position }) => position)).toEqual(['-1/1', 'p1', 'p1/1', 'p2']);
  });

  it('are never more than maxUnacked, across connections, and go on as credit comes back', async () => {
    let release = (): void => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    const origin = add(
      await startOrigin([
        [answer(200, head('b', tail)), chunk('[1,2,3'), reset()],
        [waitFor(held), answer(200, head('b', tail)), chunk('[1,2,3,4,5,6]'), endChunks()],
      ]),
    );
    const monitor = createMonitor();
    const retry = { initialBackoff: 1, maxBackoff: 1 };
    const seen = watch(durableStream(`${origin.url}/s`, { live: false, maxUnacked: 2, monitor, ...retry }));
    await eventually(() => expect(seen.values).toHaveLength(2));
    release();
    for (let at = 0; at < 6; at += 1) {
      await eventually(() => seen.values.length > at);
      expect(monitor.state.outstanding).toBeLessThanOrEqual(2);
      seen.values[at]?.ack();
    }
    await seen.ended;
    expect([valuesOf(seen.values), monitor.state.outstanding]).toEqual([[1, 2, 3, 4, 5, 6], 0]);
  });

  it('stop the reading while all credit is out', async () => {
    const server = add(await startDurable());
    const text = 'x'.repeat(1_000);
    const body = JSON.stringify(Array.from({ length: 5_000 }, (_, n) => ({ n, text })));
    const url = await server.create('/s', json, body);
    const monitor = createMonitor();
    const seen = watch(durableStream(url, { live: false, maxUnacked: 10, monitor }));
    await eventually(() => expect(seen.values).toHaveLength(10));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect([seen.values.length, monitor.state.outstanding]).toEqual([10, 10]);
    expect(monitor.state.bytesReceived).toBeLessThan(500_000);
    for (let at = 0; at < 5_000; at += 1) {
      if (seen.values.length <= at) await eventually(() => seen.values.length > at);
      seen.values[at]?.ack();
    }
    await seen.ended;
    expect([seen.completed, seen.values.length]).toEqual([true, 5_000]);
  });

  it.each([
    ['error', [], 'slow_consumer'],
    ['dropOldest', [1, 5, 6], undefined],
    ['dropNewest', [1, 2, 3], undefined],
  ] as const)('do under %s what it says with what waits', async (onFull, left, code) => {
    const server = add(await startDurable());
    const url = await server.create('/s', json, '[1,2,3,4,5,6]');
    const options = { live: false, maxUnacked: 1, maxQueued: 2, onFull } as const;
    const seen = watch(durableStream(url, options));
    await eventually(() => seen.values.length === 1);
    if (code !== undefined) {
      // What waits is delivered before the error.
      for (let at = 0; at < seen.values.length; at += 1) seen.values[at]?.ack();
      await seen.ended;
      expect(seen.error?.code).toBe(code);
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 30));
    for (let at = 0; at < seen.values.length; at += 1) seen.values[at]?.ack();
    await seen.ended;
    expect(valuesOf(seen.values)).toEqual(left);
  });

  it('end the stream with a nack that nobody redelivers', async () => {
    const server = add(await startDurable());
    const seen = watch(durableStream(await server.create('/s', json, '[1]'), { maxUnacked: 1 }));
    await eventually(() => expect(seen.values).toHaveLength(1));
    seen.values[0]?.nack('no');
    await seen.ended;
    expect(seen.error?.code).toBe('delivery_failed');
  });

  it('of text have positions before a character that is cut, so that a resume has it whole', async () => {
    const text = 'aé€😀z';
    const all = new TextEncoder().encode(text);
    for (let at = 1; at < all.length; at += 1) {
      const bodies: Record<string, [string, Uint8Array]> = {
        '-1': ['b', all.subarray(0, at)],
        b: ['c', all.subarray(at)],
      };
      const origin = add(
        await startOrigin(({ path }) => {
          const [next, body] = bodies[new URLSearchParams(path.split('?')[1]).get('offset') ?? ''] ?? ['c', all];
          const type = { 'content-type': 'text/plain', 'stream-next-offset': next };
          return [answer(200, next === 'c' ? { ...type, ...tail } : type, body)];
        }),
      );
      const options = { mode: 'text', live: false } as const;
      const deliveries = await firstValueFrom(
        durableStream(`${origin.url}/s`, { ...options, maxUnacked: 9 }).pipe(toArray()),
      );
      expect(valuesOf(deliveries).join('')).toBe(text);
      const [first] = deliveries;
      const rest = durableStream(`${origin.url}/s`, { ...options, offset: first?.position });
      const resumed = await firstValueFrom(rest.pipe(toArray()));
      expect(`${first?.value ?? ''}${resumed.join('')}`).toBe(text);
    }
  });

  it('are saved when the process is told to stop', async () => {
    const server = add(await startDurable());
    const url = await server.create('/s', json, '[1,2,3]');
    const store = memoryCheckpoint();
    const saved = checkpoint(store, 'k', { every: 60_000 });
    const handled: unknown[] = [];
    const subscription = durableStream(url, { maxUnacked: 2 })
      .pipe(saved)
      .subscribe((delivery) => {
        handled.push(delivery.value);
        if (delivery.value !== 3) delivery.ack();
      });
    await eventually(() => expect(handled).toEqual([1, 2, 3]));
    await drain(subscription, saved);
    expect(await store.load('k')).toBe('-1/2');
  });
});
