import { describe, expect, it } from '@jest/globals';
import { childMonitor, createMonitor } from '../../../lib/state.js';
import { beginAt, startRun } from '../../../sources/chain/chain-run.js';
import { keptChain } from '../../../sources/chain/kept-chain.js';
import type { ChainMessage } from '../../../sources/chain/messages.js';
import { type ChainStreamOptions, checkChain } from '../../../sources/chain/stream-options.js';
import { watch, type Watched } from '../x/watch.js';
import { batchLine, type VirtualService, virtualService } from './virtual-service.js';

async function kept(service: VirtualService, options: ChainStreamOptions = {}): Promise<Watched<ChainMessage>> {
  const { scheduler, client } = service;
  const checked = checkChain('spec', client, 7, { scheduler, initialBackoff: 10, jitter: false, ...options });
  const parts = { hooks: {}, monitor: childMonitor(options.monitor), handsOver: false, backlog: 100 };
  const run = startRun(checked, parts, () => undefined);
  beginAt(run, undefined);
  const watched = watch(keptChain(run));
  await service.run();
  return watched;
}

describe('keptChain', () => {
  it('gives up after its retries, with the last failure in the words of this ecosystem', async () => {
    const service = virtualService();
    service.answer = () => ({ status: 500 });
    const watched = await kept(service, { maxRetries: 2 });
    await service.run(100);
    expect(watched.error).toMatchObject({
      name: 'EventStreamerConnectionError',
      code: 'retries_exhausted',
      attempts: 3,
    });
    expect(service.requests.map(({ at }) => at)).toEqual([0, 10, 30]);
  });

  it('takes the id of the connection from its first message where the header is missing', async () => {
    const service = virtualService();
    service.namesConnections = false;
    const watched = await kept(service, { batchAckInterval: 1 });
    service.streams[0]?.send(batchLine('b1', [1], { connection_id: 'told' }));
    await service.run();
    const [batch] = watched.values;
    if (batch?.type === 'event_batch') batch.ack();
    await service.run(10);
    expect(service.acks().map(({ connection, ids }) => [connection, ...ids])).toEqual([['told', 'b1']]);
    watched.stop();
  });

  it.each(['', '.', '..'])('takes %j, which no path can hold, for no id, wherever the service says it', async (bad) => {
    const service = virtualService();
    service.namesConnections = bad;
    const watched = await kept(service, { batchAckInterval: 1, heartbeatInterval: 5 });
    service.streams[0]?.send(batchLine('b1', [1], { connection_id: bad }));
    await service.run();
    const [batch] = watched.values;
    if (batch?.type === 'event_batch') batch.ack();
    await service.run(20);
    expect(service.acks()).toEqual([]);
    service.streams[0]?.send(batchLine('b2', [2], { connection_id: 'told' }));
    await service.run(20);
    expect(service.acks().map(({ connection, ids }) => [connection, ...ids])).toEqual([['told', 'b1']]);
    watched.stop();
  });

  it('counts items and repeats, and every connect has its disconnect', async () => {
    const service = virtualService();
    const monitor = createMonitor();
    const events: string[] = [];
    monitor.events$.subscribe(({ type }) => events.push(type));
    const watched = await kept(service, { monitor });
    service.streams[0]?.send(batchLine('b1', [1]));
    await service.run();
    service.streams[0]?.cut();
    await service.run(20);
    service.streams[1]?.send(batchLine('n1', [1]), batchLine('n2', [2]));
    await service.run();
    watched.stop();
    expect(monitor.state).toMatchObject({ totalItemsReceived: 2, duplicates: 1, isConnected: false, phase: 'closed' });
    expect(events).toEqual(['connect', 'error', 'disconnect', 'reconnect', 'connect', 'disconnect']);
  });

  it('ends a wait and the heartbeats when it is left', async () => {
    const service = virtualService();
    const watched = await kept(service, { heartbeatInterval: 10, initialBackoff: 1_000 });
    service.streams[0]?.cut();
    await service.run(100);
    watched.stop();
    const { length } = service.requests;
    await service.run(10_000);
    expect(service.requests).toHaveLength(length);
  });
});
