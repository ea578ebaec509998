import { type SchedulerLike, Subscription } from 'rxjs';
import type { Delivery } from './delivery.js';
import { StreamError } from './errors.js';
import { followSeries, type HandlerResult, isPromised, isSeries } from './handler-result.js';
import { handlerTimeout } from './handler-timeout.js';
import type { HandlerJob } from './handler-turns.js';

/** Does the work of one delivery. The signal aborts when nobody waits for it any more. */
export type DeliveryHandler<T, R> = (value: T, delivery: Delivery<T>, signal: AbortSignal) => HandlerResult<R>;

export interface HandlerStarterOptions<T, R> {
  readonly handler: DeliveryHandler<T, R>;
  /** In milliseconds; `undefined` for none. */
  readonly timeout: number | undefined;
  /** Whether each handler gets a signal of its own; `undefined` for: if it declares the parameter. */
  readonly abortable: boolean | undefined;
  readonly scheduler: SchedulerLike | undefined;
}

/** What comes of a job while it runs; what it still does afterwards is not told. */
export interface HandlerEvents<T, R> {
  result(job: HandlerJob<T, R>, value: R): void;
  /** Over, with this last result; `undefined` for none. */
  complete(job: HandlerJob<T, R>, last: R | undefined): void;
  fail(job: HandlerJob<T, R>, reason: unknown): void;
  /** The running job that began first. */
  oldest(): HandlerJob<T, R> | undefined;
}

export interface HandlerStarter<T, R> {
  run(job: HandlerJob<T, R>): void;
  /** Takes the timer away. */
  stop(): void;
}

/** Calls handlers and tells what comes of them; a plain result before `run` returns. */
export function handlerStarter<T, R>(
  options: HandlerStarterOptions<T, R>,
  events: HandlerEvents<T, R>,
): HandlerStarter<T, R> {
  const { handler, abortable, timeout: limit, scheduler } = options;
  const call = caller(handler, abortable);
  const expire = (job: HandlerJob<T, R>): void => events.fail(job, timedOut(limit));
  const complete = (job: HandlerJob<T, R>, last: R | undefined): void => {
    if (job.state === 'running') events.complete(job, last);
  };
  const fail = (job: HandlerJob<T, R>, reason: unknown): void => {
    if (job.state === 'running') events.fail(job, reason);
  };
  const { oldest } = events;
  const timeout = limit === undefined ? undefined : handlerTimeout({ limit, oldest, expire, scheduler });
  const follow = (job: HandlerJob<T, R>, result: HandlerResult<R>): void => {
    if (isPromised(result)) {
      // Followed even when the consumer has left meanwhile: its rejection would be unhandled.
      Promise.resolve(result).then(
        (value) => complete(job, value),
        (error: unknown) => fail(job, error),
      );
    } else if (isSeries(result)) {
      if (job.state !== 'running') return;
      const scope = new Subscription();
      job.scope = scope;
      // Left before the end is told: what a handler holds until then must be free before the next one begins.
      followSeries(result, scope, {
        next: (value) => {
          if (job.state === 'running') events.result(job, value);
        },
        error: (error: unknown) => {
          scope.unsubscribe();
          fail(job, error);
        },
        complete: () => {
          scope.unsubscribe();
          complete(job, undefined);
        },
      });
    } else return complete(job, result);
    if (job.state === 'running') timeout?.watch(job);
  };
  return {
    run: (job) => {
      let result: HandlerResult<R>;
      try {
        result = call(job);
      } catch (error) {
        return fail(job, error);
      }
      follow(job, result);
    },
    stop: () => timeout?.stop(),
  };
}

/** A controller costs 1.8 us, more than all that surrounds it. */
function caller<T, R>(
  handler: DeliveryHandler<T, R>,
  abortable: boolean | undefined,
): (job: HandlerJob<T, R>) => HandlerResult<R> {
  if (takesNoSignal(handler, abortable)) return ({ delivery }) => handler(delivery.value, delivery);
  return (job) => {
    job.controller = new AbortController();
    return handler(job.delivery.value, job.delivery, job.controller.signal);
  };
}

function takesNoSignal<T, R>(
  handler: DeliveryHandler<T, R>,
  abortable = handler.length >= 3,
): handler is (value: T, delivery: Delivery<T>) => HandlerResult<R> {
  return !abortable;
}

/** Ends a job that nobody waits for. */
export function stopJob<T, R>(job: HandlerJob<T, R>, reason: unknown): void {
  job.controller?.abort(reason);
  job.scope?.unsubscribe();
}

function timedOut(limit: number | undefined): StreamError {
  return new StreamError(`the handler has not ended within ${limit ?? 0} ms`, {
    errorType: 'timeout',
    code: 'handler_timeout',
  });
}
