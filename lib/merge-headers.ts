import { entriesOf, type Lazy, type RequestValues } from './request.js';

/**
 * Headers of several givers, the later ones on top whatever the case of their names; one that is `undefined` leaves out those before it.
 * The result is a function where one of them is: all are then asked for every attempt, one after the other.
 */
export function mergeHeaders(...given: readonly (Lazy<RequestValues> | undefined)[]): Lazy<RequestValues> {
  const known = given.filter((values) => values !== undefined);
  if (!known.some((values) => typeof values === 'function')) return merged(known.filter(isPlain));
  return async () => {
    const all: RequestValues[] = [];
    for (const values of known) all.push(typeof values === 'function' ? await values() : values);
    return merged(all);
  };
}

function isPlain(values: Lazy<RequestValues>): values is RequestValues {
  return typeof values !== 'function';
}

function merged(all: readonly RequestValues[]): RequestValues {
  const entries = all.flatMap(entriesOf);
  return Object.fromEntries(entries.map(([name, value]) => [name.toLowerCase(), value]));
}
