import { afterEach, describe, expect, it } from '@jest/globals';
import { lastValueFrom } from 'rxjs';
import { startDurableFeed, type DurableFeedOptions } from '../../../../apps/console/server/durable-feed.js';
import type { GatedFeed } from '../../../../apps/console/server/gated-feeds.js';
import { durableStream, readAll } from '../../../../sources/durable/index.js';
import { eventually } from '../../../servers/eventually.js';
import { gated, started, watch, type Watched } from './gated.js';

const all = started();
afterEach(all.closeAll);

interface Reading {
  readonly n: number;
}

const waits = { initialBackoff: 20, maxBackoff: 100, maxRetries: -1, resetAfter: 200, timeout: 2_000 };

async function reading(options: DurableFeedOptions = {}): Promise<GatedFeed & { readonly reader: Watched<Reading> }> {
  const { feed, gate } = await gated(await startDurableFeed(options), all);
  const url = `${gate.url}${feed.path ?? ''}`;
  const reader = watch((monitor) => durableStream<Reading>(url, { ...waits, live: 'sse', monitor }), all);
  await eventually(() => reader.items.length > 0);
  return { feed, gate, reader };
}

/** Every reading from the first on, each once and in order, and some that are new. */
async function isWhole({ items }: Watched<Reading>): Promise<void> {
  const before = items.length;
  await eventually(() => items.length > before + 2);
  expect(items.map(({ n }) => n)).toEqual(items.map((_, index) => index + 1));
}

describe('the readings of the console', () => {
  it.each(['drop', '503', '429', 'stall'] as const)('are all there, once and in order, after a %s', async (fault) => {
    const { gate, reader } = await reading();
    gate.misbehave(fault);
    const refused = { drop: [], '503': [503, 503], '429': [429], stall: [] }[fault];
    // Catching up and reading on are two connections: only the errors tell.
    await eventually(() => reader.errors.length === 1 + refused.length);
    expect(reader.errors.slice(1).map(({ statusCode }) => statusCode)).toEqual(refused);
    await isWhole(reader);
  });

  it('come a hundred times as fast in a flood', async () => {
    const { feed, reader } = await reading({ floodMs: 300 });
    const before = feed.sent;
    feed.flood();
    // At the calm rate that takes sixteen seconds.
    await eventually(() => feed.sent - before > 80, 10_000);
    await isWhole(reader);
  });

  it('are forgotten by the stream when there are too many, and readers at the tail go on', async () => {
    const { feed, gate, reader } = await reading({ floodMs: 300, maxAppends: 3 });
    feed.flood();
    await eventually(() => reader.items.length > 100);
    await feed.tend();
    const seen = reader.items.length;
    const kept = await lastValueFrom(readAll<Reading>(`${gate.url}${feed.path ?? ''}`).json());
    expect(kept[0]?.n).toBeGreaterThan(1);
    expect(kept.length).toBeLessThan(seen);
    await isWhole(reader);
  });
});
