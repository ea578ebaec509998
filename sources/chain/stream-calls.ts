import { defer, type Observable, of } from 'rxjs';
import { checkOption, checkOptions, integer, type OptionRule, requireOption, text } from '../../lib/check-options.js';
import { readBy } from './schema-parts.js';
import type { ChainService } from './service.js';
import {
  type BatchAcknowledgment,
  batchAcknowledgment,
  type BulkAcknowledgment,
  bulkAcknowledgment,
  type ClientHeartbeat,
  clientHeartbeat,
  type ProcessingStatus,
  processingStatus,
} from './stream-call-schemas.js';

/** One open stream of a subscription. */
export interface StreamConnection {
  readonly subscriptionId: number;
  /** Set by the service, in the header `X-Connection-Id` of the stream. Opaque. */
  readonly connectionId: string;
}

/** One batch of a connection. */
export interface BatchOfConnection extends StreamConnection {
  readonly batchId: string;
}

/** Several batches of a connection. */
export interface BatchesOfConnection extends StreamConnection {
  readonly batchIds: readonly string[];
}

/** A sign of life of ours. */
export interface HeartbeatOfConnection {
  readonly connectionId: string;
  /** Goes up with every heartbeat of a connection, from 1. */
  readonly sequenceNumber: number;
}

/** As far as every call of one subscription needs it. */
const subscriptionIdRule: OptionRule = integer(0);

const idList: OptionRule = {
  expected: 'a list of batch ids',
  test: (value) => Array.isArray(value) && value.every((id) => text.test(id)),
};

/**
 * Tells the service that a batch is handled. It goes to the connection that the batch came over. A batch that is acknowledged already is
 * acknowledged again without harm. Cold, one value, complete; sent once, never repeated.
 *
 * Errors: `connection_lost` (404: the service no longer knows the connection, and sends the batch again on the next); those of every call.
 * A `TypeError` at once for ids that cannot be.
 */
export function acknowledgeBatch(client: ChainService, batch: BatchOfConnection): Observable<BatchAcknowledgment> {
  const { subscriptionId, connectionId, batchId } = batch;
  const where = 'acknowledgeBatch';
  checkConnection(where, batch);
  requireOption(where, 'batchId', batchId);
  checkOption(`${where}: option "batchId"`, text, batchId);
  const operation = 'acknowledge batch';
  return client.call({
    ...{ operation, subject: 'connection', method: 'POST', maxRetries: 0 },
    path: `${streamPath(subscriptionId, connectionId)}/ack/batch`,
    json: { batch_id: batchId },
    read: readBy(batchAcknowledgment({ batchId, connectionId }), operation),
  });
}

/**
 * The same for several batches in one call. What the service could not acknowledge is in `failedBatchIds`, and no error. An empty list
 * sends nothing. Cold, one value, complete; sent once, never repeated.
 *
 * Errors: as {@link acknowledgeBatch}.
 */
export function acknowledgeBatches(client: ChainService, batches: BatchesOfConnection): Observable<BulkAcknowledgment> {
  const { subscriptionId, connectionId, batchIds } = batches;
  const where = 'acknowledgeBatches';
  checkConnection(where, batches);
  requireOption(where, 'batchIds', batchIds);
  checkOption(`${where}: option "batchIds"`, idList, batchIds);
  const operation = 'acknowledge batches';
  const ids = [...batchIds];
  const schema = bulkAcknowledgment({ batchIds: ids, connectionId });
  if (ids.length === 0) return defer(() => of(schema.parse({ total_events_acknowledged: 0 })));
  return client.call({
    ...{ operation, subject: 'connection', method: 'POST', maxRetries: 0 },
    path: `${streamPath(subscriptionId, connectionId)}/ack/batch/bulk`,
    json: { batch_ids: ids, connection_id: connectionId },
    read: readBy(schema, operation),
  });
}

/**
 * A sign of life for an open stream. Its time is that of the subscription. Cold, one value, complete; sent once, never repeated.
 *
 * Errors: as {@link acknowledgeBatch}.
 */
export function sendHeartbeat(client: ChainService, beat: HeartbeatOfConnection): Observable<ClientHeartbeat> {
  const { connectionId, sequenceNumber } = beat;
  checkOptions('sendHeartbeat', { connectionId: text, sequenceNumber: integer(0) }, { connectionId, sequenceNumber });
  requireOption('sendHeartbeat', 'connectionId', connectionId);
  requireOption('sendHeartbeat', 'sequenceNumber', sequenceNumber);
  const operation = 'send heartbeat';
  return client.call({
    ...{ operation, subject: 'connection', method: 'POST', maxRetries: 0 },
    // Without `/subscriptions` in front: the service knows a connection by its id alone.
    path: `/stream/${pathPart('sendHeartbeat', connectionId)}/heartbeat`,
    json: () => ({ timestamp: new Date().toISOString(), sequence_number: sequenceNumber }),
    read: readBy(clientHeartbeat(connectionId), operation),
  });
}

/**
 * Whether the service works on a subscription: it does while a stream of it is open. Cold, one value, complete; repeated like every GET.
 *
 * Errors: `subscription_not_found`, and those of every call.
 */
export function checkProcessingStatus(client: ChainService, subscriptionId: number): Observable<ProcessingStatus> {
  const operation = 'check processing status';
  return client.call({
    ...{ operation, subject: 'subscription' },
    path: `${subscriptionPath('checkProcessingStatus', subscriptionId)}/processing-status`,
    read: readBy(processingStatus(subscriptionId), operation),
  });
}

/** `/subscriptions/{id}`. Errors: a `TypeError` for an id that no subscription has. */
export function subscriptionPath(where: string, subscriptionId: number): string {
  requireOption(where, 'subscriptionId', subscriptionId);
  checkOption(`${where}: option "subscriptionId"`, subscriptionIdRule, subscriptionId);
  return `/subscriptions/${subscriptionId}`;
}

/** Whether a path can hold it as one step: dots alone are steps up, encoded or not (WHATWG URL 4.4). */
export function isPathPart(value: string): boolean {
  return !/^\.{0,2}$/.test(value);
}

/** Text of others as one step of a path. Errors: a `TypeError` for what is none. */
export function pathPart(where: string, value: string): string {
  if (!isPathPart(value)) throw new TypeError(`${where}: a name or id must not be "." or ".."`);
  return encodeURIComponent(value);
}

function streamPath(subscriptionId: number, connectionId: string): string {
  return `/subscriptions/${subscriptionId}/stream/${pathPart('acknowledge', connectionId)}`;
}

function checkConnection(where: string, { subscriptionId, connectionId }: StreamConnection): void {
  requireOption(where, 'subscriptionId', subscriptionId);
  requireOption(where, 'connectionId', connectionId);
  checkOption(`${where}: option "subscriptionId"`, subscriptionIdRule, subscriptionId);
  checkOption(`${where}: option "connectionId"`, text, connectionId);
}
