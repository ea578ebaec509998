import type { HeaderReader } from '../../lib/retry-after.js';
import { joined } from './text-pieces.js';

/** Bodies of up to so many bytes mostly come in one piece or two, and taking one apart costs more than parsing it. */
const smallLength = 98_304;
/** Takes one byte order mark away, like the reader that takes arrays apart. Without state: every body is decoded whole. */
const decoder = new TextDecoder();

/** How long a small body is, as its headers say; 0 where it is not small, or they do not. */
export function smallLengthOf(headers: HeaderReader, maxItemLength: number): number {
  if (headers.get('content-encoding') !== null) return 0;
  const length = Number(headers.get('content-length') ?? 0);
  return length <= Math.min(smallLength, maxItemLength) ? length : 0;
}

/**
 * Holds the pieces of a body of this length until it is whole, if the first one is half of it: the rest is on its way then, and a body
 * that comes drop by drop is not kept from its reader. `undefined` while it holds. What is not held is given back as it is.
 */
export function smallBody(length: number): (piece: Uint8Array) => Uint8Array | undefined {
  const held: Uint8Array[] = [];
  let received = 0;
  return (piece) => {
    const isFirst = received === 0;
    received += piece.length;
    if (held.length === 0 && !(isFirst && piece.length < length && piece.length * 2 >= length)) return piece;
    held.push(piece);
    return received < length ? undefined : joined(held.splice(0));
  };
}

/** The elements of a body that is here as a whole; `undefined` where it is no JSON array, and has to be looked at closely. */
export function wholeArray(bytes: Uint8Array): readonly unknown[] | undefined {
  try {
    const value: unknown = JSON.parse(decoder.decode(bytes));
    return Array.isArray(value) ? value : undefined;
  } catch {
    // The engine's message quotes the text.
    return undefined;
  }
}
