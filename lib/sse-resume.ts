import { Observable } from 'rxjs';
import { streamEnded } from './errors.js';
import type { BudgetPlace, RetryBudget } from './retry-budget.js';
import type { RequestValues } from './request.js';
import { sse } from './sse.js';
import type { SseEvent } from './sse-block.js';

/** What an event stream needs to go on where it stopped; it outlives the connections. */
export interface SsePosition {
  /** The id of the last event that was delivered; empty before the first. */
  lastEventId: string;
  /** The id of the event that is being handed on: the position of the value that comes of it. */
  handing?: string | undefined;
  /** The server's wish for the wait before every reconnect from now on, in milliseconds. Not clamped. */
  retry: number | undefined;
}

/** The header that resumes (WHATWG HTML 9.2.4). */
export function resumeHeader({ lastEventId }: SsePosition): RequestValues {
  return lastEventId === '' ? {} : { 'last-event-id': lastEventId };
}

/**
 * A budget in which no place is earlier than the server's `retry` (WHATWG HTML 9.2.3), but none later than `cap` for its sake, in
 * milliseconds. An error cannot carry this wish: it holds for refused connections too, which no server has answered.
 */
export function retryFloor(position: SsePosition, budget: RetryBudget | undefined, cap: number): RetryBudget {
  return {
    take: (earliest = 0): BudgetPlace => {
      const least = Math.max(earliest, Math.min(position.retry ?? 0, cap));
      return budget?.take(least) ?? { delay: least, release: () => undefined };
    },
  };
}

/**
 * The events of one connection, moving `position` on as they are delivered. With `endless` a clean end is the error
 * `stream_ended`: an event source reconnects after it.
 */
export function resumableEvents(
  bytes: Observable<Uint8Array>,
  position: SsePosition,
  endless: boolean,
): Observable<SseEvent> {
  return new Observable((subscriber) =>
    bytes.pipe(sse({ emit: 'all', lastEventId: position.lastEventId })).subscribe({
      next: (frame) => {
        if (frame.type === 'event') {
          position.handing = frame.id;
          subscriber.next(frame);
        }
        // Only now: what has not been delivered must come again.
        if (frame.type === 'event' || frame.type === 'id') position.lastEventId = frame.id;
        if (frame.type === 'retry') position.retry = frame.milliseconds;
      },
      error: (error: unknown) => subscriber.error(error),
      complete: () => (endless ? subscriber.error(streamEnded()) : subscriber.complete()),
    }),
  );
}
