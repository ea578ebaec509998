import { isRecord, isTextList } from '../x/api.js';
import { ok, refusal, type ServiceCall, type ServiceReply, type ServiceRoute } from './answers.js';
import type { Connection, Connections } from './connections.js';
import { addRange, blockStart, coveredFrom } from './places.js';
import type { Records } from './records.js';
import { makeToken } from './resume-tokens.js';
import { findSubscription, type ServiceState } from './state.js';

export interface AcksOptions {
  readonly state: ServiceState;
  readonly connections: Connections;
  readonly records: Records;
  readonly now: () => number;
  readonly shapes: 'source' | 'readme';
}

const noConnection = refusal(404, 'Connection not found');

/** Acknowledgments, client heartbeats and the processing status. */
export function acksApi(options: AcksOptions): ServiceRoute[] {
  const { state, connections, records, now, shapes } = options;
  const timestamp = (): string => new Date(now()).toISOString();
  const single = (call: ServiceCall): ServiceReply => {
    const batchId = isRecord(call.body) ? call.body['batch_id'] : undefined;
    if (typeof batchId !== 'string') return refusal(422, 'Validation error', 'batch_id: expected a text');
    const { status, connectionId, failed, events, token } = acknowledge(call, 'single', [batchId]);
    if (status === 404) return noConnection;
    const counts = { acknowledged: failed.length === 0, batch_id: batchId, events_acknowledged: events };
    return ok({ ...counts, connection_id: connectionId, timestamp: timestamp(), resume_token: token });
  };
  const bulk = (call: ServiceCall): ServiceReply => {
    const ids = isRecord(call.body) ? call.body['batch_ids'] : undefined;
    if (!isTextList(ids)) return refusal(422, 'Validation error', 'batch_ids: expected a list of texts');
    const { status, connectionId, failed, events, token } = acknowledge(call, 'bulk', ids);
    if (status === 404) return noConnection;
    return ok({
      total_batches: ids.length,
      acknowledged_batches: ids.length - failed.length,
      failed_batches: failed.length,
      failed_batch_ids: failed,
      total_events_acknowledged: events,
      connection_id: connectionId,
      timestamp: timestamp(),
      resume_token: token,
    });
  };
  const heartbeat = ({ keys, body }: ServiceCall): ServiceReply => {
    const [connectionId = ''] = keys;
    const status = connections.find(connectionId, 'heartbeat') === undefined ? 404 : 200;
    const sequenceNumber = isRecord(body) ? body['sequence_number'] : undefined;
    records.heartbeats.push({ at: performance.now(), connectionId, sequenceNumber, status });
    if (status === 404) return noConnection;
    const time = shapes === 'readme' ? { timestamp: timestamp() } : { server_timestamp: timestamp() };
    return ok({ acknowledged: true, ...time, connection_id: connectionId });
  };
  const processing = ({ keys }: ServiceCall): ServiceReply => {
    const id = Number(keys[0]);
    if (findSubscription(state, id) === undefined) return refusal(404, 'Subscription not found');
    const count = connections.select(id).length;
    return ok({ subscription_id: id, is_processing: count > 0, connection_count: count, timestamp: timestamp() });
  };
  const ack = /^\/subscriptions\/(\d+)\/stream\/([^/]+)\/ack\/batch$/;
  const acks = /^\/subscriptions\/(\d+)\/stream\/([^/]+)\/ack\/batch\/bulk$/;
  const status = /^\/subscriptions\/(\d+)\/processing-status$/;
  return [
    { name: 'ack', method: 'POST', path: ack, handle: single },
    { name: 'ack', method: 'POST', path: acks, handle: bulk },
    { name: 'heartbeat', method: 'POST', path: /^\/stream\/([^/]+)\/heartbeat$/, handle: heartbeat },
    { name: 'processing-status', method: 'GET', path: status, handle: processing },
  ];

  function acknowledge(call: ServiceCall, kind: 'single' | 'bulk', batchIds: readonly string[]): Outcome {
    const subscriptionId = Number(call.keys[0]);
    const connectionId = decodeURIComponent(call.keys[1] ?? '');
    const connection = connections.find(connectionId, 'ack');
    const isKnown = connection?.subscription.id === subscriptionId;
    const failsAll = call.fault === 'failed-ids' || !isKnown;
    const failed = failsAll ? [...batchIds] : batchIds.filter((id) => !connection.batches.has(id));
    const done = failsAll ? 0 : apply(connection, batchIds);
    const status = isKnown ? 200 : 404;
    records.acks.push({
      at: performance.now(),
      kind,
      subscriptionId,
      connectionId,
      batchIds,
      failedIds: failed,
      status,
    });
    return { status, connectionId, failed, events: done, token: connection?.subscription.resume_token ?? null };
  }

  /** How many events are acknowledged by it; a batch that was already counts again, as a success. */
  function apply(connection: Connection, batchIds: readonly string[]): number {
    let events = 0;
    for (const id of batchIds) {
      const batch = connection.batches.get(id);
      if (batch === undefined) continue;
      events += batch.keys.length;
      if (batch.isAcknowledged) continue;
      batch.isAcknowledged = true;
      for (const key of batch.keys) records.acknowledged.set(key, (records.acknowledged.get(key) ?? 0) + 1);
      if (batch.range === undefined) continue;
      const { subscription } = connection;
      subscription.acknowledged = addRange(subscription.acknowledged, batch.range);
      moveOn(connection, batch.range[1], batch.keys[batch.keys.length - 1] ?? null);
    }
    return events;
  }

  function moveOn({ subscription }: Connection, end: number, lastKey: string | null): void {
    const { id, acknowledged, start_block: start } = subscription;
    const place = coveredFrom(acknowledged, blockStart(start));
    if (place === blockStart(start)) return;
    if (place === end) subscription.last_event_id = lastKey;
    subscription.resume_token = makeToken({ subscription_id: id, place, generation: state.tokenGeneration });
  }
}

interface Outcome {
  readonly status: number;
  readonly connectionId: string;
  readonly failed: readonly string[];
  readonly events: number;
  readonly token: string | null;
}
