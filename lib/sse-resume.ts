import { Observable } from 'rxjs';
import { streamEnded } from './errors.js';
import type { RequestValues } from './request.js';
import { sse } from './sse.js';
import type { SseEvent } from './sse-block.js';

/** What an event stream needs to go on where it stopped; it outlives the connections. */
export interface SsePosition {
  /** The id of the last event that was delivered; empty before the first. */
  lastEventId: string;
  /** The server's wish for the wait before a reconnect, in milliseconds. Not clamped. */
  retry: number | undefined;
}

/** The header that resumes (WHATWG HTML 9.2.4). */
export function resumeHeader({ lastEventId }: SsePosition): RequestValues {
  return lastEventId === '' ? {} : { 'last-event-id': lastEventId };
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
    bytes.pipe(sse({ emit: 'all' })).subscribe({
      next: (frame) => {
        if (frame.type === 'event') subscriber.next(frame);
        // Only now: what has not been delivered must come again.
        if (frame.type === 'event' || frame.type === 'id') position.lastEventId = frame.id;
        if (frame.type === 'retry') position.retry = frame.milliseconds;
      },
      error: (error: unknown) => subscriber.error(error),
      complete: () => (endless ? subscriber.error(streamEnded()) : subscriber.complete()),
    }),
  );
}
