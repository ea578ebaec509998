import { Observable, type Subscriber } from 'rxjs';
import { createDelivery, type Delivery, isDelivery, type PositionSource, type Settler } from '../../lib/delivery.js';
import { subscribeWithin } from '../../lib/subscribe-within.js';
import type { EventBatch } from './messages.js';

/** What a view makes of its source: of deliveries deliveries, of plain batches plain values. */
export type Viewed<Source, T> = Source extends Delivery<EventBatch> ? Delivery<T> : T;

/** An operator that stands behind a stream of batches or of deliveries of batches. */
export type BatchView<T> = <Source extends EventBatch | Delivery<EventBatch>>(
  source: Observable<Source>,
) => Observable<Viewed<Source, T>>;

/** What the parts of one delivered batch have said so far. */
interface Tally {
  readonly original: Delivery<EventBatch>;
  missing: number;
  isReleased: boolean;
  refusal: { readonly reason: unknown } | undefined;
}

/**
 * Emits the parts of each batch, one by one and in order. Of a delivered batch each part is a delivery: when all are settled the batch is
 * nacked if one was, with the reason of the first, else released if one was, else acknowledged. A batch without parts is acknowledged at once.
 * What `partsOf` throws nacks the batch, or is the error of a plain stream.
 *
 * A batch's position goes with its last part alone: whoever saves it has heard of all others. `flushes` says which parts tell that all credit
 * is out, so that those who gather hand on what they have.
 */
export function splitBatches<T>(
  partsOf: (batch: EventBatch) => readonly T[],
  options: { readonly flushes: 'each' | 'last' },
): BatchView<T>;
export function splitBatches<T>(
  partsOf: (batch: EventBatch) => readonly T[],
  { flushes }: { readonly flushes: 'each' | 'last' },
): (source: Observable<EventBatch | Delivery<EventBatch>>) => Observable<T | Delivery<T>> {
  return (source) =>
    new Observable((subscriber) =>
      subscribeWithin(source, subscriber, {
        next: (one) => {
          if (isDelivery(one)) deliverParts(one, subscriber, { partsOf, flushes });
          else emitParts(one, subscriber, partsOf);
        },
        error: (error) => subscriber.error(error),
        complete: () => subscriber.complete(),
      }),
    );
}

function emitParts<T>(
  batch: EventBatch,
  subscriber: Subscriber<T>,
  partsOf: (batch: EventBatch) => readonly T[],
): void {
  let parts: readonly T[];
  try {
    parts = partsOf(batch);
  } catch (error) {
    return subscriber.error(error);
  }
  for (const part of parts) subscriber.next(part);
}

interface Cut<T> {
  readonly partsOf: (batch: EventBatch) => readonly T[];
  readonly flushes: 'each' | 'last';
}

function deliverParts<T>(
  original: Delivery<EventBatch>,
  subscriber: Subscriber<Delivery<T>>,
  { partsOf, flushes }: Cut<T>,
): void {
  let parts: readonly T[];
  try {
    parts = partsOf(original.value);
  } catch (error) {
    return original.nack(error);
  }
  if (parts.length === 0) return original.ack();
  const tally: Tally = { original, missing: parts.length, isReleased: false, refusal: undefined };
  const { attempt } = original;
  const before = flushes === 'each' ? creditOf(original) : nothing;
  for (const [index, value] of parts.entries()) {
    // The consumer has left at one of the parts before.
    if (subscriber.closed) return count(tally, parts.length - index, { isReleased: true });
    const position = index === parts.length - 1 ? original : before;
    subscriber.next(createDelivery<T, Tally>({ value, position, attempt, tag: tally }, settler));
  }
}

const settler: Settler<unknown, Tally> = {
  settle: ({ tag }, outcome, reason) => {
    if (outcome === 'nack') tag.refusal ??= { reason };
    count(tag, 1, { isReleased: outcome === 'release' });
  },
};

function count(tally: Tally, settled: number, { isReleased }: { readonly isReleased: boolean }): void {
  tally.missing -= settled;
  tally.isReleased ||= isReleased;
  if (tally.missing > 0) return;
  const { original, refusal } = tally;
  if (refusal !== undefined) original.nack(refusal.reason);
  else if (tally.isReleased) original.release();
  else original.ack();
}

const nothing: PositionSource = { position: undefined, exhaustsCredit: false };

function creditOf(original: Delivery<EventBatch>): PositionSource {
  return {
    position: undefined,
    get exhaustsCredit() {
      return original.exhaustsCredit;
    },
  };
}
