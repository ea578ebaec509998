import { describe, expect, it } from '@jest/globals';
import type { Delivery } from '../../../lib/delivery.js';
import { createMonitor } from '../../../lib/state.js';
import type { EventBatch } from '../../../sources/chain/messages.js';
import { chainEvents, chainMessages } from '../../../sources/chain/streams.js';
import { watch } from '../x/watch.js';
import { batchLine, virtualService } from './virtual-service.js';

const ids = (values: readonly Delivery<EventBatch>[]): string[] => values.map(({ value }) => value.batchId);
const five = [1, 2, 3, 4, 5].map((n) => batchLine(`b${n}`, [n]));

describe('chainMessages', () => {
  it('gives everything, in order, and what is malformed or unknown too', async () => {
    const service = virtualService();
    const { client, scheduler } = service;
    const monitor = createMonitor();
    const watched = watch(chainMessages(client, 7, { scheduler, monitor }));
    await service.run();
    service.streams[0]?.send({ type: 'heartbeat', connection_id: 'c1', subscription_id: 7 }, 'oops\n', { type: 'new' });
    service.streams[0]?.send(batchLine('b1', [1]));
    await service.run();
    expect(watched.values.map(({ type }) => type)).toEqual(['heartbeat', 'malformed', 'unknown', 'event_batch']);
    expect(monitor.state).toMatchObject({ malformed: 1, totalItemsReceived: 1, isConnected: true });
    watched.stop();
    expect(monitor.state.isConnected).toBe(false);
  });

  it('does nothing before it is subscribed to, and is a session of its own each time', async () => {
    const service = virtualService();
    const messages = chainMessages(service.client, 7, { scheduler: service.scheduler });
    await service.run(10);
    expect(service.requests).toEqual([]);
    const both = [watch(messages), watch(messages)];
    await service.run();
    expect(service.streams.map(({ id }) => id)).toEqual(['c1', 'c2']);
    for (const one of both) one.stop();
    await service.run();
    expect(service.streams.map(({ isOpen }) => isOpen)).toEqual([false, false]);
  });
});

describe('chainEvents', () => {
  it('gives batches, acknowledged as they are taken', async () => {
    const service = virtualService();
    const watched = watch(chainEvents(service.client, 7, { scheduler: service.scheduler, batchAckInterval: 5 }));
    await service.run();
    service.streams[0]?.send({ type: 'heartbeat' }, ...five);
    await service.run(5);
    expect(watched.values.map(({ batchId }) => batchId)).toEqual(['b1', 'b2', 'b3', 'b4', 'b5']);
    expect(service.acks().map((ack) => ack.ids)).toEqual([['b1', 'b2', 'b3', 'b4', 'b5']]);
  });

  it('leaves what a consumer has left at unacknowledged', async () => {
    const service = virtualService();
    const seen: string[] = [];
    const subscription = chainEvents(service.client, 7, { scheduler: service.scheduler }).subscribe(({ batchId }) => {
      seen.push(batchId);
      if (batchId === 'b2') subscription.unsubscribe();
    });
    await service.run();
    service.streams[0]?.send(...five);
    await service.run(10);
    expect(seen).toEqual(['b1', 'b2']);
    expect(service.acks().map((ack) => ack.ids)).toEqual([['b1']]);
  });
});

