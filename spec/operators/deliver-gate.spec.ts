import { describe, expect, it } from '@jest/globals';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Delivery } from '../../lib/delivery.js';
import { byteStream } from '../../lib/http.js';
import { lines } from '../../lib/lines.js';
import { nodeTransport } from '../../lib/node/index.js';
import { readGate } from '../../lib/read-gate.js';
import { fetchTransport } from '../../lib/transport.js';
import { deliver } from '../../operators/deliver.js';
import { eventually } from '../servers/eventually.js';

const line = `${'x'.repeat(1_023)}\n`;
/** More than both kernels and both runtimes keep together. */
const total = 20_000;
const piece = line.repeat(20);

/** Sends lines as fast as they are taken, as a server of the field does: it stops at `false` and goes on at `drain`. */
async function drainingServer() {
  const seen = { sent: 0, waits: 0, waiting: false, closed: false };
  const push = (response: ServerResponse): void => {
    seen.waiting = false;
    while (seen.sent < total) {
      seen.sent += 20;
      if (response.write(piece)) continue;
      seen.waits += 1;
      seen.waiting = true;
      return void response.once('drain', () => push(response));
    }
    if (!silentEnd) response.end();
  };
  let silentEnd = false;
  const server = createServer((_request, response) => {
    response.on('close', () => (seen.closed = true));
    response.writeHead(200, { 'content-type': 'application/x-ndjson' });
    push(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    seen,
    url: `http://127.0.0.1:${portOf(server.address())}`,
    neverEnds: () => (silentEnd = true),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return address.port;
}

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 60));

describe.each([
  { name: 'fetchTransport', make: fetchTransport },
  { name: 'nodeTransport', make: nodeTransport },
])('deliver before a real server, over $name', ({ make }) => {
  function follow(url: string, { maxUnacked = 10, idleTimeout = 120_000 } = {}) {
    const gate = readGate();
    const out: Delivery<unknown>[] = [];
    const state = { received: 0, most: 0, end: '' };
    const subscription = byteStream({ url, gate, idleTimeout, transport: make() })
      .pipe(lines(), deliver({ maxUnacked, gate }))
      .subscribe({
        next: (delivery) => {
          out.push(delivery);
          state.received += 1;
          state.most = Math.max(state.most, out.length);
        },
        error: (error: unknown) => (state.end = String(error)),
        complete: () => (state.end = 'complete'),
      });
    return { gate, out, state, subscription };
  }

  it('makes the server wait for acknowledgments, and takes everything once they come', async () => {
    await using server = await drainingServer();
    const { out, state, gate } = follow(server.url);
    await eventually(() => server.seen.waiting && !gate.isOpen);
    await settled();
    const before = server.seen.sent;
    await settled();
    expect([state.received, server.seen.sent, server.seen.waiting]).toEqual([10, before, true]);
    expect(before).toBeLessThan(total * 0.75);
    while (state.end === '') {
      for (const delivery of out.splice(0)) delivery.ack();
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(state).toEqual({ received: total, most: 10, end: 'complete' });
    expect(server.seen.sent).toBe(total);
  });

  it('takes its own pause for no silence, and the silence after it for one', async () => {
    await using server = await drainingServer();
    server.neverEnds();
    const { out, state } = follow(server.url, { idleTimeout: 150 });
    await eventually(() => state.received === 10);
    for (let wait = 0; wait < 4; wait += 1) await settled();
    expect(state.end).toBe('');
    while (state.end === '') {
      for (const delivery of out.splice(0)) delivery.ack();
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect([state.received, state.end]).toEqual([
      total,
      expect.stringMatching(/^StreamError: no byte from .* for 150 ms$/),
    ]);
  });

  it('closes the socket when it is left while it pauses', async () => {
    await using server = await drainingServer();
    const { state, subscription, gate } = follow(server.url);
    await eventually(() => state.received === 10 && server.seen.waiting);
    subscription.unsubscribe();
    await eventually(() => server.seen.closed);
    expect([state, gate.isOpen]).toEqual([{ received: 10, most: 10, end: '' }, true]);
  });
});
