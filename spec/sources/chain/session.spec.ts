import { describe, expect, it } from '@jest/globals';
import { memoryCheckpoint } from '../../../lib/checkpoint.js';
import { chainSession } from '../../../sources/chain/session.js';
import { watch } from '../x/watch.js';
import { begin } from './begun-session.js';
import { batchLine, virtualService } from './virtual-service.js';

describe('chainSession and acknowledgments', () => {
  it('acknowledges what next has returned from, together and at the interval, and moves the position then', async () => {
    const { service, positions, control } = await begin();
    service.streams[0]?.send(batchLine('b1', [1]), batchLine('b2', [2]));
    await service.run(2_999);
    expect(service.acks()).toEqual([]);
    expect(control.position).toBeUndefined();
    await service.run(1);
    expect(service.acks()).toEqual([{ connection: 'c1', ids: ['b1', 'b2'], at: 3_000 }]);
    expect(positions).toEqual([undefined, 'rt_b2']);
  });

  it('acknowledges nothing by itself under manual', async () => {
    const { service, batches, control } = await begin({ acknowledge: 'manual', batchAckInterval: 10 });
    service.streams[0]?.send(batchLine('b1', [1]), batchLine('b2', [2]));
    await service.run(100);
    expect(service.acks()).toEqual([]);
    batches()[1]?.ack();
    batches()[1]?.ack();
    await service.run(100);
    expect(service.acks().map(({ ids }) => ids)).toEqual([['b2']]);
    expect(control.position).toBeUndefined();
    batches()[0]?.ack();
    await service.run(100);
    expect(control.position).toBe('rt_b2');
  });

  it('sends again what the service did not take, and what failed altogether', async () => {
    const session = await begin({ batchAckInterval: 100 });
    const { service, control, notices } = session;
    const answers = [{ status: 500 }, { status: 200, body: { failed_batch_ids: ['b2'] } }];
    service.answer = ({ path }) => (path.includes('/ack/') ? answers.shift() : undefined);
    service.streams[0]?.send(batchLine('b1', [1]), batchLine('b2', [2]), batchLine('b3', [3]));
    await service.run(1_000);
    expect(service.acks().map(({ ids }) => ids)).toEqual([['b1', 'b2', 'b3'], ['b1', 'b2', 'b3'], ['b2']]);
    expect(control.position).toBe('rt_b3');
    expect(notices.map(({ kind }) => kind)).toEqual(['ack_failed']);
  });

  it('connects again when the service does not know the connection of an acknowledgment', async () => {
    const { service, connections, types } = await begin({ batchAckInterval: 10 });
    service.answer = ({ path }) => (path.includes('/c1/ack/') ? { status: 404 } : undefined);
    service.streams[0]?.send(batchLine('b1', [1]));
    await service.run(25);
    expect(service.tokens()).toEqual([undefined, undefined]);
    expect(connections).toEqual(['c1', undefined, 'c2']);
    expect(types()).toEqual(['event_batch', 'error']);
  });

  it('sends the last acknowledgments on unsubscription, and those of handlers that outlast it', async () => {
    const { service, batches, watched, control } = await begin({ acknowledge: 'manual' });
    service.streams[0]?.send(batchLine('b1', [1]), batchLine('b2', [2]));
    await service.run();
    batches()[0]?.ack();
    watched.stop();
    await service.run();
    expect(service.streams[0]?.isOpen).toBe(false);
    batches()[1]?.ack();
    await service.run();
    expect(service.acks().map(({ connection, ids }) => [connection, ...ids])).toEqual([
      ['c1', 'b1'],
      ['c1', 'b2'],
    ]);
    expect(control.position).toBe('rt_b2');
  });

  it('ends when more batches are in hand than may be', async () => {
    const { service, watched, batches } = await begin({ acknowledge: 'manual', maxAckBacklog: 2 });
    service.streams[0]?.send(batchLine('b1', [1]), batchLine('b2', [2]), batchLine('b3', [3]));
    await service.run();
    expect(watched.error?.code).toBe('ack_backlog_full');
    expect(batches()).toHaveLength(2);
  });
});

