import { type Key, recentKeys } from '../../lib/recent-keys.js';
import type { EventBatch, ReceivedBatch } from './messages.js';
import { heldBatch, type HeldBatch, isDone, passingLine, type PassingLine } from './passing-line.js';
import { placesOf, repeatFinder, type RepeatFinder } from './repeats.js';

export interface LedgerHooks {
  /** All that the batch holds is handled: the service may hear of it. */
  readonly onReady: (held: HeldBatch) => void;
  /** The service is to hear of these under other ids. */
  readonly onRepeated: (batchIds: readonly string[]) => void;
  /** Everything up to this token is handled, and the service knows. */
  readonly onPosition: (position: string) => void;
  /** So many batches of the connection in hand are handled and still remembered. */
  readonly onCount: (count: number) => void;
}

/** What has become of the batches of one session, over all of its connections. */
export interface BatchLedger {
  /** Batches that are remembered, those that only repeat others not counted. */
  readonly size: number;
  /** Books a batch. `undefined` where all of its events are in hand already: it is acknowledged when they are handled. */
  receive(batch: ReceivedBatch): EventBatch | undefined;
  /** A new connection begins at the position: what is remembered may come again. */
  reconnected(): void;
  /** The service has taken the acknowledgments of these batches, or they are given up. */
  confirm(taken: readonly HeldBatch[]): void;
  /** The service has taken these by another way: they are handled. */
  acknowledged(batchIds: readonly string[]): void;
  /** Another subscription: what is in hand is known, and counts for nothing else. */
  restart(): void;
}

interface Books {
  readonly hooks: LedgerHooks;
  readonly remembered: Set<HeldBatch>;
  readonly repeats: RepeatFinder<HeldBatch>;
  /** The batches of the connection in hand. */
  readonly line: PassingLine;
  /** Whether an id is new on the connection in hand. */
  isNew: (batchId: Key, now: number) => boolean;
  /** What earlier connections have left unhandled, until the first batch with new events. */
  inHand: readonly HeldBatch[];
  size: number;
  /** See `onCount`. */
  count: number;
}

/** Ids of one connection that are known again: a proxy that sends something twice does so at once. */
const knownIds = 1_000;
const freshIds = (): Books['isNew'] => recentKeys(knownIds, Infinity);

/**
 * Books of a session. The position is the token of the last batch up to which everything is handled **and** the service has taken the
 * acknowledgments; every connection begins there. So all that is behind it comes again, perhaps cut differently, and the new connection's batches
 * alone lead the position on. What is in hand is neither handed out twice nor acknowledged unhandled: a batch that repeats it waits for it, and so does the
 * position, whether it is repeated or not.
 *
 * A batch is remembered until the position is behind it. Costs a small object per batch; events are looked at one by one only after a reconnect, while
 * something from before it is still remembered.
 */
export function batchLedger(hooks: LedgerHooks): BatchLedger {
  const remembered = new Set<HeldBatch>();
  const books: Books = {
    hooks,
    remembered,
    repeats: repeatFinder(),
    line: passingLine(),
    isNew: freshIds(),
    ...{ inHand: [], size: 0, count: 0 },
  };
  return {
    get size() {
      return books.size;
    },
    receive: (batch) => receive(books, batch),
    reconnected: () => reconnected(books),
    confirm: (taken) => {
      for (const held of taken) held.confirmed = true;
      pass(books);
    },
    acknowledged: (batchIds) => {
      const ids = new Set(batchIds);
      for (const held of [...remembered].filter(({ batch }) => batch !== undefined && ids.has(batch.batchId))) {
        held.confirmed = true;
        handle(books, held);
      }
      pass(books);
    },
    restart: () => {
      books.line.clear();
      for (const held of remembered) held.foreign = true;
    },
  };
}

