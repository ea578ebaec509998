import { Observable, type OperatorFunction, type Subscriber, Subscription } from 'rxjs';
import { checkOptions, integer } from '../../lib/check-options.js';
import { type Delivery, isDelivery } from '../../lib/delivery.js';
import { subscribeWithin } from '../../lib/subscribe-within.js';
import { appendJobs } from './append-jobs.js';
import { DurableStreamError } from './errors.js';

/** What values are appended to: an `IdempotentProducer`, a `DurableStream`, or anything that appends and says when it is done. */
export interface AppendTarget<R> {
  append(value: unknown): Promise<R>;
  /** Called when the source is over, so that nothing waits for company. */
  flush?(): Promise<unknown>;
}

/** How much may be under way. */
export interface AppendToOptions {
  /** Most values appended and not yet stored. Deliveries wait their turn, plain values that outrun it are an error. @default 1_000 */
  maxPending?: number | undefined;
}

/** A value that is stored, and what the target said. */
export interface AppendOutcome<T, R> {
  /** Of a delivery: what it carried. */
  readonly value: T extends Delivery<infer V> ? V : T;
  readonly result: R;
}

/**
 * Appends every value to a stream and emits it, in the order of the source, when it is stored.
 *
 * A delivery is acknowledged when its value is stored and nacked when that fails, and nothing is emitted for it then: so a slow stream slows
 * the source down to it, and a checkpoint never passes what is not stored. A plain value that cannot be stored errors the result.
 *
 * On completion, and before an error of the source passes, everything under way is waited for. On unsubscription what has been appended may be
 * stored or not; deliveries under way are released. The target stays open.
 *
 * Errors: those of the source; of plain values also `queue_full` when more than `maxPending` are under way, and what `append` rejects with. The
 * outcomes before it are emitted first.
 *
 * @example
 * import { byteStream, lines } from 'tailrace';
 * import { deliver } from 'tailrace/operators';
 * import { appendTo, IdempotentProducer } from 'tailrace/sources/durable';
 *
 * const producer = new IdempotentProducer('https://streams.example.com/log', 'copier', { autoClaim: true });
 * byteStream({ url: 'https://example.com/events.ndjson' })
 *   .pipe(lines(), deliver({ maxUnacked: 500 }), appendTo(producer))
 *   .subscribe(({ value, result }) => console.log(value, result.seq));
 */
export function appendTo<T, R>(
  target: AppendTarget<R>,
  options?: AppendToOptions,
): OperatorFunction<T, AppendOutcome<T, R>>;
export function appendTo<R>(
  target: AppendTarget<R>,
  options: AppendToOptions = {},
): OperatorFunction<unknown, { readonly value: unknown; readonly result: R }> {
  checkOptions('appendTo', { maxPending: integer(1) }, options);
  if (typeof target?.append !== 'function') throw new TypeError('appendTo: the target must have a method "append"');
  const { maxPending = 1_000 } = options;
  return (source) => new Observable((subscriber) => appending(source, target, { maxPending, subscriber }));
}

interface Appending<R> {
  readonly maxPending: number;
  readonly subscriber: Subscriber<{ readonly value: unknown; readonly result: R }>;
}

function appending<R>(
  source: Observable<unknown>,
  target: AppendTarget<R>,
  { maxPending, subscriber }: Appending<R>,
): void {
  const reading = new Subscription();
  let finish: (() => void) | undefined;
  const jobs = appendJobs((value) => target.append(value), maxPending, {
    onStored: (value, result) => subscriber.next({ value, result }),
    onFailed: (error) => subscriber.error(error),
    onIdle: () => finish?.(),
  });
  const end = (how: () => void): void => {
    reading.unsubscribe();
    finish = how;
    if (jobs.isIdle) return how();
    // Each append tells of its own failure.
    void hurried(target).catch(() => undefined);
  };
  subscriber.add(reading);
  subscriber.add(jobs.leave);
  subscribeWithin(source, reading, {
    next: (value) => {
      if (isDelivery(value)) jobs.add(value.value, value);
      else if (jobs.isFull) end(() => subscriber.error(tooMany(maxPending)));
      else jobs.add(value, undefined);
    },
    error: (error: unknown) => end(() => subscriber.error(error)),
    complete: () => end(() => subscriber.complete()),
  });
}

async function hurried(target: AppendTarget<unknown>): Promise<unknown> {
  return target.flush?.();
}

function tooMany(maxPending: number): DurableStreamError {
  const message = `more than ${maxPending} values are under way; slow the source down, or give it credit with deliver()`;
  return new DurableStreamError(message, { errorType: 'fatal_error', code: 'queue_full' });
}
