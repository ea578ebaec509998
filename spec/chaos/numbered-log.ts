import { createServer, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { listen, shutDown } from '../servers/origin.js';
import { type Seeded, seeded } from './seeded.js';

/** A server of logs of numbered items, 1 and up, each resumable behind any of them. */
export interface NumberedLog {
  readonly port: number;
  /** The log has no item behind this one: its body then ends as it should. Until it is said the log has no end. */
  end(log: string, last: number): void;
  [Symbol.asyncDispose](): Promise<void>;
}

/** How one connection is served. */
interface Serving {
  readonly after: number;
  readonly dice: Seeded;
  readonly isEvents: boolean;
  /** Undefined while the log has none. */
  readonly last: () => number | undefined;
}

/**
 * `/<log>?after=N` sends lines of JSON behind N; `/<log>` with `accept: text/event-stream` sends events behind `Last-Event-ID`.
 * Pieces are cut anywhere, and now and then the connection is, or lasts without a byte for some milliseconds.
 */
export async function startNumberedLog(seed: number): Promise<NumberedLog> {
  const ends = new Map<string, number>();
  const connects = new Map<string, number>();
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://log');
    const connect = (connects.get(pathname) ?? 0) + 1;
    connects.set(pathname, connect);
    const isEvents = request.headers.accept?.includes('text/event-stream') === true;
    const after = Number(isEvents ? (request.headers['last-event-id'] ?? 0) : searchParams.get('after'));
    const dice = seeded(seed * 1_000_003 + connect);
    const last = (): number | undefined => ends.get(pathname);
    void serve(response, { after, dice, isEvents, last });
  });
  server.on('connection', (socket) => {
    sockets.add(socket.setNoDelay(true));
    socket.on('close', () => sockets.delete(socket));
  });
  const port = await listen(server);
  return {
    port,
    end: (log, last) => void ends.set(`/${log}`, last),
    [Symbol.asyncDispose]: () => shutDown(server, sockets),
  };
}

/** What one connection carries before it breaks. */
const mostPieces = 400;

async function serve(response: ServerResponse, { after, dice, isEvents, last }: Serving): Promise<void> {
  const encode = isEvents
    ? (n: number): string => `id: ${n}\ndata: {"n":${n}}\n\n`
    : (n: number): string => `{"n":${n}}\n`;
  response.on('error', () => undefined);
  if (last() !== undefined && after >= (last() ?? 0) && isEvents) return void response.writeHead(204).end();
  response.writeHead(200, { 'content-type': isEvents ? 'text/event-stream' : 'application/x-ndjson' });
  let next = after + 1;
  let rest = '';
  for (let left = dice.between(5, mostPieces); left > 0 && !response.destroyed; left -= 1) {
    const until = Math.min(next + dice.between(1, isEvents ? 200 : 20), last() ?? Infinity);
    for (; next <= until; next += 1) rest += encode(next);
    if (next > (last() ?? Infinity)) return void response.end(rest);
    const cut = dice.between(1, rest.length);
    if (!response.write(rest.slice(0, cut))) await drained(response);
    rest = rest.slice(cut);
    await sleep(dice.chance(0.2) ? dice.between(1, 8) : 0);
  }
  response.destroy();
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    response.once('drain', resolve).once('close', resolve);
  });
}