function reconnected(books: Books): void {
  const { remembered, repeats, line } = books;
  books.isNew = freshIds();
  books.inHand = [...remembered].filter((held) => !held.handled);
  line.clear();
  for (const held of remembered) {
    held.isOld = true;
    // What it repeats is held by others, which are still there.
    if (held.isRepeat) forget(books, held);
  }
  repeats.learn(remembered);
  recount(books, 0);
}

/** New events come behind all that is in hand: the position waits for that, also where the service does not send it again. */
function waitForOld(books: Books): void {
  const open = books.inHand.filter((held) => !held.handled);
  books.inHand = [];
  if (open.length === 0) return;
  const barrier = heldBatch(undefined);
  barrier.handled = true;
  barrier.confirmed = true;
  block(barrier, open);
  books.line.enter(barrier);
}

function receive(books: Books, batch: ReceivedBatch): EventBatch | undefined {
  const { hooks, remembered, repeats, line } = books;
  // The same once more: it has been booked, and one acknowledgment is enough.
  if (!books.isNew(batch.batchId, 0)) return undefined;
  const found = repeats.find(batch);
  if (found === undefined || found.fresh !== undefined) waitForOld(books);
  const held = heldBatch(batch);
  remembered.add(held);
  line.enter(held);
  held.isRepeat = found !== undefined && found.fresh === undefined;
  if (!held.isRepeat) books.size += 1;
  if (found === undefined) return { ...batch, ack: () => handle(books, held) };
  held.mends = true;
  const holders = [...found.holders];
  block(
    held,
    holders.filter(({ handled }) => !handled),
  );
  supersede(hooks, holders);
  if (found.fresh !== undefined) return { ...found.fresh, ack: () => handle(books, held) };
  handle(books, held);
  return undefined;
}

function block(held: HeldBatch, holders: readonly HeldBatch[]): void {
  held.blockers += holders.length;
  for (const holder of holders) holder.waiting.push(held);
}

/** An acknowledgment that has not gone out would go to a connection that knows the batch by another id. */
function supersede(hooks: LedgerHooks, holders: readonly HeldBatch[]): void {
  const open = holders.filter(({ repeated }) => !repeated);
  for (const holder of open) holder.repeated = true;
  const ids = open.flatMap(({ batch }) => (batch === undefined ? [] : [batch.batchId]));
  if (ids.length > 0) hooks.onRepeated(ids);
}

function handle(books: Books, held: HeldBatch): void {
  if (held.handled) return;
  held.handled = true;
  held.events = placesOf(held.events);
  if (isCounted(held)) recount(books, books.count + 1);
  settle(books, held);
  for (const other of held.waiting.splice(0)) {
    other.blockers -= 1;
    settle(books, other);
  }
}

/** Whatever follows from a batch that may be done now. */
function settle(books: Books, held: HeldBatch): void {
  if (!isDone(held)) return;
  const isAsked = !held.confirmed && !held.repeated && !held.foreign;
  if (isAsked) books.hooks.onReady(held);
  else pass(books);
}

/** Lets go of all that the position is behind, and tells how far that is. */
function pass(books: Books): void {
  let position: string | undefined;
  let isBeyondOld = false;
  for (const held of books.line.advance()) {
    position = held.batch?.resumeToken ?? position;
    // New events come after all that an earlier connection has sent.
    isBeyondOld ||= held.batch !== undefined && !held.isRepeat;
    forget(books, held);
  }
  if (isBeyondOld) for (const held of books.remembered) if (held.isOld && held.handled) forget(books, held);
  if (position !== undefined) books.hooks.onPosition(position);
}

function forget(books: Books, held: HeldBatch): void {
  if (!books.remembered.delete(held)) return;
  books.repeats.forget(held);
  if (!held.isRepeat) books.size -= 1;
  if (isCounted(held)) recount(books, books.count - 1);
}

/** Others are there until new events pass, however few are counted: credit that waited for them would never come. */
function isCounted({ handled, isOld, isRepeat }: HeldBatch): boolean {
  return handled && !isOld && !isRepeat;
}

function recount(books: Books, count: number): void {
  books.count = count;
  books.hooks.onCount(count);
}
