import type { PositionSource } from '../../lib/delivery.js';
import { type BytesPart, type ItemsPart, placeText, type PositionPart } from './parts.js';

/** Where a resume after the value in hand begins. Set before each value is handed on, read by whoever delivers it. */
export interface PlaceMark {
  now: string | PositionSource | undefined;
}

/** What follows one offset of the server, as far as it has come. */
export interface Segment {
  readonly offset: string;
  /** Messages, or bytes. */
  end: number;
  /** The offset behind it, once the server has said it. */
  next: string | undefined;
}

/** Which segment the data in hand belongs to. */
export interface Segments {
  /** That of this part, which is the current one from now on. */
  of(part: ItemsPart | BytesPart, length: number): Segment;
  /** The server has said where the current one ends. */
  settle(position: PositionPart): void;
}

export function segments(): Segments {
  let current: Segment | undefined;
  return {
    of: ({ from, nextOffset }, length) => {
      if (current?.offset !== from.offset) current = { offset: from.offset, end: 0, next: undefined };
      current.end = from.skip + length;
      current.next ??= nextOffset;
      return current;
    },
    settle: ({ nextOffset }) => {
      if (current !== undefined) current.next = nextOffset;
      current = undefined;
    },
  };
}

/**
 * Behind `skip` messages or bytes of a segment; at its end the server's own offset, as soon as that is known: a resume from there reads
 * nothing again.
 *
 * A class because one is made for every delivery, and its text for few of them: 10 ns against 60.
 */
export class SegmentPlace implements PositionSource {
  readonly #segment: Segment;
  readonly #skip: number;

  constructor(segment: Segment, skip: number) {
    this.#segment = segment;
    this.#skip = skip;
  }

  get position(): string {
    const { offset, end, next } = this.#segment;
    return next !== undefined && this.#skip === end ? next : placeText({ offset, skip: this.#skip });
  }
}
