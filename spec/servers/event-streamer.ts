import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { Socket } from 'node:net';
import type { ChainSource } from './chain-source.js';
import { acksApi } from './event-streamer/acks-api.js';
import { ok, type ServiceRoute } from './event-streamer/answers.js';
import { messages } from './event-streamer/batches.js';
import { breakersApi, newBreakers } from './event-streamer/breakers-api.js';
import { chainsApi, loadedChain } from './event-streamer/chains-api.js';
import { connectionList } from './event-streamer/connections.js';
import { misbehaviour, type Misbehaviour } from './event-streamer/misbehaviour.js';
import { newRecords, type Records } from './event-streamer/records.js';
import { serviceRouter } from './event-streamer/router.js';
import { newServiceState, type ServiceState } from './event-streamer/state.js';
import { streamsApi } from './event-streamer/streams-api.js';
import { subscriptionsApi } from './event-streamer/subscriptions-api.js';
import { shutDown } from './origin.js';

export interface EventStreamerServerOptions {
  /** The chain that it reads. */
  readonly chain?: ChainSource;
  /** The chains that it reads, beside `chain`. */
  readonly chains?: readonly ChainSource[];
  /** What an earlier server has kept. @default newServiceState() */
  readonly state?: ServiceState;
  /** @default 0: a free one */
  readonly port?: number;
  /** The bearer token that clients must show. @default nobody must */
  readonly token?: string;
  /** Milliseconds between two heartbeat lines. @default 30_000 */
  readonly heartbeatMs?: number;
  /** A connection whose client says nothing for so many milliseconds is ended. @default 300_000 */
  readonly connectionTimeoutMs?: number;
  /** For how long acknowledgments are taken after the client has closed its stream, in milliseconds. @default 5_000 */
  readonly graceMs?: number;
  /** Events per batch at most. @default 100 */
  readonly batchSize?: number;
  /** Blocks per reading of logs. @default 1_000 */
  readonly blocksPerRead?: number;
  /** How long to gather live events after a batch, in milliseconds. @default 0 */
  readonly gatherMs?: number;
  /** What comes after a token's place: only what has not been acknowledged, or everything. @default 'unacknowledged' */
  readonly resend?: 'unacknowledged' | 'all';
  /** A token that cannot be resumed from gets an error message in the stream, or this status. @default 'message' */
  readonly invalidToken?: 'message' | number;
  /** Whether batches have a `batch_id`; without it the `response_id` is what is acknowledged. @default true */
  readonly batchIds?: boolean;
  /** Where the service's README and its source give different answers: which of them. @default 'source' */
  readonly shapes?: 'source' | 'readme';
  /** Epoch milliseconds. @default Date.now */
  readonly now?: () => number;
}

/** A running local Event Streamer service. */
export interface EventStreamerServer extends Readonly<Records> {
  /** `http://127.0.0.1:<port>`, without a slash at the end. */
  readonly url: string;
  readonly port: number;
  /** What outlives the server. */
  readonly state: ServiceState;
  readonly misbehave: Misbehaviour;
  /** TCP connections open now. */
  readonly openSockets: number;
  /** Streams open now. */
  readonly openStreams: number;
  /** From now on only this bearer token is good; open streams stay. */
  rotateToken(token: string): void;
  /** Kills the service: every connection is destroyed, the port is free. `state` can go to another server. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * A local Event Streamer service: subscriptions, streams with backfill, resume tokens and acknowledgments, heartbeats both ways, and
 * faults on demand.
 *
 * At least once: what a connection has sent and its client has not acknowledged is sent again after a resume from before it, perhaps
 * cut differently. A token points after its batch; one that asks for a place skips whatever is before it.
 */
export async function startEventStreamer(options: EventStreamerServerOptions): Promise<EventStreamerServer> {
  const { state = newServiceState(), port: wanted = 0 } = options;
  const secret = { token: options.token };
  for (const subscription of state.subscriptions) subscription.is_streaming = false;
  const { handle, records, misbehave, connections } = buildService(options, state, secret);
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    // A client may vanish while its body is read; there is nobody left to tell.
    void handle(request, response).catch(() => response.destroy());
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.setNoDelay(true).on('close', () => sockets.delete(socket));
  });
  const port = await listenAt(server, wanted);
  const close = async (): Promise<void> => {
    for (const { body } of connections.select()) body.cut('fin');
    await shutDown(server, sockets);
  };
  return {
    ...records,
    url: `http://127.0.0.1:${port}`,
    port,
    state,
    misbehave,
    get openSockets() {
      return sockets.size;
    },
    get openStreams() {
      return connections.select().length;
    },
    rotateToken: (token) => {
      secret.token = token;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

interface Service {
  readonly handle: ReturnType<typeof serviceRouter>;
  readonly records: Records;
  readonly misbehave: Misbehaviour;
  readonly connections: ReturnType<typeof connectionList>;
}

function buildService(
  options: EventStreamerServerOptions,
  state: ServiceState,
  secret: { readonly token: string | undefined },
): Service {
  const { chain, chains: more = [], now = Date.now, batchIds = true, shapes = 'source' } = options;
  const { heartbeatMs = 30_000, connectionTimeoutMs = 300_000, graceMs = 5_000 } = options;
  const { batchSize = 100, blocksPerRead = 1_000, gatherMs = 0 } = options;
  const { resend = 'unacknowledged', invalidToken = 'message' } = options;
  const chains = new Map([...(chain ? [chain] : []), ...more].map((one) => [one.chainId, one]));
  for (const id of chains.keys()) introduce(state, id);
  const records = newRecords();
  const connections = connectionList(graceMs, (subscription) => {
    subscription.is_streaming = connections.select(subscription.id).length > 0;
  });
  const writer = messages({ state, now, batchIds });
  const faults = misbehaviour(state, connections, writer);
  const shared = { state, now, shapes, connections, messages: writer, faults, records, chains };
  const streaming = { heartbeatMs, connectionTimeoutMs, batchSize, blocksPerRead, gatherMs, resend, invalidToken };
  const routes = [
    ...streamsApi({ ...shared, ...streaming }),
    ...acksApi(shared),
    ...subscriptionsApi({ ...shared, hasChain: (id) => chains.has(id) }),
    ...breakersApi(shared),
    ...chainsApi({ ...shared, loaded: () => [...chains.keys()] }),
    healthRoute(now),
  ];
  const handle = serviceRouter({
    routes,
    faults,
    records,
    isAuthorized: ({ headers }) => secret.token === undefined || headers.authorization === `Bearer ${secret.token}`,
  });
  return { handle, records, misbehave: faults.misbehave, connections };
}

/** A chain that this state has not seen yet. */
function introduce(state: ServiceState, chainId: number): void {
  if (!state.chains.some(({ chain_id: id }) => id === chainId)) state.chains.push(loadedChain(chainId));
  if (!state.breakers.some(({ chain_id: id }) => id === chainId)) state.breakers.push(...newBreakers(chainId));
}

function healthRoute(now: () => number): ServiceRoute {
  const handle = (): ReturnType<typeof ok> => ok({ status: 'healthy', timestamp: new Date(now()).toISOString() });
  return { name: 'health', method: 'GET', path: /^\/health$/, handle };
}

async function listenAt(server: Server, port: number): Promise<number> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return address.port;
}
