import { asyncScheduler, interval as every, noop, Observable, type SchedulerLike, type Subscription } from 'rxjs';
import { isStreamError } from '../../lib/errors.js';
import { EventStreamerConnectionError, type EventStreamerError } from './errors.js';

export interface HeartbeatOptions {
  /** Sends one; any value is an answer. */
  readonly send: () => Observable<unknown>;
  /** Milliseconds between two; 0 for none. */
  readonly interval: number;
  readonly scheduler: SchedulerLike | undefined;
}

/** As in the service's own guide. */
const mostFailures = 3;

/**
 * Tells the service at every interval that this client is there. One at a time: while an answer is out, no other is sent. Never emits, never completes.
 *
 * Errors: `connection_lost` after one 404, with the code `heartbeat_failed` after three failures in a row, the last one as `cause`.
 */
export function clientHeartbeats({ send, interval, scheduler = asyncScheduler }: HeartbeatOptions): Observable<never> {
  return new Observable((subscriber) => {
    if (interval === 0) return;
    let failures = 0;
    let sending: Subscription | undefined;
    const failed = (error: unknown): void => {
      failures += 1;
      if (isStreamError(error) && error.code === 'connection_lost') subscriber.error(error);
      else if (failures >= mostFailures) subscriber.error(heartbeatFailed(error));
    };
    const beat = (): void => {
      if (sending?.closed === false) return;
      sending = send().subscribe({ next: () => (failures = 0), error: failed });
      subscriber.add(sending);
    };
    subscriber.add(every(interval, scheduler).subscribe({ next: beat, error: noop }));
  });
}

function heartbeatFailed(cause: unknown): EventStreamerError {
  return new EventStreamerConnectionError(`${mostFailures} heartbeats in a row have failed`, {
    errorType: 'stream_interrupted',
    code: 'heartbeat_failed',
    operation: 'send heartbeat',
    phase: 'body',
    cause,
  });
}
