import type { Server } from 'node:http';
import { DurableStreamTestServer } from '@durable-streams/server';

type ServerOptions = NonNullable<ConstructorParameters<typeof DurableStreamTestServer>[0]>;

/** What the next requests to one path meet. */
export type DurableFault = Parameters<DurableStreamTestServer['injectFault']>[1];

/** The protocol's own server. */
export interface Durable {
  /** `http://127.0.0.1:<port>`; any path under it is a stream. */
  readonly url: string;
  readonly port: number;
  readonly server: DurableStreamTestServer;
  /** A stream of this content type with these appends in it; its URL. */
  create(path: string, contentType: string, ...bodies: readonly (string | Uint8Array)[]): Promise<string>;
  append(path: string, body: string | Uint8Array): Promise<void>;
  closeStream(path: string): Promise<void>;
  /** One fault per path at a time, for one request unless `count` says more. */
  inject(path: string, fault: DurableFault): void;
  /** Everybody has to connect anew. */
  dropConnections(): void;
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Starts it on a free port, uncompressed, with long-polls of half a second.
 *
 * Closing destroys its connections first: on its own it would wait for every second reader until its long-poll is over.
 */
export async function startDurable(options: ServerOptions = {}): Promise<Durable> {
  const server = new DurableStreamTestServer({
    ...{ port: 0, host: '127.0.0.1', compression: false, longPollTimeout: 500 },
    ...options,
  });
  const url = await server.start();
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => (closing ??= stop(server));
  const send = async (path: string, init: RequestInit): Promise<Response> => {
    const response = await fetch(url + path, init);
    if (!response.ok) throw new Error(`${init.method} ${path}: HTTP ${response.status} ${await response.text()}`);
    await response.arrayBuffer();
    return response;
  };
  const types = new Map<string, string>();
  const append = async (path: string, body: string | Uint8Array): Promise<void> => {
    await send(path, { method: 'POST', headers: { 'content-type': types.get(path) ?? '' }, body: bodyOf(body) });
  };
  return {
    url,
    port: Number(new URL(url).port),
    server,
    create: async (path, contentType, ...bodies) => {
      types.set(path, contentType);
      await send(path, { method: 'PUT', headers: { 'content-type': contentType } });
      for (const body of bodies) await append(path, body);
      return url + path;
    },
    append,
    closeStream: async (path) => {
      await send(path, { method: 'POST', headers: { 'stream-closed': 'true' } });
    },
    inject: (path, fault) => server.injectFault(path, fault),
    dropConnections: () => dropAll(server),
    close,
    [Symbol.asyncDispose]: close,
  };
}

function bodyOf(body: string | Uint8Array): string | Uint8Array<ArrayBuffer> {
  return typeof body === 'string' ? body : new Uint8Array(body);
}

async function stop(server: DurableStreamTestServer): Promise<void> {
  dropAll(server);
  await server.stop();
}

function dropAll(server: DurableStreamTestServer): void {
  const inner: unknown = Reflect.get(server, 'server');
  if (isServer(inner)) inner.closeAllConnections();
}

function isServer(value: unknown): value is Server {
  return typeof value === 'object' && value !== null && 'closeAllConnections' in value;
}
