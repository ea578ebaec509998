import { eventKey } from './chain-event.js';
import type { ChainEvent, EventsByName, ReceivedBatch } from './messages.js';

/** What a batch repeats. */
export interface Repeated<Holder> {
  /** Those that have events of it in hand. */
  readonly holders: ReadonlySet<Holder>;
  /** What is left of the batch; `undefined` where nothing is. */
  readonly fresh: ReceivedBatch | undefined;
}

/** Knows the events that are in hand. */
export interface RepeatFinder<Holder> {
  /** From here on the events of these may come again, and no others. Where two hold an event it is the first one's. */
  learn(holders: Iterable<Holder>): void;
  /** `undefined` where the batch repeats nothing. */
  find(batch: ReceivedBatch): Repeated<Holder> | undefined;
  /** Its events are new again. */
  forget(holder: Holder): void;
}

/**
 * Finds events that come again, by block, transaction and log. An event that has no such place is always new.
 *
 * While nothing is learnt a batch costs one comparison; after that a text and a look-up per event, until what was learnt is forgotten.
 */
export function repeatFinder<
  Holder extends { readonly events: EventsByName | readonly string[] },
>(): RepeatFinder<Holder> {
  const holderOf = new Map<string, Holder>();
  const learnt = new Map<Holder, readonly string[]>();
  return {
    learn: (holders) => {
      holderOf.clear();
      learnt.clear();
      for (const holder of holders) {
        const keys = placesOf(holder.events).filter((key) => !holderOf.has(key));
        learnt.set(holder, keys);
        for (const key of keys) holderOf.set(key, holder);
      }
    },
    find: (batch) => (holderOf.size === 0 ? undefined : split(batch, holderOf)),
    forget: (holder) => {
      for (const key of learnt.get(holder) ?? []) holderOf.delete(key);
      learnt.delete(holder);
    },
  };
}

/** The places of these events, those without one left out; places stay as they are. */
export function placesOf(events: EventsByName | readonly string[]): readonly string[] {
  if (isPlaces(events)) return events;
  const keys: string[] = [];
  for (const list of Object.values(events)) {
    for (const event of list) {
      const key = eventKey(event);
      if (key !== undefined) keys.push(key);
    }
  }
  return keys;
}

/** `Array.isArray` leaves a readonly list in the other branch. */
function isPlaces(events: EventsByName | readonly string[]): events is readonly string[] {
  return Array.isArray(events);
}

function split<Holder>(batch: ReceivedBatch, holderOf: ReadonlyMap<string, Holder>): Repeated<Holder> | undefined {
  const holders = new Set<Holder>();
  const fresh: [string, readonly ChainEvent[]][] = [];
  let count = 0;
  for (const [name, list] of Object.entries(batch.events)) {
    const left = list.filter((event) => {
      const key = eventKey(event);
      const holder = key === undefined ? undefined : holderOf.get(key);
      if (holder !== undefined) holders.add(holder);
      return holder === undefined;
    });
    count += left.length;
    if (left.length > 0) fresh.push([name, left]);
  }
  if (holders.size === 0) return undefined;
  const rest = { ...batch, events: Object.fromEntries(fresh), batchSize: count };
  return { holders, fresh: count === 0 ? undefined : rest };
}
