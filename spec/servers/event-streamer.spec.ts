import { afterEach, describe, expect, it } from '@jest/globals';
import { eventTopic } from '../../sources/chain/event-topic.js';
import { word } from './erc20.js';
import { chainHarness } from './event-streamer-harness.js';
import { startEventStreamer } from './event-streamer.js';
import { eventually } from './eventually.js';
import { pluck } from './pluck.js';
import { scriptedChain } from './scripted-chain.js';

const { start, subscribe, stream, call, ack, closeAll, keep } = chainHarness();

describe('the stream of the local Event Streamer', () => {
  afterEach(closeAll);

  it('sends the past, then what comes, in order, decoded', async () => {
    const { server, chain } = await start();
    const [, payer = '', payee = ''] = chain.accounts;
    chain.mint(payer, 5n);
    const id = await subscribe(server, chain);
    const client = await stream(server, id);
    await eventually(() => expect(client.keys()).toHaveLength(1));
    chain.transfer(payer, payee, 4n);
    await eventually(() => expect(client.keys()).toHaveLength(2));
    expect(client.headers.get('content-type')).toBe('application/x-ndjson');
    expect(client.connectionId).toMatch(/^conn_/);
    expect(client.keys()).toEqual(chain.all.map((log) => `${log.transactionHash}:${log.logIndex}`));
    expect(client.messages()[1]).toMatchObject({
      type: 'event_batch',
      subscription_id: id,
      connection_id: client.connectionId,
      batch_id: expect.stringMatching(/^batch_/),
      resume_token: expect.stringMatching(/^rt_/),
      batch_size: 1,
      events: {
        Transfer: [{ from: payer, to: payee, value: '4', block_number: 2, log_index: 0, address: chain.token }],
      },
    });
  });

  it('cuts a block into batches, and leaves out what only shares the topic', async () => {
    const { server, chain } = await start({ batchSize: 4 });
    const [log] = chain.mintBlock(10);
    chain.emit({ topics: [...(log?.topics ?? []), `0x${'0'.repeat(64)}`] });
    chain.mintBlock(1);
    const client = await stream(server, await subscribe(server, chain));
    await eventually(() => expect(client.batches('batch_size')).toEqual(['4', '4', '3']));
  });

  it('goes on after the batch of a token, and refuses one that is damaged, foreign or expired', async () => {
    const { server, chain } = await start({ batchSize: 1 });
    chain.mintBlock(3);
    const id = await subscribe(server, chain);
    const first = await stream(server, id);
    await eventually(() => expect(first.keys()).toHaveLength(3));
    const [token = ''] = first.batches('resume_token');
    const second = await stream(server, id, token);
    await eventually(() => expect(second.keys()).toEqual(first.keys().slice(1)));
    const other = await subscribe(server, chain);
    server.misbehave.expireTokens();
    for (const [subscription, bad] of [
      [id, `${token}x`],
      [other, token],
      [id, token],
      [id, token.replaceAll('+', ' ')],
    ] as const) {
      const refused = await stream(server, subscription, bad);
      expect(await refused.ended).toBe('end');
      expect(refused.messages()).toMatchObject([{ type: 'error', error_code: 'INVALID_RESUME_TOKEN' }]);
    }
  });

  it('refuses a bad token by a status where it is told to', async () => {
    const { server, chain } = await start({ invalidToken: 400 });
    const id = await subscribe(server, chain);
    expect((await stream(server, id, 'rt_nonsense')).status).toBe(400);
    expect((await stream(server, 99)).status).toBe(404);
    expect(server.connects.map(({ status, resumeToken }) => ({ status, resumeToken }))).toEqual([
      { status: 400, resumeToken: 'rt_nonsense' },
      { status: 404, resumeToken: undefined },
    ]);
  });

  it('every token has a plus in it, so that it has to be encoded', async () => {
    const { server, chain } = await start({ batchSize: 1 });
    chain.mintBlock(20);
    const client = await stream(server, await subscribe(server, chain));
    await eventually(() => expect(client.keys()).toHaveLength(20));
    expect(client.batches('resume_token').every((token) => token.includes('+'))).toBe(true);
  });

  it('sends again what was not acknowledged, and only that', async () => {
    const { server, chain } = await start({ batchSize: 2 });
    chain.mintBlock(6);
    const id = await subscribe(server, chain);
    const first = await stream(server, id);
    await eventually(() => expect(first.keys()).toHaveLength(6));
    const [one = '', two = '', three = ''] = first.batches('batch_id');
    expect(await ack(server, id, first, three)).toMatchObject({ status: 200, body: { resume_token: null } });
    expect(await ack(server, id, first, one)).toMatchObject({
      body: { acknowledged: true, batch_id: one, events_acknowledged: 2, connection_id: first.connectionId },
    });
    const { body } = await call(server, 'GET', `/subscriptions/${id}`);
    expect(pluck(body, 'resume_token')).toBe(first.batches('resume_token')[0]);
    const again = await stream(server, id, first.batches('resume_token')[0]);
    await eventually(() => expect(again.keys()).toEqual(first.keys().slice(2, 4)));
    expect(await ack(server, id, first, two)).toMatchObject({ status: 200 });
    expect([...server.acknowledged.values()]).toEqual([1, 1, 1, 1, 1, 1]);
    expect(server.acks.map(({ batchIds }) => batchIds)).toEqual([[three], [one], [two]]);
  });

  it('sends everything after a token where it is told to', async () => {
    const { server, chain } = await start({ resend: 'all' });
    chain.mintBlock(3);
    const id = await subscribe(server, chain);
    const first = await stream(server, id);
    await eventually(() => expect(first.keys()).toHaveLength(3));
    await ack(server, id, first, ...first.batches('batch_id'));
    const again = await stream(server, id);
    await eventually(() => expect(again.keys()).toEqual(first.keys()));
  });

  it('takes a batch twice as a success, and none that the connection did not deliver', async () => {
    const { server, chain } = await start({ batchSize: 1 });
    chain.mintBlock(2);
    const id = await subscribe(server, chain);
    const [first, second] = [await stream(server, id), await stream(server, id)];
    await eventually(() => expect([...first.keys(), ...second.keys()]).toHaveLength(4));
    const [own = ''] = first.batches('batch_id');
    const [foreign = ''] = second.batches('batch_id');
    await ack(server, id, first, own);
    const bulk = await ack(server, id, first, own, foreign);
    expect(bulk).toMatchObject({
      status: 200,
      body: { total_batches: 2, acknowledged_batches: 1, failed_batches: 1, failed_batch_ids: [foreign] },
    });
    expect(await ack(server, id, first, foreign)).toMatchObject({ body: { acknowledged: false } });
    expect([...server.acknowledged.values()]).toEqual([1]);
  });

  it('knows a connection for a while after its client has left, for acknowledgments only', async () => {
    const { server, chain } = await start();
    chain.mintBlock(1);
    const id = await subscribe(server, chain);
    const client = await stream(server, id);
    await eventually(() => expect(client.keys()).toHaveLength(1));
    const beat = (): Promise<unknown> =>
      call(server, 'POST', `/stream/${client.connectionId}/heartbeat`, { timestamp: '', sequence_number: 4 });
    expect(await beat()).toMatchObject({
      status: 200,
      body: { acknowledged: true, connection_id: client.connectionId },
    });
    client.close();
    await eventually(() => expect(server.openStreams).toBe(0));
    expect(await beat()).toMatchObject({ status: 404 });
    expect(await ack(server, id, client, ...client.batches('batch_id'))).toMatchObject({ status: 200 });
    expect(server.heartbeats.map(({ sequenceNumber, status }) => [sequenceNumber, status])).toEqual([
      [4, 200],
      [4, 404],
    ]);
  });

  it('ends a subscription with a last block when that is through, and says so', async () => {
    const { server, chain } = await start();
    chain.mintBlock(2);
    chain.mine(3);
    const id = await subscribe(server, chain, { end_block: 5 });
    const client = await stream(server, id);
    await eventually(() => expect(client.keys()).toHaveLength(2));
    chain.mintBlock(1);
    expect(await client.ended).toBe('end');
    expect(client.keys()).toHaveLength(3);
    expect(await call(server, 'GET', `/subscriptions/${id}/last-processed-block?chain_id=${chain.chainId}`)).toEqual({
      status: 200,
      body: { last_processed_block: 5 },
    });
  });

  it('sends heartbeats between events, and ends a connection whose client says nothing', async () => {
    const { server, chain } = await start({ heartbeatMs: 5, connectionTimeoutMs: 250 });
    const client = await stream(server, await subscribe(server, chain));
    expect(await client.ended).toBe('end');
    const messages = client.messages();
    expect(messages.length).toBeGreaterThan(1);
    expect(messages[0]).toMatchObject({ type: 'heartbeat', connection_id: client.connectionId });
    expect(messages[messages.length - 1]).toMatchObject({ type: 'error', error_code: 'CONNECTION_LOST' });
  });

  it('goes on where it was killed, on the same port, with the same state', async () => {
    const { server, chain } = await start({ batchSize: 1 });
    chain.mintBlock(3);
    const id = await subscribe(server, chain);
    const first = await stream(server, id);
    await eventually(() => expect(first.keys()).toHaveLength(3));
    await ack(server, id, first, ...first.batches('batch_id').slice(0, 2));
    await server.close();
    expect(await first.ended).not.toBe('end');
    const { port, state } = server;
    const next = keep(await startEventStreamer({ chain, port, state: structuredClone(state) }));
    expect(next.url).toBe(server.url);
    const again = await stream(next, id, first.batches('resume_token')[1]);
    await eventually(() => expect(again.keys()).toEqual(first.keys().slice(2)));
    expect(await ack(next, id, first, ...first.batches('batch_id'))).toMatchObject({ status: 404 });
  });

  it('waits for a client that does not read', async () => {
    const { server, chain } = await start({ batchSize: 1 });
    const blob = { type: 'event', name: 'Blob', inputs: [{ name: 'data', type: 'bytes' }], anonymous: false } as const;
    const topic0 = eventTopic(blob);
    const data = `0x${word(32n)}${word(2n ** 16n)}${'7e'.repeat(2 ** 16)}`;
    for (let block = 0; block < 400; block++) chain.emit({ topics: [topic0], data });
    const id = await subscribe(server, chain, { topic0, event_signature: blob });
    const paused = new AbortController();
    await fetch(`${server.url}/subscriptions/${id}/stream`, { signal: paused.signal });
    const delivered = (): number => server.state.subscriptions[0]?.events_delivered ?? 0;
    const settled = await eventually(async () => {
      const before = delivered();
      await new Promise((resolve) => setTimeout(resolve, 100));
      return before > 0 && delivered() === before ? before : false;
    });
    expect(settled).toBeLessThan(400);
    paused.abort();
  });

  it('reads several chains, each for its own subscriptions', async () => {
    const [one, two] = [scriptedChain({ chainId: 1 }), scriptedChain({ chainId: 10 })];
    const server = keep(await startEventStreamer({ chains: [one, two] }));
    one.mintBlock(1);
    two.mintBlock(2);
    const first = await stream(server, await subscribe(server, one));
    const second = await stream(server, await subscribe(server, two));
    await eventually(() => expect([first.keys().length, second.keys().length]).toEqual([1, 2]));
  });

  it('asks for its token everywhere, streams included', async () => {
    const { server, chain } = await start({ token: 'secret' });
    expect(await call(server, 'GET', '/health')).toMatchObject({ status: 401 });
    const id = await subscribe(server, chain);
    expect(id).toBeNaN();
    expect((await stream(server, 1)).status).toBe(401);
    const authorised = await fetch(`${server.url}/health`, { headers: { authorization: 'Bearer secret' } });
    expect(authorised.status).toBe(200);
    server.rotateToken('next');
    const late = await fetch(`${server.url}/health`, { headers: { authorization: 'Bearer secret' } });
    expect(late.status).toBe(401);
  });
});
