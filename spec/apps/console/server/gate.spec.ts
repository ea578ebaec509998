import { afterEach, describe, expect, it } from '@jest/globals';
import { type IncomingMessage, request, type ServerResponse } from 'node:http';
import { type Gate, startGate } from '../../../../apps/console/server/gate.js';
import { eventually } from '../../../servers/eventually.js';
import { ask, ownPage, started } from './gated.js';
import { startUpstream, type Upstream } from './upstream.js';

const all = started();
afterEach(all.closeAll);

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

const hello: Handler = (_request, response) => {
  response.writeHead(200, { 'content-type': 'text/plain', 'x-connection-id': 'c1' }).end('hello');
};
const endless: Handler = (_request, response) => {
  response.writeHead(200).write('begun\n');
};

async function gateBefore(handle: Handler): Promise<{ readonly gate: Gate; readonly upstream: Upstream }> {
  const upstream = all.keep(await startUpstream(handle));
  const feed = {
    port: upstream.port,
    isStream: (method: string, path: string) => method === 'GET' && path.startsWith('/stream'),
    refusal: (status: number) => ({ body: { refused: status }, headers: { 'x-own': 'yes' } }),
  };
  return { upstream, gate: all.keep(await startGate({ feed, allows: (origin) => origin === ownPage })) };
}

/** A stream that is being read. */
interface Open {
  readonly text: string;
  /** How it came to its end. */
  readonly end: 'open' | 'whole' | 'cut';
  read(): void;
  leave(): void;
  close(): void;
}

/** Opens it, and reads unless it is told to wait. */
async function open(base: string, { path = '/stream', isReading = true } = {}): Promise<Open> {
  let text = '';
  let end: Open['end'] = 'open';
  const { hostname, port } = new URL(base);
  const sent = request({ hostname, port, path, agent: false });
  sent.on('error', () => (end = 'cut'));
  const response = await new Promise<IncomingMessage>((resolve) => sent.on('response', resolve).end());
  const read = (): void => void response.setEncoding('utf8').on('data', (piece: string) => (text += piece));
  response.on('end', () => (end = 'whole')).on('error', () => (end = 'cut'));
  if (isReading) read();
  const leave = (): void => void sent.destroy();
  return all.keep({
    get text() {
      return text;
    },
    get end() {
      return end;
    },
    ...{ read, leave, close: leave },
  });
}

