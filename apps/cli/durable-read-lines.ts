import { concatMap, filter, map, type Observable, of } from 'rxjs';
import type { Delivery, StreamMonitor } from '../../lib/index.js';
import { type DurableMode, type DurableReadOptions, durableStream, headDurable } from '../../sources/durable/index.js';
import { isJsonType, mediaTypeOf } from '../../sources/durable/wire.js';
import { type CheckpointFile, deliveredLine, maxUnwritten, type SavedStream } from './checkpoint-file.js';
import { CliError, exitCodes, usageError } from './exit-codes.js';
import { withoutUnset } from './flags.js';
import { itemLine } from './item-line.js';
import type { Line } from './output.js';
import { forTerminal } from './plain-text.js';
import type { JobContext } from './run.js';

export interface Reading {
  readonly url: string;
  /** @default by the content type of the stream, which is asked for first */
  readonly mode: DurableMode | undefined;
  readonly options: Omit<DurableReadOptions, 'mode'>;
  /** What stands for messages that are counted; text and bytes have none. */
  readonly max: number | undefined;
  readonly onTerminal: boolean;
}

/**
 * What a stream holds and will hold, as it is printed: a line for each message, text and bytes as they are. While stdout is full nothing is
 * read, and the server waits: it keeps the stream. With a file the position of the last run is where this one begins.
 *
 * Errors: as `headDurable` and `durableStream`; `CliError` for what cannot be printed.
 */
export function readLines(reading: Reading, file: CheckpointFile | undefined, context: JobContext): Observable<Line> {
  return modeOf(reading, context.monitor).pipe(
    concatMap((mode) => {
      const saved = savedStream(reading, mode, context);
      if (file !== undefined) return file.lines(saved);
      return saved.open(undefined).pipe(
        map((delivery) => deliveredLine(delivery, saved)),
        filter((line) => line !== undefined),
      );
    }),
  );
}

function modeOf({ url, mode, options }: Reading, monitor: StreamMonitor): Observable<DurableMode> {
  if (mode !== undefined) return of(mode);
  const { offset: _offset, live, ...access } = options;
  // Who waits for what comes waits for the server too, from the start.
  const { maxRetries = live === false ? undefined : -1 } = options;
  return headDurable(url, { ...access, monitor, ...withoutUnset({ maxRetries }) }).pipe(
    map((head) => {
      if (!head.exists) throw noSuchStream();
      if (isJsonType(head.contentType)) return 'json';
      return mediaTypeOf(head.contentType)?.startsWith('text/') === true ? 'text' : 'bytes';
    }),
  );
}

/** In the words of the library's own error. */
export function noSuchStream(): CliError {
  const hint = 'make it with: tailrace durable create URL';
  return new CliError('there is no such stream', { exitCode: exitCodes.client, hint });
}

function savedStream(reading: Reading, mode: DurableMode, context: JobContext): SavedStream<unknown> {
  const { url, options, onTerminal, max } = reading;
  const { monitor, note } = context;
  if (mode !== 'json' && max !== undefined) throw usageError('--max counts messages, and only JSON streams have any');
  if (mode === 'bytes' && onTerminal) {
    throw usageError('the stream is not text, and stdout is a terminal', 'redirect stdout, or say --mode text');
  }
  return {
    key: keyOf(url, mode),
    open: (position) => {
      if (position !== undefined) note('going on where the last run stopped');
      const from = { ...options, monitor, maxUnacked: maxUnwritten, ...withoutUnset({ offset: position }) };
      return deliveries(url, mode, from);
    },
    show: shown(mode, reading, note),
    raw: mode !== 'json',
    note,
  };
}

function deliveries(
  url: string,
  mode: DurableMode,
  options: Omit<DurableReadOptions, 'mode'> & { maxUnacked: number },
): Observable<Delivery<unknown>> {
  switch (mode) {
    case 'json':
      return durableStream(url, options);
    case 'text':
      return durableStream(url, { ...options, mode });
    case 'bytes':
      return durableStream(url, { ...options, mode });
  }
}

function shown(mode: DurableMode, { onTerminal }: Reading, note: JobContext['note']): SavedStream<unknown>['show'] {
  if (mode === 'json') return itemLine(note);
  return (piece) => {
    if (piece instanceof Uint8Array) return piece;
    return onTerminal ? forTerminal(String(piece)) : String(piece);
  };
}

/** Without the query: it may hold what changes with every run, or what no file should. Positions count what the mode counts. */
function keyOf(url: string, mode: DurableMode): string {
  const { origin, pathname } = new URL(url);
  return `durable ${mode} ${origin}${pathname}`;
}
