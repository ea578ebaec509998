import {
  defer,
  Observable,
  type ObservableInput,
  type Observer,
  type OperatorFunction,
  type SchedulerLike,
  type Subscriber,
  Subscription,
} from 'rxjs';
import {
  callback,
  checkOption,
  checkOptions,
  duration,
  instance,
  integer,
  oneOf,
  type OptionRules,
} from '../lib/check-options.js';
import type { Delivery } from '../lib/delivery.js';
import {
  deliveryBatches,
  type DeliveryBatch,
  type DeliveryBatches,
  type DeliveryBatchOptions,
  releaseAll,
} from '../lib/delivery-batches.js';
import { StreamError } from '../lib/errors.js';
import { subscribeWithin } from '../lib/subscribe-within.js';

/** When a batch is committed, and what a failing commit means. */
export interface BatchAckOptions<T> {
  /** Commit at this many deliveries, or when the window of the source is full. @default 500 */
  maxSize?: number | undefined;
  /** Commit when the oldest delivery has waited this long, in milliseconds. @default 1_000 */
  maxWait?: number | undefined;
  /** Commit before the values are larger than this together, in the unit of `sizeOf`. @default undefined */
  maxBytes?: number | undefined;
  /** How large a value is; asked once per value. Goes with `maxBytes`. @default undefined */
  sizeOf?: ((value: T) => number) | undefined;
  /**
   * Commit while this says `true`, for a window of your own whose deliveries do not tell that it is full: `paused$` of its gate.
   * @default never
   */
  flushOn?: Observable<boolean> | undefined;
  /** Commit when nothing has come for this long, at most twice as long, in milliseconds. @default maxWait */
  idleFlush?: number | undefined;
  /** A failing commit refuses its deliveries, or errors the stream and releases them. @default 'nack' */
  onCommitError?: 'nack' | 'error' | undefined;
  /** Timers, for tests. @default asyncScheduler, and asapScheduler for flushOn */
  scheduler?: SchedulerLike | undefined;
}

/** What a commit emits last when it could not store all of its batch. */
export interface PartialCommit<T> {
  /** Places in the batch, from 0, or the deliveries themselves. */
  readonly failed: readonly (number | Delivery<T>)[];
  /** What they are refused with. */
  readonly reason?: unknown;
}

/** What became of one batch. */
export interface CommittedBatch<R> {
  readonly acked: number;
  readonly nacked: number;
  /** The last value of the commit; `undefined` where there was none or it failed. */
  readonly result: R | undefined;
  /** What the commit failed with. */
  readonly error: unknown;
}

/** Stores a batch. Completing it acknowledges all, but for what a {@link PartialCommit} as its last value names. */
export type Commit<T, R> = (values: readonly T[], deliveries: readonly Delivery<T>[]) => ObservableInput<R>;

const rules: OptionRules<BatchAckOptions<never>> = {
  maxSize: integer(1),
  maxWait: duration(),
  maxBytes: integer(1),
  sizeOf: callback,
  flushOn: instance,
  idleFlush: duration(1),
  onCommitError: oneOf('nack', 'error'),
  scheduler: instance,
};

/**
 * Commits deliveries in batches, one commit at a time and in order, and acknowledges a batch when its commit completes. Emits what became
 * of each.
 *
 * A batch is due by number, by size, by the age of its oldest delivery, when nothing has come for `idleFlush`, or when the window of the
 * source is full: a batch larger than the window would wait for what cannot come. While a commit runs the next batch gathers, up to
 * `maxSize`; whatever is more waits as further batches, which is bounded by that window.
 *
 * A commit that throws or errors refuses all of its batch, so that `redeliver` and `deadLetter` upstream may have them; the stream goes on.
 * One whose last value is a {@link PartialCommit} refuses those that it names and acknowledges the others. What the commit has settled
 * itself stays as it is. It has no deadline of its own: a commit that never ends stands still; give it a `timeout`.
 *
 * On completion and **before** an error what is held is committed, and waited for. On unsubscription the running commit is unsubscribed, and
 * its deliveries and those held are released. One timer runs while a batch gathers, none otherwise.
 *
 * Errors: those of the source and of `flushOn`; with `onCommitError: 'error'` those of the commit. `fatal_error` with code `delivery_failed` for
 * what is refused after the source has completed: nobody upstream hears of it then. A value whose `sizeOf` throws, or is no finite number of 0
 * or more, is refused. `TypeError` at once for an option that makes no sense.
 *
 * @example
 * import { byteStream, lines, readGate } from 'tailrace';
 * import { batchAck, deliver } from 'tailrace/operators';
 *
 * declare function store(lines: readonly string[]): Promise<void>;
 * const gate = readGate();
 * byteStream({ url: 'https://example.com/events.ndjson' })
 *   .pipe(
 *     lines(),
 *     deliver({ maxUnacked: 1_000, gate }),
 *     batchAck((batch) => store(batch), { maxSize: 500, flushOn: gate.paused$ }),
 *   )
 *   .subscribe(({ acked }) => console.log(acked));
 */
export function batchAck<T, R>(
  commit: Commit<T, R>,
  options: BatchAckOptions<T> = {},
): OperatorFunction<Delivery<T>, CommittedBatch<R>> {
  checkOption('batchAck: commit', callback, commit ?? null);
  checkOptions('batchAck', rules, options);
  if ((options.maxBytes === undefined) !== (options.sizeOf === undefined)) {
    throw new TypeError('batchAck: options "maxBytes" and "sizeOf" go together: give both or neither');
  }
  return (source) =>
    new Observable((subscriber) => {
      const batches = deliveryBatches(batchOptions(options), () => commits.pump());
      const commits = committer(commit, options, { subscriber, batches });
      const error = (cause: unknown): void => subscriber.error(cause);
      subscriber.add(options.flushOn?.subscribe({ next: batches.setFull, error }));
      subscribeWithin(source, subscriber, commits.observer);
      // After the source: credit that is released must not bring further deliveries.
      subscriber.add(() => commits.close());
    });
}

