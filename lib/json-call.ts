import { map, type Observable, reduce } from 'rxjs';
import { byteBuffer } from './byte-buffer.js';
import { anything, callback, checkOptions, instance, integer, type OptionRules } from './check-options.js';
import { isStreamError, StreamError } from './errors.js';
import { exchange, type StreamResponse } from './http.js';
import { kyTransport } from './ky-transport.js';
import { mergeHeaders } from './merge-headers.js';
import type { Lazy, StreamRequest } from './request.js';
import { type Schema, validate } from './schema.js';

/** A request whose answer is one JSON value. Its `transport` is `kyTransport` by default. */
export interface JsonRequest extends StreamRequest {
  /** Sent as JSON, with its content type; a function is called for every attempt. Stands in place of `body`. */
  json?: Lazy<unknown> | undefined;
}

/** How the value is read, and how long it may be. */
export interface JsonCallOptions<T> {
  /** What the value must be. Not together with `read`. */
  schema?: Schema<T> | undefined;
  /** Makes the result of the value, and throws where it is not what it should be. Not together with `schema`. */
  read?: ((value: unknown) => T) | undefined;
  /** The longest answer taken, in bytes. @default 16 * 1024 * 1024 */
  maxLength?: number | undefined;
}

type Unread = JsonCallOptions<unknown> & { readonly schema?: undefined; readonly read?: undefined };

const defaultMaxLength = 16 * 1024 * 1024;

const optionRules: OptionRules<JsonCallOptions<unknown>> = {
  schema: instance,
  read: callback,
  maxLength: integer(1),
};

/**
 * One request, its whole JSON body, one value, complete. Cold: every subscription sends its own request, and unsubscription
 * closes its socket. Nothing is repeated; put `retryBackoff` behind calls that may be.
 *
 * An empty body (204) is the value `undefined`, which `schema` or `read` may then accept. The body is held whole until
 * its end, up to `maxLength`. Text is UTF-8 whatever the headers say (RFC 8259 8.1).
 *
 * Errors: as `exchange`; `fatal_error` with `malformed` for what is not JSON or not of the schema (the message names place and
 * length, never the text), with `response_too_large` past `maxLength`. A `TypeError` at once for a request that can never
 * work.
 *
 * @example
 * import { jsonCall } from 'tailrace';
 * import { z } from 'zod';
 *
 * const user = z.object({ id: z.string(), name: z.string() });
 * jsonCall({ url: 'https://api.example.com/me' }, { schema: user }).subscribe(({ name }) => console.log(name));
 */
export function jsonCall(request: JsonRequest, options?: Unread): Observable<unknown>;
export function jsonCall<T>(request: JsonRequest, options: JsonCallOptions<T>): Observable<T>;
export function jsonCall(request: JsonRequest, options: JsonCallOptions<unknown> = {}): Observable<unknown> {
  checkOptions('jsonCall', optionRules, options);
  if (options.schema !== undefined && options.read !== undefined) {
    throw new TypeError('jsonCall: give either option "schema" or option "read", not both');
  }
  checkOptions('jsonCall', { json: anything }, { json: request.json });
  return exchange(withJsonBody(request), (response) => {
    const { origin, pathname } = new URL(request.url);
    return wholeBody(response, { ...options, target: origin + pathname });
  });
}

function withJsonBody({ json, transport: given, ...others }: JsonRequest): StreamRequest {
  const request = { ...others, transport: given ?? kyTransport({ fetch: others.fetch }) };
  if (json === undefined) return { ...request, headers: mergeHeaders({ accept: 'application/json' }, request.headers) };
  if (request.body !== undefined) throw new TypeError('jsonCall: give either option "json" or option "body", not both');
  return {
    ...request,
    headers: mergeHeaders({ accept: 'application/json', 'content-type': 'application/json' }, request.headers),
    body: isFunction(json) ? async () => JSON.stringify(await json()) : () => JSON.stringify(json),
  };
}

function isFunction(value: unknown): value is () => unknown {
  return typeof value === 'function';
}

interface Reading extends JsonCallOptions<unknown> {
  /** Origin and path; no query. */
  readonly target: string;
}

function wholeBody(response: StreamResponse, reading: Reading): Observable<unknown> {
  const { maxLength = defaultMaxLength, target } = reading;
  const fail: Fail = (code, message, cause) => {
    const { status: statusCode, requestId } = response;
    const details = { errorType: 'fatal_error', code, statusCode, phase: 'body', requestId, cause } as const;
    return new StreamError(`HTTP ${statusCode} from ${target}: ${message}`, details);
  };
  return response.bytes.pipe(
    reduce((held, piece) => {
      if (held.length + piece.byteLength > maxLength) {
        throw fail('response_too_large', `the answer is longer than ${maxLength} bytes`);
      }
      held.append(piece);
      return held;
    }, byteBuffer(maxLength)),
    map((held) => readValue(parse(held.bytes(), fail), reading, fail)),
  );
}

type Fail = (code: 'malformed' | 'response_too_large', message: string, cause?: unknown) => StreamError;

function parse(bytes: Uint8Array, fail: Fail): unknown {
  if (bytes.byteLength === 0) return undefined;
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    return value;
  } catch {
    // The platform's own error quotes the text.
    throw fail('malformed', `the answer (${bytes.byteLength} bytes) is not JSON`);
  }
}

function readValue(value: unknown, { schema, read }: Reading, fail: Fail): unknown {
  if (schema !== undefined) {
    const result = validate(schema, value);
    if (result.ok) return result.value;
    throw fail('malformed', `the answer is not what it should be: ${result.message}`);
  }
  if (read === undefined) return value;
  try {
    return read(value);
  } catch (error) {
    if (isStreamError(error)) throw error;
    throw fail('malformed', 'the answer is not what it should be', causeOf(error));
  }
}

/** A `SyntaxError` of JSON quotes its input. By name: it may come from another realm. */
function causeOf(error: unknown): unknown {
  const isSyntax = typeof error === 'object' && error !== null && 'name' in error && error.name === 'SyntaxError';
  return isSyntax ? undefined : error;
}
