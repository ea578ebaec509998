import { type OptionRule, secret } from '../../lib/check-options.js';
import { StreamError } from '../../lib/errors.js';
import { recordOf } from '../../lib/problem.js';
import type { Lazy, RequestValues } from '../../lib/request.js';

/**
 * A key, a function that is asked for one before every attempt, or `false` to send none, whatever the environment holds.
 */
export type LlmKey = string | (() => string | Promise<string>) | false;

/** What a key may be, as an option. */
export const keyRule: OptionRule = {
  expected: `${secret.expected}, a function that returns one, or false`,
  test: (value) => value === false || typeof value === 'function' || secret.test(value),
};

/** Where a key may come from, and what a message calls the two. */
export interface KeySource {
  /** Name of the option. */
  readonly option: string;
  readonly given: LlmKey | undefined;
  /** Name of the environment variable. */
  readonly variable: string;
}

/**
 * A variable of the environment; `undefined` where it is empty or where there is no environment (browsers). Read when called, never when
 * the module is loaded.
 */
export function environment(name: string): string | undefined {
  const host: unknown = Reflect.get(globalThis, 'process');
  // The environment of Node is an object with a life of its own: only the one member is touched.
  const value = recordOf(recordOf(host)?.['env'])?.[name];
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}

/**
 * The key of the option, else of the variable; `undefined` where there is none, or where the option is `false`.
 *
 * Errors: `TypeError` for a variable that is no key. The value is never quoted.
 */
export function keyOf(where: string, { option, given, variable }: KeySource): Exclude<LlmKey, false> | undefined {
  if (given !== undefined) return given === false ? undefined : given;
  const value = environment(variable);
  if (value === undefined || secret.test(value)) return value;
  throw new TypeError(`${where}: the variable ${variable} must be ${secret.expected}; or give option "${option}"`);
}

/** The value of a header that carries the key, made anew for every attempt where the key is a function. */
export function keyHeader(option: string, key: Exclude<LlmKey, false>, scheme = ''): Lazy<string> {
  if (typeof key === 'string') return scheme + key;
  return async () => {
    const fresh: unknown = await key();
    if (secret.test(fresh)) return `${scheme}${String(fresh)}`;
    const message = `the function of option "${option}" must return ${secret.expected}`;
    throw new StreamError(message, { errorType: 'fatal_error', code: 'bad_header', phase: 'request' });
  };
}

/** Headers that carry a credential: with one of them of the caller's own, no key of ours is sent or missed. */
const credentialHeaders: ReadonlySet<string> = new Set(['authorization', 'x-api-key', 'api-key']);

/** Whether the caller's own headers carry the credential. */
export function holdsCredential(headers: RequestValues | undefined): boolean {
  return Object.entries(headers ?? {}).some(
    ([name, value]) => value !== undefined && credentialHeaders.has(name.toLowerCase()),
  );
}
