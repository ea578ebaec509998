import { describe, expect, it } from '@jest/globals';
import { concat, map, of, take, VirtualTimeScheduler } from 'rxjs';
import { byteStream, exchange } from '../../lib/http.js';
import { createMonitor, type StreamEvent, type StreamMonitor } from '../../lib/state.js';
import type { Transport } from '../../lib/transport.js';
import { startOrigin } from '../servers/origin.js';
import { answer, chunk, endChunks, fin, pause, stall } from '../servers/origin-steps.js';
import { failureOf, outcomeOf } from './outcome.js';

function eventsOf(monitor: StreamMonitor): string[] {
  const seen: string[] = [];
  const name = (event: StreamEvent): string =>
    event.type === 'disconnect' ? `disconnect ${event.error?.code ?? 'clean'}` : event.type;
  monitor.events$.subscribe((event) => seen.push(name(event)));
  return seen;
}

const never: Transport = () => new Promise(() => {});

describe('byteStream', () => {
  it('does nothing before it is subscribed to, and sends one request for each subscription', async () => {
    await using origin = await startOrigin([[answer(200), chunk('a'), endChunks()]]);
    const stream = byteStream({ url: origin.url });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(origin.connections).toBe(0);
    await Promise.all([outcomeOf(stream), outcomeOf(stream)]);
    expect(origin.requests).toHaveLength(2);
  });

  it('gives each piece when the server sends it, not when the body is whole', async () => {
    await using origin = await startOrigin([[answer(200), chunk('first'), stall()]]);
    const first = await new Promise((resolve) => byteStream({ url: origin.url }).pipe(take(1)).subscribe(resolve));
    expect(first).toEqual(new TextEncoder().encode('first'));
  });

  it('gives no piece larger than chunkSize', async () => {
    await using origin = await startOrigin([[answer(200, {}, 'x'.repeat(10_000))]]);
    const { pieces, text } = await outcomeOf(byteStream({ url: origin.url, chunkSize: 999 }));
    expect(text).toHaveLength(10_000);
    expect(Math.max(...pieces.map(({ byteLength }) => byteLength))).toBe(999);
  });

  it('is interrupted where the transport hides that less came than was promised', async () => {
    const body = new Response('abc').body?.getReader();
    const transport: Transport = async () => ({
      ...{ status: 200, headers: new Headers({ 'content-length': '5' }), body, hiddenRedirect: false },
    });
    const { text, error } = await outcomeOf(byteStream({ url: 'http://a.example/', transport }));
    expect(text).toBe('abc');
    expect(error).toMatchObject({ errorType: 'stream_interrupted', code: 'truncated' });
  });

  it('takes the length of an encoded body for what it is', async () => {
    const body = new Response('abc').body?.getReader();
    const sent = new Headers({ 'content-length': '500', 'content-encoding': 'gzip' });
    const transport: Transport = async () => ({ status: 200, headers: sent, body, hiddenRedirect: false });
    expect(await outcomeOf(byteStream({ url: 'http://a.example/', transport }))).toMatchObject({ completed: true });
  });

  it('waits 30 s for headers and 120 s for a byte, unless told otherwise', async () => {
    for (const [transport, limit, code] of [
      [never, 30_000, 'headers_timeout'],
      [silentBody, 120_000, 'idle_timeout'],
    ] as const) {
      const scheduler = new VirtualTimeScheduler();
      const failed = failureOf(byteStream({ url: 'http://a.example/', transport, scheduler }));
      await new Promise((resolve) => setImmediate(resolve));
      scheduler.flush();
      expect(await failed).toMatchObject({ errorType: 'timeout', code });
      expect(scheduler.now()).toBe(limit);
    }
  });

  it('with idleTimeout: 0 waits for ever', async () => {
    const scheduler = new VirtualTimeScheduler();
    const request = { url: 'http://a.example/', transport: silentBody, idleTimeout: 0, scheduler };
    let ended = false;
    const subscription = byteStream(request).subscribe({ error: () => (ended = true) });
    await new Promise((resolve) => setImmediate(resolve));
    scheduler.flush();
    expect([ended, scheduler.now()]).toEqual([false, 0]);
    subscription.unsubscribe();
  });

  it('fails when somebody else aborts it: only its server says that it is complete', async () => {
    const aborting: Transport = () => Promise.reject(new DOMException('stop', 'AbortError'));
    const url = 'http://a.example/b?q=hidden';
    const before = await failureOf(byteStream({ url, transport: aborting }));
    expect(before).toMatchObject({ errorType: 'connection_error', phase: 'request', cause: { name: 'AbortError' } });
    expect(before.message).not.toContain('hidden');
    const body = { read: () => Promise.reject(new DOMException('stop', 'AbortError')) };
    const transport: Transport = async () => ({ status: 200, headers: new Headers(), body, hiddenRedirect: false });
    expect(await failureOf(byteStream({ url, transport }))).toMatchObject({ code: 'interrupted', phase: 'body' });
  });
});

