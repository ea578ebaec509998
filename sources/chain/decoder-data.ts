import { AbiDecodingError } from './errors.js';

/** Hex digits of one slot of 32 bytes. */
export const slotDigits = 64;

/** What stands before the digits. */
export const prefixLength = 2;

/** A topic, or the data of a log, while it is read. Places in it are counted in characters. */
export interface LogData {
  /** `0x` and digits in small letters, checked. */
  readonly hex: string;
  /** Digits taken so far, in sum: each may be read once, or offsets that overlap make gigabytes of a kilobyte. */
  read: number;
  /** Where the arrays around the place now stand, outermost first. */
  readonly indexes: number[];
}

/** Reads one value. `at` is its place in the head, offsets count from `base`. */
export type Reader = (data: LogData, at: number, base: number) => unknown;

/** Where a value stands, for errors: text as it is, and for a number the index of the array at that depth. Joined on failure only. */
export type Place = readonly (string | number)[];

/** The data of a log, or a topic, ready to be read: one check of all digits, so that nothing behind it has to look at them again. */
export function openHex(text: unknown, path: string): LogData {
  if (typeof text !== 'string') throw failure(path, 'is no text');
  if (isHex(text)) return { hex: text, read: 0, indexes: [] };
  const small = text.toLowerCase();
  if (!text.startsWith('0x') || !isHex(small)) throw failure(path, 'is no hexadecimal text of whole bytes behind 0x');
  return { hex: small, read: 0, indexes: [] };
}

function isHex(text: string): boolean {
  return text.length % 2 === 0 && /^0x[0-9a-f]*$/.test(text);
}

/** Claims digits that are about to be read. Before anything is allocated for them. */
export function take(data: LogData, at: number, digits: number, place: Place): void {
  const end = data.hex.length;
  if (at + digits > end) {
    const missing = (at + digits - end) / 2;
    throw fault(data, place, `reaches ${missing} bytes past the end of the data`);
  }
  data.read += digits;
  if (data.read > end - prefixLength) throw fault(data, place, 'overlaps other values in the data');
}

/** The number in a slot. Beyond 2^53 it is rounded, which is beyond the end of any data all the same. */
export function numberAt({ hex }: LogData, at: number): number {
  return Number.parseInt(hex.slice(at, at + slotDigits), 16);
}

/** Where the tail of a dynamic value begins. Nothing says yet that the data reaches so far: {@link take} does. */
export function tailAt(data: LogData, at: number, base: number): number {
  return base + 2 * numberAt(data, at);
}

/** What is wrong with the value that is being read. */
export function fault({ indexes }: LogData, place: Place, problem: string): AbiDecodingError {
  const path = place.map((part) => (typeof part === 'number' ? `[${indexes[part] ?? ''}]` : part)).join('');
  return failure(path, problem);
}

/** The same for a path that is known. Nothing of the log is quoted. */
export function failure(path: string, problem: string): AbiDecodingError {
  return new AbiDecodingError(`${path}: ${problem}`, { path });
}
