import { noop, Observable, type SchedulerLike, type Subscriber, type Subscription } from 'rxjs';
import {
  callback,
  checkOption,
  checkOptions,
  duration,
  instance,
  integer,
  type OptionRules,
} from '../lib/check-options.js';
import { checkCheckpointKey, type CheckpointStore } from '../lib/checkpoint.js';
import { type Delivery, deriveDelivery, type Settler } from '../lib/delivery.js';
import { StreamError } from '../lib/errors.js';
import { type PositionSaver, positionSaver } from '../lib/position-saver.js';
import { type PositionSave, positionSlot } from '../lib/position-slot.js';
import { ringQueue } from '../lib/ring-queue.js';
import { settleAll } from '../lib/settle-all.js';
import type { StreamMonitor } from '../lib/state.js';
import { subscribeWithin } from '../lib/subscribe-within.js';

/** When positions are saved, and what a failing store does. */
export interface CheckpointOptions {
  /** Save at the latest this long after a delivery was acknowledged, in milliseconds. @default 1_000 */
  every?: number | undefined;
  /** Save at once after this many acknowledged deliveries; after a failed save by time alone. @default 1_000 */
  everyCount?: number | undefined;
  /**
   * At most this many deliveries behind the saved position, and what the source has credit for: beyond that acknowledged ones keep their
   * credit, so that the source pauses when the store hangs or one delivery is stuck. @default 10_000
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
   * ended. Rejects with what the store said, once all have been tried; it may be called again. A store that hangs keeps it waiting.
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
 * A `nack` and a `release` go upstream and leave a gap that is never passed. What is acknowledged after the end, by handlers that outlast it,
 * is saved at once, without a timer.
 *
 * A key is for one subscription at a time: where several have it, the latest that has saved is heard and the others are not.
 *
 * Errors: `fatal_error` with `checkpoint_failed` after `maxFailures` failed saves in a row. `TypeError` at once for an option that makes no
 * sense.
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
  checkOption('checkpoint: store', instance, store ?? null);
  checkCheckpointKey(key);
  checkOptions('checkpoint', rules, options);
  const enter = positionSlot(store, key);
  /** Those that may still have something to save. */
  const savers = new Set<PositionSaver>();
  const leave = (saver: PositionSaver): void => {
    savers.add(saver);
    saver.flush().then(
      () => saver.isSaved && savers.delete(saver),
      // Told through onFailure, and by drain, for which the saver is kept.
      () => undefined,
    );
  };
  const operator = <T>(source: Observable<Delivery<T>>): Observable<Delivery<T>> =>
    new Observable((subscriber) => {
      const saver = saverFor(subscriber, enter(), options);
      savers.add(saver);
      const { settler, giveBack } = settling<T>(saver, options.maxUnsaved ?? 10_000, () => {
        // The subscription is over and its handlers are not: nobody but drain would come for what they acknowledge.
        if (subscriber.closed) leave(saver);
      });
      subscriber.add(() => {
        saver.stop();
        giveBack();
        leave(saver);
      });
      subscriber.add(saveOnDisconnect(saver, options.monitor));
      subscribeWithin(source, subscriber, {
        next: (original) => {
          // Credit that is given back while the subscription ends may bring one more.
          if (subscriber.closed) return original.release();
          const ticket = saver.open(original);
          subscriber.next(deriveDelivery(original, { tag: { original, ticket } }, settler));
        },
        // Whoever subscribes anew on this loads a position before this subscription is torn down.
        error: (error) => {
          saver.saveSoon();
          subscriber.error(error);
        },
        complete: () => {
          saver.saveSoon();
          subscriber.complete();
        },
      });
    });
  return Object.assign(operator, { drain: async () => settleAll([...savers].map((saver) => saver.flush())) });
}

interface Place<T> {
  readonly original: Delivery<T>;
  readonly ticket: number;
}

interface Settling<T> {
  readonly settler: Settler<T, Place<T>>;
  /** Returns all credit that is withheld. */
  giveBack(): void;
}

function settling<T>(saver: PositionSaver, maxUnsaved: number, onAck: () => void): Settling<T> {
  const withheld = ringQueue<Delivery<T>>();
  saver.onSaved = () => {
    while (withheld.size > 0 && saver.unsaved < maxUnsaved) withheld.shift()?.ack();
  };
  const settler: Settler<T, Place<T>> = {
    settle: ({ tag: { original, ticket } }, outcome, reason) => {
      if (outcome === 'release') return original.release();
      if (outcome === 'nack') return original.nack(reason);
      saver.settle(ticket);
      if (saver.unsaved < maxUnsaved) original.ack();
      else {
        withheld.push(original);
        // The source may stand still until this is saved.
        saver.saveSoon();
      }
      onAck();
    },
  };
  return {
    settler,
    giveBack: () => {
      while (withheld.size > 0) withheld.shift()?.ack();
    },
  };
}

function saveOnDisconnect(saver: PositionSaver, monitor: StreamMonitor | undefined): Subscription | undefined {
  return monitor?.events$.subscribe({
    next: ({ type }) => {
      if (type === 'disconnect') saver.saveSoon();
    },
    // The events of a monitor never error.
    error: noop,
  });
}

function saverFor<T>(subscriber: Subscriber<T>, save: PositionSave, options: CheckpointOptions): PositionSaver {
  const { every = 1_000, everyCount = 1_000, maxFailures = 3, onFailure = noop, scheduler } = options;
  return positionSaver({
    ...{ save, every, everyCount, scheduler },
    onFailure: (cause, inARow) => {
      tell(onFailure, cause);
      if (inARow < maxFailures || subscriber.closed) return;
      const message = `${inARow} saves of the position have failed in a row`;
      subscriber.error(new StreamError(message, { errorType: 'fatal_error', code: 'checkpoint_failed', cause }));
    },
  });
}

function tell(listener: (cause: unknown) => unknown, cause: unknown): void {
  try {
    const result = listener(cause);
    // An async function passes for a listener, and its rejection would end the process.
    if (typeof result === 'object' && result !== null) Promise.resolve(result).catch(noop);
  } catch {
    // A listener's own fault must not hide the store's.
  }
}
