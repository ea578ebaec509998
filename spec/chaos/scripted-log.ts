import { defer, Observable, type SchedulerLike, Subscription } from 'rxjs';
import { StreamError } from '../../lib/errors.js';
import type { ReadGate } from '../../lib/read-gate.js';
import type { Seeded } from './seeded.js';

export interface ScriptedLog {
  /** Resumes after `position`; every subscription is a connection of its own, and heeds the gate. */
  open(position: string | undefined, gate: ReadGate): Observable<number>;
  readonly size: number;
  /** Connections open now. */
  readonly connections: number;
}

/** A server with a log of `size` items, 1 and up, that drops and stalls as the seed says. No sockets. */
export function scriptedLog(size: number, seed: Seeded, scheduler: SchedulerLike): ScriptedLog {
  let connections = 0;
  const connect = (after: number, gate: ReadGate): Observable<number> =>
    new Observable((subscriber) => {
      let next = after + 1;
      connections += 1;
      subscriber.add(() => (connections -= 1));
      const turn = (): void => {
        if (subscriber.closed) return;
        const fate = seed.random();
        if (fate < 0.08) return subscriber.error(dropped());
        // Nothing more, and the connection stays: for a watchdog to find.
        if (fate < 0.1) return;
        for (let left = seed.between(1, 9); left > 0 && next <= size && !subscriber.closed; left -= 1) {
          next += 1;
          subscriber.next(next - 1);
        }
        if (subscriber.closed) return;
        if (next > size) return subscriber.complete();
        wait(seed.between(1, 40));
      };
      const wait = (delay: number): void => {
        subscriber.add(scheduler.schedule(() => whenOpen(gate, subscriber, turn), delay));
      };
      wait(seed.between(1, 20));
    });
  return {
    size,
    open: (position, gate) => {
      // Only what has been handed down moves it.
      let last = Number(position ?? 0);
      return defer(
        () =>
          new Observable<number>((subscriber) =>
            connect(last, gate).subscribe({
              next: (item) => {
                last = item;
                subscriber.next(item);
              },
              error: (error: unknown) => subscriber.error(error),
              complete: () => subscriber.complete(),
            }),
          ),
      );
    },
    get connections() {
      return connections;
    },
  };
}

function whenOpen(gate: ReadGate, scope: Subscription, go: () => void): void {
  if (gate.isOpen) return go();
  const waiting = new Subscription();
  scope.add(waiting);
  waiting.add(
    gate.paused$.subscribe((paused) => {
      if (paused) return;
      waiting.unsubscribe();
      go();
    }),
  );
}

function dropped(): StreamError {
  return new StreamError('dropped by the seed', { errorType: 'connection_error', code: 'connection_reset' });
}
