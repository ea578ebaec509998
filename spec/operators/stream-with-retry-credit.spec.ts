import { afterEach, describe, expect, it } from '@jest/globals';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { firstValueFrom, take, toArray } from 'rxjs';
import { z } from 'zod';
import type { Delivery } from '../../lib/delivery.js';
import type { SseEvent } from '../../lib/sse-block.js';
import { streamWithRetry } from '../../operators/stream-with-retry.js';
import { eventually } from '../servers/eventually.js';

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** Numbered events after `Last-Event-ID`, for as long as the reader takes them. */
async function startNumbers(type: string): Promise<{ url: string; sent(): number }> {
  let sent = 0;
  const server = createServer((request, response) => {
    response.writeHead(200, { 'content-type': type });
    let id = Number(request.headers['last-event-id'] ?? 0);
    const push = (): void => {
      do {
        id += 1;
        sent = id;
      } while (response.write(type === 'text/event-stream' ? `id: ${id}\ndata: {"n":${id}}\n\n` : `{"n":${id}}\n`));
      response.once('drain', push);
    };
    push();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    server.close();
    server.closeAllConnections();
  });
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { url: `http://127.0.0.1:${address.port}`, sent: () => sent };
}

describe('streamWithRetry with maxUnacked', () => {
  it('emits deliveries of events whose position resumes behind them', async () => {
    const { url } = await startNumbers('text/event-stream');
    const events = streamWithRetry({ url, format: 'sse', maxUnacked: 10 });
    const [, second] = await firstValueFrom(events.pipe(take(2), toArray()));
    expect(second?.position).toBe('2');
    const resumed: Delivery<SseEvent> = await firstValueFrom(
      streamWithRetry({ url, format: 'sse', maxUnacked: 10, lastEventId: second?.position }),
    );
    expect(resumed.value.id).toBe('3');
  });

  it('keeps the position where a schema turns events into values', async () => {
    const { url } = await startNumbers('text/event-stream');
    const values = streamWithRetry({ url, schema: z.object({ n: z.number() }), maxUnacked: 1 });
    const first = await firstValueFrom(values);
    expect([first.value.n, first.position]).toEqual([1, '1']);
  });

  it('makes the server wait while all credit is out, and reads on when some is back', async () => {
    const { url, sent } = await startNumbers('application/x-ndjson');
    const out: Delivery<unknown>[] = [];
    const subscription = streamWithRetry({ url, maxUnacked: 5 }).subscribe((delivery) => out.push(delivery));
    await eventually(() => expect(out).toHaveLength(5));
    let before = -1;
    await eventually(() => {
      const now = sent();
      const still = now === before;
      before = now;
      expect(still).toBe(true);
    });
    expect(out).toHaveLength(5);
    expect(out[0]?.position).toBeUndefined();
    for (const delivery of out.slice(0, 3)) delivery.ack();
    expect(out.length).toBeGreaterThan(5);
    subscription.unsubscribe();
  });

  it('refuses senseless credit', () => {
    expect(() => streamWithRetry({ url: 'http://127.0.0.1', maxUnacked: 0 })).toThrow(/"maxUnacked"/);
  });
});
