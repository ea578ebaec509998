import { afterEach, describe, expect, it } from '@jest/globals';
import { transferEvent, transferTopic } from './erc20.js';
import { chainHarness } from './event-streamer-harness.js';
import { pluck } from './pluck.js';

const { start, subscribe, stream, call, closeAll } = chainHarness();

describe('the calls of the local Event Streamer', () => {
  afterEach(closeAll);

  it('creates, gets, lists, updates and deletes subscriptions', async () => {
    const { server, chain } = await start();
    const id = await subscribe(server, chain);
    await subscribe(server, chain, { subscriber_id: 'other' });
    const path = `/subscriptions/${id}`;
    const made = { id, topic0: transferTopic, addresses: [chain.token], end_block: null, subscriber_id: 'spec' };
    const fresh = { last_processed_block: null, is_streaming: false, resume_token: null, events_delivered: 0 };
    expect(await call(server, 'GET', `${path}?subscriber_id=spec`)).toMatchObject({
      status: 200,
      body: { ...made, ...fresh },
    });
    expect(await call(server, 'GET', `${path}?subscriber_id=other`)).toMatchObject({ status: 404 });
    expect(await call(server, 'GET', '/subscriptions?page=2&page_size=1')).toMatchObject({
      body: { total: 2, page: 2, page_size: 1, subscriptions: [{ id: 2 }] },
    });
    expect(await call(server, 'GET', '/subscriptions?subscriber_id=spec')).toMatchObject({ body: { total: 1 } });
    expect(await call(server, 'PUT', path, { end_block: 9 })).toMatchObject({ body: { ...made, end_block: 9 } });
    expect(await call(server, 'DELETE', path)).toEqual({ status: 204, body: undefined });
    expect(await call(server, 'DELETE', path)).toMatchObject({
      status: 404,
      body: { error: 'Subscription not found' },
    });
    expect(await call(server, 'GET', '/subscriptions/2/last-processed-block')).toMatchObject({ status: 404 });
  });

  it('refuses what cannot be a subscription', async () => {
    const { server, chain } = await start();
    const good = { topic0: transferTopic, event_signature: transferEvent, start_block: 0, subscriber_id: 's' };
    const create = (more: object): Promise<unknown> => call(server, 'POST', '/subscriptions', { ...good, ...more });
    const chain_id = chain.chainId;
    expect(await create({ chain_id })).toMatchObject({ status: 201 });
    for (const bad of [
      { topic0: '0x1' },
      { start_block: -1 },
      { event_signature: { type: 'function' } },
      { addresses: 'all' },
    ]) {
      expect(await create({ chain_id, ...bad })).toMatchObject({ status: 422, body: { error: 'Validation error' } });
    }
    expect(await create({})).toMatchObject({ status: 422 });
    expect(await create({ chain_id: 5 })).toMatchObject({ status: 400 });
    const broken = await fetch(`${server.url}/subscriptions`, { method: 'POST', body: '{' });
    expect(broken.status).toBe(422);
  });

  it('tells how many streams a subscription has', async () => {
    const { server, chain } = await start();
    const id = await subscribe(server, chain);
    const status = async (): Promise<unknown> =>
      (await call(server, 'GET', `/subscriptions/${id}/processing-status`)).body;
    expect(await status()).toMatchObject({ subscription_id: id, is_processing: false, connection_count: 0 });
    await stream(server, id);
    expect(await status()).toMatchObject({ is_processing: true, connection_count: 1 });
    expect(await call(server, 'GET', '/subscriptions/9/processing-status')).toMatchObject({ status: 404 });
  });

  it('has breakers, in both shapes', async () => {
    const { server, chain } = await start();
    const readme = (await start({ state: server.state, shapes: 'readme' })).server;
    const name = `chain_${chain.chainId}_live`;
    const [, live] = server.state.breakers;
    Object.assign(live ?? {}, { state: 'open', failure_count: 3, success_count: 1 });
    const path = '/api/circuit-breakers';
    expect(await call(server, 'GET', `${path}/status`)).toMatchObject({
      body: {
        circuit_breakers: { [name]: { state: 'open', failure_count: 3, total_calls: 4 } },
        rpc_clients: {
          [chain.chainId]: { live: { state: 'open', is_healthy: false }, historical: { is_healthy: true } },
        },
        summary: { total: 2 },
      },
    });
    expect(await call(server, 'GET', `${path}/health`)).toMatchObject({
      body: { overall_health: 'degraded', health_percentage: 50, unhealthy_circuit_breakers: 1 },
    });
    expect(await call(readme, 'GET', `${path}/health`)).toMatchObject({
      body: { healthy_rpcs: 1, total_rpcs: 2, unhealthy_chains: [chain.chainId] },
    });
    expect(await call(server, 'GET', `${path}/${name}/metrics`)).toMatchObject({ body: { name, success_rate: 0.25 } });
    expect(await call(server, 'GET', `${path}/none/metrics`)).toMatchObject({ status: 404 });
    expect(await call(server, 'GET', `${path}/config`)).toMatchObject({ body: { failure_threshold: 5 } });
    expect(await call(server, 'POST', `${path}/${name}/reset`)).toMatchObject({ body: { status: 'success' } });
    expect(live).toMatchObject({ state: 'closed', failure_count: 0 });
    expect(await call(readme, 'POST', `${path}/reset`)).toMatchObject({ body: { reset_count: 2 } });
  });

  it('keeps chain configurations, in both shapes', async () => {
    const { server, chain } = await start();
    const readme = (await start({ state: server.state, shapes: 'readme' })).server;
    const own = chain.chainId;
    const config = { chain_id: 137, name: 'Polygon', rpc_urls: ['https://polygon.invalid'], average_block_time: 2 };
    expect(await call(server, 'POST', '/api/chains', config)).toMatchObject({ status: 201, body: { chain_id: 137 } });
    expect(await call(server, 'POST', '/api/chains', config)).toMatchObject({ status: 409 });
    expect(await call(server, 'POST', '/api/chains', { chain_id: 1 })).toMatchObject({ status: 422 });
    const { body } = await call(server, 'GET', '/api/chains');
    expect(pluck(body, 'chains', '137')).toMatchObject({ name: 'Polygon', historical_max_chunk_size: 10_000 });
    expect(await call(readme, 'GET', '/api/chains')).toMatchObject({
      body: { chains: [{ chain_id: own }, { chain_id: 137, name: 'Polygon', status: 'active' }] },
    });
    expect(await call(server, 'PUT', '/api/chains/137', { ...config, name: 'P' })).toMatchObject({ status: 200 });
    expect(await call(readme, 'GET', '/api/chains/137')).toMatchObject({ body: { ...config, name: 'P' } });
    expect(await call(server, 'GET', '/api/chains/stats')).toMatchObject({
      body: { loaded: true, total_chains: 2, supported_chain_ids: [own, 137] },
    });
    expect(await call(server, 'POST', '/api/chains/refresh')).toMatchObject({ status: 200 });
    expect(await call(server, 'DELETE', '/api/chains/137')).toMatchObject({ status: 200, body: { chain_id: 137 } });
    expect(await call(server, 'GET', '/api/chains/137')).toMatchObject({ status: 404 });
    expect(await call(readme, 'GET', '/api/chains/stats')).toMatchObject({
      body: { total_chains: 2, active_chains: 1 },
    });
  });

  it('keeps the record of what it was asked', async () => {
    const { server, chain } = await start();
    const id = await subscribe(server, chain);
    const metadata = Buffer.from('{"version":"1.0.0"}').toString('base64url');
    const abort = new AbortController();
    const headers = { 'x-client-metadata': metadata, 'x-own': 'yes' };
    await fetch(`${server.url}/subscriptions/${id}/stream`, { headers, signal: abort.signal });
    abort.abort();
    expect(server.connects).toMatchObject([{ subscriptionId: id, metadata: { version: '1.0.0' }, status: 200 }]);
    expect(await call(server, 'PATCH', '/subscriptions', {})).toMatchObject({ status: 405 });
    expect(await call(server, 'GET', '/elsewhere')).toMatchObject({ status: 404 });
    expect(server.requests.map(({ route, method, status }) => [route, method, status])).toEqual([
      ['subscriptions', 'POST', 201],
      ['stream', 'GET', 200],
      ['unknown', 'PATCH', 405],
      ['unknown', 'GET', 404],
    ]);
    expect(server.requests[1]?.headers['x-own']).toBe('yes');
  });
});
