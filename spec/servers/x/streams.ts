import type { ServerResponse } from 'node:http';
import type { ConnectionList, Registration } from './connections.js';
import type { StreamEndpoint } from './endpoints.js';
import type { History, Item } from './history.js';
import type { LineMemo, WriteLine } from './lines.js';
import { disconnectNotice, type DisconnectType } from './problems.js';
import { openStreamBody, type StreamBody } from './stream-body.js';
import type { StreamQuery } from './stream-query.js';

/** A connection that is being served. */
export interface OpenStream {
  readonly endpoint: StreamEndpoint;
  readonly query: StreamQuery;
  readonly body: StreamBody;
  /** The last line that it was sent. */
  lastLine: string;
  /** Bytes of backfill that the client has not read yet: they are no sign of slowness. */
  burst: number;
}

/** A request that passed every check. */
export interface AcceptedStream {
  readonly endpoint: StreamEndpoint;
  readonly query: StreamQuery;
  readonly response: ServerResponse;
  readonly clientIp: string;
  readonly share: string;
  readonly gzip: boolean;
}

export interface Streams {
  open(accepted: AcceptedStream): void;
  deliver(item: Item): void;
  /** Those open now; `where` is a path or a connection name. */
  select(where?: string): readonly OpenStream[];
  /** Whether every line is sent twice. */
  duplicates: boolean;
}

export interface StreamsOptions {
  readonly now: () => number;
  readonly keepAliveMs: number;
  /** A client with more bytes than this unread is cut, as X cuts slow readers. */
  readonly slowReaderBytes: number;
  readonly history: History;
  readonly connections: ConnectionList;
  readonly write: WriteLine;
}

/** All open streams: their beginning (metadata, backfill, replay), what is delivered to them, their end. */
export function createStreams(options: StreamsOptions): Streams {
  const { now, history, connections, write, slowReaderBytes } = options;
  const live = new Set<OpenStream>();
  const streams: Streams = {
    duplicates: false,
    select: (where) => [...live].filter(({ endpoint }) => where === undefined || isAt(endpoint, where)),
    deliver(item) {
      const memo: LineMemo = new Map();
      for (const stream of live) send(stream, write(item, stream, memo), streams.duplicates);
    },
    open(accepted) {
      const stream = begin(accepted);
      if (accepted.query.replay !== undefined) {
        replay(stream, accepted.query.replay);
        return;
      }
      backfill(stream);
      live.add(stream);
    },
  };
  return streams;

  function begin({ endpoint, query, response, clientIp, share, gzip }: AcceptedStream): OpenStream {
    const body = openStreamBody(response, { keepAliveMs: options.keepAliveMs, gzip });
    const stream: OpenStream = { endpoint, query, body, lastLine: '', burst: 0 };
    const kill = (): void => {
      sendAway(stream, 'ForceDisconnect');
    };
    const registration: Registration = connections.open(endpoint, share, clientIp, kill);
    body.onClose(() => {
      live.delete(stream);
      registration.close('client_disconnect');
    });
    if (query.localDcOnly) body.write(`${JSON.stringify(metadata(now()))}\r\n`);
    return stream;
  }

  function backfill(stream: OpenStream): void {
    const { backfillMs } = stream.query;
    if (backfillMs === 0) return;
    writeAll(stream, history.between(now() - backfillMs, Infinity));
    stream.burst = stream.body.waiting;
  }

  /** Comes to a regular end: that is how a client knows that the replay is complete. */
  function replay(stream: OpenStream, { from, to }: { readonly from: number; readonly to: number }): void {
    writeAll(stream, history.between(from, to));
    stream.body.end();
  }

  function writeAll(stream: OpenStream, items: readonly Item[]): void {
    const lines = items.flatMap((item) => write(item, stream) ?? []);
    if (lines.length > 0) stream.body.write(lines.join(''));
  }

  function send(stream: OpenStream, line: string | undefined, twice: boolean): void {
    if (line === undefined) return;
    stream.burst = Math.min(stream.burst, stream.body.waiting);
    if (stream.body.waiting - stream.burst > slowReaderBytes) {
      live.delete(stream);
      sendAway(stream, 'SlowReader');
      return;
    }
    stream.lastLine = line;
    stream.body.write(twice ? line + line : line);
  }

  function sendAway({ body }: OpenStream, why: DisconnectType): void {
    body.write(`${JSON.stringify(disconnectNotice(why))}\r\n`);
    body.end();
  }
}

function isAt(endpoint: StreamEndpoint, where: string): boolean {
  return endpoint.path === where || endpoint.name === where;
}

function metadata(now: number): object {
  return { type: 'connection_metadata', datacenter: 'local1', timestamp: new Date(now).toISOString() };
}
