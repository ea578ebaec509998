import { closeBracket, openBracket } from './json-array-scan.js';
import type { Utf8Decoder } from './utf8.js';

/** Bytes of an array that are not given out yet, always behind an opening bracket of their own. */
export interface ArrayStore {
  /** The bracket and what is held, without copying; good until the next `append`. */
  bytes(): Uint8Array;
  /** Copies: the caller may use `bytes` again. */
  append(bytes: Uint8Array): void;
  /** Drops what comes before `end`, and the byte at `end`, in whose place the bracket stands afterwards. */
  drop(end: number): void;
}

/** A store that has grown past this is given back after its element. */
const keptCapacity = 1_048_576;

export function arrayStore(): ArrayStore {
  let store = Uint8Array.of(openBracket);
  let length = 1;
  return {
    bytes: () => store.subarray(0, length),
    append: (bytes) => {
      const needed = length + bytes.length;
      if (needed > store.length) {
        const grown = new Uint8Array(Math.max(needed, store.length * 2));
        grown.set(store.subarray(0, length));
        store = grown;
      }
      store.set(bytes, length);
      length = needed;
    },
    drop: (end) => {
      const rest = length - end;
      if (store.length > keptCapacity && rest < keptCapacity / 2) store = store.slice(end, length);
      else store.copyWithin(0, end, length);
      store[0] = openBracket;
      length = rest;
    },
  };
}

/**
 * The elements before `end`, `undefined` if that is not JSON.
 *
 * The byte at `end` becomes the closing bracket for a moment, which spares two copies of the text.
 */
export function parseElements(bytes: Uint8Array, end: number, decoder: Utf8Decoder): unknown[] | undefined {
  const separator = bytes[end] ?? closeBracket;
  bytes[end] = closeBracket;
  const value = parsed(decoder.region(bytes.subarray(0, end + 1)));
  bytes[end] = separator;
  return Array.isArray(value) ? value : undefined;
}

/** `undefined` is no value of JSON. */
export function parsed(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    // The engine's message quotes the text.
    return undefined;
  }
}
