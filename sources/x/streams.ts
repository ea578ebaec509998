import { defer, type MonoTypeOperatorFunction, Observable, tap } from 'rxjs';
import { childMonitor, type StreamMonitor } from '../../lib/state.js';
import { subscribeWithin } from '../../lib/subscribe-within.js';
import { dedupe } from '../../operators/dedupe.js';
import { createdAt } from './created-at.js';
import { dedupeKey } from './dedupe-key.js';
import type { XStreamName } from './endpoints.js';
import type { XItem } from './envelopes.js';
import { keptConnection, type Run } from './kept-connection.js';
import { checkSession, type XOptionsOf, type XStreamMessage } from './session-options.js';

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
  return defer(() => {
    const monitor = childMonitor(options.monitor);
    const run: Run<Name> = { ...session, monitor, newestItemAt: undefined, filling: undefined };
    const kept = keptConnection(run);
    const unique = options.dedupe === false ? kept : kept.pipe(withoutRepeats(name, monitor));
    return unique.pipe(tap(itemCounter(run)));
  });
}

/**
 * The items of one of X's streams and nothing else; see {@link xMessages} for how it is kept going.
 *
 * @example
 * import { xStream } from 'tailrace/sources/x';
 *
 * xStream('sample10', { bearerToken: 'AAAA', partition: 1 }).subscribe(({ data }) => console.log(data.id));
 */
export function xStream<Name extends XStreamName>(name: Name, options: XOptionsOf<Name>): Observable<XItem<Name>> {
  const messages = xMessages(name, options);
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

function withoutRepeats<Name extends XStreamName>(
  name: Name,
  monitor: StreamMonitor,
): MonoTypeOperatorFunction<XStreamMessage<Name>> {
  const keyOf = dedupeKey(name);
  return dedupe((message) => (message.type === 'item' ? keyOf(message.item) : undefined), {
    maxAge: memory,
    onDuplicate: () => monitor.report.duplicate(),
  });
}

/** Reading an item's age costs a tenth of parsing it; ten times a second is enough for a gauge. */
const lagInterval = 100;

function itemCounter<Name extends XStreamName>(run: Run<Name>): (message: XStreamMessage<Name>) => void {
  const { report } = run.monitor;
  let nextLagAt = 0;
  return (message) => {
    if (message.type !== 'item') return;
    const now = performance.now();
    if (now < nextLagAt && !run.finite) return report.item();
    nextLagAt = now + lagInterval;
    const born = createdAt(message.item);
    if (born !== undefined) run.newestItemAt = Math.max(run.newestItemAt ?? 0, born);
    report.item(born === undefined ? undefined : Math.max(0, Date.now() - born));
  };
}
