import { itemSieve, refusedItem } from './item-check.js';
import type { BytesPart, ItemsPart } from './parts.js';
import { type Segment, SegmentPlace, segments } from './places.js';
import { notJson, type Outlet, type Shape, type ShapeContext, type Shaper } from './shape.js';
import { textPieces } from './text-pieces.js';

/** Messages of a JSON stream, one by one. */
export const jsonItems: Shaper<unknown> = (outlet, { checks, report, mark, gathers = false }) => {
  const sieve = itemSieve(checks, report);
  const places = segments();
  const emit = ({ items, from }: ItemsPart, segment: Segment | undefined): void => {
    for (let at = 0; at < items.length; at += 1) {
      if (outlet.closed) return;
      const sifted = sieve?.(items[at]);
      if (sifted?.ok === false) {
        if (sifted.refusal === undefined) continue;
        return outlet.error(refusedItem(sifted.refusal, gathers ? from : { ...from, skip: from.skip + at }));
      }
      if (mark !== undefined && segment !== undefined) mark.now = new SegmentPlace(segment, from.skip + at + 1);
      report?.item();
      outlet.next(sifted === undefined ? items[at] : sifted.value);
    }
  };
  return {
    part: (part) => {
      const problem = notJson(part);
      if (problem !== undefined) outlet.error(problem);
      else if (part.type === 'items') emit(part, mark === undefined ? undefined : places.of(part, part.items.length));
      else if (part.type === 'position') places.settle(part);
    },
    end: () => undefined,
  };
};

/** Pieces of the body, as they come. */
export const byteItems: Shaper<Uint8Array> = (outlet, { report, mark }) =>
  bytesShape({ report, mark }, (bytes, place) => {
    if (mark !== undefined) mark.now = place(0);
    report?.item();
    outlet.next(bytes);
  });

/**
 * Text as far as its characters are whole. One that is cut off at the end of a closed stream comes as U+FFFD; at the tail of one that goes
 * on it is held back, and no position is behind it.
 */
export const textItems: Shaper<string> = (outlet, context) => textShape(outlet, context, false);

/** The same where nothing will be read on: what is cut off comes as U+FFFD in any case. */
export const wholeText: Shaper<string> = (outlet, context) => textShape(outlet, context, true);

function textShape(outlet: Outlet<string>, { report, mark }: ShapeContext, flushesAtEnd: boolean): Shape {
  const pieces = textPieces();
  const emit = (text: string): void => {
    if (text === '') return;
    report?.item();
    outlet.next(text);
  };
  const shape = bytesShape({ report, mark }, (bytes, place) => {
    const text = pieces.add(bytes);
    if (mark !== undefined && text !== '') mark.now = place(pieces.pending);
    emit(text);
  });
  return {
    part: (part) => {
      shape.part(part);
      if (part.type !== 'position' || !part.closed || pieces.pending === 0) return;
      if (mark !== undefined) mark.now = part.nextOffset;
      emit(pieces.flush());
    },
    end: () => {
      if (flushesAtEnd) emit(pieces.flush());
    },
  };
}

/** The place that lies so many bytes before the end of a piece. */
type PlaceBefore = (back: number) => SegmentPlace;

function bytesShape(
  { mark }: Pick<ShapeContext, 'report' | 'mark'>,
  take: (bytes: Uint8Array, place: PlaceBefore) => void,
): Shape {
  const places = segments();
  const placed = (part: BytesPart): void => {
    const segment = places.of(part, part.bytes.length);
    take(part.bytes, (back) => new SegmentPlace(segment, part.from.skip + part.bytes.length - back));
  };
  return {
    part: (part) => {
      if (part.type === 'bytes' && part.bytes.length > 0) placed(part);
      else if (part.type === 'position' && mark !== undefined) places.settle(part);
    },
    end: () => undefined,
  };
}
