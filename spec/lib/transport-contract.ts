import { describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { byteStream } from '../../lib/http.js';
import type { ByteReader, Transport, TransportRequest } from '../../lib/transport.js';
import { eventually } from '../servers/eventually.js';
import { listen, type Origin, shutDown, startOrigin } from '../servers/origin.js';
import { acceptAndClose, answer, chunk, endChunks, stall } from '../servers/origin-steps.js';
import { outcomeOf } from './outcome.js';
import { faultsBeforeBody, faultsInBody, soundAnswers, type WireCase } from './wire-faults.js';

/** What every transport must do, and what the layers above rely on. */
export function describeTransport(name: string, make: () => Transport): void {
  describe(`${name}, as a transport`, () => {
    describeWire(make);
    describeRequests(make);
    describeLeaving(make);
  });
}

function describeWire(make: () => Transport): void {
  it.each([...faultsBeforeBody, ...faultsInBody, ...soundAnswers])('reads $name', async (wire: WireCase) => {
    await using origin = await startOrigin([wire.steps]);
    const { text, error, completed } = await outcomeOf(byteStream({ url: origin.url, transport: make() }));
    expect(text).toBe(wire.text);
    if (wire.failure === undefined) return expect({ completed, error }).toEqual({ completed: true, error: undefined });
    const [errorType, ...codes] = wire.failure;
    expect(error).toMatchObject({
      errorType,
      isRetryable: true,
      phase: errorType === 'stream_interrupted' ? 'body' : 'request',
    });
    expect(codes).toContain(error?.code);
  });

  it('is not left waiting by a FIN that comes with the connection', async () => {
    await using origin = await startOrigin([[acceptAndClose()]]);
    const request = { url: origin.url, transport: make(), headersTimeout: 400 };
    const { error } = await outcomeOf(byteStream(request));
    // undici 6.24 forgets a request whose connection ends before it is written: then our own limit ends it.
    expect(['connection_reset', 'headers_timeout']).toContain(error?.code);
    expect(error?.isRetryable).toBe(true);
  });

  it('reads no further than its buffers while nobody reads', async () => {
    const size = 64 * 1024 * 1024;
    const sender = await startSender(size);
    const { body } = await make()(requestTo(sender.url));
    await body?.read();
    let before = -1;
    await eventually(async () => {
      const still = sender.taken() === before;
      before = sender.taken();
      await new Promise((resolve) => setTimeout(resolve, 40));
      return still;
    });
    expect(before).toBeLessThan(size / 2);
    let read = 0;
    for (let piece = await body?.read(); piece?.done === false; piece = await body?.read()) read += piece.value.length;
    expect(read).toBeGreaterThan(size / 2);
    await sender.close();
  });
}

function describeRequests(make: () => Transport): void {
  it('sends the method, the headers as bytes, and a body of text or bytes with its length', async () => {
    await using origin = await startOrigin([[answer(200)]]);
    const transport = make();
    const headers = { 'last-event-id': utf8('\u00e9\u4e16'), 'accept-encoding': 'identity', 'x-a': 'b' };
    await whole(transport({ ...requestTo(origin.url), method: 'POST', headers, body: 'na\u00efve' }));
    await whole(transport({ ...requestTo(origin.url), method: 'PUT', body: new TextEncoder().encode('bytes') }));
    expect(origin.requests).toMatchObject([
      {
        method: 'POST',
        headers: { 'last-event-id': '\u00e9\u4e16', 'accept-encoding': 'identity', 'x-a': 'b', 'content-length': '6' },
        body: 'na\u00efve',
      },
      { method: 'PUT', headers: { 'content-length': '5' }, body: 'bytes' },
    ]);
  });

  it('hands a redirect over as it is', async () => {
    await using origin = await startOrigin([[answer(302, { location: '/there' })]]);
    const response = await make()(requestTo(origin.url));
    expect(response).toMatchObject({ status: 302, hiddenRedirect: false });
    expect(response.headers.get('Location')).toBe('/there');
    expect(response.headers.get('constructor')).toBeNull();
    expect(origin.requests).toHaveLength(1);
  });

  it('gives no body for HEAD, whatever length is named', async () => {
    await using origin = await startOrigin([[answer(200, { 'content-length': '10' })]]);
    const { text, completed } = await outcomeOf(byteStream({ url: origin.url, method: 'HEAD', transport: make() }));
    expect({ text, completed }).toEqual({ text: '', completed: true });
  });

  it('keeps the connection of a finished answer for the next request', async () => {
    await using origin = await startOrigin([[answer(200), chunk('a'), endChunks()]]);
    const transport = make();
    for (let times = 0; times < 5; times += 1) {
      expect(await outcomeOf(byteStream({ url: origin.url, transport }))).toMatchObject({ text: 'a', completed: true });
    }
    // undici opens a second one while it tidies up the first
    expect(origin.connections).toBeLessThanOrEqual(2);
  });
}

function describeLeaving(make: () => Transport): void {
  it('opens nothing for a signal that is already aborted', async () => {
    await using origin = await startOrigin([[answer(200)]]);
    await expect(make()({ ...requestTo(origin.url), signal: AbortSignal.abort() })).rejects.toMatchObject({
      name: 'AbortError',
    });
    expect(origin.connections).toBe(0);
  });

  it('closes the socket at once on abort, before the headers', async () => {
    await using origin = await startOrigin([[stall()]]);
    const controller = new AbortController();
    const answered = make()({ ...requestTo(origin.url), signal: controller.signal });
    const rejected = expect(answered).rejects.toMatchObject({ name: 'AbortError' });
    await eventually(() => origin.requests.length === 1);
    await closesOnce(origin, () => controller.abort());
    await rejected;
  });

  it('leaves no socket behind when it is aborted before it has one', async () => {
    await using origin = await startOrigin([[answer(200)]]);
    const controller = new AbortController();
    const answered = make()({ ...requestTo(origin.url), signal: controller.signal });
    controller.abort();
    await expect(answered).rejects.toMatchObject({ name: 'AbortError' });
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(origin).toMatchObject({ openSockets: 0, requests: [] });
  });

  it('closes the socket at once on abort, in a silent body, and the pending read rejects', async () => {
    await using origin = await startOrigin([[answer(200), chunk('a'), stall()]]);
    const controller = new AbortController();
    const { body } = await make()({ ...requestTo(origin.url), signal: controller.signal });
    expect(await body?.read()).toMatchObject({ done: false });
    const pending = expect(body?.read()).rejects.toBeDefined();
    await closesOnce(origin, () => controller.abort());
    await pending;
  });

  it('closes the socket when a body is cancelled', async () => {
    await using origin = await startOrigin([[answer(200), chunk('a'), stall()]]);
    const { body } = await make()(requestTo(origin.url));
    await closesOnce(origin, () => void body?.cancel?.());
  });
}

/** A socket that is left open stays so for minutes: waiting for its end would come to jest's time limit. */
async function closesOnce(origin: Origin, act: () => void): Promise<void> {
  act();
  await origin.closed(0);
}

function requestTo(url: string): TransportRequest {
  const signal = new AbortController().signal;
  return { url, method: 'GET', headers: {}, body: undefined, signal, redirect: 'manual' };
}

/** One character a byte. */
function utf8(text: string): string {
  return Buffer.from(text).toString('latin1');
}

async function whole(answered: ReturnType<Transport>): Promise<void> {
  const reader: ByteReader | undefined = (await answered).body;
  while (reader !== undefined && !(await reader.read()).done);
}

/** Sends as fast as the other side takes it, and says how much that was. */
async function startSender(size: number): Promise<{ url: string; taken(): number; close(): Promise<void> }> {
  const piece = Buffer.alloc(256 * 1024, 'x');
  let taken = 0;
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', async () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      for (; taken < size && !socket.destroyed; taken += piece.length) {
        if (!socket.write(piece)) await once(socket, 'drain');
      }
      socket.end();
    });
  });
  const port = await listen(server);
  return { url: `http://127.0.0.1:${port}`, taken: () => taken, close: () => shutDown(server, []) };
}
