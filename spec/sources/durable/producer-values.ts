import type { QueuedItem } from '../../../sources/durable/producer-batch.js';

/** A JSON value on its way, and what its caller has been told. */
export function spiedItem(value: unknown, told: unknown[] = []): QueuedItem {
  const text = JSON.stringify(value);
  const message = new TextEncoder().encode(text);
  return {
    ...{ draft: { kind: 'json', text }, message, size: message.byteLength },
    resolve: (result) => void told.push(result),
    reject: (error) => void told.push(error),
  };
}
