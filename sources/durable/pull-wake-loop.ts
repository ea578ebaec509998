import { asyncScheduler, Observable, type Subscriber, Subscription } from 'rxjs';
import { type BackoffSchedule, jitteredDelay } from '../../lib/backoff.js';
import { hasCode } from './expected-errors.js';
import type { WakeHint } from './pull-wake-hints.js';
import { leaseEvents, type LeaseWork } from './pull-wake-lease.js';
import type { LeasedItem } from './pull-wake-ledger.js';
import type { Claim } from './subscription-schemas.js';

/** One worker of one subscription. */
export interface WakeLoop {
  readonly hints: Observable<WakeHint>;
  /** Asks for the lease. */
  readonly claims: Observable<Claim>;
  readonly work: Omit<LeaseWork, 'missing'>;
  /** The waits after leases that brought nothing forward. */
  readonly backoff: BackoffSchedule;
  readonly random: (() => number) | undefined;
}

/**
 * Claims whenever there is a reason to, works on one lease at a time, and claims again while there is more. Completes when the hints do and the
 * lease in hand is done.
 *
 * What a hint says is asked of the server: a claim that another worker has, or for which there is no work, is an answer and no error.
 */
export function wakeLoop(loop: WakeLoop): Observable<LeasedItem> {
  return new Observable((subscriber) => {
    const turns = turnsOf(loop, subscriber);
    subscriber.add(turns.current);
    subscriber.add(
      loop.hints.subscribe({
        next: (hint) => turns.hint(hint),
        error: (error: unknown) => subscriber.error(error),
        complete: () => turns.close(),
      }),
    );
  });
}

interface Turns {
  readonly current: Subscription;
  hint(hint: WakeHint): void;
  close(): void;
}

function turnsOf({ claims, work, backoff, random }: WakeLoop, out: Subscriber<LeasedItem>): Turns {
  const scheduler = work.scheduler ?? asyncScheduler;
  const whole: LeaseWork = { ...work, missing: new Set() };
  /** The claim, the lease or the wait of this turn. */
  const current = new Subscription();
  let busy = false;
  let closed = false;
  let fruitless = 0;
  /** The generations of the lease in hand and of the newest reason that came while there was no time for it; -1 for none. */
  let held = -1;
  let hinted = -1;

  const take = (): void => {
    busy = true;
    held = -1;
    hinted = -1;
    current.add(
      claims.subscribe({
        next: (claim) => lease(claim),
        error: (error: unknown) => {
          if (hasCode(error, ['already_claimed', 'no_pending_work'])) rest();
          else out.error(error);
        },
      }),
    );
  };
  const lease = (claim: Claim): void => {
    held = claim.generation;
    current.add(
      leaseEvents(claim, whole).subscribe({
        next: (event) => {
          if (event.type === 'item') return out.next(event.leased);
          fruitless = event.progressed ? 0 : fruitless + 1;
          if (event.again) hinted = Infinity;
        },
        error: (error: unknown) => out.error(error),
        complete: () => rest(),
      }),
    );
  };
  const rest = (): void => {
    // What is told of late is often the wake that led to this very lease.
    if (hinted <= held) {
      busy = false;
      if (closed) out.complete();
    } else if (fruitless === 0) take();
    else current.add(scheduler.schedule(take, jitteredDelay(fruitless - 1, backoff, { random })));
  };
  return {
    current,
    hint: (generation) => {
      if (!busy) take();
      else hinted = Math.max(hinted, generation ?? Infinity);
    },
    close: () => {
      closed = true;
      if (!busy) out.complete();
    },
  };
}
