import { afterEach, describe, expect, it } from '@jest/globals';
import { type Observable, switchMap } from 'rxjs';
import { type ChainFeedOptions, startChainFeed } from '../../../../apps/console/server/chain-feed.js';
import type { GatedFeed } from '../../../../apps/console/server/gated-feeds.js';
import type { StreamMonitor } from '../../../../lib/index.js';
import { ackMap } from '../../../../operators/index.js';
import { type EventBatch, eventStreamer } from '../../../../sources/chain/index.js';
import { eventually } from '../../../servers/eventually.js';
import { gated, started, watch, type Watched } from './gated.js';

const all = started();
afterEach(all.closeAll);

const waits = { initialBackoff: 20, maxBackoff: 100, maxRetries: -1, resetAfter: 200, idleTimeout: 2_000 };

/** A reader that looks its subscription up by the subscriber's name, as the page does. */
async function reading(options: ChainFeedOptions = {}): Promise<GatedFeed & { readonly reader: Watched<EventBatch> }> {
  const { feed, gate } = await gated(await startChainFeed(options), all);
  const client = eventStreamer({ serviceUrl: gate.url, subscriberId: 'console', maxRetries: -1 });
  const open = (monitor: StreamMonitor): Observable<EventBatch> =>
    client.listAllSubscriptions().pipe(
      switchMap(({ id }) => client.events(id, { ...waits, batchAckInterval: 50, maxUnacked: 8, monitor })),
      ackMap(async (batch) => batch),
    );
  const reader = watch(open, all);
  await eventually(() => reader.items.length > 0);
  return { feed, gate, reader };
}

function keysOf({ items }: Watched<EventBatch>): readonly string[] {
  const events = items.flatMap((batch) => batch.events['Transfer'] ?? []);
  return events.map(({ meta }) => `${meta.transactionHash}:${meta.logIndex}`);
}

/** Every event of the chain so far has arrived, and none twice. */
async function isWhole({
  feed,
  reader,
}: Pick<GatedFeed, 'feed'> & { readonly reader: Watched<EventBatch> }): Promise<void> {
  const { sent } = feed;
  await eventually(() => keysOf(reader).length >= sent);
  expect(new Set(keysOf(reader)).size).toBe(keysOf(reader).length);
}

describe('the transfers of the console', () => {
  it('have the time of the clock, so that one can see how far behind a reader is', async () => {
    const { feed, reader } = await reading();
    const [event] = reader.items[0]?.events['Transfer'] ?? [];
    expect(Math.abs(Date.now() - Date.parse(String(event?.meta.timestamp)))).toBeLessThan(60_000);
    expect(feed.path).toBe('/subscriptions/1');
    expect(feed.isStream('GET', '/subscriptions/1/stream?resume_token=x')).toBe(true);
    expect(feed.isStream('POST', '/subscriptions/1/stream/conn/ack/batch')).toBe(false);
  });

  it.each(['drop', '503', '429', 'stall'] as const)('are all there after a %s', async (fault) => {
    const { feed, gate, reader } = await reading();
    gate.misbehave(fault);
    await eventually(() => reader.connects > 1);
    const refused = reader.errors.flatMap(({ statusCode }) => statusCode ?? []);
    expect(refused).toEqual({ drop: [], '503': [503, 503], '429': [429], stall: [] }[fault]);
    await isWhole({ feed, reader });
  });

  it('come a hundred times as fast in a flood', async () => {
    const { feed, reader } = await reading({ floodMs: 300 });
    const before = feed.sent;
    feed.flood();
    // At the calm rate that takes sixteen seconds.
    await eventually(() => feed.sent - before > 80, 10_000);
    await isWhole({ feed, reader });
  });

  it('go on with a service that was started again, and none is lost', async () => {
    const { feed, reader } = await reading({ renewAt: 3 });
    await eventually(() => feed.sent > 3);
    const { port } = feed;
    await feed.tend();
    expect(feed.port).not.toBe(port);
    await eventually(() => reader.connects > 1);
    await isWhole({ feed, reader });
  });

  it('begin near the head for a reader who comes when nobody has read for a while', async () => {
    const { feed, gate } = await gated(await startChainFeed({ idleMs: 0, floodMs: 300 }), all);
    feed.flood();
    await eventually(() => feed.sent > 100);
    await feed.tend();
    const made = feed.sent;
    const client = eventStreamer({ serviceUrl: gate.url, subscriberId: 'console' });
    const reader = watch((monitor) => client.events(1, { ...waits, monitor }), all);
    await eventually(() => reader.items.length > 1);
    const first = reader.items[0]?.events['Transfer']?.[0];
    expect(first?.meta.blockNumber).toBeGreaterThan(0);
    expect(made).toBeGreaterThan(100);
  });
});
