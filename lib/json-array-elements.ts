import { StreamError, type StreamErrorCode } from './errors.js';
import { guessCut } from './json-array-guess.js';
import { type ArrayScan, closeBracket, isBlank, nextBoundary } from './json-array-scan.js';
import { arrayStore, type ArrayStore, parsed, parseElements } from './json-array-store.js';
import { utf8Decoder, type Utf8Decoder } from './utf8.js';

/** The inside of an array: everything between two chunks. */
export interface ArrayElements {
  readonly maxLength: number;
  readonly store: ArrayStore;
  readonly decoder: Utf8Decoder;
  readonly scan: ArrayScan;
  /** Bytes of the body before what is held, and elements before it. */
  offset: number;
  given: number;
  /** Bytes that may still be parsed in vain. */
  credit: number;
  /** A comma came before what is held: an element has to follow. */
  isOpen: boolean;
  /** The bracket has come, and whatever stood before it is here: one element, or none of an empty array. */
  last: readonly unknown[] | undefined;
  failure: StreamError | undefined;
}

const elementStart: Readonly<ArrayScan> = { at: 1, depth: 0, inString: false };
/** Enough to be wrong about a few chunks, little enough to cost nothing. */
const firstCredit = 1_048_576;
/** Guesses that are wrong cost no more than this part of the body, however it is cut. */
const creditShare = 1 / 16;

export function arrayElements(maxLength: number, offset: number): ArrayElements {
  return {
    maxLength,
    store: arrayStore(),
    decoder: utf8Decoder(false),
    scan: { ...elementStart },
    offset,
    given: 0,
    credit: firstCredit,
    isOpen: false,
    last: undefined,
    failure: undefined,
  };
}

/**
 * Adds to `batches` what the bytes complete: each element whose comma has come, and, once the bracket has come, none but the last.
 * Finds `last` and `failure`, whichever comes first.
 */
export function feedElements(elements: ArrayElements, bytes: Uint8Array, batches: unknown[][]): void {
  const { store } = elements;
  const start = store.bytes().length;
  store.append(bytes);
  giveGuessed(elements, start, batches);
  if (elements.last === undefined && elements.failure === undefined) giveScanned(elements, batches);
}

export function fatal(code: StreamErrorCode, message: string): StreamError {
  return new StreamError(message, { errorType: 'fatal_error', code, phase: 'body' });
}

/** Parses up to where the array can probably be cut: three times as fast as to look for the place. */
function giveGuessed(elements: ArrayElements, start: number, batches: unknown[][]): void {
  const { store, maxLength } = elements;
  const held = store.bytes();
  // Where there is room for an element that is too long, each has to be measured.
  if (held.length > elements.credit || held.length - 1 > maxLength) return;
  const cut = guessCut(held, start);
  if (cut === 0) return;
  const batch = batchBefore(elements, held, cut);
  if (batch === undefined) {
    elements.credit -= cut;
  } else {
    Object.assign(elements.scan, elementStart);
    give(elements, cut, batch, batches);
  }
}

/** The exact way, from where the last look has ended. */
function giveScanned(elements: ArrayElements, batches: unknown[][]): void {
  const { store, scan } = elements;
  const held = store.bytes();
  const { cut, tooLong } = lastBoundary(elements, held);
  if (cut > 0) {
    const batch = batchBefore(elements, held, cut);
    if (batch === undefined) return giveUntilBroken(elements, held, batches);
    scan.at -= cut;
    give(elements, cut, batch, batches);
  }
  if (!tooLong || elements.last !== undefined) return;
  const place = `element ${elements.given + 1} of the array, at byte ${elements.offset + 1}`;
  elements.failure ??= fatal('frame_too_large', `${place}, is longer than ${elements.maxLength} bytes`);
}

/** The elements before `cut`; a comma needs one on either side. */
function batchBefore({ decoder, isOpen }: ArrayElements, held: Uint8Array, cut: number): unknown[] | undefined {
  const batch = parseElements(held, cut, decoder);
  const mayBeEmpty = held[cut] === closeBracket && !isOpen;
  return batch?.length === 0 && !mayBeEmpty ? undefined : batch;
}

/** The last place to cut, 0 for none, and whether an element that is too long follows. */
function lastBoundary({ scan, maxLength }: ArrayElements, held: Uint8Array): { cut: number; tooLong: boolean } {
  let cut = 0;
  while (nextBoundary(scan, held)) {
    if (scan.at - cut - 1 > maxLength) return { cut, tooLong: true };
    cut = scan.at;
    if (held[cut] === closeBracket) return { cut, tooLong: false };
    scan.at += 1;
  }
  return { cut, tooLong: held.length - cut - 1 > maxLength };
}

/** Some element is not JSON: those before it are given, one by one. */
function giveUntilBroken(elements: ArrayElements, held: Uint8Array, batches: unknown[][]): void {
  const { decoder } = elements;
  const scan: ArrayScan = { ...elementStart };
  const batch: unknown[] = [];
  let start = 1;
  while (nextBoundary(scan, held)) {
    const value = parsed(decoder.line(held.subarray(start, scan.at)));
    if (value === undefined) break;
    batch.push(value);
    scan.at += 1;
    start = scan.at;
  }
  elements.given += batch.length;
  const place = `element ${elements.given + 1} of the array, at byte ${elements.offset + start}`;
  elements.failure = fatal('malformed', `${place}, ${scan.at - start} bytes, is not JSON`);
  if (batch.length > 0) batches.push(batch);
}

function give(elements: ArrayElements, cut: number, batch: unknown[], batches: unknown[][]): void {
  const { store } = elements;
  const isClosed = store.bytes()[cut] === closeBracket;
  if (isClosed) elements.last = batch.splice(-1);
  elements.isOpen = true;
  elements.given += batch.length;
  elements.offset += cut;
  elements.credit += cut * creditShare;
  store.drop(cut);
  if (isClosed) refuseMore(elements, store.bytes().subarray(1));
  if (batch.length > 0) batches.push(batch);
}

/** Nothing but white space may follow the array. */
export function refuseMore(elements: ArrayElements, bytes: Uint8Array): void {
  if (isBlank(bytes, 0)) return;
  elements.failure ??= fatal('malformed', `the body goes on behind its array, which ends with byte ${elements.offset}`);
}
