import { createMonitor } from '../../lib/index.js';
import { type PostEnvelope, xClient } from '../../sources/x/index.js';
import { startXServer, type XServer } from '../../spec/servers/x.js';
import type { Reporter, SourceSummary } from './reporter.js';
import { shortSchedules } from './short-schedules.js';
import { pause, until } from './waiting.js';

export interface DemoOptions {
  readonly seconds: number;
  readonly signal: AbortSignal;
  readonly report: Reporter;
}

const postsPerSecond = 50;
/** The server's heartbeat; X's is 20 s. The stall limit below is in the same proportion to it. */
const keepAliveMs = 200;

/**
 * Streams posts from a local X that drops, refuses, stalls and limits, and counts at the end what it sent against what came.
 */
export async function runX({ seconds, signal, report }: DemoOptions): Promise<SourceSummary> {
  const server = await startXServer({
    keepAliveMs,
    connectLimit: 1_000,
    rules: [
      { value: 'the OR coffee OR streams OR storm', tag: 'english' },
      { value: 'café OR 커피 OR القطار OR आज OR Brücke OR phố', tag: 'many scripts' },
      { value: '#rxjs', tag: 'rxjs' },
    ],
  });
  const monitor = createMonitor();
  const received = new Set<string>();
  const failed = new AbortController();
  const over = AbortSignal.any([signal, failed.signal]);
  let connects = 0;
  const subscription = xClient({ bearerToken: server.token, baseUrl: server.url })
    .filteredStream({
      recovery: 'backfill',
      tweetFields: ['author_id', 'created_at', 'lang'],
      timeout: 3 * keepAliveMs,
      resetAfter: 2 * keepAliveMs,
      maxRetries: -1,
      schedules: shortSchedules,
      monitor,
      onConnect: () => {
        connects += 1;
        report.event('x', 'connected');
      },
      onDisconnect: (error) => report.event('x', `disconnected: ${error?.message ?? 'by us'}`),
      onReconnect: (attempt, delay) => report.event('x', `next try in ${delay} ms (failure ${attempt})`),
    })
    .subscribe({
      next: (post: PostEnvelope) => {
        received.add(post.data.id);
        report.item('x', post, post.data.text ?? '');
      },
      error: (error: unknown) => {
        report.event('x', `gave up: ${String(error)}`);
        failed.abort();
      },
    });
  await until(() => server.openStreams > 0, 5_000, over);
  const flow = server.flow({ perSecond: postsPerSecond, seed: 7 });
  await misbehave(server, { seconds, signal: over, report });
  flow.stop();
  await until(() => server.matched.every((id) => received.has(id)), 5_000, over);
  subscription.unsubscribe();
  const lost = server.matched.filter((id) => !received.has(id)).length;
  await server.close();
  const { duplicates } = monitor.state;
  return {
    sent: server.matched.length,
    received: received.size,
    lost,
    duplicates,
    reconnects: Math.max(0, connects - 1),
  };
}

/** The faults, at fractions of the running time, each healed before the next. */
async function misbehave(server: XServer, { seconds, signal, report }: DemoOptions): Promise<void> {
  const { misbehave: fault } = server;
  const plan: readonly (readonly [at: number, what: string, act: () => void])[] = [
    [0.15, 'server resets the connection', () => fault.dropAll('reset')],
    [
      0.3,
      'server cuts a post in half, then answers 503',
      () => {
        fault.nextConnects([{ status: 503 }, { status: 503 }]);
        fault.dropMidLine();
      },
    ],
    [0.45, 'server falls silent with the socket open', () => fault.stall()],
    [
      0.6,
      'server limits us: 429, reset in 1 s',
      () => {
        fault.nextConnects([{ status: 429, retryAfter: 1 }]);
        fault.dropAll();
      },
    ],
    [0.75, 'server announces an operational disconnect', () => fault.notice('OperationalDisconnect')],
  ];
  const started = performance.now();
  const due = async (fraction: number): Promise<void> =>
    pause(fraction * seconds * 1_000 - (performance.now() - started), signal);
  for (const [at, what, act] of plan) {
    await due(at);
    if (signal.aborted) return;
    report.event('x', what);
    act();
  }
  await due(1);
}
