import { defer, EMPTY, filter, map, Observable, Subject, takeUntil, tap } from 'rxjs';
import { checkOptions, instance, integer, oneOf, type OptionRules, text } from '../lib/check-options.js';
import { checkStreamConfig, type StreamConfig } from '../lib/config.js';
import type { Delivery } from '../lib/delivery.js';
import type { FullPolicy } from '../lib/delivery-queue.js';
import { exchange, type StreamResponse } from '../lib/http.js';
import { lines } from '../lib/lines.js';
import { type MalformedOptions, malformedRules } from '../lib/malformed-policy.js';
import { readGate } from '../lib/read-gate.js';
import { checkRequest, type Lazy, requestRules, type RequestValues, type StreamRequest } from '../lib/request.js';
import type { Schema } from '../lib/schema.js';
import type { SseEvent } from '../lib/sse-block.js';
import { resumableEvents, resumeHeader, retryFloor, type SsePosition } from '../lib/sse-resume.js';
import { childMonitor, type StreamMonitor } from '../lib/state.js';
import { subscribeWithin } from '../lib/subscribe-within.js';
import { decodeJson } from './decode-json.js';
import { deliver } from './deliver.js';
import { retryBackoff } from './retry-backoff.js';

/** A request, and what its body is. Limits and the monitor stand in the config. */
export interface RetriedRequest<T = unknown>
  extends Omit<StreamRequest, 'monitor' | 'scheduler' | 'chunkSize'>, MalformedOptions {
  /** `auto` takes `text/event-stream` for events and everything else for lines of JSON. @default 'auto' */
  format?: 'auto' | 'ndjson' | 'sse' | undefined;
  /** Checks the JSON of every line, or of every event's data, which then stands in place of the event. */
  schema?: Schema<T> | undefined;
  /** Resume behind this event: the position of a delivery, or an id of an earlier run. @default from wherever the server begins */
  lastEventId?: string | undefined;
}

/** Credit: with it deliveries come in place of values. The position of an event is its id; lines of JSON have none. */
export interface RetriedCredit {
  /** How many deliveries may be out, unsettled. */
  maxUnacked: number;
  /** What comes while all credit is out; see `deliver`. @default 'pause' */
  onFull?: FullPolicy | undefined;
  /** How many values may wait, unless `onFull` is `pause`. @default 10_000 */
  maxQueued?: number | undefined;
}

type MaybeCredit = { [K in keyof RetriedCredit]?: RetriedCredit[K] | undefined };

const { monitor: _monitor, scheduler: _scheduler, chunkSize: _chunkSize, ...ownRequestRules } = requestRules;
const rules: OptionRules<RetriedRequest & MaybeCredit> = {
  ...ownRequestRules,
  ...malformedRules,
  format: oneOf('auto', 'ndjson', 'sse'),
  schema: instance,
  lastEventId: text,
  maxUnacked: integer(1),
  onFull: oneOf('pause', 'error', 'dropOldest', 'dropNewest'),
  maxQueued: integer(1),
};

/**
 * Any URL that streams lines of JSON or server-sent events, connected again for as long as the config allows.
 *
 * Lines come as values; events come as {@link SseEvent}, or as the values of their data where a `schema` is given. An event stream
 * resumes by `Last-Event-ID`, honours the server's `retry`, reconnects after a clean end, and is over for good with 204 (WHATWG HTML
 * 9.2); lines of JSON complete with the body unless `onComplete` says otherwise.
 *
 * With `maxUnacked` values come as deliveries; while all credit is out nothing is read, and the server waits.
 *
 * Cold; values come synchronously and are never held. Errors: as `byteStream`, `lines`, `sse`, `decodeJson` and `retryBackoff`.
 *
 * @example
 * import { streamWithRetry } from 'tailrace/operators';
 *
 * streamWithRetry({ url: 'https://example.com/events', headers: { authorization: 'Bearer x' } }, { maxRetries: -1 }).subscribe({
 *   next: (event) => console.log(event),
 *   error: (error) => console.error(error),
 * });
 */
