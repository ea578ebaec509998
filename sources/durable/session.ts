import {
  catchError,
  defer,
  EMPTY,
  filter,
  from,
  mergeMap,
  Observable,
  of,
  repeat,
  type Subscriber,
  throwError,
  timer,
} from 'rxjs';
import type { ReadGate } from '../../lib/read-gate.js';
import { subscribeWithin } from '../../lib/subscribe-within.js';
import { retryBackoff } from '../../operators/retry-backoff.js';
import { durableError } from './answers.js';
import { askHandler } from './ask-handler.js';
import { noOverrides } from './exchange.js';
import { openParts, type PartsContext } from './open-parts.js';
import { type DurablePart, resumePlace } from './parts.js';
import { type CheckedRead, checkRead, type DurableReadOptions, ownMonitor } from './read-options.js';
import { type ReadState, readState, type Tail } from './read-state.js';

/** How the parts of a stream are read. */
export interface ReadPartsRequest {
  readonly live: Tail;
  /** One part of data per response body, or SSE batch; else as it arrives. */
  readonly whole: boolean;
  /** While it is closed nothing is read and nothing asked for. */
  readonly gate?: ReadGate | undefined;
}

/**
 * Reads a stream from a place on: pages until up to date, then as `live` says. Each piece of data comes exactly once and in order, over all
 * connections; arrays hold what one piece of a body has brought. Completes when the stream is closed, or at the tail where `live` is `none`.
 *
 * A response that breaks off is asked for again, and what it has brought already is counted off. Failures wait on the protocol's schedule,
 * which starts anew after progress: data, a new offset, or the tail reached for the first time. Ends of an SSE connection that has lived
 * and spoken are no failures. Live reads retry without end by default, others ten times.
 *
 * Errors: as `openDurable`, after retries; `offset_regression` where the stream was made again. Those that waiting does not cure go to the
 * caller's `onError` first. A `TypeError` at once for options that can never work.
 */
export function readParts(
  where: string,
  url: string | URL,
  options: DurableReadOptions,
  request: ReadPartsRequest,
): Observable<readonly DurablePart[]> {
  const read = checkRead(where, url, options);
  return new Observable((subscriber) => session(read, request, subscriber));
}

function session(read: CheckedRead, request: ReadPartsRequest, subscriber: Subscriber<readonly DurablePart[]>): void {
  const state = readState(read, request.live);
  const { options, config } = read.checked;
  const context: PartsContext = { read, overrides: noOverrides(), monitor: ownMonitor(read), gate: request.gate };
  const { timeout: _timeout, chunkSize: _size, ...retry } = config;
  const maxRetries = request.live === 'none' ? 10 : -1;
  const tries = { maxRetries, resetAfter: 0, ...retry, onComplete: 'complete' as const, monitor: context.monitor };
  // An answer after the handler's, with or without data: it was right, and a token may expire any number of times in a quiet stream.
  let first = true;
  const isFirst = (): boolean => {
    const was = first;
    first = false;
    return was;
  };
  let isProgress = false;
  const connected = connections(context, state, request).pipe(
    // What proves nothing must not pass for proof: a server that accepts and drops at once would be asked again at once.
    filter((some) => {
      isProgress = state.note(some);
      return isProgress || isFirst() || aside(some, subscriber);
    }),
    provedBeforeError(state, config.scheduler),
    retryBackoff(tries),
  );
  const parts = defer(() => {
    first = true;
    return connected;
  }).pipe(
    catchError((error: unknown) => throwError(() => durableError(error, resumePlace(state.at)))),
    askHandler(options.onError, context.overrides, () => isProgress),
  );
  subscribeWithin(parts, subscriber, subscriber);
}

function aside(parts: readonly DurablePart[], subscriber: Subscriber<readonly DurablePart[]>): false {
  subscriber.next(parts);
  return false;
}

const atOnce = of(undefined);

/** One request after the other, until there is nothing more to ask for. */
function connections(
  context: PartsContext,
  state: ReadState,
  { whole, gate }: ReadPartsRequest,
): Observable<readonly DurablePart[]> {
  const ask = (): Observable<readonly DurablePart[]> => {
    const request = state.next(whole);
    return openParts(context, request).pipe(state.watch(request.live));
  };
  const { scheduler } = context.read.checked.config;
  return defer(() => (gate?.isOpen === false ? from(gate.opened()).pipe(mergeMap(ask)) : ask())).pipe(
    repeat({
      delay: () => {
        if (state.isOver) return EMPTY;
        const wait = state.delay();
        return wait === 0 ? atOnce : timer(wait, scheduler);
      },
    }),
  );
}

/** The retry notes proof with a timer of no delay; a failure right behind the progress would be first. */
function provedBeforeError(
  state: ReadState,
  scheduler: CheckedRead['checked']['config']['scheduler'],
): (source: Observable<readonly DurablePart[]>) => Observable<readonly DurablePart[]> {
  return (source) =>
    defer(() => {
      state.hasProgressed = false;
      return source.pipe(
        catchError((error: unknown) => {
          const failed = throwError(() => error);
          return state.hasProgressed ? timer(0, scheduler).pipe(mergeMap(() => failed)) : failed;
        }),
      );
    });
}
