import type { Observable } from 'rxjs';
import { checkOptions, flag, integer, type OptionRule, type OptionRules, text } from '../../lib/check-options.js';
import { headerRule } from '../../lib/header-value.js';
import type { RequestValues } from '../../lib/request.js';
import { bodyOf } from './append-body.js';
import { durableCall } from './call.js';
import { contentTypeRule, defaultContentType } from './content-type.js';
import type { Overrides } from './exchange.js';
import { type CheckedDurable, checkDurable, type DurableOptions, durableRules } from './options.js';
import { readPlace } from './parts.js';
import { metadataOf, streamHeaders } from './wire.js';

/** What a new stream is to be. */
export interface CreateDetails {
  /** Fixed for the life of the stream. @default 'application/octet-stream', of a fork that of its source */
  contentType?: string | undefined;
  /** Seconds that the stream outlives its last read or write. Not together with `expiresAt`. @default no end */
  ttlSeconds?: number | undefined;
  /** When the stream ends, as a Date or as RFC 3339. Not together with `ttlSeconds`. @default no end */
  expiresAt?: Date | string | undefined;
  /** The first message, as `append` takes it. Ignored by the server where the stream is there already. @default empty */
  body?: unknown;
  /** Closed from the start: with `body` a whole stream in one request. @default false */
  closed?: boolean | undefined;
  /** Begin with the data of another stream of the same server: its path, as in its URL, or the URL. @default none */
  forkedFrom?: string | URL | undefined;
  /** Where the fork leaves its source: an offset of the server, or the position of a delivery. @default the source's tail */
  forkOffset?: string | undefined;
  /**
   * Messages (JSON) or bytes behind `forkOffset` that the fork takes along. A server may refuse more than were appended there in one request.
   * @default 0
   */
  forkSubOffset?: number | undefined;
}

/** What creating takes: the options of every request, and its own. */
export interface CreateOptions extends DurableOptions, CreateDetails {}

/** What came of a creation. */
export interface CreateResult {
  /**
   * `false`: it was there before with the same configuration. Also where the answer to our own creation was lost and the request repeated.
   */
  readonly created: boolean;
  /** The tail now. Opaque; `undefined` where the server does not say. */
  readonly nextOffset: string | undefined;
  readonly contentType: string | undefined;
  readonly closed: boolean;
  /** The stream's URL as the server has it; only with `created`. */
  readonly location: string | undefined;
}

/** RFC 3339 5.6. */
const rfc3339 = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/i;

const instant: OptionRule = {
  expected: 'a valid Date or an RFC 3339 instant such as "2030-01-31T12:00:00Z"',
  test: (value) =>
    typeof value === 'string' ? rfc3339.test(value) && !Number.isNaN(Date.parse(value)) : isTime(value),
};
const offset: OptionRule = {
  expected: 'an offset of the server, or the position of a delivery',
  test: (value) => headerRule(streamHeaders.forkOffset).test(value) && readPlace(String(value)) !== undefined,
};
const source: OptionRule = {
  expected: 'the path of a stream on the same server, from "/" on, or its URL',
  test: (value) => text.test(value) || tagOf(value) === 'URL',
};
const value: OptionRule = { expected: 'a value', test: () => true };

export const createRules: OptionRules<CreateDetails> = {
  contentType: contentTypeRule,
  ttlSeconds: integer(0),
  expiresAt: instant,
  body: value,
  closed: flag,
  forkedFrom: source,
  forkOffset: offset,
  forkSubOffset: integer(0),
};

/**
 * Makes a stream, or confirms that it is there as wanted. Cold, one value, complete; repeated on transient failures, which is safe.
 *
 * A stream that is there keeps its data: `body` is for a new one only. Its value is taken now, not at subscription.
 *
 * Errors: `client_error` with `stream_exists` (409: there with another type, lifetime or closed state, or blocked by a deleted one),
 * `stream_not_found` (no source to fork), `bad_request` (a fork behind its source's end), `not_supported`; and as every call:
 * `authentication_error`, `rate_limited`, `server_error`, `connection_error`, `timeout`. A `TypeError` at once for details that cannot be.
 *
 * @example
 * import { createDurable } from 'tailrace/sources/durable';
 *
 * createDurable('https://streams.example.com/orders', { contentType: 'application/json', ttlSeconds: 3600 }).subscribe(
 *   ({ created, nextOffset }) => console.log(created, nextOffset),
 * );
 */
