import {
  asyncScheduler,
  catchError,
  EMPTY,
  from,
  mergeMap,
  noop,
  Observable,
  type SchedulerLike,
  type Subscriber,
  Subscription,
  takeUntil,
  takeWhile,
  throwError,
  timer,
} from 'rxjs';
import { hasCode } from './expected-errors.js';
import { type DurablePart, placeText } from './parts.js';
import { leaseKeeper, type LeaseKeeper } from './pull-wake-keeper.js';
import { leaseLedger, type LeasedItem, type LeaseLedger } from './pull-wake-ledger.js';
import type { Claim, ClaimedStream } from './subscription-schemas.js';
import type { DurableSubscriptions } from './subscriptions.js';

/** How the work of a lease is done. */
export interface LeaseWork {
  readonly client: DurableSubscriptions;
  /** Reads a stream of the subscription from an offset to its tail. */
  readonly read: (path: string, offset: string) => Observable<readonly DurablePart[]>;
  /** Streams read at a time. */
  readonly concurrency: number;
  /** Streams that could not be read, as `path@offset`; kept from lease to lease. */
  readonly missing: Set<string>;
  readonly scheduler: SchedulerLike | undefined;
}

/** What comes of a lease: its items, then how it ended. */
export type LeaseEvent =
  | { readonly type: 'item'; readonly leased: LeasedItem }
  | {
      readonly type: 'end';
      /** There is, or may be, more to do. */
      readonly again: boolean;
      /** An acknowledgment has moved the subscription on. */
      readonly progressed: boolean;
    };

/** How long the last request may take: a lease that is not given back ends by itself. */
const leaveWithin = 5_000;

/**
 * The work of one claim: reads its pending streams, keeps the lease alive at a third of its time, acknowledges what is handled without a gap, and
 * gives the lease back with the last of it. Unsubscription and an error give it back too, on a request of their own.
 *
 * A lease that is fenced, or that may be over because no heartbeat has come through for its time, ends at once: nothing of it is delivered or
 * acknowledged any more. So does one whose acknowledgment is refused, after it has been given back.
 */
export function leaseEvents(claim: Claim, work: LeaseWork): Observable<LeaseEvent> {
  return new Observable((subscriber) => {
    const lease = openLease(claim, work, subscriber);
    const streams = from(claim.streams.filter(({ hasPending }) => hasPending));
    const reads = streams.pipe(mergeMap((stream) => readPending(stream, lease.ledger, work), work.concurrency));
    lease.reads.add(
      reads.subscribe({
        next: (leased) => subscriber.next({ type: 'item', leased }),
        error: (error: unknown) => subscriber.error(error),
        complete: () => lease.keeper.allRead(),
      }),
    );
  });
}

interface Lease {
  readonly ledger: LeaseLedger;
  readonly reads: Subscription;
  readonly keeper: LeaseKeeper;
}

function openLease(
  claim: Claim,
  { client, scheduler = asyncScheduler }: LeaseWork,
  out: Subscriber<LeaseEvent>,
): Lease {
  const reads = new Subscription();
  const ledger = leaseLedger(claim.streams, () => keeper.settled());
  const farewell = (last: Observable<unknown>): void => {
    last.pipe(takeUntil(timer(leaveWithin, scheduler))).subscribe({ error: noop });
  };
  const end = (again: boolean): void => {
    reads.unsubscribe();
    keeper.stop();
    ledger.close();
    out.next({ type: 'end', again, progressed: keeper.progressed });
    out.complete();
  };
  const keeper = leaseKeeper(
    { claim, client, ledger, scheduler },
    {
      done: end,
      lost: () => end(true),
      refused: () => {
        // A stream of the claim was taken out of the subscription, or made anew. Which one, only another claim tells.
        farewell(client.release(claim));
        end(true);
      },
      failed: (error) => out.error(error),
    },
  );
  out.add(() => {
    reads.unsubscribe();
    keeper.stop();
    if (ledger.isOver) return;
    const acks = ledger.progress();
    ledger.close();
    farewell(acks.length > 0 ? client.ack(claim, acks, { done: true }) : client.release(claim));
  });
  return { ledger, reads, keeper };
}

/** The items of one stream from what is acknowledged to what was the tail when it was claimed. */
function readPending(
  { path, ackedOffset, tailOffset }: ClaimedStream,
  ledger: LeaseLedger,
  { read, missing }: LeaseWork,
): Observable<LeasedItem> {
  const name = `${path}@${ackedOffset}`;
  return read(path, ackedOffset).pipe(
    // Offsets of one stream are ordered (draft 1.0, offsets); what comes after has a wake of its own.
    takeWhile((parts) => !parts.some((part) => part.type === 'position' && part.nextOffset >= tailOffset), true),
    mergeMap((parts) => enterAll(parts, path, ledger)),
    catchError((error: unknown) => {
      // Deleted since it was claimed: the next claim is without it. The same again is no accident.
      if (missing.has(name) || !hasCode(error, ['stream_not_found', 'retention_gone', 'offset_regression'])) {
        return throwError(() => error);
      }
      missing.add(name);
      return EMPTY;
    }),
  );
}

function enterAll(parts: readonly DurablePart[], stream: string, ledger: LeaseLedger): LeasedItem[] {
  const entered: LeasedItem[] = [];
  for (const part of parts) {
    if (part.type === 'items') {
      const { offset, skip } = part.from;
      const last = part.items.length - 1;
      part.items.forEach((value, index) => {
        const behind = placeText({ offset, skip: skip + index + 1 });
        entered.push(ledger.enter({ stream, value, offset: index === last ? (part.nextOffset ?? behind) : behind }));
      });
    } else if (part.type === 'bytes') {
      const { offset, skip } = part.from;
      const behind = part.nextOffset ?? placeText({ offset, skip: skip + part.bytes.byteLength });
      entered.push(ledger.enter({ stream, value: part.bytes, offset: behind }));
    } else if (part.type === 'position') {
      ledger.reached(stream, part.nextOffset);
    }
  }
  return entered;
}
