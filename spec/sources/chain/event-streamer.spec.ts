import { afterEach, describe, expect, it } from '@jest/globals';
import { firstValueFrom, take, toArray } from 'rxjs';
import { eventStreamer, type EventStreamer } from '../../../sources/chain/event-streamer.js';
import type { EventBatch } from '../../../sources/chain/messages.js';
import { transferEvent, transferTopic } from '../../servers/erc20.js';
import type { EventStreamerServer, EventStreamerServerOptions } from '../../servers/event-streamer.js';
import { chainHarness } from '../../servers/event-streamer-harness.js';
import { eventually } from '../../servers/eventually.js';
import type { ScriptedChain } from '../../servers/scripted-chain.js';

const harness = chainHarness();
afterEach(() => harness.closeAll());

interface Local {
  readonly client: EventStreamer;
  readonly server: EventStreamerServer;
  readonly chain: ScriptedChain;
}

async function local(options: EventStreamerServerOptions = {}): Promise<Local> {
  const { server, chain } = await harness.start({ token: 'secret', ...options });
  const headers = { Authorization: 'Bearer secret' };
  return { client: eventStreamer({ serviceUrl: server.url, subscriberId: 'spec', headers }), server, chain };
}

function create({ client, chain }: Local, more: { endBlock?: number } = {}): Promise<{ readonly id: number }> {
  const { chainId, token } = chain;
  const definition = { eventSignature: transferEvent, addresses: [token], startBlock: 0, chainId, ...more };
  return firstValueFrom(client.createSubscription(definition));
}