function batchOptions<T>(options: BatchAckOptions<T>): DeliveryBatchOptions<T> {
  const { maxSize = 500, maxWait = 1_000, maxBytes = Infinity, idleFlush = maxWait, sizeOf, scheduler } = options;
  return { maxSize, maxWait, maxBytes, idleFlush, sizeOf, scheduler };
}

interface Committer<T> {
  readonly observer: Observer<Delivery<T>>;
  /** Commits what is due, unless a commit runs. */
  pump(): void;
  close(): void;
}

interface Ends<T, R> {
  readonly subscriber: Subscriber<CommittedBatch<R>>;
  readonly batches: DeliveryBatches<T>;
}

function committer<T, R>(
  commit: Commit<T, R>,
  { onCommitError = 'nack' }: BatchAckOptions<T>,
  { subscriber, batches }: Ends<T, R>,
): Committer<T> {
  let running = new Subscription();
  let held: DeliveryBatch<T> | undefined;
  let busy = false;
  let pumping = false;
  let completed = false;
  let end: (() => void) | undefined;

  /** A loop, because a commit that completes at once would else go one call deeper for each batch. */
  const pump = (): void => {
    if (pumping) return;
    pumping = true;
    while (!busy && !subscriber.closed) {
      const batch = batches.take(end !== undefined);
      if (batch === undefined) break;
      start(batch);
    }
    pumping = false;
    if (!busy) end?.();
  };
  const start = (batch: DeliveryBatch<T>): void => {
    busy = true;
    held = batch;
    running = new Subscription();
    runCommit(commit, batch, running, (ended) => {
      if (ended.hasFailed && onCommitError === 'error') subscriber.error(ended.reason);
      else finish(batch, ended);
    });
  };
  const finish = (batch: DeliveryBatch<T>, { failed, reason, hasFailed, result }: EndedCommit<T, R>): void => {
    const nacked = failed.size;
    // Committed, so no longer to be released, even if the consumer leaves while they are being acknowledged.
    held = undefined;
    // Operators that take a nack complete when all is settled, so nobody upstream does.
    if (completed && nacked > 0) end = () => subscriber.error(lost(nacked, reason));
    settle(batch, failed, reason);
    busy = false;
    running.unsubscribe();
    subscriber.next({ acked: batch.length - nacked, nacked, result, error: hasFailed ? reason : undefined });
    pump();
  };
  const error = (cause: unknown): void => {
    end = () => subscriber.error(cause);
    pump();
  };
  const complete = (): void => {
    completed = true;
    end = () => subscriber.complete();
    pump();
  };
  const close = (): void => {
    running.unsubscribe();
    releaseAll(held);
    held = undefined;
    batches.release();
  };
  return { observer: { next: batches.add, error, complete }, pump, close };
}

function settle<T>(batch: DeliveryBatch<T>, failed: ReadonlySet<Delivery<T>>, reason: unknown): void {
  for (const delivery of batch) {
    if (failed.has(delivery)) delivery.nack(reason);
    else delivery.ack();
  }
}

/** How a commit has ended. */
interface EndedCommit<T, R> {
  readonly failed: ReadonlySet<Delivery<T>>;
  /** What those are refused with. */
  readonly reason: unknown;
  /** As a whole. */
  readonly hasFailed: boolean;
  readonly result: R | undefined;
}

/** Calls `done` once, unless `scope` is closed before. */
function runCommit<T, R>(
  commit: Commit<T, R>,
  batch: DeliveryBatch<T>,
  scope: Subscription,
  done: (ended: EndedCommit<T, R>) => void,
): void {
  let result: R | undefined;
  const work = defer(() => {
    const values = batch.map(({ value }) => value);
    return commit(values, batch);
  });
  const error = (reason: unknown): void => done({ failed: new Set(batch), reason, hasFailed: true, result: undefined });
  const complete = (): void => {
    const named = namedAsFailed(result);
    if (named === undefined) return done({ failed: new Set(), reason: undefined, hasFailed: false, result });
    const failed = membersOf(batch, named.failed);
    if (failed === undefined) return error(new TypeError(wrongNames));
    done({ failed, reason: named.reason, hasFailed: false, result });
  };
  subscribeWithin(work, scope, { next: (value) => void (result = value), error, complete });
}

const wrongNames = 'batchAck: "failed" of a commit must hold places in the batch, or deliveries of it';

function namedAsFailed(result: unknown): { failed: readonly unknown[]; reason: unknown } | undefined {
  if (typeof result !== 'object' || result === null || !('failed' in result)) return undefined;
  if (!Array.isArray(result.failed)) return undefined;
  return { failed: result.failed, reason: 'reason' in result ? result.reason : undefined };
}

function membersOf<T>(batch: DeliveryBatch<T>, named: readonly unknown[]): ReadonlySet<Delivery<T>> | undefined {
  const names = new Set(named);
  const failed = new Set(batch.filter((delivery, place) => names.has(place) || names.has(delivery)));
  const members = new Set<unknown>(batch);
  const isKnown = (one: unknown): boolean => (typeof one === 'number' ? batch[one] !== undefined : members.has(one));
  return named.every(isKnown) ? failed : undefined;
}

function lost(count: number, cause: unknown): StreamError {
  return new StreamError(`a batch was committed without ${count} of its deliveries, after the source had completed`, {
    errorType: 'fatal_error',
    code: 'delivery_failed',
    cause,
  });
}
