import { lastValueFrom, type Observable, takeWhile, tap, toArray } from 'rxjs';
import type { DurablePart } from '../../../sources/durable/parts.js';
import type { DurableReadOptions } from '../../../sources/durable/read-options.js';
import { readParts, type ReadPartsRequest } from '../../../sources/durable/session.js';
import { eachOf } from '../../../lib/each-of.js';

/** Retries that no test has to wait for. */
const quick: DurableReadOptions = { initialBackoff: 1, maxBackoff: 4 };

/** What a reader says, one part after the other. */
export function partsOf(
  url: string,
  options: DurableReadOptions = {},
  request: Partial<ReadPartsRequest> = {},
): Observable<DurablePart> {
  return readParts('spec', url, { ...quick, ...options }, { live: 'none', whole: false, ...request }).pipe(eachOf());
}

export function allOf(parts: Observable<DurablePart>): Promise<DurablePart[]> {
  return lastValueFrom(parts.pipe(toArray()));
}

/** All up to the one that makes it enough, which is the last. */
export function until(
  parts: Observable<DurablePart>,
  isEnough: (parts: readonly DurablePart[]) => boolean,
): Promise<DurablePart[]> {
  const seen: DurablePart[] = [];
  return allOf(
    parts.pipe(
      takeWhile((part) => {
        seen.push(part);
        return !isEnough(seen);
      }, true),
    ),
  );
}

/** The messages in them. */
export function itemsIn(parts: readonly DurablePart[]): unknown[] {
  return parts.flatMap((part) => (part.type === 'items' ? part.items : []));
}

/** The bytes in them as text. */
export function textIn(parts: readonly DurablePart[]): string {
  return Buffer.concat(parts.flatMap((part) => (part.type === 'bytes' ? [part.bytes] : []))).toString('utf8');
}

/** How answers were asked for, and what they had. */
export function livesIn(parts: readonly DurablePart[]): string[] {
  return parts.flatMap((part) => (part.type === 'open' ? [`${part.live} ${part.status}`] : []));
}

/** The error that ends it. */
export async function failureOf(
  parts: Observable<DurablePart>,
  onPart?: (part: DurablePart) => void,
): Promise<unknown> {
  try {
    await lastValueFrom(parts.pipe(tap((part) => onPart?.(part))), { defaultValue: undefined });
  } catch (error) {
    return error;
  }
  throw new Error('it has completed');
}
