import { Observable, type SchedulerLike, type Subscriber } from 'rxjs';
import { callback, checkOptions, duration, instance, integer, type OptionRules } from '../lib/check-options.js';
import { checkCheckpointKey, type CheckpointStore } from '../lib/checkpoint.js';
import { type Delivery, deriveDelivery, type Settler } from '../lib/delivery.js';
import { StreamError } from '../lib/errors.js';
import { type PositionSaver, positionSaver } from '../lib/position-saver.js';
import { ringQueue } from '../lib/ring-queue.js';
import type { StreamMonitor } from '../lib/state.js';
import { subscribeWithin } from '../lib/subscribe-within.js';

/** When positions are saved, and what a failing store does. */
export interface CheckpointOptions {
  /** Save at the latest this long after a delivery was acknowledged, in milliseconds. @default 1_000 */
  every?: number | undefined;
  /** Save at once after this many acknowledged deliveries. @default 1_000 */
  everyCount?: number | undefined;
  /**
   * At most this many deliveries behind the saved position: beyond that acknowledged ones keep their credit, so that the source
   * pauses when the store hangs or one delivery is stuck. @default 10_000
   */
  maxUnsaved?: number | undefined;
  /** This many failed saves in a row end the stream. @default 3 */
  maxFailures?: number | undefined;
  /** Called for each failed save. What it throws is dropped. */
  onFailure?: ((cause: unknown) => void) | undefined;
  /** The source's monitor: its connections save when they end, before the next begins. */
  monitor?: StreamMonitor | undefined;
  /** Timer, for tests. @default asyncScheduler */
  scheduler?: SchedulerLike | undefined;
}

/** The operator, and the way to know that all is saved. */
export interface Checkpoint {
  <T>(source: Observable<Delivery<T>>): Observable<Delivery<T>>;
  /**
   * Resolves when everything acknowledged so far is saved, over all subscriptions of this operator, also those that have
   * ended. Rejects with what the store said.
   */
  drain(): Promise<void>;
}

const rules: OptionRules<CheckpointOptions> = {
  every: duration(1),
  everyCount: integer(1),
  maxUnsaved: integer(1),
  maxFailures: integer(1),
  onFailure: callback,
  monitor: instance,
  scheduler: instance,
};

/**
 * Saves how far the deliveries are acknowledged without a gap, however they were settled: after a restart the source resumes behind it.
 * Put it next to the source, before `deadLetter`, `redeliver` and the handler.
 *
 * One save at a time, the latest position wins; also when a connection ends, on completion, error and unsubscription. Nothing acknowledged
 * comes again after a stop that was drained; after a kill at most what was unacknowledged or unsaved does. Deliveries pass at once.
 * A `nack` and a `release` go upstream and leave a gap that is never passed.
 *
 * Errors: `fatal_error` with `checkpoint_failed` after `maxFailures` saves in a row.
 *
 * @example
 * import { byteStream, lines, memoryCheckpoint } from 'tailrace';
 * import { ackMap, checkpoint, deliver, drain } from 'tailrace/operators';
 *
 * const saved = checkpoint(memoryCheckpoint(), 'events');
 * const subscription = byteStream({ url: 'https://example.com/events.ndjson' })
 *   .pipe(lines(), deliver({ maxUnacked: 100 }), saved, ackMap(async (line) => console.log(line)))
 *   .subscribe();
 * await drain(subscription, saved);
 */
export function checkpoint(store: CheckpointStore, key: string, options: CheckpointOptions = {}): Checkpoint {
  checkCheckpointKey(key);
  checkOptions('checkpoint', rules, options);
  /** Those that may still have something to save. */
  const savers = new Set<PositionSaver>();
  const operator = <T>(source: Observable<Delivery<T>>): Observable<Delivery<T>> =>
    new Observable((subscriber) => {
      const saver = saverFor(subscriber, { store, key, options });
      savers.add(saver);
      subscriber.add(() => {
        saver.stop();
        // Its failure is told by drain, and kept there until it succeeds.
        saver.flush().then(
          () => savers.delete(saver),
          () => undefined,
        );
      });
      subscriber.add(
        options.monitor?.events$.subscribe({
          next: ({ type }) => {
            if (type === 'disconnect') saver.saveSoon();
          },
          error: () => undefined,
        }),
      );
      const settler = settlerFor<T>(saver, options.maxUnsaved ?? 10_000);
      subscribeWithin(source, subscriber, {
        next: (original) => {
          const ticket = saver.open(original);
          subscriber.next(deriveDelivery(original, { tag: { original, ticket } }, settler));
        },
        error: (error) => subscriber.error(error),
        complete: () => subscriber.complete(),
      });
    });
  return Object.assign(operator, {
    drain: async () => {
      await Promise.all([...savers].map((saver) => saver.flush()));
    },
  });
}

interface Place<T> {
  readonly original: Delivery<T>;
  readonly ticket: number;
}

function settlerFor<T>(saver: PositionSaver, maxUnsaved: number): Settler<T, Place<T>> {
  const withheld = ringQueue<Delivery<T>>();
  saver.onSaved = () => {
    while (withheld.size > 0 && saver.unsaved < maxUnsaved) withheld.shift()?.ack();
  };
  return {
    settle: ({ tag: { original, ticket } }, outcome, reason) => {
      if (outcome === 'release') return original.release();
      if (outcome === 'nack') return original.nack(reason);
      saver.settle(ticket);
      if (saver.unsaved < maxUnsaved) original.ack();
      else withheld.push(original);
    },
  };
}

interface Saving {
  readonly store: CheckpointStore;
  readonly key: string;
  readonly options: CheckpointOptions;
}

function saverFor<T>(subscriber: Subscriber<T>, { store, key, options }: Saving): PositionSaver {
  const { every = 1_000, everyCount = 1_000, maxFailures = 3, onFailure, scheduler } = options;
  return positionSaver({
    ...{ store, key, every, everyCount, scheduler },
    onFailure: (cause, inARow) => {
      try {
        onFailure?.(cause);
      } catch {
        // A listener's own fault must not hide the store's.
      }
      if (inARow < maxFailures) return;
      const message = `${inARow} saves of the position have failed in a row`;
      subscriber.error(new StreamError(message, { errorType: 'fatal_error', code: 'checkpoint_failed', cause }));
    },
  });
}