const silentBody: Transport = async () => ({
  ...{ status: 200, headers: new Headers(), body: { read: () => new Promise(() => {}) }, hiddenRedirect: false },
});

describe('exchange', () => {
  it('hands over status, headers and request id before the first byte', async () => {
    await using origin = await startOrigin([[answer(202, { 'x-a': 'b', 'x-request-id': 'r-9' }, 'body')]]);
    const stream = exchange({ url: origin.url }, ({ status, headers, requestId, bytes }) =>
      concat(
        of(`${status} ${headers.get('X-A')} ${requestId}`),
        bytes.pipe(map((piece) => Buffer.from(piece).toString())),
      ),
    );
    const seen: string[] = [];
    await new Promise<void>((resolve, reject) => {
      stream.subscribe({ next: (text) => seen.push(text), error: reject, complete: resolve });
    });
    expect(seen).toEqual(['202 b r-9', 'body']);
  });

  it('fails when what is made of the answer fails, and closes the socket', async () => {
    await using origin = await startOrigin([[answer(200), chunk('a'), stall()]]);
    const broken = exchange<Uint8Array>({ url: origin.url }, () => {
      throw new RangeError('broken');
    });
    expect(await failureOf(broken)).toMatchObject({ errorType: 'fatal_error', cause: { name: 'RangeError' } });
    await origin.closed(0);
  });

  it('closes the socket when what is made of the answer is complete before the body is', async () => {
    await using origin = await startOrigin([[answer(200), chunk('a'), chunk('b'), stall()]]);
    expect(await outcomeOf(exchange({ url: origin.url }, ({ bytes }) => bytes.pipe(take(1))))).toMatchObject({
      completed: true,
    });
    await origin.closed(0);
  });

  it('refuses a request that can never work when it is made', () => {
    expect(() => byteStream({ url: 'nowhere' })).toThrow('request: option "url" must be an absolute http or https URL');
  });
});

describe('what a monitor sees', () => {
  it('is one disconnect for each connect, with its reason', async () => {
    await using origin = await startOrigin([
      [answer(200), chunk('abc'), endChunks()],
      [answer(200), chunk('abc'), pause(10), fin()],
      [answer(500)],
    ]);
    const monitor = createMonitor();
    const events = eventsOf(monitor);
    const stream = byteStream({ url: origin.url, monitor });
    await outcomeOf(stream);
    expect(events.splice(0)).toEqual(['connect', 'disconnect clean']);
    await failureOf(stream);
    expect(events.splice(0)).toEqual(['connect', 'error', 'disconnect interrupted']);
    await failureOf(stream);
    expect(events.splice(0)).toEqual(['error']);
    expect(monitor.state).toMatchObject({ bytesReceived: 6, isConnected: false, phase: 'closed' });
  });

  it('of two connections is that the other one goes on', async () => {
    await using steady = await startOrigin([[answer(200), chunk('a'), stall()]]);
    await using broken = await startOrigin([[answer(500)], [answer(200), chunk('b'), pause(10), fin()]]);
    const monitor = createMonitor();
    const events = eventsOf(monitor);
    const open = new Promise<void>((resolve) => monitor.events$.subscribe(() => resolve()));
    const subscription = byteStream({ url: steady.url, monitor }).subscribe();
    await open;
    await failureOf(byteStream({ url: broken.url, monitor }));
    await failureOf(byteStream({ url: broken.url, monitor }));
    expect(monitor.state).toMatchObject({ isConnected: true, phase: 'open' });
    subscription.unsubscribe();
    expect(events).toEqual(['connect', 'error', 'connect', 'error', 'disconnect interrupted', 'disconnect clean']);
    expect(monitor.state).toMatchObject({ isConnected: false, phase: 'closed' });
  });

  it('is the disconnect before the completion, so that a consumer may connect again at once', async () => {
    await using origin = await startOrigin([[answer(200), chunk('a'), endChunks()]]);
    const monitor = createMonitor();
    const stream = byteStream({ url: origin.url, monitor });
    const connected = await new Promise((resolve) =>
      stream.subscribe({ complete: () => resolve(monitor.state.isConnected) }),
    );
    expect(connected).toBe(false);
  });
});
