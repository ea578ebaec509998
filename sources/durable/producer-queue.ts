import { ringQueue } from '../../lib/ring-queue.js';
import type { QueuedItem } from './producer-batch.js';
import type { CheckedProducer } from './producer-options.js';

/** Values that have no number yet. Without a limit of its own: `heldValues` counts them. */
export interface ProducerQueue {
  readonly size: number;
  /** Whether what waits fills a batch. */
  readonly isBatchFull: boolean;
  push(item: QueuedItem): void;
  /** The values of the next batch: as many as fit, one at least. */
  cut(): QueuedItem[];
  /** Takes all that waits. */
  takeAll(): QueuedItem[];
}

/** Commas and brackets of JSON; counted everywhere, it is a byte. */
const framing = 1;

export function producerQueue({
  maxBatchItems,
  maxBatchLength,
}: Pick<CheckedProducer, 'maxBatchItems' | 'maxBatchLength'>): ProducerQueue {
  const items = ringQueue<QueuedItem>();
  // What did not fit into the last batch.
  let first: QueuedItem | undefined;
  let length = framing;
  const take = (): QueuedItem | undefined => {
    const item = first ?? items.shift();
    first = undefined;
    if (item !== undefined) length -= item.size + framing;
    return item;
  };
  const takeUpTo = (maxItems: number, maxLength: number): QueuedItem[] => {
    const batch: QueuedItem[] = [];
    let room = maxLength - framing;
    while (batch.length < maxItems) {
      const item = take();
      if (item === undefined) break;
      room -= item.size + framing;
      if (room < 0 && batch.length > 0) {
        first = item;
        length += item.size + framing;
        break;
      }
      batch.push(item);
    }
    return batch;
  };
  const size = (): number => items.size + (first === undefined ? 0 : 1);
  return {
    get size() {
      return size();
    },
    get isBatchFull() {
      return size() >= maxBatchItems || length >= maxBatchLength;
    },
    push: (item) => {
      items.push(item);
      length += item.size + framing;
    },
    cut: () => takeUpTo(maxBatchItems, maxBatchLength),
    takeAll: () => takeUpTo(Infinity, Infinity),
  };
}
