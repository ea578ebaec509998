import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { listen, shutDown } from './origin.js';
import { write } from './origin-connection.js';

/** What a proxy does to the bytes of the response, counted over all responses of one connection. */
export interface Toxics {
  /** Cut the connection after this many bytes. */
  cutAfter?: number;
  /** How it is cut. @default 'reset' */
  cutBy?: 'reset' | 'fin';
  /** Pass on in pieces of at most this many bytes, about 1 ms apart so that they arrive as such. */
  slice?: number;
  /** Hold each piece back for this many milliseconds. */
  latency?: number;
  /** Pass on nothing after this many bytes, and keep the connection. */
  stallAfter?: number;
  /** Bytes per second. */
  rate?: number;
  /** Flip all bits of the byte at this place, from 0. */
  corruptAt?: number;
}

export interface Proxy {
  readonly url: string;
  readonly port: number;
  /** Connections accepted so far. */
  readonly connections: number;
  /** Client connections open now. */
  readonly openSockets: number;
  /** For connections accepted from now on. */
  setToxics(toxics: Toxics | ToxicsOf): void;
  /** Destroys the open connections, on both sides. */
  dropAll(): void;
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Chooses by the number of the connection, from 0. */
export type ToxicsOf = (connection: number) => Toxics;

/** A TCP proxy in front of a local port that damages the way back as told; the way there is passed on untouched. */
export async function startProxy(upstreamPort: number, toxics: Toxics | ToxicsOf = {}): Promise<Proxy> {
  const sockets = new Set<Socket>();
  let current = toxics;
  let connections = 0;
  const server = createServer({ noDelay: true }, (client) => {
    const connection = connections++;
    sockets.add(client);
    client.on('close', () => sockets.delete(client));
    join(client, upstreamPort, typeof current === 'function' ? current(connection) : current);
  });
  const port = await listen(server);
  const close = (): Promise<void> => shutDown(server, sockets);
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    get connections() {
      return connections;
    },
    get openSockets() {
      return sockets.size;
    },
    setToxics: (next) => {
      current = next;
    },
    dropAll: () => {
      for (const socket of sockets) socket.destroy();
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

function join(client: Socket, upstreamPort: number, toxics: Toxics): void {
  const upstream = connect({ port: upstreamPort, host: '127.0.0.1', noDelay: true });
  client.on('error', () => {});
  client.on('close', () => upstream.destroy());
  upstream.on('error', () => client.resetAndDestroy());
  client.pipe(upstream);
  void passBack(upstream, client, toxics).catch(() => client.resetAndDestroy());
}

/** `for await` reads a chunk only when the last one is through, so a slow client slows the upstream as a real wire does. */
async function passBack(upstream: Socket, client: Socket, toxics: Toxics): Promise<void> {
  const limit = Math.min(toxics.cutAfter ?? Infinity, toxics.stallAfter ?? Infinity);
  let passed = 0;
  for await (const chunk of upstream) {
    for (const piece of slices(toBytes(chunk), toxics.slice ?? Infinity)) {
      const bytes = corrupt(piece.subarray(0, limit - passed), passed, toxics.corruptAt);
      await delay(bytes.length, toxics);
      await write(client, bytes);
      passed += bytes.length;
      if (passed >= limit) return await finish(client, limit === toxics.cutAfter ? (toxics.cutBy ?? 'reset') : 'stall');
      if (client.destroyed) return;
    }
  }
  client.end();
}

/** A stall lasts until the client goes: leaving the loop would destroy the upstream, which must believe that all is well. */
async function finish(client: Socket, how: 'reset' | 'fin' | 'stall'): Promise<void> {
  if (how === 'reset') {
    await sleep(20);
    client.resetAndDestroy();
  } else if (how === 'fin') {
    client.end();
  }
  if (!client.destroyed) await once(client, 'close');
}

async function delay(bytes: number, { latency = 0, rate, slice }: Toxics): Promise<void> {
  const wait = latency + (rate === undefined ? 0 : (bytes / rate) * 1_000);
  if (wait > 0) await sleep(wait);
  else if (slice !== undefined) await sleep(1);
}

function* slices(bytes: Buffer, size: number): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, Math.min(at + size, bytes.length));
}

function corrupt(bytes: Buffer, offset: number, at: number | undefined): Buffer {
  const place = at === undefined ? -1 : at - offset;
  const byte = bytes[place];
  if (byte === undefined) return bytes;
  const copy = Buffer.from(bytes);
  copy[place] = byte ^ 0xff;
  return copy;
}

function toBytes(chunk: unknown): Buffer {
  if (Buffer.isBuffer(chunk)) return chunk;
  throw new TypeError('a socket without encoding gives bytes');
}
