import { isStreamError, type StreamErrorType } from '../../lib/index.js';

/** What the shell reads in `$?`. */
export const exitCodes = {
  done: 0,
  usage: 2,
  authentication: 3,
  client: 4,
  gaveUp: 5,
  fatal: 6,
  interrupted: 130,
  terminated: 143,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

const byType: Readonly<Record<StreamErrorType, ExitCode>> = {
  authentication_error: exitCodes.authentication,
  client_error: exitCodes.client,
  connection_error: exitCodes.gaveUp,
  timeout: exitCodes.gaveUp,
  server_error: exitCodes.gaveUp,
  rate_limited: exitCodes.gaveUp,
  stream_interrupted: exitCodes.gaveUp,
  fatal_error: exitCodes.fatal,
};

/** The part of `--help` that scripts are written by. */
export const exitCodeHelp: string = `Exit codes:
  0    done: the stream is over, --max or --seconds is reached, or the reader of stdout has left (| head)
  2    usage: an option is wrong, the token is missing, a file cannot be read
  3    authentication: 401 or 403, a wrong token or one without access
  4    client error: the request is refused (no rules, an invalid rule, a spent plan)
  5    gave up: the network, the server or a rate limit, after --retries
  6    fatal: anything that another try would not change (TLS, no stream at this URL, stdout full or too
       slow, a --checkpoint file that is damaged or that another process has)
  130  stopped by SIGINT (Ctrl-C)
  143  stopped by SIGTERM`;

/** A mistake in how the program is called, or a refusal that is no error of a stream. */
export class CliError extends Error {
  override readonly name: string = 'CliError';
  readonly exitCode: ExitCode;
  /** What to do about it. */
  readonly hint: string | undefined;

  constructor(message: string, { exitCode, hint }: { exitCode: ExitCode; hint?: string | undefined }) {
    super(message);
    this.exitCode = exitCode;
    this.hint = hint;
  }
}

/** An error that came when a part was done, and what that part is. Its exit code and its hint are those of `cause`. */
export class UnfinishedError extends Error {
  override readonly name: string = 'UnfinishedError';
  readonly done: string;

  constructor(cause: unknown, done: string) {
    super(done, { cause });
    this.done = done;
  }
}

/** Errors: none; it makes the error of a wrong call. */
export function usageError(message: string, hint?: string): CliError {
  return new CliError(message, { exitCode: exitCodes.usage, hint });
}

/** The exit code of whatever ended the program. A `TypeError` is how the library refuses an option. */
export function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof CliError) return error.exitCode;
  if (error instanceof UnfinishedError) return exitCodeOf(error.cause);
  if (isStreamError(error)) return byType[error.errorType];
  return error instanceof TypeError ? exitCodes.usage : exitCodes.fatal;
}
