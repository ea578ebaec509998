import { afterEach, describe, expect, it } from '@jest/globals';
import { inspect } from 'node:util';
import { firstValueFrom } from 'rxjs';
import { durableSubscriptions, type DurableSubscriptions } from '../../../sources/durable/subscriptions.js';
import type { Claim } from '../../../sources/durable/subscription-schemas.js';
import { startDurable } from '../../servers/durable.js';
import { type Origin, startOrigin } from '../../servers/origin.js';
import { answer, jsonAnswer, type Script } from '../../servers/origin-steps.js';
import { type Pen, pen } from './pen.js';

const closing: { close(): Promise<void> }[] = [];

afterEach(async () => {
  for (const one of closing.splice(0)) await one.close();
});

interface Local {
  readonly subscriptions: DurableSubscriptions;
  readonly pen: Pen;
}

async function local(options: Parameters<typeof startDurable>[0] = {}): Promise<Local> {
  const server = await startDurable(options);
  closing.push(server);
  const root = `${server.url}/v1/stream`;
  return { subscriptions: durableSubscriptions({ root, maxRetries: 0 }), pen: pen(root) };
}

async function scripted(script: Script): Promise<{ subscriptions: DurableSubscriptions; origin: Origin }> {
  const origin = await startOrigin(script);
  closing.push(origin);
  return { subscriptions: durableSubscriptions({ root: `${origin.url}/root/`, initialBackoff: 1 }), origin };
}

/** A subscription to `events/*` with one message pending in `events/a`. */
async function pending(): Promise<Local & { readonly claim: Claim; readonly tail: string }> {
  const { subscriptions, pen } = await local();
  await pen.create('wakes');
  await firstValueFrom(
    subscriptions.create('s', { type: 'pull-wake', pattern: 'events/*', wakeStream: 'wakes', leaseTtl: 1_000 }),
  );
  await pen.create('events/a');
  const tail = await pen.append('events/a', 1);
  return { subscriptions, pen, claim: await firstValueFrom(subscriptions.claim('s', { worker: 'w' })), tail };
}

const pullWake = { type: 'pull-wake', pattern: 'events/*', wakeStream: 'wakes' } as const;

