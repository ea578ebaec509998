import { defaultTransport } from '#default-transport';
import type { Observable } from 'rxjs';
import { checkOptions, integer, type OptionRules } from '../../lib/check-options.js';
import { signalRule } from './abortable.js';
import { defaultMaxLength } from './collect.js';
import { firstOpen, withoutConnections } from './first-open.js';
import { handedValues } from './handed-values.js';
import { handover } from './handover.js';
import { checkDurable } from './options.js';
import type { DurablePart } from './parts.js';
import type { DurableReadOptions } from './read-options.js';
import { recoveries } from './recoveries.js';
import { responseReader } from './response-reader.js';
import { type ReadPartsRequest, readParts } from './session.js';
import { streamResponse, type StreamResponse } from './stream-response.js';
import { tailingLive } from './tailing-live.js';
import { hasUrl, type WithUrl } from './with-url.js';

/** Opens one response. How it is read is chosen on the response. */
export interface StreamOptions extends Omit<DurableReadOptions, 'mode'> {
  /** Ends the response in every phase: what waits is rejected with the signal's reason. @default undefined */
  signal?: AbortSignal | undefined;
  /** Bytes of bodies that reading a response whole may hold. @default 268_435_456 (256 MiB) */
  maxLength?: number | undefined;
}

/** As many as every call makes by default. */
const awaitedRetries = 10;

type ResponseOptions = Pick<StreamOptions, 'signal' | 'maxLength'>;

const rules: OptionRules<ResponseOptions> = { signal: signalRule, maxLength: integer(1) };

/**
 * A stream as one response object, for programs without RxJS: resolves when the first headers are in, and its body is read by whichever
 * method is called then, once.
 *
 * Awaited, `body()`, `text()`, `json()` and `jsonBatches()` give everything up to the tail and close the connection. Iterated they go on as
 * `live` says, by default for ever, by long-poll; nothing is read ahead of the loop beyond one piece of a body, and `break` closes the
 * socket. A response that is not read holds its socket: read it, `cancel()` it, abort the `signal`, or declare it with `await using`.
 *
 * What is awaited, the first request included, is tried 10 times more unless `maxRetries` says otherwise; iterations that tail, without end.
 *
 * Errors: before the first headers, and later while it is read, those of `durableStream`; `stream_consumed` (`StreamConsumedError`) for a
 * second reading of whatever kind, `not_supported` for bytes over SSE, `response_too_large` beyond `maxLength`; the signal's reason. A
 * `TypeError` for options that can never work.
 *
 * @example
 * import { stream } from 'tailrace/sources/durable';
 *
 * const page = await stream('https://streams.example.com/clicks', { live: false });
 * console.log(await page.json<{ path: string }>(), 'resume at', page.offset);
 *
 * const live = await stream('https://streams.example.com/clicks', { offset: page.offset });
 * for await (const click of live.json<{ path: string }>()) {
 *   if (click.path === '/stop') break; // closes the socket
 * }
 */
export function stream(url: string | URL, options?: StreamOptions): Promise<StreamResponse>;
export function stream(options: WithUrl<StreamOptions>): Promise<StreamResponse>;
export async function stream(
  first: string | URL | WithUrl<StreamOptions>,
  second?: StreamOptions,
): Promise<StreamResponse> {
  if (!hasUrl(first)) return opened(first, second);
  const { url, ...options } = first;
  return opened(url, options);
}

async function opened(url: string | URL, options: StreamOptions = {}): Promise<StreamResponse> {
  const where = 'stream';
  const { signal, maxLength = defaultMaxLength, fetch, transport = defaultTransport(fetch), ...reading } = options;
  checkOptions(where, rules, { signal, maxLength });
  const { url: plain } = checkDurable(where, url, { ...reading, fetch, transport: options.transport });
  const { live = 'auto', offset = '-1', cursor, monitor } = options;
  const hand = handover(transport);
  const headers = handedValues(options.headers);
  const params = handedValues(options.params);
  const recovered = recoveries({ ...reading, headers: headers.second, params: params.second });
  const parts = (
    changes: DurableReadOptions,
    how: Omit<ReadPartsRequest, 'live'>,
  ): Observable<readonly DurablePart[]> =>
    readParts(where, url, { ...reading, ...changes }, { ...how, live: tailingLive(live) });
  // The connection is told of when it is read: to the caller there is only one.
  const silent = { monitor: monitor && withoutConnections(monitor), onConnect: undefined, onDisconnect: undefined };
  // Whoever awaits wants an answer: a server that is not there must not keep the promise open for ever.
  const patience = { maxRetries: options.maxRetries ?? awaitedRetries };
  const asking = { ...recovered.asking, headers: headers.first, params: params.first, ...silent, ...patience };
  const first = parts({ ...asking, transport: hand.first }, { whole: false });
  const open = await firstOpen(first, hand, signal);
  const reader = responseReader({
    ...{ url: plain, open, live, offset, cursor, maxLength, signal, monitor, drop: hand.drop },
    parts: ({ mode, monitor: own, isAwaited, ...how }) =>
      parts({ ...recovered.found(), mode, monitor: own, transport: hand.second, ...(isAwaited && patience) }, how),
  });
  return streamResponse(reader);
}
