import type { Command } from 'commander';
import { defaultTransport } from '../../lib/node/default-transport.js';
import type { XOptions } from '../../sources/x/index.js';
import { usageError } from './exit-codes.js';
import { retriesFlag, timeoutFlag, withoutUnset } from './flags.js';

/** Whose account, and how X is reached: options of every command below `x`. */
export interface AccountFlags {
  readonly token?: string;
  readonly baseUrl?: string;
  readonly timeout?: number;
  readonly retries?: number;
}

/** Adds the options of {@link AccountFlags}. */
export function withAccountFlags(command: Command, retries: string): Command {
  return command
    .option('--token <token>', 'bearer token; prefer X_BEARER_TOKEN: other users see the arguments of a program')
    .option('--base-url <url>', 'where the API is (default: https://api.x.com)')
    .option('--retries <n>', `failures in a row before giving up; -1 for no end (default: ${retries})`, retriesFlag)
    .option('--timeout <ms>', 'longest silence of the server, in milliseconds (default: 30000)', timeoutFlag);
}

/** The library's options out of the flags. Errors: a usage error where there is no token. */
export function accountOf(flags: AccountFlags, env: NodeJS.ProcessEnv): XOptions & { bearerToken: string } {
  // A file that was read into the variable often brings its line end along.
  const bearerToken = (flags.token ?? env['X_BEARER_TOKEN'] ?? '').trim();
  if (bearerToken === '') {
    throw usageError('no bearer token', "set X_BEARER_TOKEN to the app's bearer token, or pass --token");
  }
  const { baseUrl, timeout, retries: maxRetries } = flags;
  return withoutUnset({ bearerToken, baseUrl, timeout, maxRetries, transport: defaultTransport() });
}
