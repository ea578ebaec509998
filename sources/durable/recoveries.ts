import { noOverrides, type Overrides, remember } from './exchange.js';
import { type DurableOptions, valuesOf } from './options.js';

/** What the caller's error handler has said to one reading, for the next one. */
export interface Recoveries {
  /** The handler, listened to. */
  readonly asking: Pick<DurableOptions, 'onError'>;
  /** Headers and parameters as of now. */
  found(): Pick<DurableOptions, 'headers' | 'params'>;
}

/** A handler that has given a new token for the first answer must not be asked again for the second. */
export function recoveries({ onError, headers, params }: DurableOptions): Recoveries {
  const last = noOverrides();
  return {
    asking: {
      onError:
        onError &&
        (async (error) => {
          const recovery = await onError(error);
          remember(last, recovery);
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
      remember(overrides, recovery);
      return recovery;
    },
    headers: () => valuesOf(merged(headers, overrides.headers)),
    params: () => valuesOf(merged(params, overrides.params)),
  };
}

function merged(given: DurableOptions['headers'], found: DurableOptions['headers']): DurableOptions['headers'] {
  return found === undefined ? given : async () => ({ ...(await valuesOf(given)), ...(await valuesOf(found)) });
}
