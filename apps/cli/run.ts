import { fromEvent, map, merge, type Observable, Subject, take, takeUntil, tap, timer } from 'rxjs';
import { createMonitor, type StreamMonitor } from '../../lib/index.js';
import { type Display, type FreeText, openDisplay, type Screen } from './display.js';
import { type ExitCode, exitCodeOf, exitCodes, CliError } from './exit-codes.js';
import { explain, type Subject as ErrorSubject } from './explain.js';
import { type Line, lineOutput, type LineOutput, type LineSink } from './output.js';

/** What a command wants done. */
export interface Job {
  /** The lines to print. */
  readonly lines: (context: JobContext) => Observable<string | Line>;
  /** Called when all lines are written, or cannot be; the program ends after it. */
  readonly close?: (() => Promise<void>) | undefined;
  readonly subject: ErrorSubject;
  /** Texts that must never be printed. */
  readonly secrets: readonly string[];
  /** Whether connects and reconnects are told; one-shot calls only tell errors. */
  readonly quiet: boolean;
  /** One request follows the other: only the first connect, and those after a failure, are told. @default false */
  readonly polls?: boolean | undefined;
  /** Stdout is a terminal and shows text that keeps to no lines. */
  readonly freeText?: FreeText | undefined;
  /** Stop after so many lines. @default no end */
  readonly max?: number | undefined;
  /** Stop after so many seconds. @default no end */
  readonly seconds?: number | undefined;
}

export interface JobContext {
  readonly monitor: StreamMonitor;
  /** Says something to the person at the terminal, unless `quiet`. */
  readonly note: (text: string) => void;
  /** Where a source can wait, it waits for this before it reads on. */
  readonly room: LineOutput['room'];
}

/** What the program stands on. */
export interface Terminal {
  readonly stdout: LineSink & { readonly isTTY?: boolean | undefined };
  readonly stderr: Screen;
  /** @default process.stdin */
  readonly stdin?: AsyncIterable<Uint8Array | string> | undefined;
  readonly env: NodeJS.ProcessEnv;
  /** Emits `SIGINT` and `SIGTERM`. */
  readonly signals: NodeJS.EventEmitter;
}

/** Makes a job and runs it. What `make` throws is a wrong call. */
export type Launch = (make: (env: NodeJS.ProcessEnv) => Job) => Promise<void>;

/** How long a reader of stdout that does not read may delay the end after a signal, in milliseconds. */
const patience = 1_000;

/**
 * Prints the lines of a job until it is over, and tells with which exit code. Everything is closed and written by then.
 */
export async function runJob(job: Job, terminal: Terminal): Promise<ExitCode> {
  const monitor = createMonitor();
  const display = openDisplay(terminal.stderr, monitor, {
    ...{ quiet: job.quiet, polls: job.polls, freeText: job.freeText, env: terminal.env },
  });
  const outputFailed = new Subject<ExitCode>();
  let outputCode: ExitCode = exitCodes.done;
  const tell = (error: unknown): void => {
    display.clear();
    const begin = job.freeText?.endLine() === true ? '\n' : '';
    terminal.stderr.write(`${begin}${explain(error, job.subject, job.secrets)}\n`);
  };
  const output = lineOutput(terminal.stdout, {
    // Both on one terminal: the lines would be written behind the status line.
    beforeWrite: terminal.stdout.isTTY === true ? display.clear : undefined,
    onError: (error) => {
      // The reader has what it wanted.
      if (error.code !== 'EPIPE') tell(unwritable(error));
      outputCode = error.code === 'EPIPE' ? exitCodes.done : exitCodes.fatal;
      outputFailed.next(outputCode);
    },
  });
  const stopped = merge(
    fromEvent(terminal.signals, 'SIGINT').pipe(map(() => exitCodes.interrupted)),
    fromEvent(terminal.signals, 'SIGTERM').pipe(map(() => exitCodes.terminated)),
    outputFailed,
  );
  const code = await printed(
    job,
    { monitor, note: display.note, room: output.room },
    { display, output, stopped, tell },
  );
  display.stop();
  const isSignal = code === exitCodes.interrupted || code === exitCodes.terminated;
  await (isSignal ? Promise.race([output.drained(), delay(patience)]) : output.drained());
  // The last lines are written when the job is over.
  return closed(job, code === exitCodes.done ? outputCode : code, tell);
}

/** A signal is obeyed all the same: only an end that claims success must not hide a failure. */
async function closed({ close }: Job, code: ExitCode, tell: (error: unknown) => void): Promise<ExitCode> {
  try {
    await close?.();
    return code;
  } catch (error) {
    tell(error);
    return code === exitCodes.done ? exitCodeOf(error) : code;
  }
}

interface Printing {
  readonly display: Display;
  readonly output: LineOutput;
  readonly stopped: Observable<ExitCode>;
  readonly tell: (error: unknown) => void;
}

function printed(job: Job, context: JobContext, { output, stopped, tell }: Printing): Promise<ExitCode> {
  return new Promise((resolve) => {
    // Behind the lines of the same turn, which `output` writes in the next one.
    const fail = (error: unknown): void => {
      setImmediate(() => {
        tell(error);
        resolve(exitCodeOf(error));
      });
    };
    const isStopped = stopped.pipe(take(1), tap(resolve));
    try {
      limited(job, context)
        .pipe(
          tap((line) => void output.line(line)),
          takeUntil(isStopped),
        )
        .subscribe({ error: fail, complete: () => resolve(exitCodes.done) });
    } catch (error) {
      // A source refuses its options when it is made.
      fail(error);
    }
  });
}

function limited({ lines, max = Infinity, seconds }: Job, context: JobContext): Observable<string | Line> {
  const wanted = lines(context).pipe(take(max));
  return seconds === undefined ? wanted : wanted.pipe(takeUntil(timer(seconds * 1_000)));
}

function unwritable({ code = 'unknown' }: NodeJS.ErrnoException): CliError {
  return new CliError(`cannot write to stdout: ${code}`, { exitCode: exitCodes.fatal });
}

function delay(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds).unref());
}
