import { defer, finalize, type Observable, ReplaySubject, takeUntil, tap } from 'rxjs';
import { toAsyncIterable } from '../../lib/async-iterable.js';
import { readGate } from '../../lib/read-gate.js';
import { childMonitor, type StreamMonitor } from '../../lib/state.js';
import { deliver } from '../../operators/deliver.js';
import { type Collector, limitLength, untilUpToDate } from './collect.js';
import { DurableStreamError } from './errors.js';
import type { DurableItemChecks } from './item-check.js';
import { partIterator } from './part-iterator.js';
import type { DurablePart, OpenPart, PositionPart } from './parts.js';
import type { DurableReadOptions } from './read-options.js';
import { consumed } from './read-view.js';
import type { ReadPartsRequest } from './session.js';
import type { Shaper } from './shape.js';

/** One way of reading a response. */
export interface OneReading<Whole, Item> {
  readonly collector: Collector<Whole>;
  readonly shaper: Shaper<Item>;
  readonly checks: DurableItemChecks;
  /** Why this way is closed, whatever was read before. */
  readonly refusal?: DurableStreamError | undefined;
}

/** An iteration. */
export interface EachReading<Item> {
  readonly mode: 'json' | 'text' | 'bytes';
  readonly whole: boolean;
  readonly shaper: Shaper<Item>;
  readonly checks: DurableItemChecks;
}

/** Where the consumer of a response stands. */
export interface ResponseState {
  offset: string;
  cursor: string | undefined;
  upToDate: boolean;
  closed: boolean;
}

/** What a response is made of. */
export interface ReaderParts {
  readonly url: string;
  readonly open: OpenPart;
  readonly live: NonNullable<DurableReadOptions['live']>;
  readonly offset: string;
  readonly cursor: string | undefined;
  readonly maxLength: number;
  readonly monitor: StreamMonitor | undefined;
  /** Reads on from the first response, whose body nobody has touched. */
  readonly parts: (request: ReaderRequest) => Observable<readonly DurablePart[]>;
  /** Closes what nobody has read. */
  readonly drop: () => void;
  readonly signal: AbortSignal | undefined;
}

/** How the parts are to be read. */
export interface ReaderRequest extends Pick<ReadPartsRequest, 'whole' | 'gate'> {
  readonly mode: 'json' | 'text' | 'bytes';
  readonly monitor: StreamMonitor;
  /** A promise waits for it: it must not try without end. */
  readonly isAwaited: boolean;
}

/** Reads one response once. */
export interface Reader extends Pick<ReaderParts, 'url' | 'open' | 'live'> {
  readonly state: Readonly<ResponseState>;
  /** Reserves the response; an error where it is taken. */
  claim(): DurableStreamError | undefined;
  whole<T>(collector: Collector<T>, checks: DurableItemChecks): Observable<T>;
  each<T>(reading: EachReading<T>): AsyncIterableIterator<T>;
  cancel(): void;
}

export function responseReader(of: ReaderParts): Reader {
  const { url, open, live, offset, cursor, maxLength, signal } = of;
  const state: ResponseState = { offset, cursor, upToDate: false, closed: false };
  // Replayed: what begins after the end must end at once.
  const over = new ReplaySubject<never[]>(1);
  let claimed = false;
  let cancelled = false;
  const moved = (position: PositionPart): void => {
    state.offset = position.nextOffset;
    state.cursor = position.cursor ?? state.cursor;
    state.upToDate = position.upToDate || position.closed;
    state.closed = position.closed;
  };
  const detach = (): void => signal?.removeEventListener('abort', abort);
  const abort = (): void => {
    detach();
    of.drop();
    const reason: unknown = signal?.reason;
    over.error(reason);
  };
  const lasting = (request: ReaderRequest): Observable<readonly DurablePart[]> =>
    of.parts(request).pipe(takeUntil(over), finalize(detach));
  signal?.addEventListener('abort', abort);
  return {
    ...{ url, open, live, state },
    claim: () => {
      const problem = cancelled ? alreadyClosed() : claimed ? consumed() : undefined;
      claimed = true;
      return problem;
    },
    whole: ({ mode, whole, collect }, checks) =>
      defer(() => {
        const monitor = childMonitor(of.monitor);
        const parts = lasting({ mode, whole, monitor, isAwaited: true }).pipe(
          untilUpToDate(),
          limitLength(maxLength, monitor),
        );
        const told = parts.pipe(tap((some) => some.forEach((part) => part.type === 'position' && moved(part))));
        return collect(told, { checks, report: monitor.report, mark: undefined });
      }),
    each: ({ mode, whole, shaper, checks }) => {
      const monitor = childMonitor(of.monitor);
      const gate = readGate();
      // One piece at a time: the gate stays shut until the consumer asks for what comes behind it.
      const pieces = lasting({ mode, whole, monitor, gate, isAwaited: false }).pipe(deliver({ maxUnacked: 1, gate }));
      const context = { checks, report: monitor.report, mark: undefined };
      return partIterator(toAsyncIterable(pieces), { shaper, context, moved });
    },
    cancel: () => {
      cancelled = true;
      detach();
      of.drop();
      over.next([]);
    },
  };
}

function alreadyClosed(): DurableStreamError {
  const message = 'the response was closed before it was read; make another one with stream()';
  return new DurableStreamError(message, { errorType: 'client_error', code: 'already_closed' });
}
