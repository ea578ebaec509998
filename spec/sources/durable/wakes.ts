import { firstValueFrom } from 'rxjs';
import type { Delivery } from '../../../lib/delivery.js';
import type { PullWakeItem } from '../../../sources/durable/pull-wake-ledger.js';
import type { PullWakeOptions } from '../../../sources/durable/pull-wake.js';
import { durableSubscriptions, type DurableSubscriptions } from '../../../sources/durable/subscriptions.js';
import { startDurable } from '../../servers/durable.js';
import { type Pen, pen } from './pen.js';
import { startWorker, type Worker } from './worker.js';

/** Filled by {@link local}; a spec closes it after each test. */
export const closing: (() => unknown)[] = [];

export async function closeAll(): Promise<void> {
  for (const close of closing.splice(0).reverse()) await close();
}

/** A real server with workers. */
export interface Local {
  readonly root: string;
  readonly pen: Pen;
  readonly subscriptions: DurableSubscriptions;
  work(changes?: Partial<PullWakeOptions>, handle?: (delivery: Delivery<PullWakeItem>) => void): Worker;
}

/** A server with a wake stream and a subscription `s` to `events/**`. */
export async function local(): Promise<Local> {
  const server = await startDurable();
  closing.push(() => server.close());
  const root = `${server.url}/v1/stream`;
  const subscriptions = durableSubscriptions({ root });
  const writer = pen(root);
  await writer.create('wakes');
  const definition = { type: 'pull-wake', pattern: 'events/**', wakeStream: 'wakes', leaseTtl: 1_000 } as const;
  await firstValueFrom(subscriptions.create('s', definition));
  return {
    ...{ root, subscriptions, pen: writer },
    work: (changes = {}, handle) => {
      const options = { root, subscription: 's', worker: 'w', initialBackoff: 5, ...changes };
      const worker = startWorker(options, handle);
      closing.push(() => worker.subscription.unsubscribe());
      return worker;
    },
  };
}

/** What the server knows to be handled, by stream. */
export async function acked({ subscriptions }: Local): Promise<Record<string, string>> {
  const { streams } = await firstValueFrom(subscriptions.get('s'));
  return Object.fromEntries(streams.map(({ path, ackedOffset }) => [path, ackedOffset]));
}
