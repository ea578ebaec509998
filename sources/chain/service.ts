import { catchError, type Observable, type ObservableInput, type SchedulerLike, throwError } from 'rxjs';
import { baseUrlRule } from '../../lib/base-url.js';
import {
  callback,
  checkOptions,
  duration,
  instance,
  integer,
  type OptionRules,
  requireOption,
  text,
} from '../../lib/check-options.js';
import type { BackoffSchedule } from '../../lib/backoff.js';
import { isStreamError } from '../../lib/errors.js';
import { exchange, type StreamResponse } from '../../lib/http.js';
import { jsonCall } from '../../lib/json-call.js';
import { mergeHeaders } from '../../lib/merge-headers.js';
import type { ReadGate } from '../../lib/read-gate.js';
import { checkRequest, type Lazy, type RequestValues } from '../../lib/request.js';
import type { StreamMonitor } from '../../lib/state.js';
import type { Transport } from '../../lib/transport.js';
import { retryBackoff } from '../../operators/retry-backoff.js';
import { type ChainSubject, chainError, classifyChain } from './answers.js';

/** Which Event Streamer service, and whose subscriptions. */
export interface EventStreamerOptions {
  /** http or https; a path in it is kept. */
  serviceUrl: string;
  /** The service's name for this program: subscriptions belong to it. */
  subscriberId: string;
  /** How long the whole answer of a call may take to begin, and to go on, in milliseconds. @default 30_000 */
  timeout?: number | undefined;
  /** Sent with every request, streams included; a function is asked for every attempt. @default {} */
  headers?: Lazy<RequestValues> | undefined;
  /** How often a call is repeated that may be; 0 for never, -1 for no end. @default 3 */
  maxRetries?: number | undefined;
  /** Sends the requests, in place of the platform. */
  fetch?: typeof globalThis.fetch | undefined;
  /** Sends the requests, in place of `fetch`. @default `fetchTransport(fetch)`; in Node, without a `fetch`, one `nodeTransport()` for all */
  transport?: Transport | undefined;
  /** From 0 up to 1, for jitter. @default Math.random */
  random?: (() => number) | undefined;
  /** Timers, for tests. @default asyncScheduler */
  scheduler?: SchedulerLike | undefined;
}

const serviceRules: OptionRules<EventStreamerOptions> = {
  serviceUrl: baseUrlRule,
  subscriberId: text,
  timeout: duration(1),
  headers: instance,
  maxRetries: integer(-1, Number.MAX_SAFE_INTEGER, ' (-1 for no end)'),
  fetch: callback,
  transport: callback,
  random: callback,
  scheduler: instance,
};

/** One call of the service's API. */
export interface ChainCall<T> {
  /** What is being done, for errors: `create subscription`. */
  readonly operation: string;
  /** What a 404 is about. */
  readonly subject: ChainSubject;
  /** @default 'GET' */
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE' | undefined;
  /** Below the service's URL; begins with a slash; what is variable in it is already encoded. */
  readonly path: string;
  readonly params?: RequestValues | undefined;
  /** Sent as the JSON body. */
  readonly json?: Lazy<unknown> | undefined;
  /** Whether a call that may have been carried out may be sent again. @default method === 'GET' */
  readonly repeatable?: boolean | undefined;
  /** In place of the client's: 0 for one try. */
  readonly maxRetries?: number | undefined;
  /** Makes the result of the answer's JSON (`undefined` for an empty body); what it throws is `malformed`. */
  readonly read: (value: unknown) => T;
}

/** One request whose answer is a stream. */
export interface ChainStreamRequest {
  readonly operation: string;
  readonly path: string;
  readonly params?: RequestValues | undefined;
  /** Beside the client's, before which they go. */
  readonly headers?: RequestValues | undefined;
  /** Media types that count as a stream; any other is an error before its first byte. @default all */
  readonly contentTypes?: readonly string[] | undefined;
  /** How long the body may be silent, in milliseconds; 0 for no limit. */
  readonly idleTimeout: number;
  readonly chunkSize?: number | undefined;
  readonly gate?: ReadGate | undefined;
  readonly monitor?: StreamMonitor | undefined;
}

/** The way to one service: its address, its headers, its limits. */
export interface ChainService {
  /** Without a slash at the end. */
  readonly serviceUrl: string;
  readonly subscriberId: string;
  /**
   * One call, one value, complete. Cold. A call that may be is repeated on the toolkit's schedule; others only where the service
   * certainly did nothing (429, 503, no connection). Errors: {@link EventStreamerError} and its classes.
   */
  call<T>(call: ChainCall<T>): Observable<T>;
  /** One request and what `project` makes of its answer; nothing is retried. Errors: as `call`. */
  open<T>(request: ChainStreamRequest, project: (response: StreamResponse) => ObservableInput<T>): Observable<T>;
}

const defaultTimeout = 30_000;

/** The service's own clients retry nothing; this is the toolkit's schedule, quicker at first because a person may be waiting. */
const callSchedule: BackoffSchedule = { initialBackoff: 250, backoffMultiplier: 2, maxBackoff: 10_000, jitter: 'full' };

/** The way to a service. Does nothing by itself. Errors: a `TypeError` at once for options that can never work. */
export function chainService(where: string, options: EventStreamerOptions): ChainService {
  checkService(where, options);
  const { subscriberId, timeout = defaultTimeout, headers, maxRetries = 3 } = options;
  const { fetch, transport, random, scheduler } = options;
  const serviceUrl = options.serviceUrl.replace(/\/+$/, '');
  const shared = { headersTimeout: timeout, fetch, transport, scheduler };
  const retry = { ...callSchedule, random, scheduler };
  return {
    serviceUrl,
    subscriberId,
    call: ({ operation, subject, method = 'GET', path, params, json, read, ...more }) => {
      const { repeatable = method === 'GET', maxRetries: tries = maxRetries } = more;
      const classify = classifyChain(subject, operation);
      const body = json === undefined ? {} : { json };
      const request = { url: serviceUrl + path, method, params, headers, classify, idleTimeout: timeout, ...body };
      const shouldRetry = repeatable ? undefined : hasDoneNothing;
      return jsonCall({ ...request, ...shared }, { read }).pipe(
        retryBackoff({ ...retry, maxRetries: tries, shouldRetry }),
        catchError((error: unknown) => throwError(() => chainError(error, { operation, subject }))),
      );
    },
    open: ({ operation, path, headers: own, ...request }, project) => {
      const context = { operation, subject: 'subscription' } as const;
      const all = { ...request, url: serviceUrl + path, headers: mergeHeaders(own, headers) };
      return exchange({ ...all, ...shared, classify: classifyChain('subscription', operation) }, project).pipe(
        catchError((error: unknown) => throwError(() => chainError(error, context))),
      );
    },
  };
}

function checkService(where: string, options: EventStreamerOptions): void {
  // JavaScript callers, and an environment variable that is not there.
  const { serviceUrl, subscriberId }: Partial<EventStreamerOptions> = options;
  requireOption(where, 'serviceUrl', serviceUrl);
  requireOption(where, 'subscriberId', subscriberId);
  checkOptions(where, serviceRules, options);
  checkRequest(where, { url: options.serviceUrl, headers: options.headers });
}

/** The service has refused the request, or never seen it. */
function hasDoneNothing(error: unknown): boolean {
  if (!isStreamError(error)) return false;
  const { statusCode, code } = error;
  return statusCode === 429 || statusCode === 503 || code === 'connection_refused' || code === 'dns';
}
