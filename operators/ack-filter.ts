import { Observable, type MonoTypeOperatorFunction, type Subscriber } from 'rxjs';
import { callback, checkOption } from '../lib/check-options.js';
import type { Delivery } from '../lib/delivery.js';
import { subscribeWithin } from '../lib/subscribe-within.js';

/**
 * Passes the deliveries whose value fulfils the predicate, and acknowledges the others at once: what `filter` leaves out is never settled,
 * and the source stands still when all of its credit has gone that way.
 *
 * Synchronous and in order; holds nothing. Completion and errors pass at once; on unsubscription what has passed is the consumer's to settle.
 *
 * Errors: what the predicate throws, after the delivery is nacked with it. Those of the source.
 *
 * @example
 * import { byteStream, lines } from 'tailrace';
 * import { ackFilter, ackMap, deliver } from 'tailrace/operators';
 *
 * byteStream({ url: 'https://example.com/events.ndjson' })
 *   .pipe(lines(), deliver({ maxUnacked: 100 }), ackFilter((line) => line !== ''), ackMap(async (line) => console.log(line)))
 *   .subscribe();
 */
export function ackFilter<T>(predicate: (value: T) => boolean): MonoTypeOperatorFunction<Delivery<T>> {
  checkOption('ackFilter: predicate', callback, predicate ?? null);
  return (source) =>
    new Observable((subscriber) => {
      let broken = false;
      let late: Delivery<T>[] = [];
      subscribeWithin(source, subscriber, {
        next: (delivery) => {
          if (broken) return void late.push(delivery);
          let passes: boolean;
          try {
            passes = predicate(delivery.value);
          } catch (error) {
            broken = true;
            breakOff(delivery, error, subscriber);
            for (const other of late) other.release();
            late = [];
            return;
          }
          if (subscriber.closed) delivery.release();
          else if (passes) subscriber.next(delivery);
          else delivery.ack();
        },
        // The nack of a broken predicate may come back as an error of the source; the reason says more.
        error: (error) => broken || subscriber.error(error),
        complete: () => broken || subscriber.complete(),
      });
    });
}

/** What the nack brings is given back after the source is left: its credit would bring more. */
function breakOff<T>(delivery: Delivery<T>, error: unknown, subscriber: Subscriber<Delivery<T>>): void {
  delivery.nack(error);
  subscriber.error(error);
}
