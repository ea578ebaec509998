import { afterEach, describe, expect, it } from '@jest/globals';
import { createServer } from 'node:http';
import { firstValueFrom } from 'rxjs';
import { durableSubscriptions, type DurableSubscriptions } from '../../../sources/durable/subscriptions.js';
import { verifyWebhook, type VerifiedWebhook, webhookWake } from '../../../sources/durable/verify-webhook.js';
import { webhookKeys } from '../../../sources/durable/webhook-keys.js';
import { startDurable } from '../../servers/durable.js';
import { eventually } from '../../servers/eventually.js';
import { listen, shutDown } from '../../servers/origin.js';
import { type Pen, pen } from './pen.js';

const closing: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

interface Received {
  readonly body: Buffer;
  readonly signature: string;
}

/** An HTTP server that answers every webhook with this value. */
async function receiver(answer: unknown): Promise<{ url: string; received: Received[] }> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      received.push({ body: Buffer.concat(pieces), signature: String(request.headers['webhook-signature']) });
      response.end(JSON.stringify(answer));
    });
  });
  const port = await listen(server);
  closing.push(() => {
    server.closeAllConnections();
    return shutDown(server, []);
  });
  return { url: `http://127.0.0.1:${port}/wake`, received };
}

interface Hooked {
  readonly subscriptions: DurableSubscriptions;
  readonly pen: Pen;
  readonly received: Received[];
  readonly keys: ReturnType<typeof webhookKeys>;
}

async function hooked(answer: unknown): Promise<Hooked> {
  const { url, received } = await receiver(answer);
  const server = await startDurable({ webhooks: true });
  closing.push(() => server.close());
  const root = `${server.url}/v1/stream`;
  const subscriptions = durableSubscriptions({ root });
  await firstValueFrom(subscriptions.create('s', { type: 'webhook', pattern: 'orders/*', webhook: { url } }));
  const writer = pen(root);
  await writer.create('orders/1');
  return { subscriptions, pen: writer, received, keys: webhookKeys(`${root}/__ds/jwks.json`) };
}

async function first({ received, keys }: Hooked): Promise<VerifiedWebhook> {
  await eventually(() => received.length > 0);
  const [{ body, signature } = { body: Buffer.of(), signature: '' }] = received;
  return verifyWebhook({ body, signature, keys });
}

describe('webhooks of the real server', () => {
  it('are signed with a key of its set; a tampered one is not', async () => {
    const before = Math.floor(Date.now() / 1_000) * 1_000;
    const here = await hooked({});
    const tail = await here.pen.append('orders/1', { total: 3 });
    const { kid, timestamp, payload } = await first(here);
    expect(timestamp).toBeGreaterThanOrEqual(before);
    expect(timestamp).toBeLessThanOrEqual(Date.now());
    const { webhook } = await firstValueFrom(here.subscriptions.get('s'));
    expect(webhook?.signing).toMatchObject({ kid, jwksUrl: expect.stringContaining('/__ds/jwks.json') });
    expect(webhookWake(payload)).toMatchObject({
      ...{ subscription: 's', generation: 1, callbackUrl: expect.stringContaining('/callback') },
      streams: [{ path: 'orders/1', ackedOffset: '-1', tailOffset: tail, hasPending: true }],
    });
    const { body, signature } = here.received[0] ?? { body: Buffer.of(), signature: '' };
    const tampered = Buffer.concat([body, Buffer.from(' ')]);
    await expect(verifyWebhook({ body: tampered, signature, keys: here.keys })).rejects.toMatchObject({
      fault: 'bad_signature',
    });
    const later = { body, signature, keys: here.keys, now: () => Date.now() + 310_000 };
    await expect(verifyWebhook(later)).rejects.toMatchObject({ fault: 'too_old' });
  });

  it('are acknowledged whole by the answer done', async () => {
    const here = await hooked({ done: true });
    const tail = await here.pen.append('orders/1', 1);
    await eventually(async () => {
      const { streams } = await firstValueFrom(here.subscriptions.get('s'));
      expect(streams).toMatchObject([{ ackedOffset: tail }]);
    });
  });

  it('are acknowledged later through callback, which tells of a next wake and then of fencing', async () => {
    const here = await hooked({});
    const tail = await here.pen.append('orders/1', 1);
    const wake = webhookWake((await first(here)).payload);
    const { callback } = here.subscriptions;
    await expect(firstValueFrom(callback(wake, []))).resolves.toEqual({ nextWake: false });
    await here.pen.append('orders/1', 2);
    const acks = [{ stream: 'orders/1', offset: tail }];
    await expect(firstValueFrom(callback(wake, acks, { done: true }))).resolves.toEqual({ nextWake: true });
    await eventually(() => here.received.length === 2);
    await expect(firstValueFrom(callback(wake, []))).rejects.toMatchObject({ code: 'fenced' });
  });

  it('are for webhook subscriptions only: there is nothing to claim', async () => {
    const { subscriptions } = await hooked({});
    await expect(firstValueFrom(subscriptions.claim('s', { worker: 'w' }))).rejects.toMatchObject({
      code: 'bad_request',
    });
  });
});
