import { closeBrace, closeBracket, comma, isSpace, openBrace, openBracket, quote } from './json-array-scan.js';

/** How far back from the end to look: elements that are longer than this are found by looking at each byte. */
const guessWindow = 16_384;
/** More white space than this in one place, from a hostile server, would be walked over again with each chunk. */
const spaceWindow = 256;

/**
 * Where `bytes`, which begin with the bracket of an array, may be cut behind a whole element: the last bracket, if nothing
 * comes behind it, or the last comma from `start` on that has the first element's kind on both sides. 0 for nowhere.
 *
 * Looks at a few bytes only, so it may be wrong: inside a string or a deeper array. `JSON.parse` tells, and it tells for sure:
 * JSON is read from left to right, so whatever follows cannot change what the bytes before a comma are.
 */
export function guessCut(bytes: Uint8Array, start: number): number {
  let last = bytes.length - 1;
  while (last > start && isSpace(bytes[last])) last -= 1;
  if (bytes[last] === closeBracket) return last;
  const first = bytes[after(bytes, 0)];
  for (let at = last - 1; at >= Math.max(1, start, last - guessWindow); at -= 1) {
    if (bytes[at] === comma && fits(first, bytes[before(bytes, at)], bytes[after(bytes, at)])) return at;
  }
  return 0;
}

function fits(first: number | undefined, left: number | undefined, right: number | undefined): boolean {
  if (first === openBrace) return left === closeBrace && right === openBrace;
  if (first === openBracket) return left === closeBracket && right === openBracket;
  if (first === quote) return left === quote && right === quote;
  return isPlain(left) && isPlain(right);
}

/** Part of a number, of `true`, `false` or `null`. */
function isPlain(byte: number | undefined): boolean {
  return byte !== undefined && ((byte >= 0x30 && byte <= 0x39) || byte === 0x2d || (byte >= 0x61 && byte <= 0x7a));
}

function before(bytes: Uint8Array, place: number): number {
  let at = place - 1;
  while (isSpace(bytes[at]) && place - at < spaceWindow) at -= 1;
  return at;
}

function after(bytes: Uint8Array, place: number): number {
  let at = place + 1;
  while (isSpace(bytes[at]) && at - place < spaceWindow) at += 1;
  return at;
}
