import { type BatchView, splitBatches } from './batch-views.js';
import type { ChainEvent, EventBatch, EventsByName } from './messages.js';

/** All events of a batch. */
export interface AllEvents {
  readonly batch: EventBatch;
  /** By name, in the order of the batch. */
  readonly events: EventsByName;
}

/** One event, and where it stood. */
export interface EachEvent {
  readonly event: ChainEvent;
  readonly name: string;
  readonly batch: EventBatch;
}

/**
 * All events of each batch by name, also those that have a handler of their own elsewhere. It stands behind batches and behind deliveries of
 * batches; the `ack` of what comes out is the batch's. Batches without events are left out, and acknowledged at once where they are
 * delivered. Synchronous and in order; holds nothing.
 *
 * Errors: those of the source.
 *
 * @example
 * import { allEvents, chainEvents, eventStreamer } from 'tailrace/sources/chain';
 *
 * const client = eventStreamer({ serviceUrl: 'https://events.example.com', subscriberId: 'billing' });
 * chainEvents(client, 7)
 *   .pipe(allEvents())
 *   .subscribe(({ events }) => console.log(Object.keys(events)));
 */
export function allEvents(): BatchView<AllEvents> {
  return splitBatches(eventsOfBatch, { flushes: 'each' });
}

function eventsOfBatch(batch: EventBatch): readonly AllEvents[] {
  const { events } = batch;
  return Object.values(events).some(({ length }) => length > 0) ? [{ batch, events }] : [];
}

/**
 * Event after event, name by name within a batch. It stands behind batches and behind deliveries of batches. Synchronous and in order; holds
 * nothing.
 *
 * Of a delivered batch every event is a delivery, and the last one to be settled settles the batch: nacked if one was, with the reason of the
 * first, else released if one was, else acknowledged. Its position goes with its last event, and so does the word that all credit is out: a
 * `batchAck` behind this gathers the events of a batch before it commits. As many events may be out as `maxUnacked` batches have.
 *
 * Errors: those of the source.
 *
 * @example
 * import { chainEvents, eachEvent, eventStreamer } from 'tailrace/sources/chain';
 * import { batchAck } from 'tailrace/operators';
 *
 * declare function store(rows: readonly object[]): Promise<void>;
 * const client = eventStreamer({ serviceUrl: 'https://events.example.com', subscriberId: 'billing' });
 * chainEvents(client, 7, { maxUnacked: 10 })
 *   .pipe(eachEvent(), batchAck((rows) => store(rows.map(({ event }) => event))))
 *   .subscribe();
 */
export function eachEvent(): BatchView<EachEvent> {
  return splitBatches(singleEvents, { flushes: 'last' });
}

function singleEvents(batch: EventBatch): readonly EachEvent[] {
  const singles: EachEvent[] = [];
  for (const [name, events] of Object.entries(batch.events)) {
    for (const event of events) singles.push({ event, name, batch });
  }
  return singles;
}
