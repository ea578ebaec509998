import { defer, mergeMap, Observable, type Subscriber } from 'rxjs';
import {
  checkOption,
  checkOptions,
  flag,
  instance,
  integer,
  oneOf,
  type OptionRules,
  requireOption,
  text,
} from '../../lib/check-options.js';
import { handOut, type Delivery, type Settler } from '../../lib/delivery.js';
import { readGate } from '../../lib/read-gate.js';
import { subscribeWithin } from '../../lib/subscribe-within.js';
import { deliver } from '../../operators/deliver.js';
import type { LeasedItem, PullWakeItem } from './pull-wake-ledger.js';
import { wakeLoop } from './pull-wake-loop.js';
import { pullWakeSession } from './pull-wake-session.js';
import { checkDefinition, type PullWakeDefinition } from './subscription-definition.js';
import { checkRoot, type SubscriptionsOptions, subscriptionsRules } from './subscriptions.js';

/** One worker of a subscription. */
export interface PullWakeOptions extends SubscriptionsOptions {
  /** Id of the subscription. */
  subscription: string;
  /** Name of this worker, unique among those of the subscription: other workers are told who holds the lease. */
  worker: string;
  /** Path of the wake stream below the root. @default as the subscription has it, asked for once */
  wakeStream?: string | undefined;
  /** Make wake stream and subscription where they are not there; needs `wakeStream`, and `pattern` or `streams`. @default false */
  create?: boolean | undefined;
  /** With `create`: which streams; `*` stands for one step of the path, `**` for any number. */
  pattern?: string | undefined;
  /** With `create`: streams by their paths. */
  streams?: readonly string[] | undefined;
  /** With `create`: how long a claim lasts without a heartbeat, in milliseconds, 1 000 to 600 000. @default 30_000 */
  leaseTtl?: number | undefined;
  /** With `create`. @default undefined */
  description?: string | undefined;
  /** Deliveries that may be out, unsettled; while it is full nothing is read. @default 100 */
  maxUnacked?: number | undefined;
  /** Streams read at a time. @default 4 */
  concurrency?: number | undefined;
  /** How the wake stream is followed. @default 'auto' */
  live?: 'auto' | 'long-poll' | 'sse' | undefined;
  /** How streams are read: `json` refuses any other, `bytes` takes all. @default by the type of each stream */
  mode?: 'json' | 'bytes' | undefined;
}

const rules: OptionRules<PullWakeOptions> = {
  ...subscriptionsRules,
  subscription: text,
  worker: text,
  wakeStream: text,
  create: flag,
  pattern: text,
  streams: { expected: 'a list of paths', test: (value) => Array.isArray(value) },
  leaseTtl: integer(1_000, 600_000, ' milliseconds'),
  description: { expected: 'a text', test: (value) => typeof value === 'string' },
  maxUnacked: integer(1),
  concurrency: integer(1),
  live: oneOf('auto', 'long-poll', 'sse'),
  mode: oneOf('json', 'bytes'),
};

