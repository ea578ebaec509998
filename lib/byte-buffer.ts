/** Bytes of one frame that have come so far. */
export interface ByteBuffer {
  readonly length: number;
  at(index: number): number | undefined;
  /** Copies: the caller may use `bytes` again. */
  append(bytes: Uint8Array): void;
  /** What is held, without copying; good until the next `append` or `clear`. */
  bytes(): Uint8Array;
  clear(): void;
}

/** Enough for most frames, little enough for ten thousand connections. */
const initialCapacity = 1_024;
/** A buffer that has grown past this is given back when frames no longer need it: one long line must not cost memory for months. */
const keptCapacity = 65_536;
/** Past this it is given back after its frame: to grow anew costs little beside parsing what is so long. */
const mostKept = 1_048_576;
/** So many frames in a row that would do with a quarter of it. */
const patience = 16;

/**
 * An empty buffer that doubles as it fills, so that any number of small pieces costs time in proportion to their bytes.
 *
 * `limit` is how many bytes the caller means to hold: up to there no more room is taken than that. It is not enforced here.
 */
export function byteBuffer(limit: number): ByteBuffer {
  let store = new Uint8Array(0);
  let length = 0;
  let short = 0;
  const grow = (needed: number): void => {
    const grown = new Uint8Array(Math.max(needed, Math.min(Math.max(initialCapacity, store.length * 2), limit)));
    grown.set(store.subarray(0, length));
    store = grown;
  };
  return {
    get length() {
      return length;
    },
    at: (index) => (index < length ? store[index] : undefined),
    append: (bytes) => {
      const needed = length + bytes.length;
      if (needed > store.length) grow(needed);
      // `set` costs ten times a plain store, which shows when a server sends byte by byte.
      if (bytes.length === 1) store[length] = bytes[0] ?? 0;
      else store.set(bytes, length);
      length = needed;
    },
    bytes: () => store.subarray(0, length),
    clear: () => {
      if (store.length > keptCapacity) {
        short = length * 4 < store.length ? short + 1 : 0;
        if (store.length > mostKept || short >= patience) {
          store = new Uint8Array(0);
          short = 0;
        }
      }
      length = 0;
    },
  };
}

/** `indexOf` of a typed array costs 80 ns before it looks at the first byte. */
const shortLength = 16;

/** Where `byte` stands first from `start` on, -1 for nowhere. */
export function indexOfByte(bytes: Uint8Array, byte: number, start = 0): number {
  if (bytes.length - start > shortLength) return bytes.indexOf(byte, start);
  for (let at = start; at < bytes.length; at += 1) if (bytes[at] === byte) return at;
  return -1;
}

/** Where `byte` stands last, -1 for nowhere. */
export function lastIndexOfByte(bytes: Uint8Array, byte: number): number {
  // Chunks mostly end where a frame ends.
  if (bytes[bytes.length - 1] === byte) return bytes.length - 1;
  if (bytes.length > shortLength) return bytes.lastIndexOf(byte);
  for (let at = bytes.length - 1; at >= 0; at -= 1) if (bytes[at] === byte) return at;
  return -1;
}

/** `subarray`, without its 60 ns where that is everything. */
export function partOf(bytes: Uint8Array, start: number, end: number): Uint8Array {
  return start === 0 && end === bytes.length ? bytes : bytes.subarray(start, end);
}
