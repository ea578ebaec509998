import { setTimeout as sleep } from 'node:timers/promises';
import { startXServer, type XServer } from '../../../spec/servers/x.js';
import { plainProblem, tooManyRequests } from '../../../spec/servers/x/problems.js';
import { limitHeaders } from '../../../spec/servers/x/rate-limits.js';
import { type Feed, type Refusal, type RefusalStatus, retryAfterSeconds } from './feed.js';
import { floodingFlow } from './flooding.js';

/** Floods, and how long a server lasts. */
export interface PostsFeedOptions {
  /** How long a flood lasts, in milliseconds. @default 5_000 */
  readonly floodMs?: number | undefined;
  /** Another server takes over when this many posts have been made, because each keeps the ids of all its posts. @default 200_000 */
  readonly renewAt?: number | undefined;
}

/** Made, of which ten match. */
const postsPerSecond = 12;

/** X's is 20 s; a client gives up on a silence of a few of them. */
const keepAliveMs = 500;

/** How long the streams of a server that is replaced may take to end, in milliseconds. */
const farewell = 1_000;

/** Together they match five posts of six. */
const rules = [
  { value: 'the OR train OR storm OR coffee OR streams OR observable OR engineers OR nobody', tag: 'english' },
  {
    value: 'café OR 커피 OR القطار OR आज OR Brücke OR phố OR łódź OR chuva OR ट्रेन OR Straßenbahn',
    tag: 'many scripts',
  },
  { value: '#rxjs OR #streams OR #news OR #ラーメン OR #Köln OR #서울 OR #launch2026', tag: 'marked' },
];

/** Posts of a local X that match its rules. */
export async function startPostsFeed({ floodMs, renewAt = 200_000 }: PostsFeedOptions = {}): Promise<Feed> {
  let server = await startServer();
  let before = 0;
  let seed = 1;
  const flow = floodingFlow(
    (perSecond) => {
      const posts = server.flow({ perSecond, seed: seed++ });
      return () => posts.stop();
    },
    { perSecond: postsPerSecond, floodMs },
  );
  return {
    get port() {
      return server.port;
    },
    token: server.token,
    get sent() {
      return before + server.matched.length;
    },
    isStream: (method, path) => method === 'GET' && /\/stream(?:$|\?)/.test(path),
    refusal,
    flood: flow.flood,
    tend: async () => {
      if (server.published.length < renewAt) return;
      const old = server;
      const next = await startServer();
      before += old.matched.length;
      server = next;
      flow.restart();
      await retire(old);
    },
    close: async () => {
      flow.stop();
      await server.close();
    },
  };
}

function startServer(): Promise<XServer> {
  const generous = { connectLimit: 1_000_000, maxConnections: 100 };
  return startXServer({ keepAliveMs, rules, historyLimit: 5_000, ...generous });
}

/** X tells its clients when it restarts: they come back to the next server. */
async function retire(server: XServer): Promise<void> {
  server.misbehave.notice('OperationalDisconnect');
  const end = performance.now() + farewell;
  while (server.openStreams > 0 && performance.now() < end) await sleep(20);
  await server.close();
}

/** X says when its window is over, where others say how long to wait; the gate says that as well. */
function refusal(status: RefusalStatus): Refusal {
  const problemJson = { 'content-type': 'application/problem+json' };
  if (status === 503) return { body: plainProblem(503, 'Service Unavailable'), headers: problemJson };
  const reset = Math.ceil(Date.now() / 1_000) + retryAfterSeconds;
  return {
    body: tooManyRequests,
    headers: { ...problemJson, ...limitHeaders({ allowed: false, limit: 50, remaining: 0, reset }) },
  };
}
