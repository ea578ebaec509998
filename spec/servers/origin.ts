import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import type { OriginRequest, RawRequest } from './http-request.js';
import { serveConnection } from './origin-connection.js';
import type { Handler, Script, Step } from './origin-steps.js';

export interface OriginOptions {
  /** Keep the connection when the client has sent its FIN. @default false */
  allowHalfOpen?: boolean;
}

export interface Origin {
  /** `http://127.0.0.1:<port>`, without a slash at the end. */
  readonly url: string;
  readonly port: number;
  /** Connections accepted so far, spare ones included; to count attempts, count `requests`. */
  readonly connections: number;
  /** Connections open now, those included that no request has come over: see `activeSockets`. */
  readonly openSockets: number;
  /**
   * Connections open now that a request has come over. Whenever Node's fetch aborts a body it opens a spare connection for
   * its next request (undici 6.24), so only this number falls to 0.
   */
  readonly activeSockets: number;
  readonly requests: readonly OriginRequest[];
  /** Resolves with `performance.now()` when connection `n` (from 0) is closed, by the client unless the script did it first. */
  closed(n: number): Promise<number>;
  /** Destroys every connection and stops listening. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * A local server that says exactly what its script says: bytes over `node:net`, because `node:http` corrects bad framing.
 *
 * A script's first list starts at the first connection, unless it begins with `acceptAndReset` or `acceptAndClose` after
 * its first request. When a list has ended and a request arrives on the same (kept alive) connection, the next list is
 * taken: a client that reuses its connection sees the same sequence as one that does not.
 */
export async function startOrigin(plan: Script | Handler, options: OriginOptions = {}): Promise<Origin> {
  const sockets = new Set<Socket>();
  const active = new Set<Socket>();
  const requests: OriginRequest[] = [];
  const closings = new Map<number, Closing>();
  const closing = (n: number): Closing => getOrAdd(closings, n, newClosing);
  const nextScript = scriptTaker(plan);
  let connections = 0;

  const server = createServer({ allowHalfOpen: options.allowHalfOpen ?? false, noDelay: true }, (socket) => {
    const connection = connections++;
    sockets.add(socket);
    const done = (): void => closing(connection).resolve(performance.now());
    socket.on('end', done).on('close', () => {
      sockets.delete(socket);
      active.delete(socket);
      done();
    });
    const note = (request: RawRequest): OriginRequest => {
      const noted = { ...request, at: performance.now(), connection };
      requests.push(noted);
      active.add(socket);
      return noted;
    };
    serveConnection(socket, nextScript, note);
  });
  const port = await listen(server);
  const close = (): Promise<void> => shutDown(server, sockets);
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    requests,
    get connections() {
      return connections;
    },
    get openSockets() {
      return sockets.size;
    },
    get activeSockets() {
      return active.size;
    },
    closed: (n) => closing(n).promise,
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** A URL on which nothing listens: connecting to it is refused. */
export async function refusedUrl(): Promise<string> {
  const server = createServer();
  const port = await listen(server);
  await shutDown(server, []);
  return `http://127.0.0.1:${port}`;
}

/** Listens on the loopback and returns the port; 0 is for a free one. Errors: `EADDRINUSE` and the like. */
export async function listen(server: Server, port = 0): Promise<number> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return address.port;
}

/** Destroys the sockets and resolves when the port is free. */
export function shutDown(server: Server, sockets: Iterable<Socket>): Promise<void> {
  for (const socket of sockets) socket.destroy();
  return new Promise((resolve) => server.close(() => resolve()));
}

/** Returns what makes the steps of the next turn: a list to run, or a handler to ask. */
function scriptTaker(plan: Script | Handler): () => readonly Step[] | Handler {
  if (typeof plan === 'function') return () => plan;
  let taken = 0;
  return () => plan[Math.min(taken++, plan.length - 1)] ?? [];
}

interface Closing {
  readonly promise: Promise<number>;
  resolve(time: number): void;
}

function newClosing(): Closing {
  let resolve: (time: number) => void = () => {};
  const promise = new Promise<number>((settle) => (resolve = settle));
  return { promise, resolve: (time) => resolve(time) };
}

function getOrAdd<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}
