import { byteBuffer, indexOfByte, lastIndexOfByte, partOf, type ByteBuffer } from './byte-buffer.js';
import { StreamError } from './errors.js';
import { dispatch, heldLength, readField, type SseBlock } from './sse-block.js';
import { utf8Decoder, type Utf8Decoder } from './utf8.js';

/**
 * Everything between two chunks, and everything of a chunk that is not read yet: a handler that feeds the next chunk finds
 * the rest here, and it is read first.
 */
export interface SseReader {
  readonly block: SseBlock;
  readonly maxLength: number;
  readonly decoder: Utf8Decoder;
  /** The line in progress. */
  readonly held: ByteBuffer;
  /** The line in progress is a comment that nobody will see. */
  discarding: boolean;
  /** The last chunk ended with CR: an LF now belongs to it. */
  skipLf: boolean;
  /** No line has been decoded yet: the first may begin with a mark. */
  fresh: boolean;
  closed: boolean;
  /** The line that began in an earlier chunk. */
  head: string | undefined;
  /** Whole lines with their ends, how far they are read, and the next CR in them, -1 for none. */
  text: string;
  at: number;
  nextCr: number;
  /** The next LF, kept only where there is a CR. */
  nextLf: number;
  /** The same as bytes, where each has to be measured. */
  bytes: Uint8Array;
  bytesAt: number;
}

const lf = 0x0a;
const cr = 0x0d;
const colon = 0x3a;
const mark = 0xfeff;
/** UTF-8 never takes more for one UTF-16 unit, so a comment past its limit in bytes is past it in characters too. */
const bytesPerCharacter = 3;
const noBytes: Uint8Array = new Uint8Array(0);

/** Cuts bytes into lines at LF, CR and CRLF, and hands them to the block. None of the two is part of a longer UTF-8 sequence. */
export function sseReader(block: SseBlock, maxLength: number): SseReader {
  return {
    block,
    maxLength,
    decoder: utf8Decoder(false),
    held: byteBuffer(maxLength),
    discarding: false,
    skipLf: false,
    fresh: true,
    closed: false,
    head: undefined,
    text: '',
    at: 0,
    nextCr: -1,
    nextLf: -1,
    bytes: noBytes,
    bytesAt: 0,
  };
}

export function feedReader(state: SseReader, chunk: Uint8Array): void {
  drain(state);
  if (state.closed || chunk.length === 0) return;
  take(state, chunk);
  drain(state);
  if (!state.closed && !isComment(state.held) && state.held.length + heldLength(state.block) > state.maxLength)
    fail(state);
}

export function endReader(state: SseReader, flush: boolean): void {
  drain(state);
  if (flush && !state.closed) {
    if (state.held.length > 0) readLine(state, withoutMark(state, state.decoder.line(state.held.bytes())));
    if (!state.closed) dispatch(state.block);
  }
  closeReader(state);
}

export function closeReader(state: SseReader): void {
  state.closed = true;
  state.held.clear();
  state.head = undefined;
  state.text = '';
  state.bytes = noBytes;
}

function fail(state: SseReader): never {
  closeReader(state);
  const message = `an event is longer than ${state.maxLength} bytes`;
  throw new StreamError(message, { errorType: 'fatal_error', code: 'frame_too_large', phase: 'body' });
}

/** Only stores: nobody is called before everything of the chunk has its place. */
function take(state: SseReader, chunk: Uint8Array): void {
  let start = state.skipLf && chunk[0] === lf ? 1 : 0;
  state.skipLf = chunk[chunk.length - 1] === cr;
  const behind = behindLastLine(chunk);
  if (behind > start && (state.held.length > 0 || state.discarding)) {
    const first = firstLineEnd(chunk, start);
    completeHead(state, chunk.subarray(start, first + 1));
    start = chunk[first] === cr && chunk[first + 1] === lf ? first + 2 : first + 1;
  }
  if (behind > start) takeRegion(state, partOf(chunk, start, behind));
  const rest = Math.max(start, behind);
  if (rest < chunk.length) hold(state, partOf(chunk, rest, chunk.length));
}

function hold(state: SseReader, bytes: Uint8Array): void {
  if (state.discarding) return;
  const { held, block } = state;
  held.append(bytes);
  if (!isComment(held)) return;
  if (block.handlers.onComment !== undefined && held.length <= block.commentLimit * bytesPerCharacter) return;
  state.discarding = true;
  held.clear();
}

