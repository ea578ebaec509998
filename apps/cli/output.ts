import { StreamError } from '../../lib/index.js';

/** The part of `process.stdout` that the program needs. */
export interface LineSink {
  write(data: string | Uint8Array, done?: (error?: Error | null) => void): boolean;
  once(event: 'drain', listener: () => void): unknown;
  on(event: 'error', listener: (error: NodeJS.ErrnoException) => void): unknown;
}

/** A line, or raw data, and whom to tell that the system has taken it. A reader of stdout may still leave without reading it. */
export interface Line {
  readonly text: string | Uint8Array;
  /** No line end behind it. Bytes never have one. @default false */
  readonly raw?: boolean | undefined;
  readonly written: () => void;
}

/** Lines on their way to stdout. */
export interface LineOutput {
  /** Puts a line behind the others. `false` once nothing can be written any more. Errors: `slow_consumer` past the limit. */
  line(line: string | Line): boolean;
  /** Resolves when stdout takes more; `undefined` while it does. For sources that can be made to wait. */
  room(): Promise<void> | undefined;
  /** Resolves when everything is written, or cannot be. */
  drained(): Promise<void>;
}

export interface LineOutputOptions {
  /** Characters that may wait for the reader of stdout. @default 67_108_864 */
  readonly maxHeld?: number | undefined;
  /** Called once, when stdout fails; with EPIPE its reader has left. */
  readonly onError: (error: NodeJS.ErrnoException) => void;
  /** Called before each write, to take a status line away. */
  readonly beforeWrite?: (() => void) | undefined;
}

/** Some seconds of the largest streams; a reader so far behind will not catch up. */
const defaultMaxHeld = 64 * 2 ** 20;

/** Sources that wait for room may run ahead of stdout by so many characters. */
const enoughHeld = 2 ** 20;

/**
 * Lines in order, one write for all that come in one turn of the event loop. While stdout is full (its `write` has returned false)
 * lines are held here, up to `maxHeld` characters, beside the write that stdout holds itself.
 */
export function lineOutput(sink: LineSink, options: LineOutputOptions): LineOutput {
  const { maxHeld = defaultMaxHeld, onError, beforeWrite } = options;
  const held = heldLines(maxHeld);
  let state: 'idle' | 'due' | 'full' | 'failed' = 'idle';
  let unwritten = 0;
  const wantEnd = waiters();
  const wantRoom = waiters();

  const settle = (): void => {
    if (state === 'failed' || (unwritten === 0 && held.length === 0)) wantEnd.release();
  };
  const flush = (): void => {
    if (state === 'failed') return;
    state = 'idle';
    if (held.length > 0 && !writeHeld()) {
      state = 'full';
      sink.once('drain', flush);
    }
    wantRoom.release();
    settle();
  };
  const writeHeld = (): boolean => {
    const { data, written } = held.take();
    unwritten += 1;
    beforeWrite?.();
    return sink.write(data, (error) => {
      unwritten -= 1;
      // Before whoever waits for the end goes on; the event of an error may come only behind that.
      if (error === undefined || error === null) for (const tell of written) tell();
      else fail(error);
      settle();
    });
  };
  const fail = (error: NodeJS.ErrnoException): void => {
    if (state === 'failed') return;
    state = 'failed';
    held.take();
    onError(error);
    wantRoom.release();
    settle();
  };
  sink.on('error', fail);
  return {
    line: (line) => {
      if (state === 'failed') return false;
      held.add(line);
      if (state === 'idle') {
        state = 'due';
        setImmediate(flush);
      }
      return true;
    },
    room: () => (state === 'full' && held.length >= enoughHeld ? wantRoom.wait() : undefined),
    drained: () => {
      const drained = wantEnd.wait();
      settle();
      return drained;
    },
  };
}

interface HeldLines {
  /** In characters, line ends included. */
  readonly length: number;
  /** Errors: `slow_consumer`. */
  add(line: string | Line): void;
  /** All of them as one piece, and whom to tell; none are held then. */
  take(): { readonly data: string | Uint8Array; readonly written: readonly (() => void)[] };
}

function heldLines(limit: number): HeldLines {
  let pieces: (string | Uint8Array)[] = [];
  let written: (() => void)[] = [];
  let length = 0;
  return {
    get length() {
      return length;
    },
    add: (line) => {
      const piece = pieceOf(line);
      length += piece.length;
      if (length > limit) throw slowConsumer(limit);
      pieces.push(piece);
      if (typeof line !== 'string') written.push(line.written);
    },
    take: () => {
      const taken = { data: joined(pieces), written };
      pieces = [];
      written = [];
      length = 0;
      return taken;
    },
  };
}

function pieceOf(line: string | Line): string | Uint8Array {
  if (typeof line === 'string') return `${line}\n`;
  const { text, raw = false } = line;
  return raw || typeof text !== 'string' ? text : `${text}\n`;
}

function joined(pieces: readonly (string | Uint8Array)[]): string | Uint8Array {
  const texts = pieces.filter((piece) => typeof piece === 'string');
  if (texts.length === pieces.length) return texts.join('');
  return Buffer.concat(pieces.map((piece) => (typeof piece === 'string' ? Buffer.from(piece) : piece)));
}

interface Waiters {
  wait(): Promise<void>;
  release(): void;
}

function waiters(): Waiters {
  let waiting: (() => void)[] = [];
  return {
    wait: () => new Promise((resolve) => void waiting.push(resolve)),
    release: () => {
      const released = waiting;
      waiting = [];
      for (const resolve of released) resolve();
    },
  };
}

function slowConsumer(limit: number): StreamError {
  const message = `the reader of stdout is too slow: more than ${limit} characters are waiting for it`;
  return new StreamError(message, { errorType: 'fatal_error', code: 'slow_consumer' });
}
