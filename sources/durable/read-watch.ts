import { defer, type MonoTypeOperatorFunction, Observable, tap } from 'rxjs';
import { subscribeWithin } from '../../lib/subscribe-within.js';
import type { FastLoopGuard } from './fast-loop.js';
import type { DurablePart } from './parts.js';
import type { ReadProgress } from './read-progress.js';
import type { SseHealth } from './sse-health.js';

type Watch = MonoTypeOperatorFunction<readonly DurablePart[]>;

/** What an answer is measured by. */
export interface AnswerMeasure {
  readonly at: ReadProgress;
  /** Milliseconds of a clock that only goes forward. */
  readonly now: () => number;
}

/** Tells the guard of each whole answer whether it has brought anything. */
export function watchAnswer(guard: FastLoopGuard, { at, now }: AnswerMeasure): Watch {
  return (source) =>
    defer(() => {
      const asked = now();
      const { offset, skip } = at;
      const hasMoved = (): boolean => at.offset !== offset || at.skip > skip;
      return source.pipe(tap({ complete: () => guard.answered(hasMoved(), now() - asked) }));
    });
}

/** Tells the health what one event stream is like, and ends as that says: completes where the next request may follow at once. */
export function watchEventStream(health: SseHealth, isOver: () => boolean): Watch {
  return (source) =>
    new Observable((subscriber) => {
      const end = (error: unknown): void => {
        const failure = isOver() ? undefined : health.ended(error);
        if (failure === undefined) subscriber.complete();
        else subscriber.error(failure);
      };
      subscribeWithin(source, subscriber, {
        next: (parts) => {
          for (const { type } of parts) {
            if (type === 'open') health.opened();
            else if (type === 'position') health.heard();
          }
          subscriber.next(parts);
        },
        error: end,
        complete: () => end(undefined),
      });
    });
}
