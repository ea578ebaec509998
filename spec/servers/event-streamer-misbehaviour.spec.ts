import { afterEach, describe, expect, it } from '@jest/globals';
import { chainHarness } from './event-streamer-harness.js';
import { eventually } from './eventually.js';
import { pluck } from './pluck.js';
import type { StreamClient } from './event-streamer-client.js';
import type { EventStreamerServer } from './event-streamer.js';
import type { ScriptedChain } from './scripted-chain.js';

const { start, subscribe, stream, call, ack, closeAll } = chainHarness();

interface Scene {
  readonly server: EventStreamerServer;
  readonly chain: ScriptedChain;
  readonly id: number;
  readonly client: StreamClient;
}

/** A stream that has got its first event. */
async function scene(): Promise<Scene> {
  const { server, chain } = await start();
  chain.mintBlock(1);
  const id = await subscribe(server, chain);
  const client = await stream(server, id);
  await eventually(() => expect(client.keys()).toHaveLength(1));
  return { server, chain, id, client };
}

describe('the faults of the local Event Streamer', () => {
  afterEach(closeAll);

  it('drops, with FIN and with RST, and then knows the connection no more', async () => {
    for (const how of ['fin', 'reset'] as const) {
      const { server, id, client } = await scene();
      server.misbehave.drop(how);
      expect(await client.ended).not.toBe('end');
      expect(server.openStreams).toBe(0);
      expect(await ack(server, id, client, ...client.batches('batch_id'))).toMatchObject({ status: 404 });
    }
  });

  it('drops in the middle of a line', async () => {
    const { server, client } = await scene();
    server.misbehave.dropMidLine('fin');
    expect(await client.ended).not.toBe('end');
    expect(client.rest.length).toBeGreaterThan(10);
    expect(client.lines[0]?.startsWith(client.rest)).toBe(true);
  });

  it('ends cleanly', async () => {
    const { server, client } = await scene();
    server.misbehave.end();
    expect(await client.ended).toBe('end');
  });

  it('stalls, and goes on from where it was', async () => {
    const { server, chain, client } = await scene();
    server.misbehave.stall();
    chain.mintBlock(2);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(client.keys()).toHaveLength(1);
    server.misbehave.unstall();
    await eventually(() => expect(client.keys()).toHaveLength(3));
  });

  it('writes garbage, messages of any kind, errors, batches from nowhere, and floods', async () => {
    const { server, id, client } = await scene();
    server.misbehave.garbage();
    server.misbehave.sendMessage({ type: 'novelty' });
    server.misbehave.error('CIRCUIT_BREAKER_OPEN', { message: 'open', recoverable: true });
    server.misbehave.sendBatch({ Approval: [{ owner: '0x1', transaction_hash: '0xa', log_index: 3 }] });
    server.misbehave.flood(100);
    await eventually(() => expect(client.lines).toHaveLength(105));
    expect(client.lines[1]).toContain('<html>');
    const [, unknown, error] = client.messages();
    expect(unknown).toEqual({ type: 'novelty' });
    expect(error).toMatchObject({ error_code: 'CIRCUIT_BREAKER_OPEN', error_message: 'open', recoverable: true });
    expect(client.keys()[1]).toBe('0xa:3');
    expect(await ack(server, id, client, client.batches('batch_id')[1] ?? '')).toMatchObject({ status: 200 });
    expect(server.acknowledged.get('0xa:3')).toBe(1);
  });

  it('breaks a batch in its line: it is not lost to the next connection', async () => {
    const { server, chain, id, client } = await scene();
    server.misbehave.breakNextBatches(1);
    chain.mintBlock(1);
    await eventually(() => expect(client.lines).toHaveLength(2));
    chain.mintBlock(1);
    await eventually(() => expect(client.keys()).toHaveLength(2));
    expect(client.lines).toHaveLength(3);
    await ack(server, id, client, ...client.batches('batch_id'));
    const again = await stream(server, id, client.batches('resume_token')[0]);
    await eventually(() => expect(again.keys()).toHaveLength(1));
    expect(client.keys()).not.toContain(again.keys()[0]);
  });

  it('sends batches twice', async () => {
    const { server, chain, client } = await scene();
    server.misbehave.repeatBatches(true);
    chain.mintBlock(1);
    await eventually(() => expect(client.keys()).toHaveLength(3));
    const [, second, third] = client.batches('batch_id');
    expect(third).toBe(second);
  });

  it('answers the next requests as it is told, part by part', async () => {
    const { server, id } = await scene();
    server.misbehave.next(
      'stream',
      { status: 503 },
      { status: 429, retryAfter: 7 },
      'accept-and-end',
      'accept-and-cut',
    );
    server.misbehave.next('subscriptions', { status: 401 }, 'serve', { status: 502, body: '<html>' });
    expect((await stream(server, id)).status).toBe(503);
    const limited = await stream(server, id);
    expect([limited.status, limited.headers.get('retry-after')]).toEqual([429, '7']);
    expect(await (await stream(server, id)).ended).toBe('end');
    expect(await (await stream(server, id)).ended).not.toBe('end');
    expect(server.connects.map(({ status }) => status)).toEqual([200, 503, 429, 200, 200]);
    const get = (): Promise<{ status: number }> => fetch(`${server.url}/subscriptions/${id}`);
    expect([(await get()).status, (await get()).status, (await get()).status]).toEqual([401, 200, 502]);
    expect(server.misbehave.pending).toBe(0);
  });

  it('cuts a stream at a byte, and says one error in place of a stream', async () => {
    const { server, id } = await scene();
    server.misbehave.next('stream', { cutAfter: 100 }, { error: { code: 'RATE_LIMITED' } });
    const cut = await stream(server, id);
    expect(await cut.ended).not.toBe('end');
    expect(cut.rest).toHaveLength(100);
    const refused = await stream(server, id);
    expect(await refused.ended).toBe('end');
    expect(refused.messages()).toMatchObject([{ error_code: 'RATE_LIMITED' }]);
  });

  it('fails acknowledgments by status, by id, and by losing the answer of one that counts', async () => {
    const { server, id, client } = await scene();
    const ids = client.batches('batch_id');
    server.misbehave.next('ack', { status: 500 }, 'failed-ids', 'serve-and-reset');
    expect(await ack(server, id, client, ...ids)).toMatchObject({ status: 500 });
    expect(await ack(server, id, client, ...ids, 'another')).toMatchObject({
      body: { failed_batch_ids: [...ids, 'another'] },
    });
    await expect(ack(server, id, client, ...ids)).rejects.toMatchObject({ name: 'TypeError' });
    expect(server.acknowledged.size).toBe(1);
    expect(server.acks.map(({ status, failedIds }) => [status, failedIds.length])).toEqual([
      [200, 2],
      [200, 0],
    ]);
  });

  it('forgets connections whose streams stay open', async () => {
    const { server, chain, id, client } = await scene();
    server.misbehave.loseConnections();
    expect(await ack(server, id, client, ...client.batches('batch_id'))).toMatchObject({ status: 404 });
    expect(await call(server, 'POST', `/stream/${client.connectionId}/heartbeat`, {})).toMatchObject({ status: 404 });
    chain.mintBlock(1);
    await eventually(() => expect(client.keys()).toHaveLength(2));
  });

  it('expires the stored token only where it is told to', async () => {
    const { server, id, client } = await scene();
    await ack(server, id, client, ...client.batches('batch_id'));
    const stored = async (): Promise<string> =>
      String(pluck((await call(server, 'GET', `/subscriptions/${id}`)).body, 'resume_token'));
    server.misbehave.expireTokens();
    const good = await stream(server, id, await stored());
    server.misbehave.expireTokens({ stored: true });
    const bad = await stream(server, id, await stored());
    expect(await bad.ended).toBe('end');
    expect(bad.messages()).toMatchObject([{ error_code: 'INVALID_RESUME_TOKEN' }]);
    expect(good.messages()).toEqual([]);
  });

  it('stops heartbeats', async () => {
    const { server, chain } = await start({ heartbeatMs: 5 });
    const client = await stream(server, await subscribe(server, chain));
    await eventually(() => expect(client.lines.length).toBeGreaterThan(0));
    server.misbehave.stopHeartbeats();
    await new Promise((resolve) => setTimeout(resolve, 50));
    const count = client.lines.length;
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(client.lines).toHaveLength(count);
  });

  it('ends streams of a subscription that is deleted or stopped, and says why', async () => {
    const { server, chain, id, client } = await scene();
    const other = await subscribe(server, chain);
    const second = await stream(server, other);
    await call(server, 'PUT', `/subscriptions/${id}`, { is_streaming: false });
    await call(server, 'DELETE', `/subscriptions/${other}`);
    expect([await client.ended, await second.ended]).toEqual(['end', 'end']);
    const codes = [client, second].map((one) => pluck(one.messages().pop(), 'error_code'));
    expect(codes).toEqual(['PROCESSING_STOPPED', 'SUBSCRIPTION_NOT_FOUND']);
  });
});
