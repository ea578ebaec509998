import { type SchedulerLike, Subscription } from 'rxjs';
import { hasCode } from './expected-errors.js';
import type { LeaseLedger } from './pull-wake-ledger.js';
import { leaseTimers } from './pull-wake-timers.js';
import type { Claim } from './subscription-schemas.js';
import type { DurableSubscriptions } from './subscriptions.js';

/** Whose lease it is. */
export interface KeptLease {
  readonly claim: Claim;
  readonly client: DurableSubscriptions;
  readonly ledger: LeaseLedger;
  readonly scheduler: SchedulerLike;
}

/** How a lease ends; one of them is called, once. */
export interface LeaseEnds {
  /** Given back with all of its work done. */
  done(nextWake: boolean): void;
  /** Another may have it. */
  lost(): void;
  /** The server does not take what was to be acknowledged. */
  refused(): void;
  failed(error: unknown): void;
}

/** Acknowledgments and heartbeats of one lease. */
export interface LeaseKeeper {
  /** There may be something to acknowledge. */
  settled(): void;
  /** Nothing more will be entered: the lease is done when all is settled. */
  allRead(): void;
  /** No further request; one under way is broken off. */
  stop(): void;
  /** The server has taken an acknowledgment. */
  readonly progressed: boolean;
}

/**
 * Sends progress as soon as there is some, a heartbeat at every third of the lease, and `done` with the last. One request at a time: what comes
 * meanwhile goes into the next, and an older acknowledgment never overtakes.
 */
export function leaseKeeper({ claim, client, ledger, scheduler }: KeptLease, ends: LeaseEnds): LeaseKeeper {
  let request: Subscription | undefined;
  let beatDue = false;
  let read = false;
  let stopped = false;
  let progressed = false;
  /** What is settled in one go, and the end that follows, go into one request. */
  let queued = false;

  const pump = (): void => {
    if (stopped || request !== undefined) return;
    const done = read && ledger.unsettled === 0;
    const acks = ledger.progress();
    if (!done && !beatDue && acks.length === 0) return;
    beatDue = false;
    const sentAt = scheduler.now();
    request = new Subscription();
    request.add(
      client.ack(claim, acks, { done }).subscribe({
        next: ({ nextWake }) => {
          request = undefined;
          progressed ||= acks.length > 0;
          ledger.confirm(acks);
          if (done) return ends.done(nextWake);
          timers.extend(sentAt);
          pump();
        },
        error: (error: unknown) => refused(error, ends),
      }),
    );
  };
  const beat = (): void => {
    beatDue = true;
    pump();
  };
  const timers = leaseTimers(claim.leaseTtl, scheduler, { beat, over: () => ends.lost() });
  return {
    settled: () => {
      if (queued) return;
      queued = true;
      queueMicrotask(() => {
        queued = false;
        pump();
      });
    },
    allRead: () => {
      read = true;
      pump();
    },
    stop: () => {
      stopped = true;
      timers.stop();
      request?.unsubscribe();
    },
    get progressed() {
      return progressed;
    },
  };
}

function refused(error: unknown, ends: LeaseEnds): void {
  if (hasCode(error, ['fenced', 'lease_lost'])) ends.lost();
  else if (hasCode(error, ['invalid_offset'])) ends.refused();
  else ends.failed(error);
}
