import { type Command, Option } from 'commander';
import { catchError, defer, filter, map, type Observable, throwError } from 'rxjs';
import { type CheckpointErrorCode, type Delivery, isStreamError, type StreamError } from '../../lib/index.js';
import { fileCheckpoint } from '../../lib/node/index.js';
import { type Checkpoint, checkpoint, fromCheckpoint } from '../../operators/index.js';
import { CliError, exitCodes, usageError } from './exit-codes.js';
import { withoutUnset } from './flags.js';
import type { Line } from './output.js';

export interface CheckpointFlags {
  readonly checkpoint?: string;
  readonly checkpointRecover?: 'backup';
}

/** Adds the options of {@link CheckpointFlags}. */
export function withCheckpointFlags(command: Command): Command {
  return command
    .option('--checkpoint <file>', 'go on where the last run with this file stopped; see below')
    .addOption(
      new Option('--checkpoint-recover <how>', 'where the file is damaged, start from FILE.bak').choices(['backup']),
    );
}

/** What every `--checkpoint` is like. */
export const checkpointFileHelp: string =
  'One process a file: another one, or a damaged file, ends the program with 6. FILE.bak is the content before the last save.';

/** The part of `--help` that streaming commands with a line for each delivery share. */
export const checkpointHelp: string = `--checkpoint FILE:
  A line counts as done when the system has taken it from stdout, read or not. FILE is saved once a second and at the end, so that
  after SIGINT, --max or --seconds no line comes twice; after a kill at most 3000 lines of a stream do, and none is lost.
  ${checkpointFileHelp}`;

/** Lines that may be on their way to stdout, and lines that may be written and not saved: together what a kill can repeat. */
export const maxUnwritten = 1_000;
const maxUnsaved = 2_000;

/** What is printed of a value. */
export type Show<T> = (value: T) => string | Uint8Array | undefined;

/** Where the deliveries of one stream come from. */
export interface SavedSource<T> {
  /** Names the stream in the file. */
  readonly key: string;
  readonly open: (position: string | undefined) => Observable<Delivery<T>>;
  /** Told of saves that fail. */
  readonly note: (text: string) => void;
}

/** One stream of the program. */
export interface SavedStream<T> extends SavedSource<T> {
  /** `undefined` where there is nothing to print: it counts as done. */
  readonly show: Show<T>;
  /** What is shown goes out as it is, without line ends. @default false */
  readonly raw?: boolean | undefined;
}

/** The file of `--checkpoint`, for all streams of one run. */
export interface CheckpointFile {
  /** The lines of a stream, from where its last run stopped. Errors: `CliError` for the file; those of the stream. */
  lines<T>(stream: SavedStream<T>): Observable<Line>;
  /** The same before it is printed: acknowledge each when its last line is written. */
  deliveries<T>(stream: SavedSource<T>): Observable<Delivery<T>>;
  /** Saves what is written, and gives the file free. Errors: `CliError`. */
  close(): Promise<void>;
}

/** The file that was asked for; `undefined` without `--checkpoint`. Nothing is opened yet. Errors: a usage error. */
export function checkpointFile({ checkpoint: path, checkpointRecover }: CheckpointFlags): CheckpointFile | undefined {
  if (path === undefined) {
    if (checkpointRecover !== undefined) throw usageError('--checkpoint-recover needs --checkpoint');
    return undefined;
  }
  if (path === '' || path.includes('\0')) throw usageError('--checkpoint needs the name of a file');
  const store = fileCheckpoint(path, withoutUnset({ recover: checkpointRecover }));
  const saves: Checkpoint[] = [];
  const deliveries = <T>({ key, open, note }: SavedSource<T>): Observable<Delivery<T>> =>
    defer(() => {
      const onFailure = (cause: unknown): void => note(`warning: the position is not saved: ${reasonOf(cause)}`);
      const saved = checkpoint(store, key, { maxUnsaved, onFailure });
      saves.push(saved);
      return fromCheckpoint(store, key, open).pipe(
        saved,
        catchError((error: unknown) => throwError(() => inOwnWords(error))),
      );
    });
  return {
    deliveries,
    lines: (stream) =>
      deliveries(stream).pipe(
        map((delivery) => deliveredLine(delivery, stream)),
        filter((line) => line !== undefined),
      ),
    close: async () => {
      try {
        await Promise.all(saves.map((saved) => saved.drain()));
      } catch (error) {
        throw inOwnWords(error);
      } finally {
        await store.close();
      }
    },
  };
}

/** The line of a delivery, which is acknowledged when the line is written. */
export function deliveredLine<T>(
  delivery: Delivery<T>,
  { show, raw }: Pick<SavedStream<T>, 'show' | 'raw'>,
): Line | undefined {
  const text = show(delivery.value);
  if (text === undefined) return void delivery.ack();
  return { text, raw, written: () => delivery.ack() };
}

/** Whoever runs the program has given options, and knows the library's by no name. */
function inOwnWords(error: unknown): unknown {
  if (!isStreamError(error)) return error;
  if (error.code === 'checkpoint_failed') {
    return fatal(`the position could not be saved: ${reasonOf(error.cause)}`, 'what was printed since comes again');
  }
  if (!isStoreFailure(error)) return error;
  const { code, message } = error;
  switch (code) {
    case 'locked':
      return fatal('another process has the --checkpoint file', 'wait for its end, or name another file');
    case 'store_failed':
      // A folder that is not there, or not ours to write.
      return usageError(inFlags(message));
    case 'damaged':
    case 'quota_exceeded':
    case 'position_too_large':
    case 'store_closed':
      return fatal(inFlags(message));
  }
}

function reasonOf(cause: unknown): string {
  return isStreamError(cause) ? inFlags(cause.message) : 'for an unknown reason';
}

function inFlags(message: string): string {
  return message
    .replace(/^fileCheckpoint: /, '')
    .replace('the file of option "path"', 'the --checkpoint file')
    .replace("recover: 'backup'", '--checkpoint-recover backup')
    .replaceAll('<path>', 'FILE');
}

function fatal(message: string, hint?: string): CliError {
  return new CliError(message, { exitCode: exitCodes.fatal, hint });
}

const storeFailures: ReadonlySet<string> = new Set<CheckpointErrorCode>([
  ...(['locked', 'damaged', 'quota_exceeded', 'position_too_large', 'store_failed', 'store_closed'] as const),
]);

function isStoreFailure(error: StreamError): error is StreamError<CheckpointErrorCode> {
  return storeFailures.has(error.code);
}
