import type { ReceivedBatch } from '../../../sources/chain/messages.js';
import { readChainMessage } from '../../../sources/chain/read-message.js';
import { batchLine } from './virtual-service.js';

/** A batch as it comes over a connection: with these events, and the token `rt_<id>`. */
export function received(id: string, events: readonly number[], connectionId = 'c1'): ReceivedBatch {
  const message = readChainMessage(JSON.stringify(batchLine(id, events)), connectionId);
  if (message?.type !== 'event_batch') throw new Error('no batch');
  return message;
}

/** The events of a batch, by the numbers that they were made of. */
export function numbersOf(batch: ReceivedBatch | undefined): number[] | undefined {
  return batch === undefined
    ? undefined
    : Object.values(batch.events).flatMap((list) => list.map(({ meta }) => meta.blockNumber));
}
