import type { Observable, ObservableInput } from 'rxjs';
import { exchangeChecked, type StreamResponse } from '../../lib/http.js';
import type { ReadGate } from '../../lib/read-gate.js';
import { mergeHeaders } from '../../lib/merge-headers.js';
import type { CheckedRequest, Lazy, RequestValues, StreamRequest } from '../../lib/request.js';
import type { StreamMonitor } from '../../lib/state.js';
import { classifyDurable, type DurableOperation } from './answers.js';
import { type CheckedDurable, type ErrorRecovery, paramsOf } from './options.js';

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

/** From now on: what the handler has not given again stays. */
export function remember(overrides: Overrides, recovery: ErrorRecovery | undefined): void {
  overrides.headers = recovery?.headers ?? overrides.headers;
  overrides.params = recovery?.params ?? overrides.params;
}

/**
 * One request and what `project` makes of its answer; nothing is retried. Headers and parameters are asked for anew each time.
 *
 * Errors: as `exchange`, and the protocol's own as their classes.
 */
export function durableExchange<T>(
  { params, options, request, url }: CheckedDurable,
  own: DurableRequest,
  overrides: Overrides,
  project: (response: StreamResponse) => ObservableInput<T>,
): Observable<T> {
  const { headersTimeout, idleTimeout, contentTypes, gate, monitor, method, body } = own;
  // Field by field: a reader may send a hundred of these a second, and the same in spreads costs as much as the rest of it together.
  const whole: CheckedRequest = {
    url,
    target: url,
    transport: request.transport,
    allowSecretInQuery: request.allowSecretInQuery,
    chunkSize: request.chunkSize,
    scheduler: request.scheduler,
    headersTimeout: headersTimeout ?? request.headersTimeout,
    idleTimeout: idleTimeout ?? request.idleTimeout,
    contentTypes,
    gate,
    monitor,
    method,
    body,
    headers: () => headersOf(options.headers, overrides.headers, own.headers),
    params: () => allParams(params(), overrides.params, own.params),
    classify: own.classify ?? classifyDurable(own.operation),
  };
  return exchangeChecked(whole, project);
}

type Given = Lazy<RequestValues> | undefined;

function headersOf(given: Given, override: Given, own: RequestValues = {}): RequestValues | Promise<RequestValues> {
  if (given === undefined && override === undefined) return own;
  const all = mergeHeaders(given, override, own);
  return typeof all === 'function' ? all() : all;
}

function allParams(
  given: RequestValues | Promise<RequestValues>,
  override: Given,
  own: RequestValues = {},
): RequestValues | Promise<RequestValues> {
  if (override === undefined && !(given instanceof Promise)) return { ...given, ...own };
  return (async () => ({ ...(await given), ...(await paramsOf(override)), ...own }))();
}
