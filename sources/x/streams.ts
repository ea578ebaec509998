import { defer, type MonoTypeOperatorFunction, Observable, tap } from 'rxjs';
import type { Delivery, PositionSource } from '../../lib/delivery.js';
import { eachOf } from '../../lib/each-of.js';
import { type ReadGate, readGate } from '../../lib/read-gate.js';
import { childMonitor } from '../../lib/state.js';
import { subscribeWithin } from '../../lib/subscribe-within.js';
import { dedupe } from '../../operators/dedupe.js';
import { deliver } from '../../operators/deliver.js';
import { createdAt } from './created-at.js';
import { dedupeKey } from './dedupe-key.js';
import type { XStreamName } from './endpoints.js';
import type { XItem } from './envelopes.js';
import { keptConnection, type Run } from './kept-connection.js';
import { positionTracker } from './position.js';
import { missedSince } from './recovery.js';
import {
  checkItems,
  checkSession,
  type Session,
  type XCreditOptions,
  type XDeliveryOptions,
  type XOptionsOf,
  type XStreamMessage,
} from './session-options.js';

/**
 * One of X's streams, kept going on X's own reconnect schedules, as messages: items, keep-alives, notices, gaps, and what is
 * malformed or unknown.
 *
 * Cold; each subscription has its own connection and position. Messages come synchronously and are not held. A live stream that ends
 * cleanly is connected again; one with `startTime` or `endTime` completes with its replay. A first reconnect is immediate when the
 * connection had proved itself; 50 connects in 15 minutes are never passed.
 *
 * Errors: `authentication_error`, `client_error` and `fatal_error` at once; others as `retries_exhausted` after `maxRetries`. Codes:
 * `XErrorCode`.
 *
 * @example
 * import { xMessages } from 'tailrace/sources/x';
 *
 * xMessages('filtered', { bearerToken: 'AAAA', recovery: 'backfill' }).subscribe((message) => {
 *   if (message.type === 'gap') console.log('nobody listened for', message.to - message.from, 'ms:', message.recovered);
 * });
 */
export function xMessages<Name extends XStreamName>(
  name: Name,
  options: XOptionsOf<Name>,
): Observable<XStreamMessage<Name>> {
  const session = checkSession(name, options);
  return defer(() => keptMessages(runOf(session, undefined)));
}

/**
 * The items of one of X's streams and nothing else; see {@link xMessages} for how it is kept going. With `maxUnacked` they come as
 * deliveries, to be acknowledged, and their positions can be saved and given back as `position`.
 *
 * Errors: as {@link xMessages}; `slow_consumer` where `maxQueued` deliveries wait for credit.
 *
 * @example
 * import { xStream } from 'tailrace/sources/x';
 *
 * xStream('sample10', { bearerToken: 'AAAA', partition: 1 }).subscribe(({ data }) => console.log(data.id));
 */
export function xStream<Name extends XStreamName>(
  name: Name,
  options: XOptionsOf<Name> & XDeliveryOptions,
): Observable<Delivery<XItem<Name>>>;
export function xStream<Name extends XStreamName>(
  name: Name,
  options: XOptionsOf<Name> & { maxUnacked?: undefined },
): Observable<XItem<Name>>;
export function xStream<Name extends XStreamName>(name: Name, options: XItemOptions<Name>): XItems<Name> {
  return xItems(name, options);
}

/** Items, or with `maxUnacked` deliveries of them. */
export type XItems<Name extends XStreamName> = Observable<XItem<Name>> | Observable<Delivery<XItem<Name>>>;
export type XItemOptions<Name extends XStreamName> = XOptionsOf<Name> & XCreditOptions;

/** {@link xStream} for callers that have overloads of their own. */
export function xItems<Name extends XStreamName>(name: Name, options: XItemOptions<Name>): XItems<Name> {
  const session = checkItems(name, options);
  const { maxUnacked, onFull = session.finite ? 'pause' : 'error', maxQueued } = options;
  if (maxUnacked === undefined) return defer(() => itemsOf(keptMessages(runOf(session, undefined))));
  return defer(() => {
    const gate = onFull === 'pause' ? readGate() : undefined;
    const run = runOf(session, gate);
    const tracker = positionTracker(session.resumed, maxUnacked + (maxQueued ?? defaultAhead));
    const keyOf = dedupeKey(name);
    const positionOf = (item: XItem<Name>): PositionSource => tracker.enter(keyOf(item), resumableFrom(run));
    const credit = { maxUnacked, onFull, maxQueued, gate, monitor: run.monitor, scheduler: options.scheduler };
    return itemsOf(keptMessages(run)).pipe(deliver({ ...credit, positionOf }));
  });
}

/** As many items as may wait by default, in the queue or behind a checkpoint. */
const defaultAhead = 10_000;

/**
 * Where a restart must begin that has this item in hand. A replay comes long after its items were made, and what fills a gap not all at
 * once: until then the restart fills it again.
 */
function resumableFrom<Name extends XStreamName>({
  finite,
  newestItemAt,
  filling,
  replays,
}: Run<Name>): number | undefined {
  const from = finite ? newestItemAt : missedSince(Date.now(), filling);
  return from === undefined ? undefined : Math.min(from, ...replays);
}

function runOf<Name extends XStreamName>(session: Session<Name>, gate: ReadGate | undefined): Run<Name> {
  const monitor = childMonitor(session.options.monitor);
  return {
    ...session,
    monitor,
    gate,
    newestItemAt: session.finite ? session.resumed?.at : undefined,
    filling: undefined,
    replays: new Set(),
    hasFreshPiece: false,
  };
}

function keptMessages<Name extends XStreamName>(run: Run<Name>): Observable<XStreamMessage<Name>> {
  const messages = keptConnection(run).pipe(
    tap(() => (run.hasFreshPiece = true)),
    eachOf(),
  );
  const unique = run.options.dedupe === false ? messages : messages.pipe(withoutRepeats(run));
  return unique.pipe(tap(itemCounter(run)));
}

function itemsOf<Name extends XStreamName>(messages: Observable<XStreamMessage<Name>>): Observable<XItem<Name>> {
  return new Observable((subscriber) =>
    subscribeWithin(messages, subscriber, {
      next: (message) => {
        if (message.type === 'item') subscriber.next(message.item);
      },
      error: (error) => subscriber.error(error),
      complete: () => subscriber.complete(),
    }),
  );
}

/** Longer than any gap that a replay can fill, so that its seams show no item twice. */
const memory = 25 * 60 * 60_000;

function withoutRepeats<Name extends XStreamName>(run: Run<Name>): MonoTypeOperatorFunction<XStreamMessage<Name>> {
  const keyOf = dedupeKey(run.name);
  return dedupe((message) => (message.type === 'item' ? keyOf(message.item) : undefined), {
    maxAge: memory,
    seen: run.resumed?.seen,
    onDuplicate: () => run.monitor.report.duplicate(),
  });
}

/** Reading an item's age costs a tenth of parsing it: once per piece of a body is every item of a quiet stream, and few of a busy one. */
function itemCounter<Name extends XStreamName>(run: Run<Name>): (message: XStreamMessage<Name>) => void {
  const { report } = run.monitor;
  return (message) => {
    if (message.type !== 'item') return;
    if (!run.hasFreshPiece && !run.finite) return report.item();
    run.hasFreshPiece = false;
    const born = createdAt(message.item);
    if (born !== undefined) run.newestItemAt = Math.max(run.newestItemAt ?? 0, born);
    report.item(born === undefined ? undefined : Math.max(0, Date.now() - born));
  };
}