export function streamWithRetry<T>(
  request: RetriedRequest<T> & RetriedCredit & { schema: Schema<T> },
  config?: StreamConfig,
): Observable<Delivery<T>>;
export function streamWithRetry(
  request: RetriedRequest & RetriedCredit & { format: 'sse' },
  config?: StreamConfig,
): Observable<Delivery<SseEvent>>;
export function streamWithRetry(
  request: RetriedRequest & RetriedCredit,
  config?: StreamConfig,
): Observable<Delivery<unknown>>;
export function streamWithRetry<T>(
  request: RetriedRequest<T> & { schema: Schema<T> },
  config?: StreamConfig,
): Observable<T>;
export function streamWithRetry(
  request: RetriedRequest & { format: 'sse' },
  config?: StreamConfig,
): Observable<SseEvent>;
export function streamWithRetry(request: RetriedRequest, config?: StreamConfig): Observable<unknown>;
export function streamWithRetry(request: RetriedRequest & MaybeCredit, config: StreamConfig = {}): Observable<unknown> {
  checkOptions('streamWithRetry', rules, request);
  checkStreamConfig('streamWithRetry', config);
  const plain = plainRequest(request, config);
  checkRequest('streamWithRetry', { ...plain, headers: request.headers });
  const { timeout: _timeout, chunkSize: _size, ...retry } = config;
  return defer(() => {
    const monitor = childMonitor(config.monitor);
    const position: SsePosition = { lastEventId: request.lastEventId ?? '', retry: undefined };
    const gate = request.gate ?? readGate();
    const over = new Subject<void>();
    const endless = config.onComplete !== 'complete';
    const headers = async (): Promise<RequestValues> => ({
      ...(await given(plain.headers)),
      ...resumeHeader(position),
    });
    const connection = exchange({ ...plain, gate, headers, monitor }, (response) => {
      if (response.status !== 204) return read(response, request, { position, monitor, endless });
      over.next();
      return EMPTY;
    });
    const retryBudget = retryFloor(position, retry.retryBudget, retry.maxRetryAfter ?? longestRetry);
    const values = connection.pipe(
      retryBackoff({ ...retry, retryBudget, monitor }),
      takeUntil(over),
      filter((value) => value !== firstBytes),
      tap(() => monitor.report.item()),
    );
    const { maxUnacked, onFull, maxQueued } = request;
    if (maxUnacked === undefined) return values;
    const positionOf = (): string | undefined => (position.handing === '' ? undefined : position.handing);
    const { scheduler } = config;
    return values.pipe(deliver({ maxUnacked, onFull, maxQueued, gate, monitor, scheduler, positionOf }));
  });
}

/** The same as for `Retry-After`: beyond an hour a person should know. */
const longestRetry = 3_600_000;

/** The request without what moves from connection to connection. */
function plainRequest(request: RetriedRequest & MaybeCredit, config: StreamConfig): StreamRequest {
  const {
    format,
    schema: _schema,
    malformed: _policy,
    onInvalid: _report,
    maxMalformedInARow: _max,
    lastEventId: _id,
    maxUnacked: _credit,
    onFull: _full,
    maxQueued: _queue,
    ...rest
  } = request;
  const { timeout, chunkSize, scheduler } = config;
  const isSse = format === 'sse';
  return {
    ...rest,
    headersTimeout: timeout ?? rest.headersTimeout,
    idleTimeout: timeout ?? rest.idleTimeout,
    ...{ chunkSize, scheduler },
    contentTypes: rest.contentTypes ?? (isSse ? ['text/event-stream'] : undefined),
    headers: isSse ? async () => ({ accept: 'text/event-stream', ...(await given(rest.headers)) }) : rest.headers,
  };
}

async function given(headers: Lazy<RequestValues> | undefined): Promise<RequestValues | undefined> {
  return typeof headers === 'function' ? headers() : headers;
}

interface Reading {
  readonly position: SsePosition;
  readonly monitor: StreamMonitor;
  readonly endless: boolean;
}

/**
 * Stands for the first bytes of a connection on the way through the retry, so that heartbeats too prove that a quiet server
 * speaks.
 */
const firstBytes: unique symbol = Symbol('first bytes');

function read(response: StreamResponse, request: RetriedRequest, reading: Reading): Observable<unknown> {
  return new Observable((subscriber) => {
    let silent = true;
    const bytes = response.bytes.pipe(
      tap(() => {
        if (silent) subscriber.next(firstBytes);
        silent = false;
      }),
    );
    subscribeWithin(valuesOf({ ...response, bytes }, request, reading), subscriber, subscriber);
  });
}

function valuesOf(response: StreamResponse, request: RetriedRequest, reading: Reading): Observable<unknown> {
  const { schema, malformed, onInvalid, maxMalformedInARow, format = 'auto' } = request;
  const { position, monitor, endless } = reading;
  const decoding = { schema, malformed, onInvalid, maxMalformedInARow, monitor };
  const isSse = format === 'sse' || (format === 'auto' && isEventStream(response));
  if (!isSse) return response.bytes.pipe(lines(), decodeJson(decoding));
  const events = resumableEvents(response.bytes, position, endless);
  if (schema === undefined) return events;
  return events.pipe(
    map(({ data }) => data),
    decodeJson(decoding),
  );
}

function isEventStream({ headers }: StreamResponse): boolean {
  return /^\s*text\/event-stream\s*(?:;|$)/i.test(headers.get('content-type') ?? '');
}
