import { byteBuffer, indexOfByte, lastIndexOfByte, partOf, type ByteBuffer } from './byte-buffer.js';
import { utf8Decoder, type Utf8Decoder } from './utf8.js';

/** What was wrong with one line; never its text. */
export interface LineProblem {
  readonly code: 'line_too_long' | 'invalid_utf8' | 'truncated';
  /** Number of the line, from 1. */
  readonly line: number;
  /** Bytes of the line without its LF, as far as they have come. */
  readonly length: number;
  /** Bytes of the stream before the line. */
  readonly offset: number;
}

/** A line with what is to be said of it before it is passed on; no text where it was too long to keep. */
export interface Line {
  readonly text: string | undefined;
  readonly problem: LineProblem | undefined;
}

/** What has come after the last line end. */
export interface Tail extends Line {
  readonly number: number;
  readonly length: number;
  readonly offset: number;
}

/** Where lines go. `closed` is read between any two of them. */
export interface LineSink {
  readonly closed: boolean;
  next(line: string): void;
}

export interface LineReaderOptions {
  /** In bytes, without the LF. */
  readonly maxLength: number;
  /** Tell of a line that is too long as soon as it is, not when it has ended. */
  readonly failFast: boolean;
  readonly sink: LineSink;
  /** Called in the order of the lines, before the line itself. */
  readonly onProblem: (problem: LineProblem) => void;
}

export interface LineReader {
  /** Emits the lines that the chunk ends; `chunk` may be used again afterwards. */
  feed(chunk: Uint8Array): void;
  /** Emits what is left of the last chunk, then hands over what has no line end. Nothing is held afterwards. */
  takeTail(): Tail | undefined;
  /** Emits a line that came out of `takeTail`. */
  deliver(line: Line): void;
}

/**
 * Everything between two chunks, and everything of a chunk that is not emitted yet: a consumer that feeds the next chunk
 * from within `next` (a Subject does) finds the rest here, and emits it first.
 */
interface State extends LineReaderOptions {
  readonly strict: Utf8Decoder;
  readonly lenient: Utf8Decoder;
  readonly tail: ByteBuffer;
  /** Bytes of a line too long to keep, 0 where there is none. */
  skipped: number;
  /** Bytes seen before the chunk in hand. */
  position: number;
  /** Lines ended so far. */
  ended: number;
  /** The line that began in an earlier chunk. */
  head: Line | undefined;
  /** Whole lines, each with its LF, and how far they are emitted. */
  text: string;
  at: number;
  /** The same as bytes, where they have to be looked at line by line, and where in the stream they begin. */
  bytes: Uint8Array;
  bytesAt: number;
  bytesOffset: number;
}

const lf = 0x0a;
const cr = 0x0d;
const mark = 0xfeff;
const noBytes: Uint8Array = new Uint8Array(0);

/** Cuts bytes into lines at LF and CRLF. LF is never part of a longer UTF-8 sequence, so bytes can be cut before decoding. */
export function lineReader(options: LineReaderOptions): LineReader {
  const state: State = {
    ...options,
    strict: utf8Decoder(true),
    lenient: utf8Decoder(false),
    tail: byteBuffer(options.maxLength),
    skipped: 0,
    position: 0,
    ended: 0,
    head: undefined,
    text: '',
    at: 0,
    bytes: noBytes,
    bytesAt: 0,
    bytesOffset: 0,
  };
  return {
    feed: (chunk) => {
      drain(state);
      take(state, chunk);
      drain(state);
    },
    takeTail: () => {
      drain(state);
      return takeTail(state);
    },
    deliver: (line) => deliver(state, line),
  };
}

/** Only stores: nobody is called before everything of the chunk has its place. */
function take(state: State, chunk: Uint8Array): void {
  const first = indexOfByte(chunk, lf);
  if (first === -1) {
    hold(state, chunk);
  } else {
    const held = state.tail.length > 0 || state.skipped > 0;
    if (held) state.head = completeHead(state, chunk.subarray(0, first));
    const start = held ? first + 1 : 0;
    const end = lastIndexOfByte(chunk, lf) + 1;
    if (end > start) takeRegion(state, partOf(chunk, start, end), state.position + start);
    if (end < chunk.length) hold(state, chunk.subarray(end));
  }
  state.position += chunk.length;
}