/** `bytes` end with the line end. */
function completeHead(state: SseReader, bytes: Uint8Array): void {
  const { held, block } = state;
  if (!state.discarding) {
    held.append(bytes);
    if (!isComment(held) && held.length - 1 + heldLength(block) > state.maxLength) fail(state);
    state.head = withoutMark(state, state.decoder.region(held.bytes())).slice(0, -1);
  }
  state.discarding = false;
  held.clear();
}

/** One decoder call for all lines of a chunk, unless one of them may pass the limit. */
function takeRegion(state: SseReader, bytes: Uint8Array): void {
  // The head is not read yet, and may add all of itself to the event.
  const before = heldLength(state.block) + (state.head?.length ?? 0);
  if (bytes.length + before > state.maxLength) {
    state.bytes = bytes;
    state.bytesAt = 0;
  } else {
    state.text = withoutMark(state, state.decoder.region(bytes));
    state.at = 0;
    state.nextCr = state.text.indexOf('\r');
    if (state.nextCr !== -1) state.nextLf = state.text.indexOf('\n');
  }
}

function drain(state: SseReader): void {
  // Most chunks of a server that sends byte by byte end no line.
  if (state.head === undefined && state.text === '' && state.bytes === noBytes) return;
  if (state.head !== undefined) {
    const line = state.head;
    state.head = undefined;
    readLine(state, line);
  }
  while (state.at < state.text.length && !state.closed) {
    const { block, text, at } = state;
    if (text.charCodeAt(at) === lf) {
      state.at = at + 1;
      dispatch(block);
    } else {
      const end = passLine(state);
      if (end === at) dispatch(block);
      else readField(block, text, at, end);
    }
  }
  state.text = '';
  state.at = 0;
  while (state.bytesAt < state.bytes.length && !state.closed) readLine(state, nextOfBytes(state));
  state.bytes = noBytes;
}

/** Moves behind the next line of the text, and tells where it ended. */
function passLine(state: SseReader): number {
  const { text, at } = state;
  if (state.nextCr === -1) {
    const end = text.indexOf('\n', at);
    state.at = end + 1;
    return end;
  }
  // Both places are remembered: where one of the two never comes, each search for it would run to the end of the text.
  if (state.nextLf !== -1 && state.nextLf < at) state.nextLf = text.indexOf('\n', at);
  const { nextLf, nextCr } = state;
  if (nextLf !== -1 && nextLf < nextCr) {
    state.at = nextLf + 1;
    return nextLf;
  }
  state.at = text.charCodeAt(nextCr + 1) === lf ? nextCr + 2 : nextCr + 1;
  state.nextCr = text.indexOf('\r', state.at);
  return nextCr;
}

function nextOfBytes(state: SseReader): string {
  const { bytes, bytesAt, block } = state;
  const end = firstLineEnd(bytes, bytesAt);
  const line = bytes.subarray(bytesAt, end);
  if (line[0] !== colon && line.length + heldLength(block) > state.maxLength) fail(state);
  state.bytesAt = bytes[end] === cr && bytes[end + 1] === lf ? end + 2 : end + 1;
  return withoutMark(state, state.decoder.line(line));
}

function readLine({ block }: SseReader, line: string): void {
  if (line === '') dispatch(block);
  else readField(block, line, 0, line.length);
}

function withoutMark(state: SseReader, text: string): string {
  if (!state.fresh) return text;
  state.fresh = false;
  return text.charCodeAt(0) === mark ? text.slice(1) : text;
}

function isComment(held: ByteBuffer): boolean {
  return held.at(0) === colon;
}

/** 0 if no line ends in the chunk. Only what follows the last LF is searched for a CR. */
function behindLastLine(chunk: Uint8Array): number {
  const behind = lastIndexOfByte(chunk, lf) + 1;
  if (behind === chunk.length) return behind;
  return behind + lastIndexOfByte(partOf(chunk, behind, chunk.length), cr) + 1;
}

/** There is one: `behindLastLine` said so. */
function firstLineEnd(bytes: Uint8Array, start: number): number {
  const end = indexOfByte(bytes, lf, start);
  const before = bytes.subarray(start, end === -1 ? bytes.length : end).indexOf(cr);
  return before === -1 ? end : start + before;
}