describe('chainEvents with credit', () => {
  it('has no more than that out, and acknowledges what its handler has acknowledged', async () => {
    const service = virtualService();
    const { client, scheduler } = service;
    const watched = watch(chainEvents(client, 7, { maxUnacked: 2, scheduler, batchAckInterval: 5 }));
    await service.run();
    service.streams[0]?.send(...five);
    await service.run(10);
    expect(ids(watched.values)).toEqual(['b1', 'b2']);
    expect(watched.values.map(({ position }) => position)).toEqual(['rt_b1', 'rt_b2']);
    expect(service.acks()).toEqual([]);
    watched.values[1]?.ack();
    await service.run(10);
    expect([ids(watched.values), service.acks().map((ack) => ack.ids)]).toEqual([['b1', 'b2', 'b3'], [['b2']]]);
  });

  it('has one window over all connections', async () => {
    const service = virtualService();
    const { client, scheduler } = service;
    const pace = { initialBackoff: 10, maxBackoff: 10, batchAckInterval: 5 };
    const watched = watch(chainEvents(client, 7, { maxUnacked: 2, scheduler, ...pace }));
    await service.run();
    service.streams[0]?.send(...five);
    await service.run();
    service.streams[0]?.cut();
    let isFed = false;
    // Nobody reads while the window is full, so the broken socket is seen when there is credit.
    for (let at = 0; at < 6; at += 1) {
      watched.values[at]?.ack();
      await service.run(20);
      expect(watched.values.length).toBeLessThanOrEqual(at + 3);
      if (service.streams.length === 2 && !isFed) {
        isFed = true;
        const after = Number(service.streams[1]?.token?.slice(4) ?? 0);
        service.streams[1]?.send(...[1, 2, 3, 4, 5, 6].filter((n) => n > after).map((n) => batchLine(`n${n}`, [n])));
        await service.run(20);
      }
    }
    const values = watched.values.map(({ value }) => value.events['Transfer']?.[0]?.['value']);
    expect(values).toEqual(['1', '2', '3', '4', '5', '6']);
  });

  it('gives back credit only under manual', async () => {
    const service = virtualService();
    const { client, scheduler } = service;
    const options = { maxUnacked: 1, acknowledge: 'manual', batchAckInterval: 1, scheduler } as const;
    const watched = watch(chainEvents(client, 7, options));
    await service.run();
    service.streams[0]?.send(...five);
    await service.run();
    watched.values[0]?.ack();
    await service.run(10);
    expect([ids(watched.values), service.acks()]).toEqual([['b1', 'b2'], []]);
    watched.values[0]?.value.ack();
    await service.run(10);
    expect(service.acks().map((ack) => ack.ids)).toEqual([['b1']]);
  });

  it('ends with a failed delivery, and leaves a released one to the next session', async () => {
    const service = virtualService();
    const { client, scheduler } = service;
    const watched = watch(chainEvents(client, 7, { maxUnacked: 5, scheduler, batchAckInterval: 1 }));
    await service.run();
    service.streams[0]?.send(...five);
    await service.run();
    watched.values[0]?.release();
    watched.values[1]?.ack();
    watched.values[2]?.nack(new Error('no'));
    await service.run(10);
    expect(watched.error?.code).toBe('delivery_failed');
    expect(service.acks().map((ack) => ack.ids)).toEqual([['b2']]);
  });

  it('stands still while the books are full, and goes on', async () => {
    const service = virtualService();
    const { client, scheduler } = service;
    const options = { maxUnacked: 1, maxAckBacklog: 2, batchAckInterval: 5, scheduler };
    service.answer = ({ path, at }) => (path.includes('/ack/') && at < 500 ? { status: 500 } : undefined);
    const watched = watch(chainEvents(client, 7, options));
    await service.run();
    service.streams[0]?.send(...five);
    for (const n of [0, 1, 2, 3]) {
      await service.run(10);
      watched.values[n]?.ack();
    }
    expect(watched.values.length).toBeLessThan(4);
    await service.run(2_000);
    for (const n of [2, 3, 4]) {
      watched.values[n]?.ack();
      await service.run(200);
    }
    expect(ids(watched.values)).toEqual(['b1', 'b2', 'b3', 'b4', 'b5']);
    expect(watched.error).toBeUndefined();
  });

  it.each([
    [{ maxUnacked: 0 }, /maxUnacked/],
    [{ onFull: 'pause' }, /need "maxUnacked"/],
    [{ maxUnacked: 1, onFull: 'dropOldest' }, /onFull/],
    [{ batchAckInterval: Number.NaN }, /batchAckInterval/],
    [{ checkpointKey: 'a' }, /needs "checkpoint"/],
    [{ policy: { X: { action: 'dance' } } }, /policy\.X/],
    [{ clientMetadata: { a: {} } }, /clientMetadata/],
    [{ timeout: 1 }, /unknown option "timeout"/],
    [{ initialBackoff: 10, maxBackoff: 1 }, /maxBackoff/],
  ])('refuses %j at once', (options, message) => {
    const { client } = virtualService();
    // Callers in plain JavaScript.
    expect(() => Reflect.apply(chainEvents, undefined, [client, 7, options])).toThrow(message);
  });
});