function hold(state: State, bytes: Uint8Array): void {
  if (state.skipped > 0) {
    state.skipped += bytes.length;
  } else if (state.tail.length + bytes.length > state.maxLength) {
    state.skipped = state.tail.length + bytes.length;
    state.tail.clear();
  } else {
    state.tail.append(bytes);
  }
}

function completeHead(state: State, bytes: Uint8Array): Line {
  const before = state.skipped > 0 ? state.skipped : state.tail.length;
  const place = { line: state.ended + 1, length: before + bytes.length, offset: state.position - before };
  hold(state, bytes);
  const line = state.skipped > 0 ? tooLong(place) : decodeLine(state, state.tail.bytes(), place);
  state.skipped = 0;
  state.tail.clear();
  return line;
}

/** One decoder call for all lines of a chunk: a call each would cost three times as much at 200 bytes. */
function takeRegion(state: State, bytes: Uint8Array, offset: number): void {
  const text = bytes.length <= state.maxLength ? decoded(() => state.strict.region(bytes)) : undefined;
  if (text === undefined) {
    state.bytes = bytes;
    state.bytesAt = 0;
    state.bytesOffset = offset;
  } else {
    state.text = text;
    state.at = state.ended === 0 && state.head === undefined && text.charCodeAt(0) === mark ? 1 : 0;
  }
}

function drain(state: State): void {
  const { sink } = state;
  // Most chunks of a server that sends byte by byte end no line.
  if (state.head === undefined && state.text === '' && state.bytes === noBytes) return tellOverflow(state);
  if (state.head !== undefined) {
    const line = state.head;
    state.head = undefined;
    deliver(state, line);
  }
  while (state.at < state.text.length && !sink.closed) {
    const start = state.at;
    const end = state.text.indexOf('\n', start);
    const text = state.text;
    state.at = end + 1;
    state.ended += 1;
    sink.next(text.slice(start, end > start && text.charCodeAt(end - 1) === cr ? end - 1 : end));
  }
  state.text = '';
  state.at = 0;
  while (state.bytesAt < state.bytes.length && !sink.closed) deliver(state, nextOfBytes(state));
  state.bytes = noBytes;
  tellOverflow(state);
}

function tellOverflow(state: State): void {
  if (!state.failFast || state.skipped === 0 || state.sink.closed) return;
  const length = state.skipped;
  const offset = state.position - length;
  state.onProblem({ code: 'line_too_long', line: state.ended + 1, length, offset });
}

function nextOfBytes(state: State): Line {
  const start = state.bytesAt;
  const end = indexOfByte(state.bytes, lf, start);
  state.bytesAt = end + 1;
  const place = { line: state.ended + 1, length: end - start, offset: state.bytesOffset + start };
  return place.length > state.maxLength ? tooLong(place) : decodeLine(state, state.bytes.subarray(start, end), place);
}

function deliver(state: State, { text, problem }: Line): void {
  if (state.sink.closed) return;
  state.ended += 1;
  if (problem !== undefined) state.onProblem(problem);
  if (text !== undefined && !state.sink.closed) state.sink.next(text);
}

function takeTail(state: State): Tail | undefined {
  const length = state.skipped > 0 ? state.skipped : state.tail.length;
  if (length === 0) return undefined;
  const place = { line: state.ended + 1, length, offset: state.position - length };
  const line = state.skipped > 0 ? tooLong(place) : decodeLine(state, state.tail.bytes(), place);
  state.skipped = 0;
  state.tail.clear();
  return { ...line, number: place.line, length, offset: place.offset };
}

type Place = Omit<LineProblem, 'code'>;

function tooLong(place: Place): Line {
  return { text: undefined, problem: { code: 'line_too_long', ...place } };
}

function decodeLine(state: State, bytes: Uint8Array, place: Place): Line {
  const whole = decoded(() => state.strict.line(bytes));
  const text = whole ?? state.lenient.line(bytes);
  const start = state.ended === 0 && text.charCodeAt(0) === mark ? 1 : 0;
  const end = text.charCodeAt(text.length - 1) === cr ? text.length - 1 : text.length;
  return {
    text: text.slice(start, end),
    problem: whole === undefined ? { code: 'invalid_utf8', ...place } : undefined,
  };
}

/** `undefined` where the bytes are not UTF-8. */
function decoded(decode: () => string): string | undefined {
  try {
    return decode();
  } catch {
    return undefined;
  }
}
