import { map, type Observable, type Subscription } from 'rxjs';
import type { AckRequest } from './ack-queue.js';
import { chainError } from './answers.js';
import type { ChainService } from './service.js';
import { acknowledgeBatch, acknowledgeBatches } from './stream-calls.js';

/**
 * Sends one acknowledgment by itself and several together. An id of an earlier connection goes as one of several whatever their number: a 404 there
 * is about the connection, and an unknown batch is in the answer's list.
 */
export function sendAcknowledgments(client: ChainService, subscriptionId: number, request: AckRequest): Subscription {
  const { next, error } = request;
  return refusedOf(client, subscriptionId, request).subscribe({
    next,
    error: (thrown: unknown) => error(chainError(thrown, { operation: 'acknowledge batches', subject: 'connection' })),
  });
}

function refusedOf(
  client: ChainService,
  subscriptionId: number,
  { connectionId, batchIds, isOwn }: AckRequest,
): Observable<readonly string[]> {
  const [batchId] = batchIds;
  if (batchId !== undefined && batchIds.length === 1 && isOwn) {
    return acknowledgeBatch(client, { subscriptionId, connectionId, batchId }).pipe(
      map(({ acknowledged }) => (acknowledged ? [] : [batchId])),
    );
  }
  return acknowledgeBatches(client, { subscriptionId, connectionId, batchIds }).pipe(
    map(({ failedBatchIds }) => failedBatchIds),
  );
}
