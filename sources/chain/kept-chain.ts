import { catchError, concat, defer, Observable, type Subscriber, throwError } from 'rxjs';
import type { StreamMonitor } from '../../lib/state.js';
import { subscribeWithin } from '../../lib/subscribe-within.js';
import { retryBackoff } from '../../operators/retry-backoff.js';
import { chainError } from './answers.js';
import { clientHeartbeats } from './chain-heartbeat.js';
import type { ChainRun } from './chain-run.js';
import { EventStreamerError } from './errors.js';
import { failuresOnce } from './failures-once.js';
import type { ChainMessage, EventBatch, ReceivedBatch, StreamingError } from './messages.js';
import { openConnection } from './open-chain.js';
import { ruleFor, ruleForMessage } from './policy.js';
import { afterEnd, afterFailure } from './recoveries.js';
import { isPathPart, sendHeartbeat } from './stream-calls.js';

const context = { operation: 'stream events', subject: 'subscription' } as const;

/** Connects, and connects again as the rules and the schedule say, from the position of the moment. */
export function keptChain(run: ChainRun): Observable<ChainMessage> {
  const { retry } = run.checked;
  const monitors = failuresOnce(run.parts.monitor, context);
  return concat(
    defer(() => connection(run, monitors.request)),
    defer(() => afterEnd(run)),
  ).pipe(
    catchError((error: unknown) => afterFailure(run, error)),
    retryBackoff({ ...retry, monitor: monitors.retry }),
    catchError((error: unknown) => throwError(() => chainError(error, context))),
  );
}

/** One connection at work: batches are booked, heartbeats sent, and `error` messages are ruled on once they are told. */
function connection(run: ChainRun, monitor: StreamMonitor): Observable<ChainMessage> {
  return new Observable((subscriber) => {
    const { client, options } = run.checked;
    const { gate } = run.parts;
    const begin = (connectionId: string | undefined): void => {
      run.ledger.reconnected();
      if (connectionId !== undefined) enter(run, connectionId, subscriber);
    };
    run.drop = (error) => subscriber.error(error);
    subscriber.add(() => leave(run));
    const opened = openConnection(
      client,
      run.subscriptionId,
      { ...options, resumeToken: run.token, monitor },
      { gate, onOpen: begin },
    );
    subscribeWithin(opened, subscriber, {
      next: (message) => take(run, message, subscriber),
      error: (error) => subscriber.error(error),
      complete: () => subscriber.complete(),
    });
  });
}

function enter(run: ChainRun, connectionId: string, subscriber: Subscriber<ChainMessage>): void {
  const { client, options } = run.checked;
  const { heartbeatInterval: interval = defaultHeartbeat, scheduler } = options;
  run.connectionId = connectionId;
  run.acks.connected(connectionId);
  const send = (): ReturnType<typeof sendHeartbeat> =>
    sendHeartbeat(client, { connectionId, sequenceNumber: run.control.nextSequenceNumber() });
  subscriber.add(
    clientHeartbeats({ send, interval, scheduler }).subscribe({
      error: (error: unknown) => subscriber.error(error),
    }),
  );
  run.parts.hooks.onConnection?.(connectionId);
}

/** The period of the service's own clients. */
const defaultHeartbeat = 30_000;

function leave(run: ChainRun): void {
  run.drop = undefined;
  run.acks.disconnected();
  if (run.connectionId === undefined) return;
  run.connectionId = undefined;
  run.parts.hooks.onConnection?.(undefined);
}

function take(run: ChainRun, message: ChainMessage<ReceivedBatch>, subscriber: Subscriber<ChainMessage>): void {
  // A service, or a proxy, may leave the header out: then its first message says which connection it is.
  if (run.connectionId === undefined && 'connectionId' in message && isPathPart(message.connectionId)) {
    enter(run, message.connectionId, subscriber);
  }
  if (message.type === 'event_batch') return receive(run, message, subscriber);
  subscriber.next(message);
  if (message.type === 'error' && !subscriber.closed) judge(run, message, subscriber);
}

function receive(run: ChainRun, message: ReceivedBatch, subscriber: Subscriber<ChainMessage>): void {
  const { ledger, parts } = run;
  if (ledger.size >= parts.backlog) return subscriber.error(backlogFull(ledger.size));
  const { report } = parts.monitor;
  const batch: EventBatch | undefined = ledger.receive(message);
  if (batch === undefined) return report.duplicate();
  report.item();
  subscriber.next(batch);
}

function judge(run: ChainRun, message: StreamingError, subscriber: Subscriber<ChainMessage>): void {
  const rule = ruleForMessage(message, run.checked.options.policy);
  if (rule.action === 'continue') {
    if (ruleFor(message.errorCode, run.checked.options.policy) !== undefined) return;
    // Views of events alone would never show it.
    const { error: cause } = message;
    return run.parts.monitor.report.warn({ kind: 'unknown_notice', message: cause.message, cause });
  }
  run.ruling = { error: message.error, rule };
  subscriber.error(message.error);
}

function backlogFull(size: number): EventStreamerError {
  const message = `${size} batches are in hand or wait for the service to take their acknowledgment; acknowledge them, raise maxAckBacklog, or take deliveries with maxUnacked`;
  return new EventStreamerError(message, { errorType: 'fatal_error', code: 'ack_backlog_full' });
}
