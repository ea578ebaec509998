import { afterEach, describe, expect, it } from '@jest/globals';
import { startPostsFeed, type PostsFeedOptions } from '../../../../apps/console/server/posts-feed.js';
import type { GatedFeed } from '../../../../apps/console/server/gated-feeds.js';
import { type PostEnvelope, xClient } from '../../../../sources/x/index.js';
import { eventually } from '../../../servers/eventually.js';
import { gated, started, watch, type Watched } from './gated.js';

const all = started();
afterEach(all.closeAll);

/** The schedules of X begin with seconds and minutes. */
const quick = { initialBackoff: 20, maxBackoff: 100 };

/** A reader as the page has one, in more of a hurry. */
async function reading(
  options: PostsFeedOptions = {},
): Promise<GatedFeed & { readonly reader: Watched<PostEnvelope> }> {
  const { feed, gate } = await gated(await startPostsFeed(options), all);
  const x = xClient({ bearerToken: feed.token ?? '', baseUrl: gate.url });
  const schedules = { server_error: quick, rate_limited: quick, too_many_connections: quick };
  const waits = { ...quick, maxRetries: -1, timeout: 2_000, schedules };
  const reader = watch((monitor) => x.filteredStream({ ...waits, monitor }), all);
  await eventually(() => reader.items.length > 0);
  return { feed, gate, reader };
}

/** Posts that come after what has come so far. */
async function more({ items }: Watched<PostEnvelope>): Promise<void> {
  const before = items.length;
  await eventually(() => items.length > before + 2);
}

describe('the posts of the console', () => {
  it('go on after a drop', async () => {
    const { gate, reader } = await reading();
    gate.misbehave('drop');
    await eventually(() => reader.connects > 1);
    expect(reader.errors[0]?.errorType).toBe('stream_interrupted');
    await more(reader);
  });

  it('go on after two refusals with 503', async () => {
    const { gate, reader } = await reading();
    gate.misbehave('503');
    await eventually(() => reader.connects > 1);
    expect(reader.errors.map(({ statusCode }) => statusCode)).toEqual([undefined, 503, 503]);
    await more(reader);
  });

  it('wait after a 429 for as long as it says, which is in the words of X', async () => {
    const { gate, reader } = await reading();
    gate.misbehave('429');
    const asked = performance.now();
    await eventually(() => reader.connects > 1);
    expect(performance.now() - asked).toBeGreaterThan(2_900);
    const [, refused] = reader.errors;
    expect(refused).toMatchObject({ errorType: 'rate_limited', statusCode: 429, retryAfter: 3_000 });
    expect(refused?.responseBody).toContain('Too Many Requests');
    await more(reader);
  });

  it('fall silent in a stall, until the reader gives up and connects again', async () => {
    const { gate, reader } = await reading();
    gate.misbehave('stall');
    await eventually(() => reader.connects > 1);
    expect(reader.errors[0]?.errorType).toBe('timeout');
    await more(reader);
  });

  it('come a hundred times as fast in a flood, and calm down', async () => {
    const { feed, reader } = await reading({ floodMs: 300 });
    const before = feed.sent;
    feed.flood();
    // At the calm rate that takes fifteen seconds.
    await eventually(() => feed.sent - before > 150, 10_000);
    await eventually(() => reader.items.length > 150);
    expect(new Set(reader.items.map(({ data }) => data.id)).size).toBe(reader.items.length);
  });

  it('come from another server when one has made so many, and none is counted twice', async () => {
    const { feed, reader } = await reading({ renewAt: 10 });
    await eventually(() => feed.sent > 10);
    const { port, sent } = feed;
    await feed.tend();
    expect(feed.port).not.toBe(port);
    expect(feed.sent).toBeGreaterThanOrEqual(sent);
    await eventually(() => reader.connects > 1);
    await more(reader);
    expect(new Set(reader.items.map(({ data }) => data.id)).size).toBe(reader.items.length);
  });

  it('are asked for by one path', async () => {
    const { feed } = await reading();
    expect(feed.isStream('GET', '/2/tweets/search/stream?backfill_minutes=1')).toBe(true);
    expect(feed.isStream('GET', '/2/tweets/search/stream/rules')).toBe(false);
    expect(feed.isStream('POST', '/2/tweets/search/stream')).toBe(false);
  });
});