export function createDurable(url: string | URL, options: CreateOptions = {}): Observable<CreateResult> {
  checkOptions('createDurable', { ...durableRules, ...createRules }, options);
  return createCall('createDurable', checkDurable('createDurable', url, options), options);
}

/** The call behind {@link createDurable}. Only the keys of {@link CreateDetails} are looked at. */
export function createCall(
  where: string,
  checked: CheckedDurable,
  details: CreateDetails,
  overrides?: Overrides,
): Observable<CreateResult> {
  const headers = headersOf(where, checked, details);
  const { contentType, body, forkedFrom } = details;
  if (body !== undefined && forkedFrom !== undefined && contentType === undefined) {
    throw new TypeError(`${where}: a fork with a body needs option "contentType": the one of its source`);
  }
  const bytes = body === undefined ? undefined : bodyOf(where, body, contentType ?? defaultContentType);
  return durableCall(
    checked,
    {
      operation: 'create',
      method: 'PUT',
      headers,
      body: bytes,
      read: ({ status, headers: said }) => {
        const { nextOffset, closed } = metadataOf(said);
        const type = said.get('content-type') ?? contentType;
        return {
          ...{ created: status === 201, nextOffset, contentType: type, closed },
          location: said.get('location') ?? undefined,
        };
      },
    },
    overrides,
  );
}

function headersOf(where: string, checked: CheckedDurable, details: CreateDetails): RequestValues {
  const { contentType, ttlSeconds, expiresAt, closed, forkedFrom, forkOffset, forkSubOffset } = details;
  if (ttlSeconds !== undefined && expiresAt !== undefined) {
    throw new TypeError(`${where}: give either option "ttlSeconds" or option "expiresAt", not both`);
  }
  if (forkedFrom === undefined && (forkOffset !== undefined || forkSubOffset !== undefined)) {
    throw new TypeError(`${where}: options "forkOffset" and "forkSubOffset" need option "forkedFrom"`);
  }
  return {
    'content-type': contentType ?? (forkedFrom === undefined ? defaultContentType : undefined),
    [streamHeaders.ttl]: ttlSeconds,
    [streamHeaders.expiresAt]: typeof expiresAt === 'string' ? expiresAt : expiresAt?.toISOString(),
    // The literal in lower case: some servers compare no other.
    [streamHeaders.closed]: closed === true ? 'true' : undefined,
    ...(forkedFrom === undefined ? {} : forkHeaders(sourcePath(where, checked, forkedFrom), details)),
  };
}

function forkHeaders(path: string, { forkOffset, forkSubOffset = 0 }: CreateDetails): RequestValues {
  const place = forkOffset === undefined ? undefined : readPlace(forkOffset);
  const behind = (place?.skip ?? 0) + forkSubOffset;
  return {
    [streamHeaders.forkedFrom]: path,
    [streamHeaders.forkOffset]: place?.offset,
    [streamHeaders.forkSubOffset]: behind === 0 ? undefined : behind,
  };
}

/** As it stands in the source's own URL, percent-encoded. Query parameters are no part of a stream's name. */
function sourcePath(where: string, { url }: CheckedDurable, forkedFrom: string | URL): string {
  const from = URL.canParse(forkedFrom, url) ? new URL(forkedFrom, url) : undefined;
  if (from === undefined || from.origin !== new URL(url).origin) {
    throw new TypeError(`${where}: option "forkedFrom" must be a stream on the same server`);
  }
  return from.pathname;
}

function isTime(value: unknown): boolean {
  return tagOf(value) === 'Date' && !Number.isNaN(Number(value));
}

/** By its tag: it may come from another realm. */
function tagOf(value: unknown): string {
  return Object.prototype.toString.call(value).slice('[object '.length, -1);
}
