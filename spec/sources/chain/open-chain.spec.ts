import { describe, expect, it } from '@jest/globals';
import * as z from 'zod';
import { createMonitor } from '../../../lib/state.js';
import { openChain } from '../../../sources/chain/open-chain.js';
import { watch } from '../x/watch.js';
import { batchLine, errorLine, virtualService } from './virtual-service.js';

describe('openChain', () => {
  it('sends the token encoded and the metadata, and nothing before it is subscribed to', async () => {
    const service = virtualService();
    const opened = openChain(service.client, 7, { resumeToken: 'rt_a+b&c', clientMetadata: { app: 'spec' } });
    expect(service.requests).toEqual([]);
    const watched = watch(opened);
    await service.run();
    watched.stop();
    const [request] = service.requests;
    expect(request).toMatchObject({ method: 'GET', path: '/subscriptions/7/stream', token: 'rt_a+b&c' });
    expect(Buffer.from(request?.headers['x-client-metadata'] ?? '', 'base64url').toString()).toBe('{"app":"spec"}');
  });

  it('sends the headers of the client, made anew for every connection', async () => {
    let tokens = 0;
    const service = virtualService({ headers: () => ({ Authorization: `Bearer ${(tokens += 1)}` }) });
    for (const watched of [watch(openChain(service.client, 7)), watch(openChain(service.client, 7))]) {
      await service.run();
      watched.stop();
    }
    expect(service.requests.map(({ headers }) => headers['authorization'])).toEqual(['Bearer 1', 'Bearer 2']);
  });

  it('passes on all messages, error messages too, and completes with the body', async () => {
    const service = virtualService();
    const watched = watch(openChain(service.client, 7));
    await service.run();
    service.streams[0]?.send(errorLine('CONNECTION_LOST'), '\n', batchLine('b1', [1]), { type: 'heartbeat' });
    service.streams[0]?.end();
    await service.run();
    expect(watched.values.map(({ type }) => type)).toEqual(['error', 'event_batch', 'heartbeat']);
    expect(watched.values[1]).toMatchObject({ connectionId: 'c1' });
    expect(watched.completed).toBe(true);
  });

  it('reads no page that a proxy has put in place of the stream', async () => {
    const service = virtualService();
    service.answer = () => ({ status: 200, body: 'sign in', headers: { 'content-type': 'text/html; charset=utf-8' } });
    const watched = watch(openChain(service.client, 7));
    await service.run();
    expect(watched.values).toEqual([]);
    expect([watched.error?.code, watched.error?.isRetryable]).toEqual(['content_type', false]);
  });

  it('takes an unfinished line for a broken connection', async () => {
    const service = virtualService();
    const watched = watch(openChain(service.client, 7));
    await service.run();
    service.streams[0]?.send(JSON.stringify(batchLine('b1', [1])).slice(0, 50));
    service.streams[0]?.end();
    await service.run();
    expect([watched.values, watched.error?.isRetryable]).toEqual([[], true]);
  });

  it('reads a line of megabytes, and tells of one that is longer than the limit', async () => {
    const service = virtualService();
    const long = batchLine(
      'b1',
      Array.from({ length: 20_000 }, (_, n) => n),
    );
    const watched = watch(openChain(service.client, 7));
    const limited = watch(openChain(service.client, 7, { maxLineLength: 1_000 }));
    await service.run();
    for (const stream of service.streams) stream.send(long, batchLine('b2', [1]));
    await service.run();
    expect(watched.values.map(({ type }) => type)).toEqual(['event_batch', 'event_batch']);
    expect(limited.values).toEqual([
      expect.objectContaining({ type: 'malformed', code: 'line_too_long' }),
      expect.objectContaining({ batchId: 'b2' }),
    ]);
    watched.stop();
    limited.stop();
  });

  it('counts what is malformed, and ends on the first where that is the policy', async () => {
    const service = virtualService();
    const monitor = createMonitor();
    const lenient = watch(openChain(service.client, 7, { monitor, maxMalformedInARow: 3 }));
    const strict = watch(openChain(service.client, 7, { malformed: 'error' }));
    await service.run();
    for (const stream of service.streams) stream.send('a\n', 'b\n', batchLine('b1', [1]), 'c\n', { type: 'heartbeat' });
    await service.run();
    expect(lenient.values.map(({ type }) => type)).toEqual([
      ...['malformed', 'malformed', 'event_batch', 'malformed', 'heartbeat'],
    ]);
    expect(monitor.state.malformed).toBe(3);
    expect(strict.error).toMatchObject({ code: 'malformed', isRetryable: false });
    service.streams[0]?.send('d\n', 'e\n');
    await service.run();
    // A heartbeat between them is no sign that batches can be read.
    expect(lenient.error?.code).toBe('malformed');
  });

  it('checks the parameters of every event where it is told how', async () => {
    const service = virtualService();
    const schema = z.object({ value: z.string().regex(/^\d+$/) });
    const watched = watch(openChain(service.client, 7, { schema }));
    await service.run();
    const wrong = { events: { Transfer: [{ value: '1' }, { value: 'one' }] } };
    service.streams[0]?.send(batchLine('b1', [1]), batchLine('b2', [2], wrong));
    await service.run();
    expect(watched.values).toEqual([
      expect.objectContaining({ batchId: 'b1' }),
      expect.objectContaining({ type: 'malformed', path: 'events.Transfer[1].value' }),
    ]);
    watched.stop();
  });

  it.each([
    [404, 'EventStreamerSubscriptionError', 'subscription_not_found'],
    [401, 'EventStreamerAuthError', 'unauthorized'],
    [503, 'EventStreamerConnectionError', 'http_server_error'],
  ])('says what a %d is', async (status, name, code) => {
    const service = virtualService();
    service.answer = () => ({ status });
    const watched = watch(openChain(service.client, 7));
    await service.run();
    expect(watched.error).toMatchObject({ name, code, statusCode: status });
    expect(service.requests).toHaveLength(1);
  });

  it('refuses what cannot be', () => {
    const { client } = virtualService();
    expect(() => openChain(client, -1)).toThrow(/subscriptionId/);
    expect(() => openChain(client, 7, { idleTimeout: 0.5 })).toThrow(/idleTimeout/);
    expect(() => openChain(client, 7, { resumeToken: '' })).toThrow(/resumeToken/);
  });
});
