import type { Observable, ObservableInput } from 'rxjs';
import { exchange, type StreamResponse } from '../../lib/http.js';
import type { ReadGate } from '../../lib/read-gate.js';
import type { Lazy, RequestValues, StreamRequest } from '../../lib/request.js';
import type { StreamMonitor } from '../../lib/state.js';
import { classifyDurable, type DurableOperation } from './answers.js';
import { type CheckedDurable, type ErrorRecovery, valuesOf } from './options.js';

/** One request of the protocol, beside what the options say. */
export interface DurableRequest {
  readonly operation: DurableOperation;
  /** @default 'GET', or 'POST' with a body */
  readonly method?: string | undefined;
  /** Of the protocol; they go before the caller's. */
  readonly headers?: RequestValues | undefined;
  readonly params?: RequestValues | undefined;
  readonly body?: Lazy<string | Uint8Array | undefined> | undefined;
  /** @default options.timeout, or 30_000 */
  readonly headersTimeout?: number | undefined;
  /** @default options.timeout, or 120_000 */
  readonly idleTimeout?: number | undefined;
  readonly contentTypes?: readonly string[] | undefined;
  readonly gate?: ReadGate | undefined;
  readonly monitor?: StreamMonitor | undefined;
  /** The reading of an answer that is no success. @default classifyDurable(operation) */
  readonly classify?: StreamRequest['classify'];
}

/** What the error handler of one session has given last. */
export interface Overrides {
  headers: ErrorRecovery['headers'];
  params: ErrorRecovery['params'];
}

export function noOverrides(): Overrides {
  return { headers: undefined, params: undefined };
}

/**
 * One request and what `project` makes of its answer; nothing is retried. Headers and parameters are asked for anew each time.
 *
 * Errors: as `exchange`, and the protocol's own as their classes.
 */
export function durableExchange<T>(
  { url, params, options, config }: CheckedDurable,
  { params: own, headers, operation, ...request }: DurableRequest,
  overrides: Overrides,
  project: (response: StreamResponse) => ObservableInput<T>,
): Observable<T> {
  const { fetch, transport, allowSecretInQuery } = options;
  const { timeout, chunkSize, scheduler } = config;
  const whole: StreamRequest = {
    ...{ url, headersTimeout: timeout, idleTimeout: timeout, chunkSize, scheduler },
    ...{ fetch, transport, allowSecretInQuery },
    ...request,
    headers: async () => ({
      ...lowerCased(await valuesOf(options.headers)),
      ...lowerCased(await valuesOf(overrides.headers)),
      ...headers,
    }),
    params: async () => ({ ...(await params()), ...(await valuesOf(overrides.params)), ...own }),
    classify: request.classify ?? classifyDurable(operation),
  };
  return exchange(whole, project);
}

/** Header names must meet whatever their case. */
function lowerCased(values: RequestValues): RequestValues {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name.toLowerCase(), value]));
}
