import * as z from 'zod';
import { flag, number, orEmpty, text, texts } from './schema-parts.js';

/** The service's word for an acknowledged batch. */
export interface BatchAcknowledgment {
  /** `false` where the service has said so; then the batch still counts as open. */
  readonly acknowledged: boolean;
  readonly batchId: string;
  readonly eventsAcknowledged: number | undefined;
  readonly connectionId: string;
  /** ISO 8601, set by the service. */
  readonly timestamp: string | undefined;
  /** Opaque: resume after this batch. */
  readonly resumeToken: string | undefined;
}

/** The service's word for several batches at once. */
export interface BulkAcknowledgment {
  readonly totalBatches: number;
  readonly acknowledgedBatches: number;
  readonly failedBatches: number;
  /** These are still open: acknowledge them again. */
  readonly failedBatchIds: readonly string[];
  readonly totalEventsAcknowledged: number | undefined;
  readonly connectionId: string;
  /** ISO 8601, set by the service. */
  readonly timestamp: string | undefined;
  /** Opaque: resume after the last batch that is acknowledged. */
  readonly resumeToken: string | undefined;
}

/** The service's answer to a heartbeat of ours. */
export interface ClientHeartbeat {
  readonly acknowledged: boolean;
  /** The service's clock, ISO 8601; the same as `serverTimestamp` where only one of them is sent. */
  readonly timestamp: string | undefined;
  readonly serverTimestamp: string | undefined;
  readonly connectionId: string;
}

/** Whether the service works on a subscription now. */
export interface ProcessingStatus {
  readonly subscriptionId: number;
  /** `false` while no stream of it is open. */
  readonly isProcessing: boolean;
  /** Streams of this subscription that are open. */
  readonly connectionCount: number | undefined;
  /** ISO 8601. */
  readonly timestamp: string | undefined;
}

/** The answer to one acknowledgment; what it leaves out is as it was asked. */
export function batchAcknowledgment(asked: {
  readonly batchId: string;
  readonly connectionId: string;
}): z.ZodType<BatchAcknowledgment> {
  const body = z.object({
    acknowledged: flag,
    batch_id: text,
    events_acknowledged: number,
    connection_id: text,
    timestamp: text,
    resume_token: text,
  });
  return orEmpty(
    body.transform((answer) => ({
      acknowledged: answer.acknowledged ?? true,
      batchId: answer.batch_id ?? asked.batchId,
      eventsAcknowledged: answer.events_acknowledged,
      connectionId: answer.connection_id ?? asked.connectionId,
      timestamp: answer.timestamp,
      resumeToken: answer.resume_token,
    })),
  );
}

/** The same for several: what has not failed is acknowledged. */
export function bulkAcknowledgment(asked: {
  readonly batchIds: readonly string[];
  readonly connectionId: string;
}): z.ZodType<BulkAcknowledgment> {
  const body = z.object({
    total_batches: number,
    acknowledged_batches: number,
    failed_batches: number,
    failed_batch_ids: texts,
    total_events_acknowledged: number,
    connection_id: text,
    timestamp: text,
    resume_token: text,
  });
  return orEmpty(
    body.transform((answer) => {
      const failedBatchIds = answer.failed_batch_ids ?? [];
      const totalBatches = answer.total_batches ?? asked.batchIds.length;
      const failedBatches = answer.failed_batches ?? failedBatchIds.length;
      return {
        totalBatches,
        acknowledgedBatches: answer.acknowledged_batches ?? totalBatches - failedBatches,
        failedBatches,
        failedBatchIds,
        totalEventsAcknowledged: answer.total_events_acknowledged,
        connectionId: answer.connection_id ?? asked.connectionId,
        timestamp: answer.timestamp,
        resumeToken: answer.resume_token,
      };
    }),
  );
}

/** The answer to a heartbeat. The service's README calls its time `timestamp`, its schema `server_timestamp`. */
export function clientHeartbeat(connectionId: string): z.ZodType<ClientHeartbeat> {
  return orEmpty(
    z
      .object({ acknowledged: flag, timestamp: text, server_timestamp: text, connection_id: text })
      .transform(({ acknowledged = true, timestamp, server_timestamp: serverTimestamp, connection_id: id }) => ({
        acknowledged,
        timestamp: timestamp ?? serverTimestamp,
        serverTimestamp: serverTimestamp ?? timestamp,
        connectionId: id ?? connectionId,
      })),
  );
}

/** Whether a subscription is worked on: the one thing that this answer must say. */
export function processingStatus(subscriptionId: number): z.ZodType<ProcessingStatus> {
  return z
    .object({ subscription_id: number, is_processing: z.boolean(), connection_count: number, timestamp: text })
    .transform((answer) => ({
      subscriptionId: answer.subscription_id ?? subscriptionId,
      isProcessing: answer.is_processing,
      connectionCount: answer.connection_count,
      timestamp: answer.timestamp,
    }));
}
