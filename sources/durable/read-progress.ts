import type { PositionPart } from './parts.js';

/** How far one reader has come: behind `skip` messages or bytes of what follows `offset`. Moves before the data that it covers goes out. */
export interface ReadProgress {
  offset: string;
  skip: number;
}

/** Where a response leads. */
export type Target = Omit<PositionPart, 'type'>;

/** The part of a piece that no connection before has brought, and where it begins. */
export interface Fresh {
  /** How many at the beginning of the piece are known. */
  readonly known: number;
  readonly from: { readonly offset: string; readonly skip: number };
}

/**
 * Counts what one response brings. A response that repeats a broken one begins with what that has brought already: exact, because a stream
 * only grows at its end.
 */
export interface Counted {
  /** `undefined` where all of the next `length` are known. Moves the progress behind them. */
  take(length: number): Fresh | undefined;
  /** The response is over: the progress is at its target now, less what is known of the data behind it. */
  reach(nextOffset: string): void;
}

export function counted(at: ReadProgress): Counted {
  const { offset } = at;
  let seen = 0;
  return {
    take: (length) => {
      const start = seen;
      seen += length;
      if (seen <= at.skip) return undefined;
      const known = Math.max(0, at.skip - start);
      at.skip = seen;
      return { known, from: { offset, skip: start + known } };
    },
    reach: (nextOffset) => {
      at.offset = nextOffset;
      at.skip = Math.max(0, at.skip - seen);
    },
  };
}