describe('durableSubscriptions with the real server', () => {
  it('makes a subscription, confirms it, and refuses another of the same id', async () => {
    const { subscriptions, pen } = await local();
    await pen.create('events/a');
    const tail = await pen.append('events/a', 1);
    const made = await firstValueFrom(
      subscriptions.create('my id/1', { ...pullWake, leaseTtl: 2_000, description: 'all of it' }),
    );
    expect(made).toEqual({
      created: true,
      subscription: {
        ...{ id: 'my id/1', type: 'pull-wake', pattern: 'events/*', wakeStream: 'wakes', leaseTtl: 2_000 },
        ...{ description: 'all of it', status: 'active', webhook: undefined },
        streams: [{ path: 'events/a', linkType: 'glob', ackedOffset: tail }],
      },
    });
    const again = subscriptions.create('my id/1', { ...pullWake, leaseTtl: 2_000, description: 'all of it' });
    await expect(firstValueFrom(again)).resolves.toEqual({ ...made, created: false });
    await expect(firstValueFrom(subscriptions.create('my id/1', pullWake))).rejects.toMatchObject({
      code: 'subscription_exists',
      status: 409,
    });
    await expect(firstValueFrom(subscriptions.get('my id/1'))).resolves.toEqual(made.subscription);
  });

  it('deletes, also what is not there, and then knows nothing of it', async () => {
    const { subscriptions } = await local();
    await firstValueFrom(subscriptions.create('s', pullWake));
    for (let time = 0; time < 2; time += 1) {
      await expect(firstValueFrom(subscriptions.delete('s'))).resolves.toBeUndefined();
    }
    const missing = { code: 'subscription_not_found', status: 404, isRetryable: false };
    await expect(firstValueFrom(subscriptions.get('s'))).rejects.toMatchObject(missing);
    await expect(firstValueFrom(subscriptions.claim('s', { worker: 'w' }))).rejects.toMatchObject(missing);
    await expect(firstValueFrom(subscriptions.addStreams('s', ['a']))).rejects.toMatchObject(missing);
    await expect(firstValueFrom(subscriptions.removeStream('s', 'a'))).rejects.toMatchObject(missing);
  });

  it('adds and takes away streams by paths with slashes, each as often as one likes', async () => {
    const { subscriptions } = await local();
    await firstValueFrom(subscriptions.create('s', { ...pullWake, streams: ['one'] }));
    const paths = async (): Promise<string[]> =>
      (await firstValueFrom(subscriptions.get('s'))).streams.map(({ path, linkType }) => `${linkType} ${path}`);
    for (let time = 0; time < 2; time += 1) await firstValueFrom(subscriptions.addStreams('s', ['a/b/c', 'a%20b']));
    await expect(paths()).resolves.toEqual(['explicit one', 'explicit a/b/c', 'explicit a%20b']);
    for (let time = 0; time < 2; time += 1) await firstValueFrom(subscriptions.removeStream('s', 'a/b/c'));
    await firstValueFrom(subscriptions.removeStream('s', 'a%20b'));
    await expect(paths()).resolves.toEqual(['explicit one']);
  });

  it('claims once, and tells the second who has it', async () => {
    const { subscriptions, claim, tail } = await pending();
    expect(claim).toMatchObject({
      ...{ subscription: 's', worker: 'w', generation: 1, leaseTtl: 1_000 },
      streams: [{ path: 'events/a', linkType: 'glob', ackedOffset: '-1', tailOffset: tail, hasPending: true }],
    });
    await expect(firstValueFrom(subscriptions.claim('s', { worker: 'v' }))).rejects.toMatchObject({
      code: 'already_claimed',
      message: 'the subscription is claimed by "w" (generation 1)',
    });
  });

  it('keeps the token of a claim out of logs', async () => {
    const { claim } = await pending();
    expect(claim.token.length).toBeGreaterThan(10);
    expect(inspect(claim) + JSON.stringify(claim)).not.toContain(claim.token);
  });

  it('acknowledges, beats, and is done: then there is no pending work, or a next wake', async () => {
    const { subscriptions, pen, claim, tail } = await pending();
    const { ack } = subscriptions;
    await expect(firstValueFrom(ack(claim, []))).resolves.toEqual({ nextWake: false });
    await expect(firstValueFrom(ack(claim, [{ stream: 'events/a', offset: tail }]))).resolves.toEqual({
      nextWake: false,
    });
    await expect(firstValueFrom(subscriptions.get('s'))).resolves.toMatchObject({ streams: [{ ackedOffset: tail }] });
    await pen.append('events/a', 2);
    await expect(firstValueFrom(ack(claim, [], { done: true }))).resolves.toEqual({ nextWake: true });
    const next = await firstValueFrom(subscriptions.claim('s', { worker: 'w' }));
    expect(next).toMatchObject({ generation: 2, streams: [{ ackedOffset: tail }] });
    const acks = next.streams.map(({ path, tailOffset }) => ({ stream: path, offset: tailOffset }));
    await expect(firstValueFrom(ack(next, acks, { done: true }))).resolves.toEqual({ nextWake: false });
    await expect(firstValueFrom(subscriptions.claim('s', { worker: 'w' }))).rejects.toMatchObject({
      code: 'no_pending_work',
      status: 409,
    });
  });

  it('gives the lease back, after which the claim is fenced', async () => {
    const { subscriptions, claim, tail } = await pending();
    await expect(firstValueFrom(subscriptions.release(claim))).resolves.toBeUndefined();
    const fenced = { code: 'fenced', status: 409, isRetryable: false };
    await expect(firstValueFrom(subscriptions.release(claim))).rejects.toMatchObject(fenced);
    const late = subscriptions.ack(claim, [{ stream: 'events/a', offset: tail }]);
    await expect(firstValueFrom(late)).rejects.toMatchObject(fenced);
  });

  it('refuses offsets beyond the tail, the beginning, and streams that do not belong to it', async () => {
    const { subscriptions, claim, tail } = await pending();
    for (const ack of [
      { stream: 'events/a', offset: `${tail}9` },
      { stream: 'events/a', offset: '-1' },
      { stream: 'other', offset: tail },
    ]) {
      await expect(firstValueFrom(subscriptions.ack(claim, [ack]))).rejects.toMatchObject({ code: 'invalid_offset' });
    }
  });

  it('says lease_lost for a token that is none, and never says the token', async () => {
    const { subscriptions, claim } = await pending();
    const forged = { ...claim, token: 'CANARY-1234.CANARY-5678' };
    const error: unknown = await firstValueFrom(subscriptions.ack(forged, [])).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'lease_lost', status: 401, errorType: 'client_error' });
    expect(inspect(error, { depth: 10, showHidden: true })).not.toContain('CANARY');
  });

  it('says what the server does not like of a definition', async () => {
    const { subscriptions } = await local();
    const webhook = { type: 'webhook', streams: ['a'], webhook: { url: 'http://127.0.0.1:9/' } } as const;
    await expect(firstValueFrom(subscriptions.create('s', webhook))).rejects.toMatchObject({
      code: 'bad_request',
      message: expect.stringContaining('not enabled'),
    });
  });
});

