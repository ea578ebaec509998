/** Timers of every platform wrap at 2^31 ms and then fire at once: a hot loop, so no duration may pass it. */
export const maxDuration: number = 2 ** 31 - 1;

/** What one option may be. `expected` completes the sentence "must be ...". */
export interface OptionRule {
  readonly expected: string;
  test(value: unknown): boolean;
}

/** One rule per option, so that a new option cannot be forgotten. */
export type OptionRules<T> = { readonly [K in keyof T]-?: OptionRule };

/**
 * Refuses senseless options when they are given, not when they bite: NaN, fractions, text in place of a number, `null`,
 * numbers past their range and keys that do not exist. `undefined` always means the default.
 *
 * Values are never quoted unless they are numbers: an option may hold a secret.
 *
 * Errors: `TypeError` that names the option, what it must be and what it was.
 */
export function checkOptions<T extends object>(where: string, rules: OptionRules<T>, options: T): void {
  // Callers in plain JavaScript: a number in place of an object has no entries and would pass as "all defaults".
  checkOption(`${where}: options`, optionsObject, options);
  const known: Readonly<Record<string, OptionRule>> = rules;
  for (const [key, value] of Object.entries(options)) {
    const rule = Object.hasOwn(known, key) ? known[key] : undefined;
    if (rule === undefined) {
      throw new TypeError(`${where}: unknown option "${key}"; known are ${Object.keys(rules).join(', ')}`);
    }
    // The label is made where it is needed: a request has two dozen options.
    if (value !== undefined && !rule.test(value)) checkOption(`${where}: option "${key}"`, rule, value);
  }
}

/** The same for one value. `undefined` passes. */
export function checkOption(name: string, rule: OptionRule, value: unknown): void {
  if (value !== undefined && !rule.test(value)) {
    throw new TypeError(`${name} must be ${rule.expected}, got ${describe(value)}`);
  }
}

/** For options that have no default. */
export function requireOption(where: string, key: string, value: unknown): void {
  if (value === undefined) throw new TypeError(`${where}: option "${key}" is missing`);
}

/** A whole number from `min` to `max`. */
export function integer(min: number, max: number = Number.MAX_SAFE_INTEGER, hint = ''): OptionRule {
  const upper = max === Number.MAX_SAFE_INTEGER ? `${min} or more` : `${min} to ${max}`;
  return {
    expected: `a whole number, ${upper}${hint}`,
    test: (value) => typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max,
  };
}

/** Whole milliseconds that a timer can hold. */
export function duration(min = 0, hint = ''): OptionRule {
  return integer(min, maxDuration, ` milliseconds${hint}`);
}

/** A finite number from `min` on. */
export function atLeast(min: number): OptionRule {
  return {
    expected: `a finite number, ${min} or more`,
    test: (value) => typeof value === 'number' && Number.isFinite(value) && value >= min,
  };
}

export const flag: OptionRule = { expected: 'true or false', test: (value) => typeof value === 'boolean' };

export const callback: OptionRule = { expected: 'a function', test: (value) => typeof value === 'function' };

export const text: OptionRule = {
  expected: 'a non-empty text',
  test: (value) => typeof value === 'string' && value !== '',
};

/** An object handed through as it is: a scheduler, a monitor, an AbortSignal. */
export const instance: OptionRule = {
  expected: 'an object',
  test: (value) => (typeof value === 'object' || typeof value === 'function') && value !== null,
};

/** Whatever the type says; checked where it is used. */
export const anything: OptionRule = { expected: 'anything but null', test: (value) => value !== null };

const optionsObject: OptionRule = {
  expected: 'an object',
  test: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
};

/** One of the listed values. */
export function oneOf(...values: readonly (string | boolean)[]): OptionRule {
  return {
    expected: `one of ${values.map((value) => JSON.stringify(value)).join(', ')}`,
    test: (value) => values.some((one) => one === value),
  };
}

/** A credential that fits in a header. The words "undefined" and "null" are what a missing variable turns into. */
export const secret: OptionRule = {
  expected: 'a token of visible ASCII characters without spaces or line breaks',
  test: (value) =>
    typeof value === 'string' && /^[\x21-\x7e]+$/.test(value) && value !== 'undefined' && value !== 'null',
};

function describe(value: unknown): string {
  if (value === null || typeof value === 'number') return String(value);
  if (value === '') return 'an empty text';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