/**
 * A worker of a pull-wake subscription, as deliveries whose `ack` is the protocol's acknowledgment (draft 1.0, subscriptions). Cold: every
 * subscription is a worker of its own. Any number of workers share the work; one has the lease at a time, for all streams of the subscription.
 *
 * It follows the wake stream, claims when there may be work (once at the beginning, without a wake), reads each pending stream from what is
 * acknowledged to its tail, several at a time, keeps the lease alive, and gives it back when everything is settled. Items of one stream come in
 * order. The server hears of progress up to the last offset of its own below which everything is acknowledged: where a stream comes as one long
 * response, that is the end of it.
 *
 * **A lease that is lost** (fenced, expired, no heartbeat through for its time) ends at once: what is out loses its credit and its `ack` counts
 * for nothing, what waits is dropped, and another worker gets it again. At-least-once, so handlers must bear to see an item twice.
 * `nack` ends the stream with `delivery_failed`, unless `redeliver` or `deadLetter` stands behind this; `release` leaves the item for another
 * claim. Unsubscription and every error give the lease back, with what is acknowledged so far, on one more request that may take 5 s.
 * Completes when the wake stream is closed and the lease in hand is done. A claim that brings nothing forward is repeated with backoff.
 *
 * Errors: `subscription_not_found`, `subscription_exists` (with `create`: another configuration), `stream_not_found` for the wake stream;
 * `stream_not_found`, `retention_gone` or `offset_regression` for a stream that is missing in two claims; `delivery_failed`; and those of every
 * request when its retries are used up. Claims of others and fencing are no errors. A `TypeError` at once for options that cannot be.
 *
 * @example
 * import { pullWake } from 'tailrace/sources/durable';
 * import { ackMap } from 'tailrace/operators';
 *
 * pullWake({
 *   root: 'https://streams.example.com/v1/stream',
 *   subscription: 'billing',
 *   worker: 'billing-1',
 *   create: true,
 *   wakeStream: 'wakes/billing',
 *   pattern: 'orders/*',
 * })
 *   .pipe(ackMap(async ({ stream, value }) => console.log(stream, value)))
 *   .subscribe();
 */
export function pullWake(options: PullWakeOptions): Observable<Delivery<PullWakeItem>> {
  checkOption('pullWake: options', instance, options ?? null);
  checkOptions('pullWake', rules, options);
  requireOption('pullWake', 'subscription', options.subscription);
  requireOption('pullWake', 'worker', options.worker);
  const checked = checkRoot('pullWake', options);
  const definition = definitionOf(options);
  const { maxUnacked = 100, monitor, scheduler, random } = options;
  return defer(() => {
    const gate = readGate();
    const session = pullWakeSession(checked, { ...options, definition, gate });
    return session.pipe(
      mergeMap(({ hints, claims, work }) => wakeLoop({ hints, claims, work, backoff: checked.config, random })),
      deliver({ maxUnacked, gate, monitor, scheduler }),
      handedOut(),
    );
  });
}

function definitionOf(options: PullWakeOptions): PullWakeDefinition | undefined {
  const { create = false, wakeStream, pattern, streams, leaseTtl, description } = options;
  if (create) {
    requireOption('pullWake', 'wakeStream', wakeStream);
    const definition = {
      type: 'pull-wake',
      wakeStream: wakeStream ?? '',
      pattern,
      streams,
      leaseTtl,
      description,
    } as const;
    checkDefinition('pullWake', definition);
    return definition;
  }
  const unused = Object.entries({ pattern, streams, leaseTtl, description }).find(([, value]) => value !== undefined);
  checkOption(
    `pullWake: option "${unused?.[0] ?? ''}"`,
    { expected: 'left out without "create"', test: () => false },
    unused?.[1],
  );
  return undefined;
}

/** Deliveries of items in place of deliveries of leased items: whatever settles them settles the lease's books as well. */
function handedOut(): (source: Observable<Delivery<LeasedItem>>) => Observable<Delivery<PullWakeItem>> {
  return (source) =>
    new Observable((subscriber) => {
      subscribeWithin(source, subscriber, {
        next: (original) => handOn(original, subscriber),
        error: (error) => subscriber.error(error),
        complete: () => subscriber.complete(),
      });
    });
}

const settler: Settler<PullWakeItem, Delivery<LeasedItem>> = {
  settle: ({ tag: original }, outcome, reason) => {
    const { ledger } = original.value;
    ledger.handed.delete(original);
    // The lease may end with this, and its books must be right before credit brings more.
    if (outcome !== 'nack') ledger.settle(original.value, outcome === 'ack');
    if (outcome === 'nack' && !ledger.isOver) original.nack(reason);
    else original.release();
  },
};

function handOn(original: Delivery<LeasedItem>, out: Subscriber<Delivery<PullWakeItem>>): void {
  const { item, ledger } = original.value;
  // It waited for credit while its lease was lost.
  if (ledger.isOver) return original.release();
  ledger.handed.add(original);
  out.next(handOut(item, original, original, settler));
}
