import type { Overrides } from './exchange.js';
import { type DurableOptions, type ErrorRecovery, valuesOf } from './options.js';

/** What the caller's error handler has said to one reading, for the next one. */
export interface Recoveries {
  /** The handler, listened to. */
  readonly asking: Pick<DurableOptions, 'onError'>;
  /** Headers and parameters as of now. */
  found(): Pick<DurableOptions, 'headers' | 'params'>;
}

/** A handler that has given a new token for the first answer must not be asked again for the second. */
export function recoveries({ onError, headers, params }: DurableOptions): Recoveries {
  let last: ErrorRecovery = {};
  return {
    asking: {
      onError:
        onError &&
        (async (error) => {
          const recovery = await onError(error);
          last = { headers: recovery?.headers ?? last.headers, params: recovery?.params ?? last.params };
          return recovery;
        }),
    },
    found: () => ({ headers: merged(headers, last.headers), params: merged(params, last.params) }),
  };
}

/**
 * For readers and producers of a handle, which keep for themselves what the handler gives: so it holds for the handle as well, and what the
 * handle was given for them.
 */
export function sharedRecovery(
  { onError, headers, params }: DurableOptions,
  overrides: Overrides,
): Pick<DurableOptions, 'onError' | 'headers' | 'params'> {
  if (onError === undefined) return {};
  return {
    onError: async (error) => {
      const recovery = await onError(error);
      overrides.headers = recovery?.headers ?? overrides.headers;
      overrides.params = recovery?.params ?? overrides.params;
      return recovery;
    },
    headers: async () => ({ ...(await valuesOf(headers)), ...(await valuesOf(overrides.headers)) }),
    params: async () => ({ ...(await valuesOf(params)), ...(await valuesOf(overrides.params)) }),
  };
}

function merged(given: DurableOptions['headers'], found: DurableOptions['headers']): DurableOptions['headers'] {
  return found === undefined ? given : async () => ({ ...(await valuesOf(given)), ...(await valuesOf(found)) });
}
