import { defer, type Observable, takeUntil, tap, throwError } from 'rxjs';
import { EventStreamerConnectionError } from './errors.js';
import { poll, type PollOptions } from './poll.js';
import type { ChainService } from './service.js';
import type { ChainSessionControl } from './session-control.js';
import type { SharedSession } from './shared-session.js';
import type {
  BatchAcknowledgment,
  BulkAcknowledgment,
  ClientHeartbeat,
  ProcessingStatus,
} from './stream-call-schemas.js';
import { acknowledgeBatch, acknowledgeBatches, checkProcessingStatus, sendHeartbeat } from './stream-calls.js';

/**
 * What can be asked of a running stream and done to it by hand. Every call is cold, sends nothing before it is subscribed to, gives one value
 * and completes; what belongs to a connection goes to the one of that moment.
 *
 * Errors of the calls that need a connection: `EventStreamerConnectionError` with `connection_lost` where there is none, and where the service no
 * longer knows it (the stream finds that out by itself and makes another); those of every call.
 */
export interface StreamControls {
  /** A sign of life besides those that are sent by themselves; numbered with them. */
  sendHeartbeat(): Observable<ClientHeartbeat>;
  /** Whether the service works on the subscription; needs no connection. */
  checkProcessingStatus(): Observable<ProcessingStatus>;
  /** The same again and again: at once, and `interval` after every answer, until the stream is stopped; needs no connection. */
  processingStatus$(options?: PollOptions): Observable<ProcessingStatus>;
  /** Acknowledges one batch now, not with the next bulk call. Once the service has taken it the position may pass it. */
  acknowledgeBatch(batchId: string): Observable<BatchAcknowledgment>;
  /** The same for several; those that the service has not taken are in `failedBatchIds`. */
  acknowledgeBatches(batchIds: readonly string[]): Observable<BulkAcknowledgment>;
}

/** The calls of one shared session. */
export function streamControls(client: ChainService, shared: SharedSession): StreamControls {
  const status = defer(() => checkProcessingStatus(client, shared.subscriptionId));
  return {
    sendHeartbeat: () =>
      connected(shared, 'send heartbeat', ({ connectionId }, control) =>
        sendHeartbeat(client, { connectionId, sequenceNumber: control.nextSequenceNumber() }),
      ),
    checkProcessingStatus: () => status,
    processingStatus$: (options = {}) => poll('processingStatus$', status, options).pipe(takeUntil(shared.stopped$)),
    acknowledgeBatch: (batchId) =>
      connected(shared, 'acknowledge batch', (connection, control) =>
        acknowledgeBatch(client, { ...connection, batchId }).pipe(
          tap(({ acknowledged }) => {
            if (acknowledged) control.acknowledged([batchId]);
          }),
        ),
      ),
    acknowledgeBatches: (batchIds) =>
      connected(shared, 'acknowledge batches', (connection, control) =>
        acknowledgeBatches(client, { ...connection, batchIds }).pipe(
          tap(({ failedBatchIds }) => {
            const failed = new Set(failedBatchIds);
            control.acknowledged(batchIds.filter((id) => !failed.has(id)));
          }),
        ),
      ),
  };
}

interface Connection {
  readonly subscriptionId: number;
  readonly connectionId: string;
}

function connected<T>(
  shared: SharedSession,
  operation: string,
  call: (connection: Connection, control: ChainSessionControl) => Observable<T>,
): Observable<T> {
  return defer(() => {
    const { control } = shared;
    const { connectionId, subscriptionId } = control ?? {};
    if (control === undefined || connectionId === undefined || subscriptionId === undefined) {
      return throwError(() => notConnected(operation));
    }
    return call({ connectionId, subscriptionId }, control);
  });
}

function notConnected(operation: string): EventStreamerConnectionError {
  const message = `${operation}: the stream has no connection now; subscribe to one of its views, or wait until it is made again`;
  return new EventStreamerConnectionError(message, {
    ...{ errorType: 'stream_interrupted', code: 'connection_lost', operation },
  });
}
