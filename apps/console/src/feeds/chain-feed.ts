import { Injectable } from '@angular/core';
import { map, type Observable, switchMap, throwIfEmpty, toArray } from 'rxjs';
import { StreamError } from 'tailrace';
import { type ChainEvent, type EventBatch, type EventStreamer, eventStreamer } from 'tailrace/sources/chain';
import { demoProof, demoRetry, demoSilence } from './demo-retry.js';
import { withRow } from './latest-rows.js';
import { type FeedContext, type LiveFeed, liveFeed } from './live-feed.js';

/** A transfer of tokens as its row shows it. */
export interface TransferRow {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly value: string;
  readonly block: number;
}

/** The server's subscription belongs to this name. */
const subscriberId = 'console';
/** Acknowledgments go out together, this many milliseconds after the first. */
const ackInterval = 1_000;

/** Transfers of a token on the scripted chain, in batches that are acknowledged to the service. */
@Injectable({ providedIn: 'root' })
export class ChainFeed {
  readonly feed: LiveFeed<readonly TransferRow[]> = liveFeed<EventBatch, readonly TransferRow[]>({
    name: 'chain',
    maxUnacked: 16,
    open: openBatches,
    madeAt: ({ timestamp }) => {
      const at = Date.parse(timestamp);
      return Number.isNaN(at) ? undefined : at;
    },
    initialValue: [],
    reduce: (rows, { events }) => Object.values(events).flat().map(rowOf).reduce(withRow, rows),
  });
}

function openBatches({ place, monitor, maxUnacked, pace }: FeedContext): Observable<EventBatch> {
  const { token } = place;
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const client = eventStreamer({ serviceUrl: place.url, subscriberId, headers, maxRetries: -1 });
  const options = {
    ...demoRetry,
    ...{ resetAfter: demoProof, idleTimeout: demoSilence, batchAckInterval: ackInterval, maxUnacked, monitor },
  };
  return subscriptionId(client).pipe(
    switchMap((id) => client.events(id, options)),
    pace.taken(),
  );
}

/** The one that the server has made. */
function subscriptionId(client: EventStreamer): Observable<number> {
  return client.listAllSubscriptions().pipe(
    map(({ id }) => id),
    toArray(),
    map(([id]) => id),
    map((id) => {
      if (id !== undefined) return id;
      const message = `the service has no subscription of "${subscriberId}"; start the console again`;
      throw new StreamError(message, { errorType: 'client_error', code: 'subscription_not_found' });
    }),
    throwIfEmpty(),
  );
}

function rowOf({ args, meta }: ChainEvent): TransferRow {
  const { blockNumber: block, transactionHash, logIndex } = meta;
  const [from, to, value] = ['from', 'to', 'value'].map((name) => String(args[name] ?? ''));
  return { id: `${transactionHash}/${logIndex}`, from: from ?? '', to: to ?? '', value: value ?? '', block };
}
