import { InvalidArgumentError } from 'commander';

/** 2^31 ms, beyond which a timer fires at once. */
const maxSeconds = 2_147_483;
const maxMilliseconds = 2 ** 31 - 1;

/** Reads a whole number. Errors: commander's, which names the option. */
export function wholeNumber(min: number, max: number = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = /^-?\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    const range = max === Number.MAX_SAFE_INTEGER ? `${min} or more` : `${min} to ${max}`;
    throw new InvalidArgumentError(`It must be a whole number, ${range}.`);
  };
}

/** Reads a time limit in seconds; fractions are fine. */
export function secondsFlag(text: string): number {
  const value = /^\d{1,7}(\.\d{1,3})?$/.test(text) ? Number(text) : Number.NaN;
  if (value > 0 && value <= maxSeconds) return value;
  throw new InvalidArgumentError(`It must be a number of seconds above 0, ${maxSeconds} at most.`);
}

export const retriesFlag: (text: string) => number = wholeNumber(-1);
export const timeoutFlag: (text: string) => number = wholeNumber(1, maxMilliseconds);

/** Reads a list with commas; repeating the option adds to it. */
export function listFlag(text: string, before: readonly string[] = []): readonly string[] {
  const names = text.split(',').map((name) => name.trim());
  return [...before, ...names.filter((name) => name !== '')];
}

/** An option that may be repeated. */
export function repeated(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}

/** A copy without the members that are `undefined`: to the library, an option that is there has been set. */
export function withoutUnset<T extends object>(values: T): T {
  const copy = { ...values };
  for (const [key, value] of Object.entries(copy)) {
    if (value === undefined) Reflect.deleteProperty(copy, key);
  }
  return copy;
}
