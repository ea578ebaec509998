import { createServer, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { listen, shutDown } from './origin.js';
import { subscriptions } from './x/activity.js';
import { answers } from './x/answers.js';
import { streamConnect } from './x/connect.js';
import { connectionsApi } from './x/connections-api.js';
import { connectionList } from './x/connections.js';
import { history } from './x/history.js';
import { lineWriter } from './x/lines.js';
import { misbehaviour, type Misbehaviour } from './x/misbehaviour.js';
import { createPublisher, type Publisher } from './x/publisher.js';
import { rateLimits } from './x/rate-limits.js';
import { createRouter, type Router } from './x/router.js';
import { rulesApi } from './x/rules-api.js';
import { ruleBook, type RuleBook, type RuleToAdd } from './x/rules.js';
import { createStreams } from './x/streams.js';

export interface XServerOptions {
  /** The bearer token that clients must show. @default 'local-x-token' */
  readonly token?: string;
  /** Rules that exist from the start. @default [] */
  readonly rules?: readonly RuleToAdd[];
  /** An empty line after this many milliseconds without another. @default 20_000 */
  readonly keepAliveMs?: number;
  /** Epoch milliseconds: history, rate limits, `Date`, connection times. @default Date.now */
  readonly now?: () => number;
  /** Items kept for backfill and replay. @default 100_000 */
  readonly historyLimit?: number;
  /** Connects per window, in place of each stream's own (50, 100 or 450). */
  readonly connectLimit?: number;
  /** Milliseconds that rate limits count over. @default 900_000 */
  readonly rateWindowMs?: number;
  /** Connections at a time per stream and partition, in place of each stream's own (1, activity 2). */
  readonly maxConnections?: number;
  /** @default 1_000 */
  readonly maxRules?: number;
  /** Characters. @default 1_024 */
  readonly maxRuleLength?: number;
  /** Compress for clients that ask for it. @default false */
  readonly gzip?: boolean;
  /** Unread bytes at which a slow client is sent away. @default 8 MiB */
  readonly slowReaderBytes?: number;
}

/** A running local X. Everything in it is for one application with one token. */
export interface XServer extends Omit<Publisher, 'stop'>, Omit<Router, 'handle'> {
  /** `http://127.0.0.1:<port>`, without a slash at the end. */
  readonly url: string;
  readonly port: number;
  readonly token: string;
  /** The rules, past the HTTP interface. */
  readonly rules: RuleBook;
  readonly misbehave: Misbehaviour;
  /** TCP connections open now. */
  readonly openSockets: number;
  /** Live streams open now; replays do not count. */
  readonly openStreams: number;
  now(): number;
  /** From now on only this token is good; open streams stay. */
  rotateToken(token: string): void;
  /** Forgets what the rate limits have counted. */
  clearRateLimits(): void;
  /** Stops flows, destroys connections, frees the port. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * A local X: the fifteen streams and Powerstream, rules, connections and activity subscriptions, with X's checks, limits,
 * headers and problem bodies, and faults on demand.
 *
 * Differences from X: the samples carry every post; posts of a stream with partitions are shared out by a hash of the id;
 * rules take effect at once; one TCP port without TLS.
 */
export async function startXServer(options: XServerOptions = {}): Promise<XServer> {
  const { token = 'local-x-token', now = Date.now } = options;
  const secret = { token };
  const parts = buildParts(options, now, secret);
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    // A client may vanish while its body is read; there is nobody left to tell.
    void parts.router.handle(request, response).catch(() => response.destroy());
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.setNoDelay(true).on('close', () => sockets.delete(socket));
  });
  const port = await listen(server);
  const close = async (): Promise<void> => {
    parts.publisher.stop();
    await shutDown(server, sockets);
  };
  const { publisher, router, streams, rules, misbehave, limits } = parts;
  return {
    ...publisher,
    url: `http://127.0.0.1:${port}`,
    port,
    rules,
    misbehave,
    connects: router.connects,
    requests: router.requests,
    get token() {
      return secret.token;
    },
    get openSockets() {
      return sockets.size;
    },
    get openStreams() {
      return streams.select().length;
    },
    now,
    rotateToken: (next) => {
      secret.token = next;
    },
    clearRateLimits: () => limits.clear(),
    close,
    [Symbol.asyncDispose]: close,
  };
}

interface Parts {
  readonly publisher: Publisher;
  readonly router: Router;
  readonly streams: ReturnType<typeof createStreams>;
  readonly rules: RuleBook;
  readonly misbehave: Misbehaviour;
  readonly limits: ReturnType<typeof rateLimits>;
}

function buildParts(options: XServerOptions, now: () => number, secret: { readonly token: string }): Parts {
  const { maxRules = 1_000, maxRuleLength = 1_024, keepAliveMs = 20_000, slowReaderBytes = 8 * 2 ** 20 } = options;
  const past = history(options.historyLimit ?? 100_000);
  const rules = ruleBook({ now, maxRules, maxLength: maxRuleLength });
  rules.add(options.rules ?? []);
  const connections = connectionList(now);
  const activity = subscriptions(now);
  const write = lineWriter(rules, activity);
  const streams = createStreams({ now, keepAliveMs, slowReaderBytes, history: past, connections, write });
  const { misbehave, takeNext } = misbehaviour(streams, connections);
  const limits = rateLimits(now, options.rateWindowMs ?? 900_000);
  const isAuthorized = (request: IncomingMessage): boolean =>
    request.headers.authorization === `Bearer ${secret.token}`;
  const shared = { now, isAuthorized, limits, answers: answers(now), rules, connections, streams, takeNext };
  const { connectLimit, maxConnections, gzip = false } = options;
  const router = createRouter({
    ...shared,
    connect: streamConnect({ ...shared, connectLimit, maxConnections, gzip }),
    routes: [...rulesApi(rules, now, maxRules), ...connectionsApi(connections), ...activity.routes],
    redact: (text) => text.replaceAll(secret.token, '[token]'),
  });
  const publisher = createPublisher({ now, history: past, rules, streams });
  return { publisher, router, streams, rules, misbehave, limits };
}
