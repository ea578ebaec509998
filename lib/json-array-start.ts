import { isSpace } from './json-array-scan.js';

/** The byte order mark in UTF-8. */
const mark: readonly number[] = [0xef, 0xbb, 0xbf];

/** What has come before the array. */
export interface ArrayStart {
  /** Bytes, the mark counted. */
  skipped: number;
  /** How much of the mark has come. */
  markLength: number;
}

/** Where something other than a mark and white space begins. */
export function skipToBracket(start: ArrayStart, bytes: Uint8Array): number {
  let at = 0;
  for (; at < bytes.length; at += 1) {
    const byte = bytes[at];
    const isMark = start.skipped === start.markLength && byte === mark[start.markLength];
    if (isMark) start.markLength += 1;
    else if (!isSpace(byte) || !isWholeMark(start)) return at;
    start.skipped += 1;
  }
  return at;
}

/** There is none, or all of it has come. */
export function isWholeMark({ markLength }: ArrayStart): boolean {
  return markLength === 0 || markLength === mark.length;
}
