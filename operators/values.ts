import { Observable, type OperatorFunction } from 'rxjs';
import type { Delivery } from '../lib/delivery.js';
import { subscribeWithin } from '../lib/subscribe-within.js';

/**
 * The values of deliveries, for consumers that handle a value within `next`.
 *
 * A delivery is acknowledged as soon as the consumer's `next` has returned, and no earlier: a crash inside it brings the value again. What a
 * consumer only keeps for later, in a batch, a promise or a queue, is acknowledged all the same and lost in a crash: use `ackMap` there. A
 * consumer that leaves while it is handed a value, as `take` does with its last one, is taken not to have handled it: the delivery is
 * released and comes again. A consumer that throws in `next` is taken to have handled it: RxJS reports the throw elsewhere.
 *
 * Synchronous and in order; holds nothing. Completion and errors pass at once.
 *
 * Errors: none of its own.
 *
 * @example
 * import { byteStream, lines } from 'tailrace';
 * import { deliver, values } from 'tailrace/operators';
 *
 * byteStream({ url: 'https://example.com/events.ndjson' })
 *   .pipe(lines(), deliver({ maxUnacked: 100 }), values())
 *   .subscribe((line) => console.log(line));
 */
export function values<T>(): OperatorFunction<Delivery<T>, T> {
  return (source) =>
    new Observable((subscriber) =>
      subscribeWithin(source, subscriber, {
        next: (delivery) => {
          subscriber.next(delivery.value);
          if (subscriber.closed) delivery.release();
          else delivery.ack();
        },
        error: (error) => subscriber.error(error),
        complete: () => subscriber.complete(),
      }),
    );
}
