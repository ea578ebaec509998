import { defer, map, type Observable, reduce } from 'rxjs';
import { byteBuffer } from '../../lib/byte-buffer.js';
import { parseJson } from '../../lib/decode.js';
import type { StreamResponse } from '../../lib/http.js';
import { type Schema, validate } from '../../lib/schema.js';
import { retryBackoff } from '../../operators/retry-backoff.js';
import { askHandler } from './ask-handler.js';
import { type DurableErrorCode, DurableStreamError } from './errors.js';
import { durableExchange, noOverrides, type Overrides } from './exchange.js';
import { unasked } from './expected-errors.js';
import type { CheckedDurable } from './options.js';
import { classifySubscription } from './subscription-answers.js';

/** One call of the control plane. */
export interface SubscriptionCall<T> {
  /** Behind the URL; what is variable in it is already encoded. @default '' */
  readonly path?: string | undefined;
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE';
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Of a claim. Goes before any `authorization` of the caller's. */
  readonly token?: string | undefined;
  /** Makes the value of the whole body; `target` is what a message may call the answer. */
  readonly read: (body: Uint8Array, target: string) => T;
}

/** The answer of a call. */
export interface SubscriptionAnswer<T> {
  readonly status: number;
  readonly value: T;
}

/** A claim lists every stream of its subscription. */
const maxLength = 16 * 1024 * 1024;

/** Answers that a worker lives by: no header that a handler could give would change them. */
const answers: readonly DurableErrorCode[] = [
  ...(['already_claimed', 'no_pending_work', 'fenced', 'lease_lost', 'invalid_offset'] as const),
];

/**
 * One call, its whole JSON answer, one value, complete. Cold. Every one of them may be repeated: what a lost answer has done already is
 * confirmed (`PUT`, `DELETE`, acknowledgments) or refused with its own code (a claim, a release).
 *
 * Errors: the codes of subscriptions, `parse_error` for an answer that is not what it should be, and those of every request.
 */
export function subscriptionCall<T>(
  checked: CheckedDurable,
  call: SubscriptionCall<T>,
  overrides: Overrides = noOverrides(),
): Observable<SubscriptionAnswer<T>> {
  const target: CheckedDurable = { ...unasked(checked, answers), url: checked.url + (call.path ?? '') };
  const { timeout: _timeout, chunkSize: _size, onError: _handler, ...retry } = checked.config;
  return defer(() =>
    once(target, call, overrides).pipe(retryBackoff(retry), askHandler(target.options.onError, overrides)),
  );
}

function once<T>(
  target: CheckedDurable,
  { method, json, token, read }: SubscriptionCall<T>,
  overrides: Overrides,
): Observable<SubscriptionAnswer<T>> {
  const headers = {
    accept: 'application/json',
    ...(json === undefined ? {} : { 'content-type': 'application/json' }),
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
  };
  const body = json === undefined ? undefined : JSON.stringify(json);
  const request = { operation: 'subscription', method, headers, body, classify: classifySubscription } as const;
  return durableExchange(target, { ...request, monitor: target.config.monitor }, overrides, (response) =>
    wholeBody(response, target.url).pipe(
      map((bytes) => ({ status: response.status, value: read(bytes, `HTTP ${response.status} from ${target.url}`) })),
    ),
  );
}

function wholeBody({ bytes }: StreamResponse, target: string): Observable<Uint8Array> {
  return bytes.pipe(
    reduce((held, piece) => {
      if (held.length + piece.byteLength > maxLength) {
        const message = `the answer of ${target} is longer than ${maxLength} bytes`;
        throw new DurableStreamError(message, { errorType: 'fatal_error', code: 'response_too_large', phase: 'body' });
      }
      held.append(piece);
      return held;
    }, byteBuffer(maxLength)),
    map((held) => held.bytes()),
  );
}

/** For answers whose status says it all. */
export function nothing(): undefined {
  return undefined;
}

/** The body as JSON of this shape. Its text never comes into a message. */
export function jsonOf<T>(schema: Schema<T>): SubscriptionCall<T>['read'] {
  return (bytes, target) => {
    // Replacement signs in place of broken UTF-8: then it is no id that a server knows.
    const parsed = parseJson(new TextDecoder().decode(bytes));
    const checked = parsed.ok ? validate(schema, parsed.value) : undefined;
    if (checked?.ok === true) return checked.value;
    const why = checked?.message ?? `${bytes.byteLength} bytes that are not JSON`;
    const message = `${target}: the answer is not what it should be: ${why}`;
    throw new DurableStreamError(message, { errorType: 'fatal_error', code: 'parse_error', phase: 'body' });
  };
}