describe('chainSession and its position', () => {
  it('begins at the token that it is given, and tells of it before the first batch', async () => {
    const { service, positions, control } = await begin({ resumeToken: 'rt_a+b/c=' });
    expect(service.tokens()).toEqual(['rt_a+b/c=']);
    expect([positions, control.position]).toEqual([['rt_a+b/c='], 'rt_a+b/c=']);
  });

  it('asks for the last acknowledged batch on every reconnect, not for where it began and not for what is in hand', async () => {
    const { service, batches } = await begin({ acknowledge: 'manual', batchAckInterval: 1, resumeToken: 'rt_0' });
    service.streams[0]?.send(batchLine('b1', [1]), batchLine('b2', [2]));
    await service.run();
    batches()[0]?.ack();
    await service.run(5);
    service.streams[0]?.cut();
    await service.run(20);
    expect(service.tokens()).toEqual(['rt_0', 'rt_b1']);
  });

  it('loads the checkpoint, saves what is acknowledged, and never overwrites it with nothing', async () => {
    const store = memoryCheckpoint({ 'chain:7': 'rt_saved' });
    const { service, watched, control } = await begin({
      checkpoint: store,
      resumeToken: 'rt_given',
      batchAckInterval: 1,
    });
    expect(service.tokens()).toEqual(['rt_saved']);
    await service.run(5_000);
    expect(await store.load('chain:7')).toBe('rt_saved');
    service.streams[0]?.send(batchLine('b1', [1]));
    await service.run(5);
    watched.stop();
    await control.drain();
    expect(await store.load('chain:7')).toBe('rt_b1');
  });

  it('fails when the checkpoint cannot be loaded, and when it cannot be saved three times', async () => {
    const bad = {
      load: () => Promise.reject(new TypeError('damaged')),
      save: () => undefined,
      delete: () => undefined,
    };
    const unloaded = chainSession(virtualService().client, 7, { checkpoint: bad });
    const failure = await new Promise((resolve) => unloaded.subscribe({ error: resolve }));
    expect(failure).toMatchObject({ message: 'damaged' });
    const full = { load: () => undefined, save: () => Promise.reject(new Error('full')), delete: () => undefined };
    const { service, watched, notices } = await begin({ checkpoint: full, batchAckInterval: 1 });
    for (const n of [1, 2, 3, 4]) {
      service.streams[0]?.send(batchLine(`b${n}`, [n]));
      await service.run(1_100);
    }
    expect(watched.error?.code).toBe('checkpoint_failed');
    expect(new Set(notices.map(({ kind }) => kind))).toEqual(new Set(['checkpoint_failed']));
  });
});

describe('chainSession for whoever steers it', () => {
  it('lets the position pass what was acknowledged by another way, and does not send it', async () => {
    const { service, control } = await begin({ acknowledge: 'manual', batchAckInterval: 1 });
    service.streams[0]?.send(batchLine('b1', [1]), batchLine('b2', [2]));
    await service.run();
    control.acknowledged(['b1', 'b2']);
    await service.run(10);
    expect([control.position, service.acks()]).toEqual(['rt_b2', []]);
  });

  it('begins where it is told, before checkpoint and token', async () => {
    const service = virtualService();
    const store = memoryCheckpoint({ 'chain:7': 'rt_saved' });
    const session = chainSession(
      service.client,
      7,
      { checkpoint: store, resumeToken: 'rt_given', scheduler: service.scheduler },
      { startAt: () => 'rt_last' },
    );
    const watched = watch(session);
    await service.run();
    watched.stop();
    expect(service.tokens()).toEqual(['rt_last']);
  });

  it('drains within five seconds, whatever the service does', async () => {
    const { service, control, watched } = await begin();
    service.answer = ({ path }) => (path.includes('/ack/') ? 'lost' : undefined);
    service.streams[0]?.send(batchLine('b1', [1]));
    await service.run();
    watched.stop();
    let drained = false;
    void control.drain().then(() => (drained = true));
    await service.run(4_999);
    expect(drained).toBe(false);
    await service.run(1);
    expect(drained).toBe(true);
  });
});