describe('a gate', () => {
  it('passes requests and answers on, and speaks for itself about origins', async () => {
    const { gate, upstream } = await gateBefore((asked, response) => {
      response.setHeader('access-control-allow-origin', '*');
      response.setHeader('stream-next-offset', '7');
      asked.pipe(response.writeHead(201));
    });
    const headers = { origin: ownPage, cookie: 'a=b', 'x-mine': '1', 'content-type': 'text/plain' };
    const { status, text, headers: got } = await ask(gate.url, '/a?b=%20', { method: 'POST', headers, body: 'körper' });
    expect([status, text]).toEqual([201, 'körper']);
    expect(got).toMatchObject({ 'access-control-allow-origin': ownPage, 'stream-next-offset': '7', vary: 'origin' });
    expect(String(got['access-control-expose-headers']).split(', ')).toContain('stream-next-offset');
    const [asked] = upstream.requests;
    expect(asked).toMatchObject({ method: 'POST', url: '/a?b=%20' });
    expect(asked?.headers).toMatchObject({ 'x-mine': '1', 'content-type': 'text/plain' });
    expect(asked?.headers.cookie).toBeUndefined();
    expect(asked?.headers.origin).toBeUndefined();
  });

  it('answers a preflight by itself, with what the page wants to send', async () => {
    const { gate, upstream } = await gateBefore(hello);
    const asking = {
      origin: ownPage,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization, x-client-metadata',
    };
    const { status, headers } = await ask(gate.url, '/stream', { method: 'OPTIONS', headers: asking });
    expect(status).toBe(204);
    expect(headers).toMatchObject({
      'access-control-allow-origin': ownPage,
      'access-control-allow-headers': 'authorization, x-client-metadata',
    });
    expect(headers['access-control-allow-methods']).toContain('POST');
    expect(upstream.requests).toEqual([]);
  });

  it.each(['http://127.0.0.1:4201', 'https://evil.example', 'null'])('lets no page of %s in', async (origin) => {
    const { gate, upstream } = await gateBefore(hello);
    for (const method of ['GET', 'OPTIONS', 'POST']) {
      const { status, headers } = await ask(gate.url, '/stream', {
        method,
        headers: { origin, 'access-control-request-method': 'GET' },
      });
      expect([status, headers['access-control-allow-origin']]).toEqual([403, undefined]);
    }
    expect(upstream.requests).toEqual([]);
  });

  it('slows the server down to the pace of the browser', async () => {
    let written = 0;
    const { gate } = await gateBefore((_request, response) => {
      response.writeHead(200);
      const write = (): void => {
        // The other end is the whole loopback with its buffers, and three processes' worth of queues: some MiB.
        while (written < 256 * 2 ** 20) {
          written += 2 ** 16;
          if (!response.write(Buffer.alloc(2 ** 16, 'x'))) return void response.once('drain', write);
        }
        response.end();
      };
      write();
    });
    const reader = await open(gate.url, { isReading: false });
    await standsStill(() => written);
    expect(written).toBeLessThan(64 * 2 ** 20);
    const before = written;
    reader.read();
    await eventually(() => written > before);
  });

  it('ends the request to the server when the browser leaves, before the answer and in the middle of it', async () => {
    const silent: Handler = () => undefined;
    for (const handler of [endless, silent]) {
      const { gate, upstream } = await gateBefore(handler);
      const { hostname, port } = new URL(gate.url);
      const sent = request({ hostname, port, path: '/stream', agent: false }).on('error', () => undefined);
      sent.end();
      await eventually(() => upstream.requests.length === 1);
      expect([gate.openSockets, upstream.openSockets]).toEqual([1, 1]);
      sent.destroy();
      await eventually(() => gate.openSockets + upstream.openSockets === 0);
    }
  });

  it.each(['fin', 'reset'] as const)('resets the browser when the server dies by a %s in the middle', async (how) => {
    const responses: ServerResponse[] = [];
    const { gate } = await gateBefore((asked, response) => {
      endless(asked, response);
      responses.push(response);
    });
    const reader = await open(gate.url);
    await eventually(() => reader.text === 'begun\n');
    const [dying] = responses;
    if (how === 'fin') dying?.socket?.end();
    else dying?.socket?.resetAndDestroy();
    await eventually(() => reader.end === 'cut');
  });

  it('says 502 when there is no server', async () => {
    const { gate, upstream } = await gateBefore(hello);
    await upstream.close();
    const { status, headers, text } = await ask(gate.url, '/stream', { headers: { origin: ownPage } });
    expect([status, headers['access-control-allow-origin']]).toEqual([502, ownPage]);
    expect(text).toContain('try again');
  });

  it('has no connection left when the browsers have gone, kept ones included', async () => {
    const { gate } = await gateBefore(hello);
    for (let n = 0; n < 3; n += 1) await (await fetch(`${gate.url}/stream`)).text();
    await eventually(() => gate.openSockets === 0);
  });

  it('closes with everything that is open', async () => {
    const { gate, upstream } = await gateBefore(endless);
    const reader = await open(gate.url);
    await gate.close();
    await gate.close();
    await eventually(() => reader.end === 'cut' && upstream.openSockets === 0);
    await expect(ask(gate.url, '/')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });
});

describe('a gate that misbehaves', () => {
  it('drops every connection, and only those open now', async () => {
    const { gate } = await gateBefore(endless);
    const readers = [await open(gate.url), await open(gate.url, { path: '/other' })];
    gate.misbehave('drop');
    await eventually(() => readers.every(({ end }) => end === 'cut'));
    expect((await open(gate.url)).end).toBe('open');
  });

  it('stalls the streams open now: no byte and no end, whatever the server does', async () => {
    const responses: ServerResponse[] = [];
    const { gate } = await gateBefore((asked, response) => {
      endless(asked, response);
      responses.push(response);
    });
    const stalled = await open(gate.url);
    await eventually(() => stalled.text === 'begun\n');
    gate.misbehave('stall');
    const later = await open(gate.url);
    for (const response of responses) response.write('more\n');
    await eventually(() => later.text === 'begun\nmore\n');
    responses[0]?.socket?.resetAndDestroy();
    responses[1]?.end('last\n');
    await eventually(() => later.end === 'whole');
    expect([stalled.text, stalled.end]).toEqual(['begun\n', 'open']);
    stalled.leave();
    later.leave();
    await eventually(() => gate.openSockets === 0);
  });

  it('stalls a stream that is still being asked for', async () => {
    const asked: ServerResponse[] = [];
    const { gate, upstream } = await gateBefore((_request, response) => void asked.push(response));
    const { hostname, port } = new URL(gate.url);
    let isAnswered = false;
    const sent = request({ hostname, port, path: '/stream', agent: false }).on('error', () => undefined);
    sent.on('response', () => (isAnswered = true)).end();
    await eventually(() => asked.length === 1);
    gate.misbehave('stall');
    asked[0]?.end('answer');
    // A request that overtakes nothing: what was written before has arrived by then.
    await eventually(() => asked[0]?.writableFinished === true);
    void ask(gate.url, '/other').catch(() => undefined);
    await eventually(() => asked.length === 2);
    expect(isAnswered).toBe(false);
    sent.destroy();
    await eventually(() => gate.openSockets === 1);
    expect(upstream.requests).toHaveLength(2);
  });

  it('cuts the streams, and refuses the next two with 503; other requests pass', async () => {
    const { gate } = await gateBefore(hello);
    gate.misbehave('503');
    // Pressed twice it is no more than pressed once.
    gate.misbehave('503');
    expect((await ask(gate.url, '/other')).status).toBe(200);
    const { status, text, headers } = await ask(gate.url, '/stream', { headers: { origin: ownPage } });
    expect([status, text]).toEqual([503, '{"refused":503}']);
    expect(headers).toMatchObject({ 'x-own': 'yes', 'access-control-allow-origin': ownPage });
    expect((await ask(gate.url, '/stream')).status).toBe(503);
    expect((await ask(gate.url, '/stream')).status).toBe(200);
  });

  it('refuses the next one with 429, and says when to come back', async () => {
    const { gate } = await gateBefore(endless);
    const reader = await open(gate.url);
    const other = await open(gate.url, { path: '/other' });
    gate.misbehave('429');
    await eventually(() => reader.end === 'cut');
    const { status, headers } = await ask(gate.url, '/stream', { headers: { origin: ownPage } });
    expect([status, headers['retry-after']]).toEqual([429, '3']);
    expect(String(headers['access-control-expose-headers']).split(', ')).toContain('retry-after');
    expect((await open(gate.url)).end).toBe('open');
    expect(other.end).toBe('open');
  });
});

/** Resolves when a number has not changed for a while, which under load is no shorter than a turn of everybody. */
async function standsStill(number: () => number): Promise<void> {
  let last = -1;
  let since = performance.now();
  await eventually(() => {
    if (number() !== last) since = performance.now();
    last = number();
    return last > 0 && performance.now() - since > 300;
  });
}
