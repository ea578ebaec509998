import { Injectable } from '@angular/core';
import type { Observable } from 'rxjs';
import { retryBudget } from 'tailrace';
import { createdAt, type PostEnvelope, xClient } from 'tailrace/sources/x';
import { demoProof, demoRetry, demoSchedule } from './demo-retry.js';
import { withRow } from './latest-rows.js';
import { type FeedContext, type LiveFeed, liveFeed } from './live-feed.js';

/** A post as its row shows it. */
export interface PostRow {
  readonly id: string;
  readonly text: string;
  readonly rule: string;
  readonly at: number | undefined;
}

/** X's own limit is 50 connects in 15 minutes, which somebody who plays with faults has used up at once. */
const connects = { max: 600, per: 60_000 };
/** The server sends an empty line every 500 ms. */
const silence = 2_000;

/** Posts of the local X. */
@Injectable({ providedIn: 'root' })
export class PostsFeed {
  readonly feed: LiveFeed<readonly PostRow[]> = liveFeed<PostEnvelope, readonly PostRow[]>({
    name: 'posts',
    maxUnacked: 24,
    open: openPosts,
    madeAt: createdAt,
    initialValue: [],
    reduce: (rows, item) => withRow(rows, rowOf(item)),
  });
}

function openPosts({ place, monitor, maxUnacked, pace }: FeedContext): Observable<PostEnvelope> {
  const x = xClient({ bearerToken: place.token ?? 'none', baseUrl: place.url });
  const deliveries = x.filteredStream({
    ...demoRetry,
    resetAfter: demoProof,
    // X's schedule for 429 begins with a minute. The server's own Retry-After stays the least wait.
    schedules: { rate_limited: demoSchedule, too_many_connections: demoSchedule },
    // At once is right in earnest, and over before anybody has seen it.
    immediateFirst: false,
    connectBudget: retryBudget(connects),
    timeout: silence,
    tweetFields: ['created_at'],
    // X would cut a reader that waits. The local one has patience, and this is where back-pressure is to be seen.
    onFull: 'pause',
    maxUnacked,
    monitor,
  });
  return deliveries.pipe(pace.taken());
}

function rowOf(item: PostEnvelope): PostRow {
  const { id, text } = item.data;
  const [rule] = item.matching_rules ?? [];
  return { id, text, rule: rule?.tag ?? '', at: createdAt(item) };
}
