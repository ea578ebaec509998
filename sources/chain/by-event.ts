import { type BatchView, splitBatches } from './batch-views.js';
import type { EventBatch } from './messages.js';
import type { EventsOf } from './of-event.js';

/**
 * One emission for each event name of each batch, in the order of the batch: for handlers that go by the name. It stands behind batches and
 * behind deliveries of batches. A batch without events makes none. Synchronous and in order; holds nothing.
 *
 * Of a delivered batch every part is a delivery of its own, and the batch is settled when all of them are: nacked if one was, with the reason of
 * the first, else released if one was, else acknowledged. Its position goes with the last part. Parts that the consumer leaves behind are
 * released with it. A delivered batch without events is acknowledged at once.
 *
 * Errors: those of the source.
 *
 * @example
 * import { byEvent, chainEvents, eventStreamer } from 'tailrace/sources/chain';
 * import { ackMap } from 'tailrace/operators';
 *
 * const client = eventStreamer({ serviceUrl: 'https://events.example.com', subscriberId: 'billing' });
 * chainEvents(client, 7, { maxUnacked: 10 })
 *   .pipe(byEvent(), ackMap(async ({ name, events }) => console.log(name, events.length)))
 *   .subscribe();
 */
export function byEvent(): BatchView<EventsOf> {
  return splitBatches(eventsByName, { flushes: 'each' });
}

function eventsByName(batch: EventBatch): readonly EventsOf[] {
  const parts: EventsOf[] = [];
  for (const [name, events] of Object.entries(batch.events)) if (events.length > 0) parts.push({ name, batch, events });
  return parts;
}
