import { type MonoTypeOperatorFunction, Observable, type Subscriber, Subscription } from 'rxjs';
import { type Delivery, deriveDelivery, type Outcome, type Settler } from '../lib/delivery.js';
import { ringQueue } from '../lib/ring-queue.js';
import { subscribeWithin } from '../lib/subscribe-within.js';

/**
 * One connection for several subscribers, of whom each has to settle each delivery. The slowest sets the pace: until the last one has settled, the
 * credit stays out.
 *
 * When all have settled, the original is refused if one has refused, with the reason of the first; else acknowledged if one has acknowledged;
 * else released. A release is a vote not given. A subscriber that leaves releases what it has not settled, and what it has acknowledged
 * counts no more: if nobody else is left, all is released, so that it comes again. A subscriber that stays decides for the one that left
 * before it; to stop several at once, end their common source.
 *
 * The first subscriber connects, the last one to leave disconnects, and the next one connects anew, also after an end. Late subscribers get what
 * comes from then on. Every subscriber sees the same order, even where another one makes the source emit from within `next`. Nothing is held
 * but what comes in such a moment. The end passes at once; what is in flight may be settled afterwards.
 *
 * Plain `share` gives one delivery to all: the first to acknowledge it would speak for the others.
 *
 * Errors: those of the source, to each subscriber.
 *
 * @example
 * import { byteStream, lines } from 'tailrace';
 * import { ackMap, deliver, shareDeliveries } from 'tailrace/operators';
 *
 * const shared = byteStream({ url: 'https://example.com/events.ndjson' }).pipe(
 *   lines(),
 *   deliver({ maxUnacked: 100 }),
 *   shareDeliveries(),
 * );
 * shared.pipe(ackMap(async (line) => console.log('stored', line))).subscribe();
 * shared.pipe(ackMap(async (line) => console.log('indexed', line))).subscribe();
 */
export function shareDeliveries<T>(): MonoTypeOperatorFunction<Delivery<T>> {
  return (source) => {
    let hub: Hub<T> | undefined;
    return new Observable((subscriber) => {
      const member: Member<T> = { subscriber, out: new Set(), left: false };
      if (hub !== undefined) return hub.join(member);
      const opened = openHub<T>(() => {
        if (hub === opened) hub = undefined;
      });
      hub = opened;
      // Before the source is subscribed to: it may emit, and the subscriber leave, in that very moment.
      subscriber.add(opened.join(member));
      opened.connect(source);
      return undefined;
    });
  };
}

interface Member<T> {
  readonly subscriber: Subscriber<Delivery<T>>;
  /** What it has not settled. */
  readonly out: Set<Delivery<T>>;
  left: boolean;
}

/** What the subscribers have said of one delivery. */
interface Votes<T> {
  readonly original: Delivery<T>;
  missing: number;
  acknowledgedBy: Member<T>[] | undefined;
  refusal: { readonly reason: unknown } | undefined;
}

/** One subscriber's vote. */
interface Ballot<T> {
  readonly votes: Votes<T>;
  readonly member: Member<T>;
}

interface Hub<T> {
  /** Returns how to leave. */
  join(member: Member<T>): () => void;
  connect(source: Observable<Delivery<T>>): void;
}

/** Calls `onOver` when it has ended or its last member has left: it takes no more members. */
function openHub<T>(onOver: () => void): Hub<T> {
  const connection = new Subscription();
  const arrived = ringQueue<Delivery<T>>();
  let members: readonly Member<T>[] = [];
  let emitting = false;
  let over = false;
  let end: ((member: Member<T>) => void) | undefined;

  const close = (): void => {
    over = true;
    onOver();
  };
  const settler: Settler<T, Ballot<T>> = {
    settle: (delivery, outcome, reason) => {
      const { votes, member } = delivery.tag;
      member.out.delete(delivery);
      vote(delivery.tag, outcome, reason);
      if (votes.missing === 0) decide(votes, members.length > 0);
    },
  };
  /** The second subscriber must have seen a delivery before the first one's answer to it brings another. */
  const drain = (): void => {
    if (emitting) return;
    emitting = true;
    while (arrived.size > 0) {
      const original = arrived.shift();
      if (original !== undefined) deliverTo(members, original, settler);
    }
    emitting = false;
    if (end === undefined || over) return;
    // First, because a member that ends has not left: what it has in flight it may still settle.
    close();
    for (const member of members) end(member);
  };
  const leave = (member: Member<T>): void => {
    if (over) return;
    member.left = true;
    members = members.filter((other) => other !== member);
    if (members.length === 0) {
      close();
      // Before anything is released: credit must not bring further deliveries.
      connection.unsubscribe();
    }
    for (const delivery of [...member.out]) delivery.release();
    while (over && arrived.size > 0) arrived.shift()?.release();
  };
  const finish = (say: (member: Member<T>) => void): void => {
    end = say;
    drain();
  };
  const next = (original: Delivery<T>): void => {
    arrived.push(original);
    drain();
  };
  const error = (cause: unknown): void => finish(({ subscriber }) => subscriber.error(cause));
  const complete = (): void => finish(({ subscriber }) => subscriber.complete());
  return {
    join: (member) => {
      members = [...members, member];
      return () => leave(member);
    },
    connect: (source) => subscribeWithin(source, connection, { next, error, complete }),
  };
}

function deliverTo<T>(audience: readonly Member<T>[], original: Delivery<T>, settler: Settler<T, Ballot<T>>): void {
  const votes: Votes<T> = { original, missing: audience.length, acknowledgedBy: undefined, refusal: undefined };
  for (const member of audience) {
    const delivery = deriveDelivery(original, { tag: { votes, member } }, settler);
    member.out.add(delivery);
    // It may have left while another one was served.
    if (member.left) delivery.release();
    else member.subscriber.next(delivery);
  }
}

function vote<T>({ votes, member }: Ballot<T>, outcome: Outcome, reason: unknown): void {
  votes.missing -= 1;
  if (outcome === 'nack') votes.refusal ??= { reason };
  if (outcome === 'ack') (votes.acknowledgedBy ??= []).push(member);
}

function decide<T>({ original, refusal, acknowledgedBy }: Votes<T>, anyoneLeft: boolean): void {
  if (!anyoneLeft) return original.release();
  if (refusal !== undefined) return original.nack(refusal.reason);
  // Whoever leaves last would else confirm for all others what it has not handled itself.
  if (acknowledgedBy?.some(({ left }) => !left) === true) original.ack();
  else original.release();
}
