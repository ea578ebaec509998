import { Observable } from 'rxjs';
import type { StreamMonitor } from '../../lib/state.js';
import { subscribeWithin } from '../../lib/subscribe-within.js';
import { DurableStreamError } from './errors.js';
import type { Handover } from './handover.js';
import type { DurablePart, OpenPart } from './parts.js';

/** The first response of a reading, which ends with it; its socket is kept for the next one. Errors: the signal's reason, too. */
export function firstOpen(
  parts: Observable<readonly DurablePart[]>,
  hand: Pick<Handover, 'keep'>,
  signal: AbortSignal | undefined,
): Promise<OpenPart> {
  const opening = new Observable<OpenPart>((subscriber) => {
    const abort = (): void => {
      const reason: unknown = signal?.reason;
      subscriber.error(reason);
    };
    if (signal?.aborted === true) return abort();
    signal?.addEventListener('abort', abort);
    subscriber.add(() => signal?.removeEventListener('abort', abort));
    subscribeWithin(parts, subscriber, {
      next: (some) => {
        const open = some.find((part) => part.type === 'open');
        if (open === undefined) return;
        // Before leaving, which closes the sockets of this reading.
        hand.keep();
        subscriber.next(open);
        subscriber.complete();
      },
      error: (error) => subscriber.error(error),
      complete: () => subscriber.error(unanswered()),
    });
  });
  return new Promise((resolve, reject) => {
    opening.subscribe({ next: resolve, error: reject });
  });
}

/** The same monitor, to which connections are none of its business: retries and failures still show. */
export function withoutConnections(monitor: StreamMonitor): StreamMonitor {
  const nothing = (): void => undefined;
  const silent = { connecting: nothing, open: nothing, disconnected: nothing, closed: nothing };
  return {
    get state() {
      return monitor.state;
    },
    state$: monitor.state$,
    events$: monitor.events$,
    report: { ...monitor.report, ...silent },
    isChild: false,
  };
}

/** Only a reader that is stopped from elsewhere ends so. */
function unanswered(): DurableStreamError {
  return new DurableStreamError('the reading has ended before an answer', {
    errorType: 'fatal_error',
    code: 'unexpected',
    phase: 'request',
  });
}
