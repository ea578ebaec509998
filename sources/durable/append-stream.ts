import { defer, isObservable, noop, Observable, Subscription, tap } from 'rxjs';
import { subscribeWithin } from '../../lib/subscribe-within.js';
import type { AppendResult } from './append.js';
import { type AppendDraft, draftLength, draftOf } from './append-body.js';
import type { AppendQueue } from './append-queue.js';

/** What became of a whole source. */
export interface AppendStreamResult {
  /** The tail behind its last value; `undefined` where it had none. */
  readonly nextOffset: string | undefined;
  /** Its values, all of them stored. */
  readonly appended: number;
}

/** How far a source may be ahead of the server. */
export interface AheadLimits {
  readonly items: number;
  /** Bytes, text counted as characters. */
  readonly length: number;
}

/**
 * Appends every value of a source, in order. Cold, one value, complete, once the last one is stored.
 *
 * An async iterable is pulled only while there is room in the queue and less than the limits is unanswered. An Observable cannot be held back:
 * past the limits of the queue it fails with `queue_full`.
 *
 * The first append that fails ends it: the source is left, what waits of it is taken out, so that nothing is stored behind a gap. When the
 * source fails, what it has given before is still stored before the error comes. Unsubscription takes out what waits.
 *
 * Errors: those of the source, and those of its appends.
 */
export function appendSource(
  where: string,
  queue: AppendQueue,
  source: AsyncIterable<unknown> | Observable<unknown>,
  ahead: AheadLimits,
): Observable<AppendStreamResult> {
  if (!isObservable(source) && !isAsyncIterable(source)) {
    throw new TypeError(`${where}: the source must be an async iterable or an Observable`);
  }
  return new Observable((subscriber) => {
    const writer = sourceWriter(where, queue, ahead, {
      done: (result) => {
        subscriber.next(result);
        subscriber.complete();
      },
      failed: (error) => subscriber.error(error),
    });
    subscriber.add(writer.scope);
    if (!isObservable(source)) return pull(source, writer);
    subscribeWithin(source, writer.scope, {
      next: writer.write,
      error: (error: unknown) => writer.end({ error }),
      complete: () => writer.end(),
    });
  });
}

interface SourceWriter {
  /** Everything that belongs to it; closed when it is over. */
  readonly scope: Subscription;
  readonly hasRoom: boolean;
  /** Calls back once, when something has moved or it is over. */
  onMove(check: () => void): void;
  readonly write: (value: unknown) => void;
  /** The source is over: ends when all that was written is answered. */
  end(failure?: Failure): void;
}

/** Boxed, because any value may be thrown. */
interface Failure {
  readonly error: unknown;
}

interface SourceEnd {
  done(result: AppendStreamResult): void;
  failed(error: unknown): void;
}

function sourceWriter(
  where: string,
  queue: AppendQueue,
  ahead: AheadLimits,
  { done, failed }: SourceEnd,
): SourceWriter {
  const scope = new Subscription();
  const open = { items: 0, length: 0 };
  let appended = 0;
  let nextOffset: string | undefined;
  let ending: { readonly failure: Failure | undefined } | undefined;
  let waiting: (() => void) | undefined;
  const wake = (): void => {
    const check = waiting;
    waiting = undefined;
    check?.();
  };
  const finish = (tell: () => void): void => {
    if (scope.closed) return;
    scope.unsubscribe();
    tell();
  };
  const settle = (): void => {
    if (ending === undefined || open.items > 0) return wake();
    const { failure } = ending;
    finish(() => (failure === undefined ? done({ nextOffset, appended }) : failed(failure.error)));
  };
  const append = (draft: AppendDraft): Observable<AppendResult> => {
    const length = draftLength(draft);
    open.items += 1;
    open.length += length;
    return queue.append(where, draft).pipe(
      tap((result) => {
        open.items -= 1;
        open.length -= length;
        appended += 1;
        nextOffset = result.nextOffset;
      }),
    );
  };
  scope.add(queue.moved.subscribe({ next: wake, error: noop }));
  scope.add(wake);
  return {
    scope,
    get hasRoom() {
      return !queue.isFull && open.items < ahead.items && open.length < ahead.length;
    },
    onMove: (check) => (waiting = check),
    write: (value) => {
      if (scope.closed) return;
      const appending = defer(() => append(draftOf(where, value)));
      scope.add(appending.subscribe({ next: settle, error: (error: unknown) => finish(() => failed(error)) }));
    },
    end: (failure) => {
      ending = { failure };
      settle();
    },
  };
}

/** Asks for one value at a time, and for none while there is no room. The iterator is closed in every case but its own end. */
function pull(source: AsyncIterable<unknown>, writer: SourceWriter): void {
  const iterator = source[Symbol.asyncIterator]();
  const close = new Subscription(() => {
    // Not waited for: a pending next() may hold it up for ever.
    void leaveIterator(iterator).catch(() => undefined);
  });
  writer.scope.add(close);
  const room = async (): Promise<void> => {
    while (!writer.hasRoom && !writer.scope.closed) await new Promise<void>((resolve) => writer.onMove(resolve));
  };
  const run = async (): Promise<void> => {
    for (;;) {
      await room();
      if (writer.scope.closed) return;
      const result = await iterator.next();
      if (result.done === true) break;
      // Others may have filled the queue meanwhile.
      await room();
      writer.write(result.value);
    }
    writer.scope.remove(close);
    writer.end();
  };
  run().catch((error: unknown) => {
    writer.scope.remove(close);
    writer.end({ error });
  });
}

async function leaveIterator(iterator: AsyncIterator<unknown>): Promise<void> {
  await iterator.return?.();
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    Symbol.asyncIterator in value &&
    typeof value[Symbol.asyncIterator] === 'function'
  );
}
