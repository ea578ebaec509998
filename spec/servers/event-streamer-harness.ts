import type { TokenChain } from './chain-source.js';
import { transferEvent, transferTopic } from './erc20.js';
import { startEventStreamer, type EventStreamerServer, type EventStreamerServerOptions } from './event-streamer.js';
import { openStream, type StreamClient } from './event-streamer-client.js';
import { pluck } from './pluck.js';
import { scriptedChain, type ScriptedChain } from './scripted-chain.js';

/** What a request is answered with. */
interface Answered {
  readonly status: number;
  readonly body: unknown;
}

/** A local service, and the few calls that its specs make of it; all is closed by `closeAll`. */
interface ChainHarness {
  start(options?: EventStreamerServerOptions): Promise<{ server: EventStreamerServer; chain: ScriptedChain }>;
  /** Creates a subscription to the token's transfers, from block 0. Returns its id. */
  subscribe(server: EventStreamerServer, chain: TokenChain, more?: object): Promise<number>;
  stream(server: EventStreamerServer, id: number, token?: string): Promise<StreamClient>;
  call(server: EventStreamerServer, method: string, path: string, body?: unknown): Promise<Answered>;
  /** Acknowledges over the connection of a stream: one by the single call, more by the bulk call. */
  ack(server: EventStreamerServer, id: number, client: StreamClient, ...batchIds: readonly string[]): Promise<Answered>;
  /** Closes it with the others. */
  keep<T extends { close(): unknown }>(one: T): T;
  closeAll(): Promise<void>;
}

/** One harness for a spec file. */
export function chainHarness(): ChainHarness {
  const open: { close(): unknown }[] = [];
  const keep = <T extends { close(): unknown }>(one: T): T => {
    open.push(one);
    return one;
  };
  return {
    async start(options = {}) {
      const chain = scriptedChain();
      const server = keep(await startEventStreamer({ chain, ...options }));
      return { server, chain };
    },
    async subscribe(server, chain, more = {}) {
      const { token, chainId } = chain;
      const fields = { topic0: transferTopic, event_signature: transferEvent, addresses: [token], start_block: 0 };
      const body = { ...fields, chain_id: chainId, subscriber_id: 'spec', ...more };
      return Number(pluck((await call(server, 'POST', '/subscriptions', body)).body, 'id'));
    },
    async stream(server, id, token) {
      const query = token === undefined ? '' : `?resume_token=${encodeURIComponent(token)}`;
      return keep(await openStream(`${server.url}/subscriptions/${id}/stream${query}`));
    },
    call,
    ack(server, id, { connectionId }, ...batchIds) {
      const path = `/subscriptions/${id}/stream/${connectionId}/ack/batch`;
      return batchIds.length === 1
        ? call(server, 'POST', path, { batch_id: batchIds[0] })
        : call(server, 'POST', `${path}/bulk`, { batch_ids: batchIds, connection_id: connectionId });
    },
    keep,
    async closeAll() {
      for (const one of open.splice(0)) await one.close();
    },
  };
}

async function call(server: EventStreamerServer, method: string, path: string, body?: unknown): Promise<Answered> {
  const json =
    body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
  const response = await fetch(server.url + path, { method, ...json });
  const text = await response.text();
  const value: unknown = text === '' ? undefined : JSON.parse(text);
  return { status: response.status, body: value };
}
