import { concatMap, map, type Observable, of } from 'rxjs';
import { checkOptions, flag, type OptionRule, type OptionRules, text } from '../../lib/check-options.js';
import { headerRule } from '../../lib/header-value.js';
import type { StreamResponse } from '../../lib/http.js';
import { draftOf, joinMessages, messageOf } from './append-body.js';
import { durableCall, type Repeatable } from './call.js';
import { contentTypeRule, typeOf } from './content-type.js';
import { DurableStreamError } from './errors.js';
import type { Overrides } from './exchange.js';
import { type CheckedDurable, checkDurable, type DurableOptions, durableRules } from './options.js';
import { metadataOf, streamHeaders } from './wire.js';

/** How one value is appended. */
export interface AppendDetails {
  /**
   * Must be greater than the last one that the stream has taken, compared as bytes ("10" is less than "9"): a second writer with an old
   * number is refused with `seq_conflict`.
   */
  seq?: string | undefined;
  /** The stream's media type. @default asked of the server first */
  contentType?: string | undefined;
  /**
   * Repeat an append that may be stored already, too: every append is stored at least once, and some may be twice. With `seq` the second
   * try is refused with `seq_conflict` where the first one is stored.
   *
   * @default false (such an append fails with `outcome_unknown`)
   */
  retryAppends?: boolean | undefined;
}

/** What one append takes: the options of every request, and its own. */
export interface AppendOptions extends DurableOptions, AppendDetails {}

/** Where the stream ends now. */
export interface AppendResult {
  /** The tail behind what was appended. Opaque. */
  readonly nextOffset: string;
}

/** One request's worth of messages. */
export interface AppendBatch {
  readonly body: Uint8Array;
  readonly contentType: string;
  readonly seq?: string | undefined;
}

export const seqRule: OptionRule = {
  expected:
    'a non-empty text that fits in a header (numbers as text of equal length: "0009" is less than "0010", "9" is not)',
  test: (value) => text.test(value) && headerRule(streamHeaders.seq).test(value),
};

const rules: OptionRules<AppendDetails> = { seq: seqRule, contentType: contentTypeRule, retryAppends: flag };

/** Of the option `retryAppends`. */
export function repeatableOf(retryAppends: boolean | undefined): Repeatable {
  return retryAppends === true ? 'always' : 'if-not-processed';
}

/**
 * Appends one value. Cold: every subscription appends it once more; one value, complete. The value is copied now, not at subscription.
 *
 * On a JSON stream any value that has a JSON form is one message, arrays too. Other streams take text (as UTF-8) or bytes.
 *
 * A request that the server has not processed (429, 503, no connection) is repeated. One that it may have processed is not, because that could
 * store the value twice: then the error is `outcome_unknown`, unless `retryAppends` allows it, or `onError` answers it, which appends again.
 * With `seq` too: `seq_conflict` on a repetition could not tell our own first try from another writer. `IdempotentProducer` repeats
 * without doubt.
 *
 * Errors: `client_error` with `stream_closed`, `stream_not_found`, `stream_gone`, `seq_conflict`, `content_type_mismatch`,
 * `payload_too_large` or `bad_request`; `fatal_error` with `outcome_unknown`, or `parse_error` where the server stores it and does not say where;
 * and as every call: `authentication_error`, `rate_limited`, `server_error`, `connection_error`. A `TypeError` for a value that the stream
 * cannot hold, at once where `contentType` is given.
 *
 * @example
 * import { appendDurable } from 'tailrace/sources/durable';
 *
 * appendDurable('https://streams.example.com/orders', { id: 7 }, { contentType: 'application/json' }).subscribe(
 *   ({ nextOffset }) => console.log(nextOffset),
 * );
 */
export function appendDurable(
  url: string | URL,
  value: unknown,
  options: AppendOptions = {},
): Observable<AppendResult> {
  const where = 'appendDurable';
  checkOptions(where, { ...durableRules, ...rules }, options);
  const checked = checkDurable(where, url, options);
  const { seq, contentType, retryAppends } = options;
  const draft = draftOf(where, value);
  const batchFor = (type: string): AppendBatch => ({
    body: joinMessages([messageOf(where, draft, type)], type),
    contentType: type,
    seq,
  });
  const batch = contentType === undefined ? typeOf(checked, undefined).pipe(map(batchFor)) : of(batchFor(contentType));
  return batch.pipe(concatMap((ready) => appendCall(checked, ready, undefined, repeatableOf(retryAppends))));
}

/** The call behind {@link appendDurable}. */
export function appendCall(
  checked: CheckedDurable,
  { body, contentType, seq }: AppendBatch,
  overrides?: Overrides,
  repeatable: Repeatable = 'if-not-processed',
): Observable<AppendResult> {
  return durableCall(
    checked,
    {
      operation: 'append',
      method: 'POST',
      repeatable,
      body,
      headers: { 'content-type': contentType, [streamHeaders.seq]: seq },
      read: (response) => ({ nextOffset: writtenOffset(response) }),
    },
    overrides,
  );
}

/** Where a write has ended. A server, or a proxy, that drops the header breaks the protocol, though the write is done. */
export function writtenOffset({ headers, status, requestId }: StreamResponse): string {
  const { nextOffset } = metadataOf(headers);
  if (nextOffset !== undefined) return nextOffset;
  const message =
    'the answer has no Stream-Next-Offset header: the write is stored and a proxy, or CORS, hides it, or this is no stream server';
  const details = { errorType: 'fatal_error', code: 'parse_error', statusCode: status } as const;
  throw new DurableStreamError(message, { ...details, phase: 'body', requestId });
}
