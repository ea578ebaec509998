import type { Observable } from 'rxjs';
import { checkOptions, oneOf } from '../../lib/check-options.js';
import type { Delivery } from '../../lib/delivery.js';
import { byteEvents, type DurableEvent, jsonBatches, jsonEvents, textEvents } from './batch-shapes.js';
import { type DurableDeliveryOptions, type DurableViewOptions, view } from './deliveries.js';
import type { DurableItemChecks } from './item-check.js';
import { byteItems, jsonItems, textItems } from './item-shapes.js';
import { allMessages, type DurableMessage } from './message-shape.js';
import type { DurableReadOptions } from './read-options.js';

/** Reads a JSON stream. Without `schema` and `decode` the type of its messages is what you say, unchecked. */
export interface DurableJsonOptions<T = unknown> extends Omit<DurableReadOptions, 'mode'>, DurableItemChecks<T> {
  /** @default 'json' */
  mode?: 'json' | undefined;
}

/** Reads any stream as text. */
export interface DurableTextOptions extends Omit<DurableReadOptions, 'mode'> {
  mode: 'text';
}

/** Reads any stream as bytes. */
export interface DurableBytesOptions extends Omit<DurableReadOptions, 'mode'> {
  mode: 'bytes';
}

/** No deliveries. */
export interface NoCredit {
  maxUnacked?: undefined;
}

/**
 * The items of a stream, from `offset` on and then live: messages of a JSON stream, or with `mode` pieces of text or bytes. It is kept
 * going: dropped connections, failures that pass and pages are its own affair, and each item comes exactly once, in order.
 *
 * Cold; each subscription reads for itself. Items come synchronously as a body arrives, without waiting for its end. Completes when the
 * stream is closed, or with `live: false` at its tail. Text comes in pieces that end between two characters, whatever the responses: one
 * that is not whole is held back until it is, and is U+FFFD where the stream is closed before.
 *
 * With `maxUnacked` items come as deliveries: never more than that many are out, and while they are nobody reads. Their positions are exact
 * to the message; saved by `checkpoint` and given back as `offset` they resume behind the last one acknowledged. Messages that do not fit
 * `schema` or `decode` are never delivered: they go by `malformed`.
 *
 * Errors: those of every read (`DurableErrorCode`) under the classes of this source: `StreamNotFoundError`, `RetentionGoneError`,
 * `DurableStreamError`, `FetchError`. `content_type_mismatch` where the stream is not JSON and `mode` does not say so; `malformed`;
 * `delivery_failed`, `slow_consumer` with credit. `TypeError` at once for options that can never work.
 *
 * @example
 * import { durableStream } from 'tailrace/sources/durable';
 * import { z } from 'zod';
 *
 * const click = z.object({ page: z.string() });
 * durableStream('https://streams.example.com/clicks', { offset: 'now', schema: click }).subscribe(({ page }) => {
 *   console.log(page);
 * });
 */
export function durableStream(
  url: string | URL,
  options: DurableTextOptions & DurableDeliveryOptions,
): Observable<Delivery<string>>;
export function durableStream(
  url: string | URL,
  options: DurableBytesOptions & DurableDeliveryOptions,
): Observable<Delivery<Uint8Array>>;
export function durableStream<T = unknown>(
  url: string | URL,
  options: DurableJsonOptions<T> & DurableDeliveryOptions,
): Observable<Delivery<T>>;
export function durableStream(url: string | URL, options: DurableTextOptions & NoCredit): Observable<string>;
export function durableStream(url: string | URL, options: DurableBytesOptions & NoCredit): Observable<Uint8Array>;
export function durableStream<T = unknown>(
  url: string | URL,
  options?: DurableJsonOptions<T> & NoCredit,
): Observable<T>;
export function durableStream(url: string | URL, options: DurableViewOptions = {}): Observable<unknown> {
  const where = 'durableStream';
  const { mode = 'json' } = options;
  if (mode === 'text') return view({ where, shaper: textItems, whole: false }, url, options);
  if (mode === 'bytes') return view({ where, shaper: byteItems, whole: false }, url, options);
  return view({ where, shaper: jsonItems, whole: false }, url, { ...options, mode });
}

