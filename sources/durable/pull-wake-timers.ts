import { interval, noop, type SchedulerLike, type Subscription } from 'rxjs';
import { maxDuration } from '../../lib/check-options.js';

/** When a lease needs a heartbeat, and when it may be over. */
export interface LeaseTimers {
  /** A heartbeat that was sent at this time of the scheduler has been answered. */
  extend(sentAt: number): void;
  stop(): void;
}

/** Three heartbeats fit into a lease: two may be late. */
const beatsPerLease = 3;

/** Runs from now on. `beat` is called at every third of the lease, `over` once when nothing has extended it for its time, in milliseconds. */
export function leaseTimers(
  leaseTtl: number,
  scheduler: SchedulerLike,
  { beat, over }: { readonly beat: () => void; readonly over: () => void },
): LeaseTimers {
  let deadline: Subscription | undefined;
  // From when the heartbeat was sent: the server's own count cannot have begun earlier.
  const extend = (sentAt: number): void => {
    deadline?.unsubscribe();
    const left = Math.min(Math.max(sentAt + leaseTtl - scheduler.now(), 0), maxDuration);
    deadline = scheduler.schedule(over, left);
  };
  const every = Math.max(1, Math.min(Math.floor(leaseTtl / beatsPerLease), maxDuration));
  const beats = interval(every, scheduler).subscribe({ next: beat, error: noop });
  extend(scheduler.now());
  return {
    extend,
    stop: () => {
      beats.unsubscribe();
      deadline?.unsubscribe();
    },
  };
}
