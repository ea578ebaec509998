import { EMPTY, type Observable, throwError } from 'rxjs';
import type { XOptions } from '../../sources/x/index.js';
import { CliError, exitCodes } from './exit-codes.js';
import type { Job } from './run.js';
import { type AccountFlags, accountOf } from './x-account.js';

/** The job of a command that asks X once and prints what it says. */
export function callJob(
  flags: AccountFlags,
  env: NodeJS.ProcessEnv,
  call: (options: XOptions) => Observable<string>,
): Job {
  // Whoever asks once waits for the answer: X's wait after 429 may be 15 minutes, so it is only waited for on demand.
  const options = { maxRetries: 0, ...accountOf(flags, env) };
  return { subject: 'x', secrets: [options.bearerToken], quiet: true, lines: () => call(options) };
}

/** What X did not do, as an error behind the lines that tell of it; nothing where `message` is `undefined`. */
export function failure(message: string | undefined, detail: string | undefined): Observable<never> {
  if (message === undefined) return EMPTY;
  const said = detail === undefined ? message : `${message}: ${detail}`;
  return throwError(() => new CliError(said, { exitCode: exitCodes.client }));
}
