import { createDelivery, type Delivery, type Settler } from '../../../lib/delivery.js';
import type { EventBatch } from '../../../sources/chain/messages.js';
import { readChainMessage } from '../../../sources/chain/read-message.js';

let places = 0;

/** An event of the wire, at a place of its own. */
function wireEvent(parameters: object): object {
  places += 1;
  const place = { block_number: places, transaction_hash: `0x${places.toString(16)}`, log_index: 0 };
  return { ...parameters, ...place, address: '0xc0', timestamp: '2025-01-01T00:00:00.000Z' };
}

/** A batch as the service sends it; each event in it gets a place. */
export function sampleBatch(id: string, events: Readonly<Record<string, readonly object[]>>): EventBatch {
  const placed = Object.entries(events).map(([name, list]): [string, object[]] => [name, list.map(wireEvent)]);
  const line = {
    type: 'event_batch',
    batch_id: id,
    resume_token: `rt_${id}`,
    events: Object.fromEntries<object[]>(placed),
  };
  const message = readChainMessage(JSON.stringify(line), 'conn');
  if (message?.type !== 'event_batch') throw new Error('no batch');
  return { ...message, ack: () => undefined };
}

/** Deliveries that write down what became of them, as in `ack a` and `nack b: reason`. */
export function sampleDeliveries(): {
  readonly said: string[];
  deliver(batch: EventBatch, more?: { readonly attempt?: number; readonly isFull?: boolean }): Delivery<EventBatch>;
} {
  const said: string[] = [];
  return {
    said,
    deliver: (batch, { attempt = 1, isFull = false } = {}) => {
      const settler: Settler<EventBatch, undefined> = {
        settle: ({ value: { batchId } }, outcome, reason) =>
          void said.push(reason === undefined ? `${outcome} ${batchId}` : `${outcome} ${batchId}: ${String(reason)}`),
        isFull: () => isFull,
      };
      return createDelivery({ value: batch, position: batch.resumeToken, attempt, tag: undefined }, settler);
    },
  };
}
