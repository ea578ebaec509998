import { Injectable } from '@angular/core';
import type { Observable } from 'rxjs';
import { durableStream } from 'tailrace/sources/durable';
import * as z from 'zod';
import { demoProof, demoRetry, demoSilence } from './demo-retry.js';
import { withRow } from './latest-rows.js';
import { type FeedContext, type LiveFeed, liveFeed } from './live-feed.js';

/** A message of the stream, with whatever else it holds. */
const message = z.looseObject({ at: z.union([z.number(), z.string()]).optional() });
type Message = z.output<typeof message>;

/** A message as its row shows it. */
export interface MessageRow {
  /** How many have come before it. */
  readonly id: number;
  readonly time: string;
  /** What else it holds, as JSON. */
  readonly text: string;
}

/** JSON messages of a durable stream, over server-sent events. */
@Injectable({ providedIn: 'root' })
export class DurableFeed {
  readonly feed: LiveFeed<readonly MessageRow[]> = liveFeed<Message, readonly MessageRow[]>({
    name: 'durable',
    maxUnacked: 24,
    open: openMessages,
    madeAt,
    initialValue: [],
    reduce: (rows, item) => withRow(rows, rowOf(item, rows[0])),
  });
}

function openMessages({ place, monitor, maxUnacked, pace }: FeedContext): Observable<Message> {
  const url = `${place.url.replace(/\/+$/, '')}${place.path ?? ''}`;
  const { token } = place;
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const reading = { offset: 'now', live: 'sse', timeout: demoSilence, headers, schema: message } as const;
  const options = { ...demoRetry, ...reading, resetAfter: demoProof, maxUnacked, monitor };
  return durableStream(url, options).pipe(pace.taken());
}

function madeAt({ at }: Message): number | undefined {
  const made = at === undefined ? NaN : new Date(at).getTime();
  return Number.isNaN(made) ? undefined : made;
}

function rowOf(item: Message, last: MessageRow | undefined): MessageRow {
  const { at: _at, ...rest } = item;
  const made = madeAt(item);
  const time = made === undefined ? '' : new Date(made).toISOString().slice(11, 23);
  return { id: (last?.id ?? 0) + 1, time, text: JSON.stringify(rest) };
}
