import { concat, from, NEVER, type Observable } from 'rxjs';
import type { BytesPart, DurablePart, ItemsPart, OpenPart, PositionPart } from '../../../sources/durable/parts.js';

/** What a reader would say, for specs of what is made of it. */
export const open = (contentType?: string): OpenPart => ({
  type: 'open',
  live: 'catch-up',
  status: 200,
  headers: {},
  contentType,
});

export const items = (values: readonly unknown[], place: string, nextOffset?: string): ItemsPart => ({
  type: 'items',
  items: values,
  from: placeOf(place),
  nextOffset,
});

export const bytes = (data: readonly number[] | string, place: string, nextOffset?: string): BytesPart => ({
  type: 'bytes',
  bytes: typeof data === 'string' ? new TextEncoder().encode(data) : Uint8Array.from(data),
  from: placeOf(place),
  nextOffset,
});

export const at = (nextOffset: string, flags: Partial<PositionPart> = {}): PositionPart => ({
  type: 'position',
  nextOffset,
  cursor: undefined,
  upToDate: false,
  closed: false,
  ...flags,
});

/** Pieces, and then the end or nothing. */
export function parts(
  pieces: readonly (readonly DurablePart[])[],
  end: 'complete' | 'never' = 'complete',
): Observable<readonly DurablePart[]> {
  return end === 'complete' ? from(pieces) : concat(from(pieces), NEVER);
}

function placeOf(text: string): { offset: string; skip: number } {
  const [offset = '', skip = '0'] = text.split('/');
  return { offset, skip: Number(skip) };
}
