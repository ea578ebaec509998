import type { Lazy, RequestValues } from '../../lib/request.js';
import { valuesOf } from './options.js';

type Values = Lazy<RequestValues> | undefined;

/** Headers or parameters of two readings that share one answer. */
export interface HandedValues {
  /** For the reading that makes the request. */
  readonly first: Values;
  /** For the one that takes its answer over: what was evaluated last is not evaluated again for it, but for every later request. */
  readonly second: Values;
}

/** A function of the caller may count, sign, or fetch a token: it runs once per request, not once per reading. */
export function handedValues(given: Values): HandedValues {
  if (given === undefined || isPlain(given)) return { first: given, second: given };
  let last: RequestValues | undefined;
  return {
    first: async () => (last = await evaluated(given)),
    second: async () => {
      const handed = last;
      last = undefined;
      return handed ?? valuesOf(given);
    },
  };
}

function isPlain(given: Lazy<RequestValues>): boolean {
  return typeof given === 'object' && Object.values(given).every((value) => typeof value !== 'function');
}

async function evaluated(given: Lazy<RequestValues>): Promise<RequestValues> {
  const values: [string, string | number | boolean | undefined][] = [];
  for (const [name, value] of Object.entries(await valuesOf(given))) {
    values.push([name, typeof value === 'function' ? await value() : value]);
  }
  return Object.fromEntries(values);
}
