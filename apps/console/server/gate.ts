import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { listen, shutDown } from '../../../spec/servers/origin.js';
import { type AllowsOrigin, isPreflight, preflightHeaders, readableHeaders, sourceOf } from './cross-origin.js';
import { type Feed, type GateFault, type RefusalStatus, retryAfterSeconds } from './feed.js';
import { type Exchange, forward } from './forward.js';

/** What stands on both sides of a gate. */
export interface GateOptions {
  /** What is behind it. */
  readonly feed: Pick<Feed, 'port' | 'isStream' | 'refusal' | 'passed'>;
  /** Which pages may come in. */
  readonly allows: AllowsOrigin;
}

/** The only way from a browser to one local server. */
export interface Gate {
  /** `http://127.0.0.1:<port>`, without a slash at the end. */
  readonly url: string;
  /** Connections of browsers that are open now. */
  readonly openSockets: number;
  /**
   * `drop` resets every connection. `stall` lets no more bytes through on the streams that are open now. `503` and `429` cut them, and
   * refuse the next two streams, or the next one.
   */
  misbehave(fault: GateFault): void;
  /** Destroys every connection and stops listening. */
  close(): Promise<void>;
}

/** A browser keeps its idle connections for minutes after the tab is gone, and opens some in reserve. */
const idleLimits = { keepAliveTimeout: 2_000, headersTimeout: 5_000, connectionsCheckingInterval: 1_000 };
const maxSockets = 256;

/** A reverse proxy on a port of its own, because a browser has six connections to an origin and no more. */
export async function startGate({ feed, allows }: GateOptions): Promise<Gate> {
  const sockets = new Set<Socket>();
  const streams = new Set<Exchange>();
  const refusals = refusalQueue();
  const server = createServer(idleLimits, (request, response) => {
    response.on('error', () => undefined);
    if (sourceOf(request, allows) === 'foreign') return void response.writeHead(403).end();
    if (isPreflight(request)) return void response.writeHead(204, preflightHeaders(request)).end();
    const isStream = feed.isStream(request.method ?? '', request.url ?? '');
    const refused = isStream ? refusals.take() : undefined;
    if (refused !== undefined) return refuse(feed, refused, { request, response });
    const exchange = forward(request, response, { port: feed.port, passed: isStream ? feed.passed : undefined });
    if (!isStream) return;
    streams.add(exchange);
    response.on('close', () => streams.delete(exchange));
  });
  server.maxConnections = maxSockets;
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.setNoDelay(true).on('close', () => sockets.delete(socket));
  });
  const port = await listen(server);
  return {
    url: `http://127.0.0.1:${port}`,
    get openSockets() {
      return sockets.size;
    },
    misbehave: (fault) => {
      if (fault === 'drop') for (const socket of sockets) socket.resetAndDestroy();
      if (fault === 'stall') for (const stream of streams) stream.stall();
      if (fault !== '503' && fault !== '429') return;
      refusals.add(fault);
      for (const stream of streams) stream.cut();
    },
    close: () => shutDown(server, sockets),
  };
}

interface RefusalQueue {
  /** Asked for twice it is no more than asked for once. */
  add(fault: '503' | '429'): void;
  take(): RefusalStatus | undefined;
}

function refusalQueue(): RefusalQueue {
  let due: readonly RefusalStatus[] = [];
  return {
    add: (fault) => {
      const asked: readonly RefusalStatus[] = fault === '503' ? [503, 503] : [429];
      due = [...due.filter((status) => status !== asked[0]), ...asked];
    },
    take: () => {
      const [first, ...rest] = due;
      due = rest;
      return first;
    },
  };
}

interface Refused {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

function refuse(feed: Pick<Feed, 'refusal'>, status: RefusalStatus, { request, response }: Refused): void {
  const { body, headers = {} } = feed.refusal(status, request.url ?? '');
  const wait = status === 429 ? { 'retry-after': String(retryAfterSeconds) } : {};
  const own = { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers, ...wait };
  response.writeHead(status, readableHeaders(request, own)).end(JSON.stringify(body));
}