describe('eventStreamer', () => {
  it('refuses at once what can never work, and does nothing by itself', async () => {
    expect(() => eventStreamer({ serviceUrl: 'nowhere', subscriberId: 'me' })).toThrow(
      'eventStreamer: option "serviceUrl" must be',
    );
    expect(() => Reflect.apply(eventStreamer, undefined, [{ serviceUrl: 'http://a' }])).toThrow(
      'eventStreamer: option "subscriberId" is missing',
    );
    const { client, server } = await local();
    client.getAllChains();
    client.messages(1);
    expect(client.serviceUrl).toBe(server.url);
    expect(server.requests).toEqual([]);
  });

  it('makes, lists, changes and deletes subscriptions', async () => {
    const here = await local();
    const { client } = here;
    const { id } = await create(here);
    for (let more = 0; more < 4; more += 1) await create(here, { endBlock: more });
    await expect(firstValueFrom(client.getSubscription(id))).resolves.toMatchObject({
      ...{ id, topic0: transferTopic, subscriberId: 'spec', endBlock: undefined, eventSignature: transferEvent },
    });
    await expect(firstValueFrom(client.listSubscriptions({ page: 2, pageSize: 3 }))).resolves.toMatchObject({
      ...{ total: 5, page: 2, pageSize: 3, subscriptions: [{ id: id + 3 }, { id: id + 4 }] },
    });
    const all = await firstValueFrom(client.listAllSubscriptions({ pageSize: 2 }).pipe(toArray()));
    expect(all.map((one) => one.id)).toEqual([0, 1, 2, 3, 4].map((more) => id + more));
    const changed = await firstValueFrom(client.updateSubscription(id, { endBlock: 9 }));
    expect(changed).toMatchObject({ id, endBlock: 9, startBlock: 0, topic0: transferTopic });
    await expect(firstValueFrom(client.updateSubscription(id, { endBlock: null }))).resolves.toMatchObject({
      endBlock: undefined,
    });
    await expect(firstValueFrom(client.getSubscriptionLastProcessedBlock(id, 31_337))).resolves.toBeUndefined();
    await expect(firstValueFrom(client.deleteSubscription(id))).resolves.toBe(true);
    const missing = { name: 'EventStreamerSubscriptionError', code: 'subscription_not_found', status: 404 };
    const calls = [
      [client.getSubscription(id), 'get subscription'],
      [client.updateSubscription(id, {}), 'update subscription'],
      [client.deleteSubscription(id), 'delete subscription'],
      [client.checkProcessingStatus(id), 'check processing status'],
    ] as const;
    for (const [call, operation] of calls) {
      await expect(firstValueFrom<unknown>(call)).rejects.toMatchObject({ ...missing, operation });
    }
  });

  it('passes on what the service refuses of a definition', async () => {
    const { client } = await local();
    const definition = { eventSignature: transferEvent, startBlock: 0, chainId: 5 };
    await expect(firstValueFrom(client.createSubscription(definition))).rejects.toMatchObject({
      ...{ name: 'EventStreamerValidationError', code: 'invalid_request', status: 400 },
      body: expect.stringContaining('Unsupported chain'),
    });
  });

  it.each(['source', 'readme'] as const)('reads breakers and chains in the shapes of the %s', async (shapes) => {
    const { client } = await local({ shapes });
    const status = await firstValueFrom(client.getCircuitBreakerStatus());
    expect(status.circuitBreakers).toMatchObject({ chain_31337_live: { state: 'closed', failureCount: 0 } });
    expect(status.rpcClients['31337']?.['live']).toMatchObject({ isHealthy: true });
    await expect(firstValueFrom(client.getCircuitBreakerHealth())).resolves.toMatchObject({
      ...{ healthyRpcs: 2, totalRpcs: 2, unhealthyChains: [] },
    });
    const name = 'chain_31337_live';
    const metrics = await firstValueFrom(client.getCircuitBreakerMetrics(name));
    expect(metrics).toMatchObject({ name, successRate: 1 });
    await firstValueFrom(client.resetCircuitBreaker(name));
    const reset = await firstValueFrom(client.resetAllCircuitBreakers());
    expect(reset).toMatchObject(shapes === 'readme' ? { resetCount: 2 } : { status: 'success' });
    await expect(firstValueFrom(client.getCircuitBreakerConfig())).resolves.toMatchObject({ failureThreshold: 5 });
    const polled = await firstValueFrom(client.circuitBreakers$({ interval: 1 }).pipe(take(2), toArray()));
    expect(polled).toEqual([status, status].map((one) => expect.objectContaining({ rpcClients: one.rpcClients })));
    const polygon = { chainId: 137, name: 'Polygon', rpcUrls: ['https://polygon-rpc.com'], averageBlockTime: 2 };
    await expect(firstValueFrom(client.createChain(polygon))).resolves.toMatchObject({ chainId: 137 });
    await expect(firstValueFrom(client.updateChain(137, polygon))).resolves.toMatchObject({ chainId: 137 });
    await expect(firstValueFrom(client.getChain(137))).resolves.toMatchObject(
      shapes === 'readme' ? { name: 'Polygon', averageBlockTime: 2, rpcUrls: polygon.rpcUrls } : { chainId: 137 },
    );
    const chains = await firstValueFrom(client.getAllChains());
    expect(new Set(chains.map(({ chainId }) => chainId))).toEqual(new Set([137, 31_337]));
    expect(chains.find(({ chainId }) => chainId === 137)).toMatchObject({ name: 'Polygon' });
    await expect(firstValueFrom(client.getChainStats())).resolves.toMatchObject({ totalChains: 2 });
    await firstValueFrom(client.refreshChains());
    await firstValueFrom(client.deleteChain(137));
    await expect(firstValueFrom(client.getChain(137))).rejects.toMatchObject({ code: 'chain_not_found', status: 404 });
  });

  it('says whether the service is well, and is refused without its headers', async () => {
    const { client, server } = await local();
    await expect(firstValueFrom(client.healthCheck())).resolves.toBe(true);
    await expect(firstValueFrom(client.getHealth())).resolves.toMatchObject({ status: 'healthy', isHealthy: true });
    server.rotateToken('another');
    for (const call of [client.healthCheck(), client.getAllChains(), client.messages(1)]) {
      await expect(firstValueFrom<unknown>(call)).rejects.toMatchObject({
        name: 'EventStreamerAuthError',
        status: 401,
      });
    }
  });

  it('reads ABIs', () => {
    const client = eventStreamer({ serviceUrl: 'http://127.0.0.1:9', subscriberId: 'me' });
    const abi = ['event Ping(address indexed by)', 'function ping()'];
    expect(client.extractAbiEvent(abi, 'Ping').inputs).toHaveLength(1);
    expect(Object.keys(client.extractAbiEvents(abi))).toEqual(['Ping']);
    expect(Object.keys(client.parseContractAbi(abi).functions)).toEqual(['ping']);
  });

  it('streams messages, batches and deliveries', async () => {
    const here = await local();
    const { client, chain, server } = here;
    const { id } = await create(here);
    chain.mintBlock(3);
    const message = await firstValueFrom(client.messages(id, { acknowledge: 'manual' }));
    expect(message).toMatchObject({ type: 'event_batch', subscriptionId: id });
    const batch = await firstValueFrom(client.events(id, { acknowledge: 'manual' }));
    expect(batch.events['Transfer']).toHaveLength(3);
    const delivery = await firstValueFrom(client.events(id, { maxUnacked: 1 }));
    expect(delivery.value.events['Transfer']).toHaveLength(3);
    await eventually(() => server.openStreams === 0);
    expect(() => client.events(id, { maxUnacked: 0 })).toThrow('chainEvents: option "maxUnacked" must be');
  });

  it('calls what belongs to a connection by hand', async () => {
    const here = await local();
    const { client, chain } = here;
    const { id } = await create(here);
    chain.mintBlock(2);
    const seen: EventBatch[] = [];
    const open = client.events(id, { acknowledge: 'manual', heartbeatInterval: 0 }).subscribe((one) => seen.push(one));
    await eventually(() => seen.length > 0);
    const { connectionId = '', batchId = '' } = seen[0] ?? {};
    const place = { subscriptionId: id, connectionId };
    const beat = await firstValueFrom(client.sendHeartbeat({ connectionId, sequenceNumber: 1 }));
    expect(beat).toMatchObject({ acknowledged: true, connectionId, timestamp: beat.serverTimestamp });
    await expect(firstValueFrom(client.checkProcessingStatus(id))).resolves.toMatchObject({
      ...{ subscriptionId: id, isProcessing: true, connectionCount: 1 },
    });
    await expect(firstValueFrom(client.processingStatus$(id))).resolves.toMatchObject({ isProcessing: true });
    await expect(firstValueFrom(client.acknowledgeBatch({ ...place, batchId }))).resolves.toMatchObject({
      ...{ acknowledged: true, batchId, eventsAcknowledged: 2 },
    });
    const bulk = await firstValueFrom(client.acknowledgeBatches({ ...place, batchIds: [batchId, 'unknown'] }));
    expect(bulk).toMatchObject({ totalBatches: 2, acknowledgedBatches: 1, failedBatchIds: ['unknown'] });
    const lost = client.acknowledgeBatch({ subscriptionId: id, connectionId: 'gone', batchId });
    await expect(firstValueFrom(lost)).rejects.toMatchObject({ code: 'connection_lost', status: 404 });
    open.unsubscribe();
  });
});

