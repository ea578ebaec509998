import type { PositionSource } from '../../lib/delivery.js';
import { parseJson } from '../../lib/decode.js';
import { recordOf } from '../../lib/problem.js';

/**
 * Where a stream of X resumes: X knows no position, so it is the time of the last item and what was seen shortly before it. A restart
 * asks for the time since then, as far as `recovery` allows, and removes what comes twice.
 */
export interface XPosition {
  /**
   * From when on items may be missing, in milliseconds since 1970: when the item came, or where the gap began that was being filled then;
   * of a finite stream when the newest item was made.
   */
  readonly at: number;
  /** Keys of the items before it, itself included, oldest first. */
  readonly seen: readonly string[];
}

/** A backfill repeats whole minutes, at least one more than was missed; older items cannot come again by it. */
const repeatedTime = 6 * 60_000;
/** Stores take 64 KiB; a key of 19 digits takes 22 bytes. */
const maxKeys = 2_500;
const maxKeyLength = 60_000;

/** Opaque to everyone else. */
export function encodePosition({ at, seen }: XPosition): string {
  return JSON.stringify({ x: 1, at, seen });
}

/** Errors: `TypeError` for a text that no stream of X has given. It is not quoted. */
export function decodePosition(where: string, text: string): XPosition {
  const parsed = parseJson(text);
  const { x, at, seen } = (parsed.ok ? recordOf(parsed.value) : undefined) ?? {};
  const keys = Array.isArray(seen) ? seen.filter((key) => typeof key === 'string') : undefined;
  if (x !== 1 || typeof at !== 'number' || !Number.isFinite(at) || keys === undefined) {
    throw new TypeError(`${where}: option "position" must be a position that a stream of X has given`);
  }
  return { at, seen: keys };
}

/** Remembers what a position is made of, for the items of one subscription. */
export interface PositionTracker {
  /**
   * The position of an item, worked out when it is read: a position is saved once a second, items come by the thousand. Without a time
   * there is none.
   */
  enter(key: string | undefined, at: number | undefined): PositionSource;
}

/**
 * Holds the keys of a position, and `ahead` more: as many items may have come before a position is read. One that is read later yet knows
 * fewer keys, and a restart there repeats more.
 */
export function positionTracker(resumed: XPosition | undefined, ahead: number): PositionTracker {
  const capacity = maxKeys + ahead;
  const keys = new Array<string | undefined>(capacity);
  const times = new Float64Array(capacity);
  let count = 0;
  const add = (key: string, at: number): void => {
    keys[count % capacity] = key;
    times[count % capacity] = at;
    count += 1;
  };
  for (const key of resumed?.seen ?? []) add(key, resumed?.at ?? 0);

  const seenUntil = (end: number, at: number): string[] => {
    const seen: string[] = [];
    let length = 0;
    for (let n = end - 1; n >= Math.max(0, count - capacity) && seen.length < maxKeys; n -= 1) {
      const key = keys[n % capacity];
      length += (key?.length ?? 0) + 3;
      if (key === undefined || length > maxKeyLength || (times[n % capacity] ?? 0) < at - repeatedTime) break;
      seen.push(key);
    }
    return seen.reverse();
  };
  return {
    enter: (key, at) => {
      if (key !== undefined) add(key, at ?? 0);
      const end = count;
      return {
        get position() {
          return at === undefined ? undefined : encodePosition({ at, seen: seenUntil(end, at) });
        },
      };
    },
  };
}
