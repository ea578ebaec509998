import type { Observable } from 'rxjs';
import { checkOptions } from '../../lib/check-options.js';
import { durableCall } from './call.js';
import type { Overrides } from './exchange.js';
import { unasked, valueOn } from './expected-errors.js';
import { type CheckedDurable, checkDurable, type DurableOptions, durableRules } from './options.js';
import { metadataOf, streamHeaders, wholeNumber } from './wire.js';

/** What the server says of a stream that is there. A field is `undefined` where it says nothing. */
export interface StreamHead {
  readonly exists: true;
  /** Media type, parameters included. */
  readonly contentType: string | undefined;
  /** The tail: where the next append will stand. Opaque. */
  readonly offset: string | undefined;
  readonly etag: string | undefined;
  readonly cacheControl: string | undefined;
  /** Nothing will ever be appended again. */
  readonly closed: boolean;
  /** Seconds that the stream outlives its last read or write; a HEAD does not count as one. */
  readonly ttlSeconds: number | undefined;
  /** RFC 3339, as the server has it. */
  readonly expiresAt: string | undefined;
}

/** What a stream is, or that there is none. */
export type HeadResult = StreamHead | { readonly exists: false };

/**
 * What the server knows of a stream, without its data. Cold, one value, complete; repeated on transient failures.
 *
 * A missing stream (404) is `exists: false`, and `onError` is not asked about it. One that is deleted but kept for its forks is an error.
 *
 * Errors: `client_error` with `stream_gone` (410) or `not_supported` (405), and as every call: `authentication_error`, `rate_limited`,
 * `server_error`, `connection_error`, `timeout`.
 *
 * @example
 * import { headDurable } from 'tailrace/sources/durable';
 * import { firstValueFrom } from 'rxjs';
 *
 * const head = await firstValueFrom(headDurable('https://streams.example.com/orders'));
 * console.log(head.exists ? head.offset : 'no such stream');
 */
export function headDurable(url: string | URL, options: DurableOptions = {}): Observable<HeadResult> {
  checkOptions('headDurable', durableRules, options);
  return headOrAbsent(checkDurable('headDurable', url, options));
}

/** The call behind {@link headDurable}. */
export function headOrAbsent(checked: CheckedDurable, overrides?: Overrides): Observable<HeadResult> {
  return headCall(unasked(checked, ['stream_not_found']), overrides).pipe(
    valueOn<StreamHead, HeadResult>(['stream_not_found'], { exists: false }),
  );
}

/** The same for who needs the stream: a missing one is an error. */
export function headCall(checked: CheckedDurable, overrides?: Overrides): Observable<StreamHead> {
  return durableCall(
    checked,
    {
      operation: 'head',
      method: 'HEAD',
      read: ({ headers }) => {
        const { nextOffset, closed } = metadataOf(headers);
        return {
          exists: true,
          contentType: headers.get('content-type') ?? undefined,
          offset: nextOffset,
          etag: headers.get('etag') ?? undefined,
          cacheControl: headers.get('cache-control') ?? undefined,
          closed,
          ttlSeconds: wholeNumber(headers.get(streamHeaders.ttl)),
          expiresAt: headers.get(streamHeaders.expiresAt) ?? undefined,
        };
      },
    },
    overrides,
  );
}
