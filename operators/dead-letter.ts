import {
  asyncScheduler,
  defer,
  EMPTY,
  type MonoTypeOperatorFunction,
  Observable,
  type ObservableInput,
  type Observer,
  type SchedulerLike,
  type Subscriber,
  Subscription,
} from 'rxjs';
import { callback, checkOption, checkOptions, duration, instance, type OptionRules } from '../lib/check-options.js';
import { type Delivery, deriveDelivery, type Settler } from '../lib/delivery.js';
import { StreamError } from '../lib/errors.js';
import { subscribeWithin } from '../lib/subscribe-within.js';

/** A delivery that was refused for good. */
export interface DeadLetter<T> {
  readonly value: T;
  /** Where it stood in the stream. */
  readonly position: string | undefined;
  /** As the source counts; a `redeliver` between here and the handler counts on its own. */
  readonly attempt: number;
  /** What it was refused with. */
  readonly reason: unknown;
}

/** Where dead letters go. It is done when it returns, or when what it returns completes. */
export type DeadLetterSink<T> =
  ((letter: DeadLetter<T>) => ObservableInput<unknown>) | ((letter: DeadLetter<T>) => void);

/** How long a sink may take. */
export interface DeadLetterOptions {
  /** A sink that has not completed after this many milliseconds has failed. @default 30_000 */
  timeout?: number | undefined;
  /** Timer of it, for tests. @default asyncScheduler */
  scheduler?: SchedulerLike | undefined;
}

const rules: OptionRules<DeadLetterOptions> = { timeout: duration(1), scheduler: instance };

/**
 * Hands what was refused to `sink` and acknowledges it when the sink has completed: the stream goes on without it. Put it upstream of
 * `redeliver`, which refuses only after its last attempt.
 *
 * A sink is done when it returns nothing, or when the Observable or promise that it returns completes; what that emits is ignored. Sinks of
 * several letters run side by side, no more than the window of the source has credit for. Where a sink fails or takes too long, the original is
 * refused, so that the stream errors: a letter is never lost in silence. `ack` and `release` pass to the original at once.
 *
 * Completion waits until all deliveries are settled and all sinks are done, an error waits for the sinks that run. Unsubscription stops
 * the sinks and releases their originals; a nack that comes after the end is a release.
 *
 * Errors: those of the source. What comes upstream for a failed sink has code `dead_letter_failed`; after the source has completed the stream
 * errors with it itself. `TypeError` at once for an option that makes no sense.
 *
 * @example
 * import { byteStream, lines } from 'tailrace';
 * import { ackMap, deadLetter, deliver } from 'tailrace/operators';
 *
 * byteStream({ url: 'https://example.com/events.ndjson' })
 *   .pipe(
 *     lines(),
 *     deliver({ maxUnacked: 100 }),
 *     deadLetter(({ value, reason }) => console.error(value, reason)),
 *     ackMap(async (line) => console.log(line)),
 *   )
 *   .subscribe();
 */
export function deadLetter<T>(
  sink: DeadLetterSink<T>,
  options: DeadLetterOptions = {},
): MonoTypeOperatorFunction<Delivery<T>> {
  checkOption('deadLetter: sink', callback, sink ?? null);
  checkOptions('deadLetter', rules, options);
  return (source) =>
    new Observable((subscriber) => {
      const letters = letterBox(sink, options, subscriber);
      subscribeWithin(source, subscriber, letters.observer);
      // After the source: credit that is released must not bring further deliveries.
      subscriber.add(() => letters.close());
    });
}

interface LetterBox<T> {
  readonly observer: Observer<Delivery<T>>;
  close(): void;
}

function letterBox<T>(
  sink: DeadLetterSink<T>,
  options: DeadLetterOptions,
  subscriber: Subscriber<Delivery<T>>,
): LetterBox<T> {
  const sinks = runningSinks<T>(options);
  let out = 0;
  let ended: 'completed' | 'failed' | undefined;
  let end: (() => void) | undefined;

  const settler: Settler<T, Delivery<T>> = {
    settle: ({ tag: original }, outcome, reason) => {
      if (outcome === 'nack' && !subscriber.closed) return send(original, reason);
      out -= 1;
      if (outcome === 'ack') original.ack();
      else original.release();
      finish();
    },
  };
  const send = (original: Delivery<T>, reason: unknown): void => {
    const { value, position, attempt } = original;
    const work = (): unknown => sink({ value, position, attempt, reason });
    sinks.run(original, work, (failure) => {
      out -= 1;
      if (failure === undefined) original.ack();
      else refuse(original, failure);
      finish();
    });
  };
  const refuse = (original: Delivery<T>, failure: StreamError): void => {
    // Operators that take a nack complete when all is settled, so nobody upstream does.
    if (ended === 'completed') end = () => subscriber.error(failure);
    original.nack(failure);
  };
  const finish = (): void => {
    if (end === undefined || sinks.size > 0 || (ended === 'completed' && out > 0)) return;
    const last = end;
    end = undefined;
    last();
  };
  const finishWith = (how: 'completed' | 'failed', last: () => void): void => {
    ended = how;
    end = last;
    finish();
  };
  const next = (original: Delivery<T>): void => {
    out += 1;
    subscriber.next(deriveDelivery(original, { tag: original }, settler));
  };
  const error = (cause: unknown): void => finishWith('failed', () => subscriber.error(cause));
  const complete = (): void => finishWith('completed', () => subscriber.complete());
  return { observer: { next, error, complete }, close: () => sinks.stop() };
}

interface RunningSinks<T> {
  readonly size: number;
  /** Calls `done` once, unless it is stopped before. */
  run(original: Delivery<T>, work: () => unknown, done: (failure?: StreamError) => void): void;
  /** Unsubscribes all and gives their originals back. */
  stop(): void;
}

function runningSinks<T>({ timeout = 30_000, scheduler = asyncScheduler }: DeadLetterOptions): RunningSinks<T> {
  const scopes = new Map<Delivery<T>, Subscription>();
  return {
    get size() {
      return scopes.size;
    },
    run: (original, work, done) => {
      const scope = new Subscription();
      const finish = (failure?: StreamError): void => {
        if (!scopes.delete(original)) return;
        scope.unsubscribe();
        done(failure);
      };
      const error = (cause: unknown): void => finish(sinkFailure('has failed', cause));
      scopes.set(original, scope);
      subscribeWithin(answerOf(work), scope, { next: () => undefined, error, complete: () => finish() });
      if (scope.closed) return;
      const overdue = (): void => finish(sinkFailure(`has not completed within ${timeout} ms`));
      scope.add(scheduler.schedule(overdue, timeout));
    },
    stop: () => {
      const stopped = [...scopes];
      scopes.clear();
      for (const [original, scope] of stopped) {
        scope.unsubscribe();
        original.release();
      }
    },
  };
}

/** What a sink has returned as an Observable. Numbers and texts are what one-line callbacks return without meaning to. */
function answerOf(work: () => unknown): Observable<unknown> {
  return defer(() => {
    const answer = work();
    return isObservableInput(answer) ? answer : EMPTY;
  });
}

/** Anything else that is an object is refused by rxjs, aloud. */
function isObservableInput(answer: unknown): answer is ObservableInput<unknown> {
  return (typeof answer === 'object' && answer !== null) || typeof answer === 'function';
}

function sinkFailure(what: string, cause?: unknown): StreamError {
  return new StreamError(`the sink of deadLetter ${what}`, {
    errorType: 'fatal_error',
    code: 'dead_letter_failed',
    cause,
  });
}
