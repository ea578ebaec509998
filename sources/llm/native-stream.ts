import { Observable } from 'rxjs';
import { eachOf } from '../../lib/each-of.js';
import { subscribeWithin } from '../../lib/subscribe-within.js';
import type { LlmRequest } from './llm-options.js';
import { openEvents } from './open-llm.js';
import { eventError, truncatedStream } from './provider-answers.js';
import type { WireEvent } from './wire-reader.js';
import type { LlmWire } from './vocabulary.js';

/** Where a stream is after an event. `truncated`: the server says that it is over, and the message is not. */
export type NativeStep = 'open' | 'done' | 'failed' | 'truncated';

/** What one wire's events mean, for one response. */
export interface NativeReader<E> {
  read(event: WireEvent): E;
  /** Asked once for every event, after `read`. */
  step(event: WireEvent): NativeStep;
  /** Whether the body may end here without a marker. */
  readonly mayEnd: boolean;
}

/**
 * The events of one connection in the provider's own words. Completes at the terminal marker and closes the socket there, whatever the server
 * goes on to say. An event that is an error is emitted, and then the stream errors.
 */
export function nativeEvents<E>(request: LlmRequest, wire: LlmWire, reader: () => NativeReader<E>): Observable<E> {
  const facts = openEvents(request, wire);
  return new Observable<readonly E[]>((subscriber) => {
    const native = reader();
    let requestId: string | undefined;
    let lastEvent: string | undefined;
    const truncated = (reason: string): void =>
      subscriber.error(truncatedStream(wire, { lastEvent, requestId, reason }));
    const finish = (step: NativeStep, { data }: WireEvent): void => {
      if (step === 'done') subscriber.complete();
      else if (step === 'failed') subscriber.error(eventError(wire, data, { requestId }));
      else truncated('the server says that it is done before the message is');
    };
    subscribeWithin(facts, subscriber, {
      next: (fact) => {
        if (fact.type === 'open') {
          requestId = fact.opened.requestId;
          return;
        }
        const read: E[] = [];
        for (const event of fact.events) {
          read.push(native.read(event));
          const step = native.step(event);
          lastEvent = event.type;
          if (step === 'open') continue;
          subscriber.next(read);
          return finish(step, event);
        }
        subscriber.next(read);
      },
      error: (error) => subscriber.error(error),
      complete: () => {
        if (native.mayEnd) subscriber.complete();
        else truncated(`the stream ended before its end marker, after ${lastEvent ?? 'nothing'}`);
      },
    });
  }).pipe(eachOf());
}
