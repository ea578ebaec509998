import type { Command } from 'commander';
import { defaultTransport } from '../../lib/node/default-transport.js';
import type { DurableOptions } from '../../sources/durable/index.js';
import { usageError } from './exit-codes.js';
import { repeated, retriesFlag, timeoutFlag, withoutUnset } from './flags.js';
import { type HeaderFlags, headersOf, secretsOf, withHeaderFlags } from './header-flags.js';

/** How the server is reached: options of every command below `durable`. */
export interface AccessFlags extends HeaderFlags {
  readonly param?: readonly string[];
  readonly retries?: number;
  readonly timeout?: number;
  readonly allowSecretInQuery?: boolean;
}

/** The library's options, and what they hold that must never be printed. */
export interface Access {
  readonly options: DurableOptions;
  readonly secrets: readonly string[];
}

/** Adds the options of {@link AccessFlags}. */
export function withAccessFlags(command: Command, retries: string): Command {
  return withHeaderFlags(command)
    .option('--param <name=value>', 'a query parameter of every request; may be repeated', repeated)
    .option('--retries <n>', `failures in a row before giving up; -1 for no end (default: ${retries})`, retriesFlag)
    .option('--timeout <ms>', 'longest silence of the server, in milliseconds', timeoutFlag)
    .option('--allow-secret-in-query', 'let the URL or --param carry a parameter such as token or api_key');
}

/** The library's options out of the flags. Errors: a usage error that repeats no value. */
export function accessOf(flags: AccessFlags, env: NodeJS.ProcessEnv): Access {
  const headers = headersOf(flags, env);
  const params = paramsOf(flags.param ?? []);
  const { retries: maxRetries, timeout, allowSecretInQuery } = flags;
  return {
    options: {
      headers,
      params,
      transport: defaultTransport(),
      ...withoutUnset({ maxRetries, timeout, allowSecretInQuery }),
    },
    secrets: secretsOf([...Object.values(headers), ...Object.values(params)]),
  };
}

function paramsOf(given: readonly string[]): Record<string, string> {
  const params = given.map((pair) => {
    const equals = pair.indexOf('=');
    if (equals < 1) throw usageError('a --param must look like name=value');
    return [pair.slice(0, equals), pair.slice(equals + 1)] as const;
  });
  return Object.fromEntries(params);
}
