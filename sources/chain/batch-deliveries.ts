import { Observable, type OperatorFunction } from 'rxjs';
import { type Delivery, handOut, type Settler } from '../../lib/delivery.js';
import { ringQueue } from '../../lib/ring-queue.js';
import { subscribeWithin } from '../../lib/subscribe-within.js';
import type { EventBatch } from './messages.js';

export interface BatchDeliveryOptions {
  /** Whether `ack` acknowledges the batch; else it gives back credit only. */
  readonly acknowledges: boolean;
  /** While so many batches are handled and still remembered, no credit comes back. */
  readonly backlog: number;
}

/** Deliveries whose `ack` is the batch's. */
export interface BatchDeliveries {
  readonly handedOn: OperatorFunction<Delivery<EventBatch>, Delivery<EventBatch>>;
  /** So many batches are handled and still remembered. */
  readonly counted: (count: number) => void;
}

/**
 * Between the window and the consumer of one session. Credit is withheld while the books are full: the source then stands still until the one batch
 * that is stuck is handled, or the service takes acknowledgments again.
 */
export function batchDeliveries({ acknowledges, backlog }: BatchDeliveryOptions): BatchDeliveries {
  const withheld = ringQueue<Delivery<EventBatch>>();
  let remembered = 0;
  const giveBack = (): void => {
    while (withheld.size > 0 && remembered < backlog) withheld.shift()?.ack();
  };
  const settler: Settler<EventBatch, Delivery<EventBatch>> = {
    settle: ({ tag: original }, outcome, reason) => {
      if (outcome === 'nack') return original.nack(reason);
      if (outcome === 'release') return original.release();
      // Before its credit comes back, which may bring the next batch.
      if (acknowledges) original.value.ack();
      withheld.push(original);
      giveBack();
    },
  };
  return {
    counted: (size) => {
      remembered = size;
      giveBack();
    },
    handedOn: (source) =>
      new Observable((subscriber) =>
        subscribeWithin(source, subscriber, {
          next: (original) => subscriber.next(handOut(original.value, original, original, settler)),
          error: (error) => subscriber.error(error),
          complete: () => subscriber.complete(),
        }),
      ),
  };
}
