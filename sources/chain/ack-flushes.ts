import type { SchedulerLike } from 'rxjs';

/** Those who wait until acknowledgments have gone out. */
export interface AckFlushes {
  readonly isAsked: boolean;
  /** Resolves with `done`, or after 5 s. */
  add(): Promise<void>;
  /** Nothing is left to send, or nothing can be done. */
  done(): void;
}

/** A consumer that has left waits no longer than this for its last words to be heard. */
const limit = 5_000;

/** Nobody waits yet. `onLate` is called when one has waited for as long as it may. */
export function ackFlushes(scheduler: SchedulerLike, onLate: () => void): AckFlushes {
  const waiting = new Set<() => void>();
  return {
    get isAsked() {
      return waiting.size > 0;
    },
    add: () =>
      new Promise((resolve) => {
        const done = (): void => {
          waiting.delete(done);
          late.unsubscribe();
          resolve();
        };
        const late = scheduler.schedule(() => {
          onLate();
          done();
        }, limit);
        waiting.add(done);
      }),
    done: () => {
      for (const done of [...waiting]) done();
    },
  };
}
