import {
  type IncomingHttpHeaders,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  request as httpRequest,
  type ServerResponse,
} from 'node:http';
import { readableHeaders } from './cross-origin.js';

/** One request on its way through a gate. */
export interface Exchange {
  /** Resets the connection to the browser. */
  cut(): void;
  /** Not a byte more, and no end, until the browser leaves. */
  stall(): void;
}

/** Where a request goes, and what watches over it. */
export interface ForwardOptions {
  /** Of the server behind the gate. */
  readonly port: number;
  /** Is told of the bytes of the body. */
  readonly passed?: ((bytes: Uint8Array) => void) | undefined;
  /** A browser that reads nothing for so many milliseconds is cut: some servers keep all of it in memory. @default 600_000 */
  readonly unreadMs?: number | undefined;
}

/**
 * Sends a request on to a local server, and its answer back, no faster than either side reads. A browser that leaves ends the request to
 * the server; a server that dies resets the connection to the browser, which must not take half a body for a whole one.
 */
export function forward(request: IncomingMessage, response: ServerResponse, options: ForwardOptions): Exchange {
  const { port, passed, unreadMs = 600_000 } = options;
  let isStalled = false;
  let answer: IncomingMessage | undefined;
  const upstream = httpRequest({
    ...{ host: '127.0.0.1', port, method: request.method, path: request.url, agent: false },
    headers: { ...endToEnd(request.headers, notPassedOn), 'accept-encoding': 'identity' },
  });
  const cut = (): void => {
    response.socket?.resetAndDestroy();
    upstream.destroy();
  };
  const lost = (): void => {
    if (isStalled || response.closed) return;
    if (response.headersSent) cut();
    else refuseGone(request, response);
  };
  upstream.on('error', lost);
  upstream.on('response', (incoming) => {
    answer = incoming;
    incoming.on('error', lost);
    if (isStalled) return;
    response.writeHead(incoming.statusCode ?? 502, readableHeaders(request, endToEnd(incoming.headers, notPassedBack)));
    response.flushHeaders();
    if (passed !== undefined) incoming.on('data', passed);
    incoming.pipe(response);
    limitUnread(incoming, response, { unreadMs, cut });
  });
  response.on('close', () => upstream.destroy());
  request.pipe(upstream);
  return {
    cut,
    stall: () => {
      isStalled = true;
      answer?.unpipe(response);
      answer?.pause();
    },
  };
}

/** Of one connection and not of the message (RFC 9110 7.6.1). */
const hopByHop = ['connection', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'transfer-encoding', 'upgrade'];
const notPassedOn = new Set([...hopByHop, 'host', 'origin', 'referer', 'cookie', 'expect', 'accept-encoding']);
/** The gate speaks for itself about origins. */
const notPassedBack = new Set([...hopByHop, 'vary']);

function endToEnd(headers: IncomingHttpHeaders, without: ReadonlySet<string>): OutgoingHttpHeaders {
  const named = (headers.connection ?? '').split(',').map((name) => name.trim().toLowerCase());
  const isPassed = (name: string): boolean =>
    !without.has(name) && !named.includes(name) && !name.startsWith('access-control-');
  return Object.fromEntries(Object.entries(headers).filter(([name]) => isPassed(name)));
}

/** The server is being replaced, or has closed the connection before it said anything. */
function refuseGone(request: IncomingMessage, response: ServerResponse): void {
  const headers = { 'content-type': 'application/json', 'cache-control': 'no-store' };
  response.writeHead(502, readableHeaders(request, headers));
  response.end(JSON.stringify({ error: 'the server behind the gate is away; try again' }));
}

interface Unread {
  readonly unreadMs: number;
  cut(): void;
}

function limitUnread(incoming: IncomingMessage, response: ServerResponse, { unreadMs, cut }: Unread): void {
  let limit: ReturnType<typeof setTimeout> | undefined;
  const clear = (): void => clearTimeout(limit);
  incoming.on('pause', () => {
    clear();
    limit = setTimeout(cut, unreadMs);
  });
  response.on('drain', clear);
  response.on('close', clear);
}
