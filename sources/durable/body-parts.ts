import { Observable } from 'rxjs';
import { isStreamError } from '../../lib/errors.js';
import { type JsonArrayReader, jsonArrayReader } from '../../lib/json-array.js';
import type { DurablePart, OpenPart, PositionPart } from './parts.js';
import { parseError, refuseLostData, tooLong } from './read-faults.js';
import type { ReadLimits } from './read-options.js';
import { counted, type ReadProgress, type Target } from './read-progress.js';
import { smallBody, wholeArray } from './small-body.js';
import { joined } from './text-pieces.js';

/** How the body of a catch-up or long-poll answer is read. */
export interface BodyReading {
  /** Moves with what goes out. */
  readonly at: ReadProgress;
  /** What the headers say. */
  readonly target: Target;
  readonly isJson: boolean;
  /** What the headers promise of a small body; 0 for any other. */
  readonly smallLength: number;
  /** Whether nothing at all may stand for an empty array. Else it is a body whose end was lost. */
  readonly mayBeEmpty: boolean;
  /** Nothing goes out before the body has ended well. */
  readonly whole: boolean;
  readonly limits: ReadLimits;
  /** Goes out before the body is read. */
  readonly open: OpenPart;
}

interface Body {
  feed(bytes: Uint8Array): readonly DurablePart[];
  end(): readonly DurablePart[];
}

const nothing: readonly DurablePart[] = [];

/**
 * The opening, what one body brings, then its position. One array per piece of the body.
 *
 * Errors: `parse_error` for what is not one JSON array, also if a body that ends well is cut short; `frame_too_large`;
 * `offset_regression` where there is less than was read before.
 */
export function bodyParts(bytes: Observable<Uint8Array>, reading: BodyReading): Observable<readonly DurablePart[]> {
  return new Observable((subscriber) => {
    subscriber.next([reading.open]);
    if (subscriber.closed) return;
    const body = reading.isJson ? jsonBody(reading) : bytesBody(reading);
    const emit = (read: () => readonly DurablePart[]): void => {
      let parts: readonly DurablePart[];
      try {
        parts = read();
      } catch (error) {
        return subscriber.error(error);
      }
      if (parts.length > 0) subscriber.next(parts);
    };
    // A body never emits while it is being subscribed to, and a reader may get a hundred of them a second.
    subscriber.add(
      bytes.subscribe({
        next: (piece) => emit(() => body.feed(piece)),
        error: (error: unknown) => subscriber.error(error),
        complete: () => {
          emit(() => body.end());
          subscriber.complete();
        },
      }),
    );
  });
}

function jsonBody(reading: BodyReading): Body {
  const { at, target, whole, limits, smallLength } = reading;
  const gather = smallBody(smallLength);
  let made: JsonArrayReader | undefined;
  const reader = (): JsonArrayReader => (made ??= jsonArrayReader({ maxElementLength: limits.maxItemLength }));
  const count = counted(at);
  const held: (readonly unknown[])[] = [];
  let received = 0;
  let atOnce: readonly unknown[] | undefined;
  const itemsOf = (items: readonly unknown[], nextOffset: string | undefined): readonly DurablePart[] => {
    const fresh = items.length === 0 ? undefined : count.take(items.length);
    if (fresh === undefined) return nothing;
    const { known, from } = fresh;
    return [{ type: 'items', items: known === 0 ? items : items.slice(known), from, nextOffset }];
  };
  return {
    feed: (bytes) => {
      if (atOnce !== undefined) throw parseError('the body is longer than its Content-Length says', at);
      received += bytes.length;
      if (whole) refuseTooLong(received, limits, at);
      const piece = gather(bytes);
      if (piece === undefined) return nothing;
      if (received === smallLength && piece.length === received) atOnce = wholeArray(piece);
      if (atOnce !== undefined) return nothing;
      const items = parsed(() => reader().feed(piece), at, limits.maxItemLength);
      if (!whole) return itemsOf(items, undefined);
      if (items.length > 0) held.push(items);
      return nothing;
    },
    end: () => {
      const isNothing = received === 0 && reading.mayBeEmpty;
      const last = atOnce ?? (isNothing ? [] : parsed(() => reader().end(), at, limits.maxItemLength));
      const items = held.length === 0 ? last : [...held, last].flat(1);
      const parts = itemsOf(items, target.nextOffset);
      count.reach(target.nextOffset);
      return ended(parts, target, at);
    },
  };
}

function bytesBody({ at, target, whole, limits }: BodyReading): Body {
  const count = counted(at);
  const held: Uint8Array[] = [];
  let received = 0;
  const bytesOf = (bytes: Uint8Array, nextOffset: string | undefined): readonly DurablePart[] => {
    const fresh = bytes.length === 0 ? undefined : count.take(bytes.length);
    if (fresh === undefined) return nothing;
    const { known, from } = fresh;
    return [{ type: 'bytes', bytes: known === 0 ? bytes : bytes.subarray(known), from, nextOffset }];
  };
  return {
    feed: (bytes) => {
      if (!whole) return bytesOf(bytes, undefined);
      received += bytes.length;
      refuseTooLong(received, limits, at);
      held.push(bytes);
      return nothing;
    },
    end: () => {
      const parts = bytesOf(joined(held), target.nextOffset);
      count.reach(target.nextOffset);
      return ended(parts, target, at);
    },
  };
}

function ended(parts: readonly DurablePart[], target: Target, at: ReadProgress): readonly DurablePart[] {
  if (target.upToDate) refuseLostData(at);
  const position: PositionPart = { type: 'position', ...target };
  return [...parts, position];
}

function refuseTooLong(received: number, { maxBatchLength }: ReadLimits, at: ReadProgress): void {
  if (received > maxBatchLength) throw tooLong('a response that is held together', maxBatchLength, at);
}

/** What the reader finds wrong, in the words of this source. Its messages tell places, never text. */
function parsed(read: () => readonly unknown[], at: ReadProgress, limit: number): readonly unknown[] {
  try {
    return read();
  } catch (error) {
    if (!isStreamError(error)) throw error;
    throw error.code === 'frame_too_large'
      ? tooLong('a message', limit, at)
      : parseError(`not a JSON array: ${error.message}`, at);
  }
}
