import { defer, map, mergeMap, noop, Observable, of, type Subscriber, type Subscription } from 'rxjs';
import { childMonitor, type StreamEvent } from '../../lib/state.js';
import { subscribeWithin } from '../../lib/subscribe-within.js';
import { chainError } from './answers.js';
import { beginAt, type ChainRun, endRun, type SessionParts, startRun } from './chain-run.js';
import { keptChain } from './kept-chain.js';
import type { ChainMessage, StreamingError } from './messages.js';
import { noticeCodeOf } from './recoveries.js';
import type { ChainService } from './service.js';
import type { ChainSessionHooks } from './session-control.js';
import { type ChainStreamOptions, checkChain, type CheckedChain } from './stream-options.js';

const defaultBacklog = 10_000;

/**
 * The stream of a subscription, kept going, with acknowledgments, heartbeats, position and recoveries, for whoever wants to watch and steer it. Cold:
 * each subscription is a session of its own.
 *
 * Errors: as `chainMessages`.
 */
export function chainSession(
  client: ChainService,
  subscriptionId: number,
  options: ChainStreamOptions,
  hooks: ChainSessionHooks = {},
): Observable<ChainMessage> {
  const checked = checkChain('chainSession', client, subscriptionId, options);
  return defer(() => runSession(checked, ownParts(checked, hooks)));
}

/** What a session without credit goes by. */
export function ownParts({ options }: CheckedChain, hooks: ChainSessionHooks = {}): SessionParts {
  const { acknowledge = 'auto', maxAckBacklog = defaultBacklog } = options;
  const monitor = childMonitor(options.monitor);
  return { hooks, monitor, handsOver: acknowledge === 'auto', backlog: maxAckBacklog };
}

/** One session, from its first connection to its last acknowledgment. To be subscribed to once. */
export function runSession(checked: CheckedChain, parts: SessionParts): Observable<ChainMessage> {
  return new Observable((subscriber) => {
    const run = startRun(checked, parts, (error) => subscriber.error(chainError(error, context)));
    parts.hooks.onStart?.(run.control);
    // First of all: the last acknowledgments leave before the connection is closed.
    subscriber.add(() => endRun(run));
    subscriber.add(tellOfDrops(run, subscriber));
    const messages = firstPosition(run).pipe(
      mergeMap((position) => {
        beginAt(run, position);
        return keptChain(run);
      }),
    );
    subscribeWithin(messages, subscriber, {
      next: (message) => {
        subscriber.next(message);
        if (parts.handsOver && message.type === 'event_batch' && !subscriber.closed) message.ack();
      },
      error: (error) => subscriber.error(error),
      complete: () => subscriber.complete(),
    });
  });
}

const context = { operation: 'stream events', subject: 'subscription' } as const;

/** Damaged stores end the session: nothing starts from the beginning in silence. */
function firstPosition({ checked, parts, subscriptionId }: ChainRun): Observable<string | undefined> {
  const { options, checkpoint } = checked;
  const given = textOr(parts.hooks.startAt?.(), undefined);
  if (given !== undefined || checkpoint === undefined) return of(given ?? options.resumeToken);
  return defer(async () => checkpoint.store.load(checkpoint.keyOf(subscriptionId))).pipe(
    map((saved) => textOr(saved, options.resumeToken)),
  );
}

function textOr(text: string | undefined, other: string | undefined): string | undefined {
  return text === undefined || text === '' ? other : text;
}

/** What the service does not say itself, because nothing gets through: the connection is lost, and will be made again. */
function tellOfDrops(run: ChainRun, subscriber: Subscriber<ChainMessage>): Subscription {
  const next = (event: StreamEvent): void => {
    if (event.type !== 'reconnect' || run.failure === undefined || run.failure.isTold) return;
    const { error } = run.failure;
    const message: StreamingError = {
      type: 'error',
      connectionId: '',
      subscriptionId: run.subscriptionId,
      errorCode: noticeCodeOf(error, undefined) ?? 'STREAM_ERROR',
      errorMessage: error.message,
      timestamp: new Date().toISOString(),
      recoverable: true,
      error,
    };
    subscriber.next(message);
  };
  // The events of a monitor never error.
  return run.parts.monitor.events$.subscribe({ next, error: noop });
}
