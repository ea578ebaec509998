import { afterEach, describe, expect, it } from '@jest/globals';
import { firstValueFrom } from 'rxjs';
import type { Delivery } from '../../../lib/delivery.js';
import { createMonitor } from '../../../lib/state.js';
import { fetchTransport, type Transport } from '../../../lib/transport.js';
import { ackMap } from '../../../operators/ack-map.js';
import { redeliver } from '../../../operators/redeliver.js';
import type { PullWakeItem } from '../../../sources/durable/pull-wake-ledger.js';
import { pullWake, type PullWakeOptions } from '../../../sources/durable/pull-wake.js';
import { eventually } from '../../servers/eventually.js';
import { acked, closeAll, closing, local } from './wakes.js';

afterEach(closeAll);

describe('pullWake with the real server', () => {
  it('does nothing before it is subscribed to, then works on what is pending without a wake', async () => {
    const here = await local();
    await here.pen.create('events/a');
    const tail = await here.pen.append('events/a', 'one', ['two'], { three: 3 });
    const worker = here.work();
    await worker.seen(3);
    expect(worker.deliveries.map(({ value }) => value)).toEqual([
      { stream: 'events/a', value: 'one', offset: '-1/1' },
      { stream: 'events/a', value: ['two'], offset: '-1/2' },
      { stream: 'events/a', value: { three: 3 }, offset: expect.any(String) },
    ]);
    await eventually(async () => expect(await acked(here)).toEqual({ 'events/a': tail }));
    expect(worker.calls('claim')).toEqual([{ worker: 'w' }]);
    expect(worker.calls('ack')).toEqual([
      expect.objectContaining({ acks: [{ stream: 'events/a', offset: tail }], done: true }),
    ]);
  });

  it.each(['auto', 'long-poll', 'sse'] as const)('is woken by what comes later, following by %s', async (live) => {
    const here = await local();
    const worker = here.work({ live });
    await eventually(() => worker.calls('claim').length === 1);
    await here.pen.create('events/a');
    for (let n = 1; n <= 5; n += 1) {
      await here.pen.append('events/a', n);
      await worker.seen(n);
    }
    expect(worker.values).toEqual([1, 2, 3, 4, 5]);
    expect(worker.error).toBeUndefined();
  });

  it('reads several streams, each in order, and acknowledges each to its end', async () => {
    const here = await local();
    const tails: Record<string, string> = {};
    for (const name of ['a', 'b', 'c/d', 'e', 'f', 'g']) {
      await here.pen.create(`events/${name}`);
      tails[`events/${name}`] = await here.pen.append(`events/${name}`, `${name}1`, `${name}2`, `${name}3`);
    }
    const worker = here.work({ concurrency: 2 });
    await worker.seen(18);
    for (const stream of Object.keys(tails)) {
      const name = stream.replace('events/', '');
      const values = worker.deliveries.filter(({ value }) => value.stream === stream).map(({ value }) => value.value);
      expect(values).toEqual([1, 2, 3].map((n) => `${name}${n}`));
    }
    await eventually(async () => expect(await acked(here)).toEqual(tails));
  });

  it('gives a stream that is not JSON in pieces of bytes', async () => {
    const here = await local();
    const headers = { 'content-type': 'application/octet-stream' };
    await fetch(`${here.root}/events/raw`, { method: 'PUT', headers });
    await fetch(`${here.root}/events/raw`, { method: 'POST', headers, body: 'some bytes' });
    const worker = here.work();
    await worker.seen(1);
    const pieces = worker.values.map((value) => (ArrayBuffer.isView(value) ? Buffer.from(value.buffer) : Buffer.of()));
    expect(Buffer.concat(pieces).toString()).toContain('some bytes');
  });

  it('acknowledges nothing behind a gap: what is not handled keeps the lease, and comes again after it', async () => {
    const here = await local();
    await here.pen.create('events/a');
    await here.pen.append('events/a', 1, 2, 3);
    const held: Delivery<PullWakeItem>[] = [];
    const worker = here.work({}, (delivery) => (delivery.value.value === 2 ? held.push(delivery) : delivery.ack()));
    await worker.seen(3);
    expect(await acked(here)).toEqual({ 'events/a': '-1' });
    worker.subscription.unsubscribe();
    await eventually(() => worker.calls('release').length === 1);
    held[0]?.ack();
    const next = here.work({ worker: 'v' });
    await next.seen(3);
    expect(next.values).toEqual([1, 2, 3]);
  });

  it('tells the server on leaving what is acknowledged, so that none of it comes again', async () => {
    const here = await local();
    await here.pen.create('events/a');
    await here.pen.create('events/b');
    const tail = await here.pen.append('events/a', 1, 2);
    await here.pen.append('events/b', 3);
    // Acknowledgments before the last one do not get through.
    const stuck: Transport = (request) => {
      const isEarly = request.url.endsWith('/ack') && String(request.body).includes('"done":false');
      return isEarly ? new Promise(() => undefined) : fetchTransport()(request);
    };
    const worker = here.work({ transport: stuck }, (delivery) => {
      if (delivery.value.stream === 'events/a') delivery.ack();
    });
    await worker.seen(3);
    worker.subscription.unsubscribe();
    await eventually(async () => expect(await acked(here)).toMatchObject({ 'events/a': tail, 'events/b': '-1' }));
    const next = here.work({ worker: 'v' });
    await next.seen(1);
    expect(next.values).toEqual([3]);
  });

  it('has no more out than its credit, over all streams', async () => {
    const here = await local();
    for (const name of ['a', 'b', 'c']) {
      await here.pen.create(`events/${name}`);
      await here.pen.append(`events/${name}`, ...Array.from({ length: 10 }, (_, n) => n));
    }
    const monitor = createMonitor();
    const out: Delivery<PullWakeItem>[] = [];
    const worker = here.work({ maxUnacked: 4, monitor }, (delivery) => out.push(delivery));
    await worker.seen(4);
    let most = 0;
    while (worker.deliveries.length < 30) {
      await new Promise((resolve) => setImmediate(resolve));
      most = Math.max(most, out.length, monitor.state.outstanding);
      out.shift()?.ack();
    }
    expect(most).toBe(4);
    for (const delivery of out) delivery.ack();
    await eventually(() => worker.calls('ack').some((body) => JSON.stringify(body).includes('"done":true')));
    expect(monitor.state.outstanding).toBe(0);
  });

  it('ends with delivery_failed on a nack, and gives the lease back', async () => {
    const here = await local();
    await here.pen.create('events/a');
    await here.pen.append('events/a', 1, 2, 3);
    const worker = here.work({}, (delivery) => (delivery.value.value === 2 ? delivery.nack('no') : delivery.ack()));
    await eventually(() => expect(worker.error).toMatchObject({ code: 'delivery_failed', cause: 'no' }));
    expect(worker.values).toEqual([1, 2]);
    await eventually(() => worker.calls('release').length === 1);
    await expect(firstValueFrom(here.subscriptions.claim('s', { worker: 'v' }))).resolves.toMatchObject({
      worker: 'v',
    });
  });

  it('leaves a nack to redeliver where it stands behind', async () => {
    const here = await local();
    await here.pen.create('events/a');
    const tail = await here.pen.append('events/a', 1, 2);
    const tries: unknown[] = [];
    const subscription = pullWake({ root: here.root, subscription: 's', worker: 'w' })
      .pipe(
        redeliver({ max: 3, backoff: { initialBackoff: 1 } }),
        ackMap(async ({ value }, { attempt }) => {
          tries.push([value, attempt]);
          if (value === 1 && attempt < 3) throw new Error('not yet');
        }),
      )
      .subscribe();
    closing.push(() => subscription.unsubscribe());
    await eventually(async () => expect(await acked(here)).toEqual({ 'events/a': tail }));
    expect(tries).toEqual(
      expect.arrayContaining([
        [1, 1],
        [1, 2],
        [1, 3],
        [2, 1],
      ]),
    );
  });

  it('delivers again, on another claim, what was released', async () => {
    const here = await local();
    await here.pen.create('events/a');
    const tail = await here.pen.append('events/a', 1, 2);
    let releases = 2;
    const worker = here.work({}, (delivery) => {
      if (delivery.value.value === 1 && releases-- > 0) delivery.release();
      else delivery.ack();
    });
    await worker.seen(6);
    expect(worker.values).toEqual([1, 2, 1, 2, 1, 2]);
    await eventually(async () => expect(await acked(here)).toEqual({ 'events/a': tail }));
    expect(worker.calls('claim')).toHaveLength(3);
  });

  it('completes when the wake stream is closed, after the work in hand', async () => {
    const here = await local();
    await here.pen.create('events/a');
    await here.pen.append('events/a', 1);
    const held: Delivery<PullWakeItem>[] = [];
    const worker = here.work({}, (delivery) => held.push(delivery));
    await worker.seen(1);
    await here.pen.close('wakes');
    await eventually(() => worker.requests.some(({ line }) => line.endsWith('/wakes')));
    expect(worker.isComplete).toBe(false);
    held[0]?.ack();
    await eventually(() => worker.isComplete);
    expect(worker.error).toBeUndefined();
  });
});

