import { setTimeout as sleep } from 'node:timers/promises';
import { tap } from 'rxjs';
import { createMonitor } from '../../lib/index.js';
import { fileCheckpoint } from '../../lib/node/index.js';
import { ackMap, checkpoint, drain, fromCheckpoint } from '../../operators/index.js';
import { filteredStream, type PostEnvelope } from '../../sources/x/index.js';
import type { WorkerReport } from './delivery-report.js';
import { shortSchedules } from './short-schedules.js';

/**
 * The consumer that the demo kills: `node delivery-worker.js URL TOKEN FILE`. It tells its parent of each post that it has handled, before
 * the post is acknowledged, and ends by itself when it is told to stop.
 */
const [baseUrl = '', bearerToken = '', file = ''] = process.argv.slice(2);

/** Deliveries that may be out, and how many of them are handled at once. */
const maxUnacked = 8;
const concurrency = 4;
/** What a database or a slow service would take for a post, in milliseconds. */
const workTime = 100;

const monitor = createMonitor();
const store = fileCheckpoint(file);
const saved = checkpoint(store, 'posts', { every: 500 });
let acked = 0;
let maxOutstanding = 0;
let connects = 0;

const subscription = fromCheckpoint(store, 'posts', (position) =>
  filteredStream({
    ...{ bearerToken, baseUrl, monitor, position, maxUnacked },
    // The local server is read at the pace of the handler; X itself would cut such a reader off.
    onFull: 'pause',
    recovery: 'backfill',
    // A life that ended before its first save left no position.
    ...(position === undefined ? { backfillMinutes: 1 } : {}),
    ...{ maxRetries: -1, schedules: shortSchedules },
    onConnect: () => (connects += 1),
  }),
)
  .pipe(
    tap(() => (maxOutstanding = Math.max(maxOutstanding, monitor.state.outstanding))),
    saved,
    ackMap(handle, { concurrency, ordered: false }),
  )
  .subscribe({
    next: () => {
      acked += 1;
      // Nobody waits for it; a parent that has left is told of by `disconnect`.
      void tell(undefined).catch(() => undefined);
    },
    error: (error: unknown) => {
      process.send?.(`the consumer gave up: ${String(error)}`, undefined, undefined, () => process.exit(1));
    },
  });

async function handle(post: PostEnvelope): Promise<string> {
  await sleep(workTime);
  await tell(post);
  return post.data.id;
}

/** Resolves when the system has the message: from then on a kill does not take it back. */
function tell(post: PostEnvelope | undefined): Promise<void> {
  const report: WorkerReport = { post, acked, maxOutstanding, duplicates: monitor.state.duplicates, connects };
  return new Promise((resolve, reject) => {
    process.send?.(report, undefined, undefined, (error) => {
      if (error === null) resolve();
      else reject(error);
    });
  });
}

process.on('message', () => {
  void (async () => {
    await drain(subscription, saved);
    await store.close();
    await tell(undefined);
    process.exit(0);
  })();
});
// Without its parent nobody would ever end it; and what ends the parent reaches it by that way.
process.on('disconnect', () => process.exit(1));
process.on('SIGINT', () => undefined);
