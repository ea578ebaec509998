import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startXServer } from '../../spec/servers/x.js';
import { type ReadReport, readReport, type WorkerCounts } from './delivery-report.js';
import type { DeliverySummary, Reporter } from './reporter.js';
import { pause, until } from './waiting.js';
import type { DemoOptions } from './x-demo.js';

/** A backfill repeats two minutes, and a position knows the last 2,500 posts: at this rate it knows them all. */
const postsPerSecond = 15;
/** How long the end may take: the handler is slow. */
const patience = 10_000;
const worker = fileURLToPath(new URL('./delivery-worker.js', import.meta.url));

/**
 * A slow consumer in a process of its own is killed in the middle and started again from its checkpoint file; at the end every post that
 * was sent must have been handled.
 */
export async function runDelivery({ seconds, signal, report }: DemoOptions): Promise<DeliverySummary> {
  const folder = await mkdtemp(join(tmpdir(), 'tailrace-demo-'));
  // A reader of stdout that leaves ends the program on the spot.
  const cleanUp = (): void => rmSync(folder, { recursive: true, force: true });
  process.once('exit', cleanUp);
  const server = await startXServer({ connectLimit: 1_000, rules: [{ value: '#rxjs', tag: 'rxjs' }, ...broadRules] });
  const started = performance.now();
  const rest = (): number => seconds * 1_000 - (performance.now() - started);
  const book = ledger(report);
  const failed = new AbortController();
  const over = AbortSignal.any([signal, failed.signal]);
  const args = [worker, server.url, server.token, join(folder, 'posts.checkpoint')];

  const start = (): Life => startLife(args, { enter: book.begin(), failed, report });
  const doomed = start();
  await until(() => server.openStreams > 0, patience, over);
  const flow = server.flow({ perSecond: postsPerSecond, seed: 11 });
  await pause(rest() - 0.6 * seconds * 1_000, over);
  await until(() => book.handled.size > 0, patience, over);
  report.event('delivery', `kill -9 of the consumer, ${book.handled.size} posts handled`);
  await doomed.kill();
  const heir = start();
  report.event('delivery', 'started again from its checkpoint file');
  await pause(rest(), over);
  flow.stop();
  await until(() => server.matched.every((id) => book.handled.has(id)), patience, failed.signal);
  await heir.stop();

  const lost = server.matched.filter((id) => !book.handled.has(id)).length;
  const summary = { sent: server.matched.length, received: book.handled.size, lost, ...book.counts() };
  await server.close();
  process.off('exit', cleanUp);
  await rm(folder, { recursive: true, force: true });
  return summary;
}

/** Between them they find two thirds of what is generated. */
const broadRules = [
  { value: 'the OR coffee OR streams OR storm', tag: 'english' },
  { value: 'café OR 커피 OR القطار OR आज OR Brücke OR phố', tag: 'many scripts' },
];

/** What all lives together have handled. */
interface Ledger {
  readonly handled: ReadonlySet<string>;
  /** Opens the page of one life, for its reports. */
  begin(): (report: ReadReport) => void;
  counts(): Pick<DeliverySummary, 'acked' | 'redelivered' | 'maxOutstanding' | 'duplicates' | 'reconnects'>;
}

function ledger(report: Reporter): Ledger {
  const handled = new Set<string>();
  /** The last word of each life. */
  const lives: WorkerCounts[] = [];
  let redelivered = 0;
  const sum = (of: (counts: WorkerCounts) => number): number => lives.reduce((total, life) => total + of(life), 0);
  return {
    handled,
    begin: () => {
      const life = lives.push({ acked: 0, maxOutstanding: 0, duplicates: 0, connects: 0 }) - 1;
      return ({ post, counts }) => {
        lives[life] = counts;
        if (post === undefined) return;
        if (handled.has(post.id)) redelivered += 1;
        else report.item('delivery', post.item, post.text);
        handled.add(post.id);
      };
    },
    counts: () => ({
      acked: sum(({ acked }) => acked),
      redelivered,
      maxOutstanding: Math.max(0, ...lives.map(({ maxOutstanding }) => maxOutstanding)),
      duplicates: sum(({ duplicates }) => duplicates),
      reconnects: Math.max(0, sum(({ connects }) => connects) - 1),
    }),
  };
}

/** One life of the consumer. Both resolve when it is over and all that it has told is in the ledger. */
interface Life {
  kill(): Promise<void>;
  stop(): Promise<void>;
}

interface Relations {
  readonly enter: (report: ReadReport) => void;
  /** Aborted by a life that ends unasked. */
  readonly failed: AbortController;
  readonly report: Reporter;
}

function startLife(args: readonly string[], { enter, failed, report }: Relations): Life {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  let isWanted = true;
  child.on('message', (message) => {
    if (typeof message === 'string') report.event('delivery', message);
    else enter(readReport(message));
  });
  // `disconnect` comes behind the last message, `exit` may come before it.
  const over = Promise.all([once(child, 'exit'), once(child, 'disconnect')]);
  over.then(
    () => isWanted && failed.abort(),
    () => failed.abort(),
  );
  const end = async (how: () => void): Promise<void> => {
    isWanted = false;
    if (child.connected) how();
    const limit = setTimeout(() => child.kill('SIGKILL'), patience);
    await over.catch(() => undefined);
    clearTimeout(limit);
  };
  return {
    kill: () => end(() => void child.kill('SIGKILL')),
    stop: () => end(() => void child.send('stop')),
  };
}