describe('pullWake', () => {
  const options = { root: 'http://127.0.0.1:9/v1/stream', subscription: 's', worker: 'w' };

  it.each([
    ['subscription', { subscription: '' }],
    ['worker', { worker: 7 }],
    ['root', { root: 'v1/stream' }],
    ['wakeStream', { create: true, pattern: 'a' }],
    ['"pattern" or option "streams"', { create: true, wakeStream: 'w' }],
    ['pattern', { pattern: 'a' }],
    ['leaseTtl', { leaseTtl: 5 }],
    ['leaseTtl', { create: true, wakeStream: 'w', pattern: 'a', leaseTtl: 1.5 }],
    ['maxUnacked', { maxUnacked: 0 }],
    ['concurrency', { concurrency: 1.5 }],
    ['live', { live: true }],
    ['mode', { mode: 'text' }],
    ['maxUnaked', { maxUnaked: 3 }],
  ])('refuses options that cannot be, at once: %s', (said, change) => {
    const wrong = Object.assign<PullWakeOptions, object>({ ...options }, change);
    expect(() => pullWake(wrong)).toThrow(
      expect.objectContaining({ name: 'TypeError', message: expect.stringContaining(said) }),
    );
  });

  it('refuses to be called with nothing', () => {
    expect(() => Reflect.apply(pullWake, undefined, [])).toThrow('pullWake: options must be an object');
  });
});