/**
 * The messages of a JSON stream in the batches in which the server sends them: one array per response, or per batch of an SSE connection.
 * Never an empty one. A batch is held until it is whole; the read options limit what that may be.
 *
 * Kept going, ended and delivered as {@link durableStream}; the position of a delivered batch is the server's own offset.
 *
 * Errors: as {@link durableStream}; `response_too_large` for a batch beyond the limit.
 *
 * @example
 * import { durableBatches } from 'tailrace/sources/durable';
 *
 * durableBatches<{ page: string }>('https://streams.example.com/clicks', { live: 'sse' }).subscribe((batch) => {
 *   console.log(batch.length, 'at once');
 * });
 */
export function durableBatches<T = unknown>(
  url: string | URL,
  options: DurableJsonOptions<T> & DurableDeliveryOptions,
): Observable<Delivery<readonly T[]>>;
export function durableBatches<T = unknown>(
  url: string | URL,
  options?: DurableJsonOptions<T> & NoCredit,
): Observable<readonly T[]>;
export function durableBatches(url: string | URL, options: DurableViewOptions = {}): Observable<unknown> {
  const where = 'durableBatches';
  checkOptions(where, { mode: oneOf('json') }, { mode: options.mode });
  return view({ where, shaper: jsonBatches, whole: true }, url, { ...options, mode: 'json' });
}

/**
 * What each response, or each batch of an SSE connection, has brought, with the offset behind it and the flags of the moment: messages, or
 * with `mode` the text or the bytes. One without data comes where it says something: that the tail is reached, or the stream closed.
 *
 * Kept going, ended and delivered as {@link durableStream}; data is held until its batch is whole.
 *
 * Errors: as {@link durableBatches}.
 *
 * @example
 * import { durableEvents } from 'tailrace/sources/durable';
 *
 * durableEvents('https://streams.example.com/log', { mode: 'text', live: false }).subscribe(({ data, nextOffset, upToDate }) => {
 *   console.log(data, 'ends at', nextOffset, upToDate);
 * });
 */
export function durableEvents(
  url: string | URL,
  options: DurableTextOptions & DurableDeliveryOptions,
): Observable<Delivery<DurableEvent<string>>>;
export function durableEvents(
  url: string | URL,
  options: DurableBytesOptions & DurableDeliveryOptions,
): Observable<Delivery<DurableEvent<Uint8Array>>>;
export function durableEvents<T = unknown>(
  url: string | URL,
  options: DurableJsonOptions<T> & DurableDeliveryOptions,
): Observable<Delivery<DurableEvent<readonly T[]>>>;
export function durableEvents(
  url: string | URL,
  options: DurableTextOptions & NoCredit,
): Observable<DurableEvent<string>>;
export function durableEvents(
  url: string | URL,
  options: DurableBytesOptions & NoCredit,
): Observable<DurableEvent<Uint8Array>>;
export function durableEvents<T = unknown>(
  url: string | URL,
  options?: DurableJsonOptions<T> & NoCredit,
): Observable<DurableEvent<readonly T[]>>;
export function durableEvents(url: string | URL, options: DurableViewOptions = {}): Observable<unknown> {
  const where = 'durableEvents';
  const { mode = 'json' } = options;
  if (mode === 'text') return view({ where, shaper: textEvents, whole: true }, url, options);
  if (mode === 'bytes') return view({ where, shaper: byteEvents, whole: true }, url, options);
  return view({ where, shaper: jsonEvents, whole: true }, url, { ...options, mode });
}

/**
 * Everything that a reader can say, nothing hidden: each response as it opens, messages or bytes as they arrive and where they stand, each
 * position that the server tells, and messages that do not fit. Without `mode` the kind of data follows the stream's content type.
 *
 * Kept going and ended as {@link durableStream}.
 *
 * Errors: as {@link durableStream}.
 *
 * @example
 * import { durableMessages } from 'tailrace/sources/durable';
 *
 * durableMessages('https://streams.example.com/clicks').subscribe((message) => {
 *   if (message.type === 'open') console.log('connected by', message.live);
 *   if (message.type === 'position') console.log('now at', message.nextOffset);
 * });
 */
export function durableMessages<T = unknown>(
  url: string | URL,
  options?: DurableReadOptions & DurableItemChecks<T>,
): Observable<DurableMessage<T>>;
export function durableMessages(url: string | URL, options: DurableViewOptions = {}): Observable<unknown> {
  if (options.maxUnacked !== undefined) {
    throw new TypeError(
      'durableMessages: there is no option "maxUnacked"; durableStream and durableBatches have deliveries',
    );
  }
  return view({ where: 'durableMessages', shaper: allMessages, whole: false }, url, options);
}