describe('durableSubscriptions', () => {
  it('sends nothing before it is subscribed to, and the names of the protocol then', async () => {
    const { subscriptions, origin } = await scripted([[jsonAnswer(200, { ok: true, next_wake: true, more: 1 })]]);
    const claim: Claim = {
      ...{ subscription: 's', worker: 'w', wakeId: 'k', generation: 2, token: 'tok-1', streams: [], leaseTtl: 1_000 },
    };
    const call = subscriptions.ack(claim, [{ stream: 'a', offset: '1' }], { done: true });
    expect(origin.requests).toHaveLength(0);
    await expect(firstValueFrom(call)).resolves.toEqual({ nextWake: true });
    await firstValueFrom(subscriptions.callback(claim, []));
    const [ack, callback] = origin.requests;
    expect(ack).toMatchObject({ method: 'POST', path: '/root/__ds/subscriptions/s/ack' });
    expect(ack?.headers).toMatchObject({ authorization: 'Bearer tok-1', 'content-type': 'application/json' });
    expect(JSON.parse(String(ack?.body))).toEqual({
      ...{ wake_id: 'k', generation: 2, acks: [{ stream: 'a', offset: '1' }], done: true },
    });
    expect(callback).toMatchObject({ path: '/root/__ds/subscriptions/s/callback' });
  });

  it('tries again what may pass, and gives the one value', async () => {
    const { subscriptions, origin } = await scripted([[answer(503)], [answer(500)], [jsonAnswer(200, { keys: [] })]]);
    await expect(firstValueFrom(subscriptions.jwks())).resolves.toEqual({ keys: [] });
    expect(origin.requests.map(({ path }) => path)).toEqual(Array(3).fill('/root/__ds/jwks.json'));
  });

  it.each(['', '{', '[]', '{"wake_id":"CANARY"}'])('says parse_error for the answer %p', async (text) => {
    const { subscriptions } = await scripted([[answer(200, {}, text)]]);
    await expect(firstValueFrom(subscriptions.claim('s', { worker: 'w' }))).rejects.toMatchObject({
      code: 'parse_error',
      message: expect.not.stringContaining('CANARY'),
    });
  });

  it('asks the handler of the options about what it can cure, not about answers', async () => {
    const asked: string[] = [];
    const claimed = jsonAnswer(409, { error: { code: 'ALREADY_CLAIMED', current_holder: 'v', generation: 1 } });
    const origin = await startOrigin([[answer(401)], [claimed]]);
    closing.push(origin);
    const subscriptions = durableSubscriptions({
      root: origin.url,
      onError: ({ code }) => {
        asked.push(code);
        return { headers: { authorization: 'Bearer fresh' } };
      },
    });
    await expect(firstValueFrom(subscriptions.claim('s', { worker: 'w' }))).rejects.toMatchObject({
      code: 'already_claimed',
    });
    expect(asked).toEqual(['unauthorized']);
    expect(origin.requests[1]?.headers).toMatchObject({ authorization: 'Bearer fresh' });
  });

  it('refuses arguments that cannot be, at once', () => {
    const { create, claim, get, removeStream } = durableSubscriptions({ root: 'http://127.0.0.1/v1/stream' });
    expect(() => durableSubscriptions(JSON.parse('{}'))).toThrow('"root" is missing');
    expect(() => durableSubscriptions(JSON.parse('{"root":"http://a/","rot":1}'))).toThrow('rot');
    expect(() => create('s', { type: 'pull-wake', wakeStream: 'w' })).toThrow('"pattern" or option "streams"');
    for (const leaseTtl of [999, 600_001, 1.5, Number.NaN]) {
      expect(() => create('s', { ...pullWake, leaseTtl })).toThrow('leaseTtl');
    }
    expect(() => create('s', JSON.parse('{"type":"webhook","pattern":"a"}'))).toThrow('webhook.url');
    expect(() => create('s', JSON.parse('{"type":"pull-wake","pattern":"a"}'))).toThrow('wakeStream');
    expect(() => create('s', JSON.parse('{"pattern":"a"}'))).toThrow('type');
    expect(() => claim('s', { worker: '' })).toThrow('worker');
    for (const id of ['', '.', '..']) expect(() => get(id)).toThrow('id');
    expect(() => removeStream('s', '')).toThrow('path');
  });
});