describe('disposal', () => {
  it('completes streams and polls, and waits for the last acknowledgments', async () => {
    const here = await local();
    const { client, chain, server } = here;
    const { id } = await create(here);
    chain.mintBlock(2);
    const ends: string[] = [];
    const seen: EventBatch[] = [];
    client.events(id).subscribe({ next: (one) => seen.push(one), complete: () => ends.push('events') });
    client.circuitBreakers$().subscribe({ complete: () => ends.push('breakers') });
    client.processingStatus$(id).subscribe({ complete: () => ends.push('status') });
    await eventually(() => seen.length > 0);
    expect(server.acknowledged.size).toBe(0);
    await client[Symbol.asyncDispose]();
    expect(ends).toEqual(['events', 'breakers', 'status']);
    expect(server.acknowledged.size).toBe(2);
    await eventually(() => server.openStreams === 0);
    await expect(firstValueFrom(client.healthCheck())).resolves.toBe(true);
  });

  it('stops handles, which stay good', async () => {
    const here = await local();
    const { client, chain, server } = here;
    const { id } = await create(here);
    chain.mintBlock(2);
    const stream = client.stream(id);
    const ended = firstValueFrom(stream.byEvent().pipe(toArray()));
    await eventually(() => stream.isRunning && server.openStreams === 1 && stream.monitor.state.isConnected);
    await client[Symbol.asyncDispose]();
    await ended;
    await eventually(() => server.openStreams === 0);
    expect(stream.isRunning).toBe(false);
    chain.mintBlock(1);
    await expect(firstValueFrom(stream.batches$)).resolves.toMatchObject({ subscriptionId: id });
    expect(() => client.stream(-1)).toThrow('chainStream: option "subscriptionId" must be');
  });

  it('lets calls that are on their way end', async () => {
    const { client } = await local();
    const call = firstValueFrom(client.getAllChains());
    await client[Symbol.asyncDispose]();
    await expect(call).resolves.toHaveLength(1);
  });

  it('resolves at once where nothing is open', async () => {
    await using client = eventStreamer({ serviceUrl: 'http://127.0.0.1:9', subscriberId: 'me' });
    await client[Symbol.asyncDispose]();
  });
});
