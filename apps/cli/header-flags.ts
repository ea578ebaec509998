import type { Command } from 'commander';
import { headerLabel, headerRule } from '../../lib/header-value.js';
import { usageError } from './exit-codes.js';
import { repeated } from './flags.js';

/** Headers of every request. */
export interface HeaderFlags {
  readonly header?: readonly string[];
  readonly headerEnv?: readonly string[];
}

/** Adds the options of {@link HeaderFlags}. */
export function withHeaderFlags(command: Command): Command {
  return command
    .option('-H, --header <header>', "'name: value', sent with every request; may be repeated", repeated)
    .option(
      '--header-env <name=variable>',
      'a header whose value is in an environment variable; for secrets',
      repeated,
    );
}

/** What the flags say. Errors: a usage error for headers that cannot work, which repeats no value. */
export function headersOf(
  { header = [], headerEnv = [] }: HeaderFlags,
  env: NodeJS.ProcessEnv,
): Record<string, string> {
  return { ...givenHeaders(header), ...headersFromEnv(headerEnv, env) };
}

/** The texts among these values that must never be printed. */
export function secretsOf(values: readonly string[]): string[] {
  return values.flatMap((value) => [value, ...value.split(' ')].filter(isSecret));
}

/** Shorter words would also be found in plain sentences. */
function isSecret(word: string): boolean {
  return word.length >= 8;
}

function givenHeaders(given: readonly string[]): Record<string, string> {
  const headers = given.map((header) => {
    const colon = header.indexOf(':');
    // The text is not repeated: it may hold a secret.
    if (colon < 1) throw usageError("a --header must look like 'name: value'");
    return checked([header.slice(0, colon).trim(), header.slice(colon + 1).trim()]);
  });
  return Object.fromEntries(headers);
}

/** The library would refuse it when it connects; here it is a wrong call. The value is not repeated. */
function checked([name, value]: readonly [string, string]): readonly [string, string] {
  const { test, expected } = headerRule(name);
  if (!test(value)) throw usageError(`${headerLabel(name)} must be ${expected}`);
  return [name, value];
}

function headersFromEnv(given: readonly string[], env: NodeJS.ProcessEnv): Record<string, string> {
  const headers = given.map((pair) => {
    const [name = '', variable = '', ...others] = pair.split('=').map((part) => part.trim());
    if (name === '' || variable === '' || others.length > 0) {
      throw usageError('a --header-env must look like NAME=VARIABLE', 'authorization=MY_AUTHORIZATION');
    }
    const value = env[variable]?.trim();
    if (value === undefined || value === '') throw usageError(`the environment has no ${variable}`, 'set it first');
    return checked([name, value]);
  });
  return Object.fromEntries(headers);
}
