import { concatMap, type Observable } from 'rxjs';
import { checkOptions, type OptionRule, type OptionRules } from '../../lib/check-options.js';
import { writtenOffset } from './append.js';
import { draftOf, joinMessages, messageOf } from './append-body.js';
import { durableCall } from './call.js';
import { contentTypeRule, typeOf } from './content-type.js';
import type { Overrides } from './exchange.js';
import { type CheckedDurable, checkDurable, type DurableOptions, durableRules } from './options.js';
import { streamHeaders } from './wire.js';

/** How a stream is closed. */
export interface CloseDetails {
  /** The last message, stored and closed behind in one step. @default none */
  body?: unknown;
  /** The stream's media type; read only with `body`. @default asked of the server first */
  contentType?: string | undefined;
}

/** What closing takes: the options of every request, and its own. */
export interface CloseOptions extends DurableOptions, CloseDetails {}

/** Where the stream ends for good. */
export interface CloseResult {
  /** The end of the stream, for good. Opaque. */
  readonly finalOffset: string;
}

const value: OptionRule = { expected: 'a value', test: () => true };

export const closeRules: OptionRules<CloseDetails> = { body: value, contentType: contentTypeRule };

/**
 * Closes a stream for good: readers complete behind its last message, appends are refused. Cold, one value, complete.
 *
 * Without `body` it is repeated on transient failures and may be called again at any time: a closed stream answers the same. With `body` it is
 * an append: repeated only where the server has not processed it, `outcome_unknown` where it may have, and `stream_closed` where somebody else,
 * or a first try whose answer was lost, has closed the stream before.
 *
 * Errors: as `appendDurable`.
 *
 * @example
 * import { closeDurable } from 'tailrace/sources/durable';
 *
 * closeDurable('https://streams.example.com/orders').subscribe(({ finalOffset }) => console.log(finalOffset));
 */
export function closeDurable(url: string | URL, options: CloseOptions = {}): Observable<CloseResult> {
  checkOptions('closeDurable', { ...durableRules, ...closeRules }, options);
  return closeCall('closeDurable', checkDurable('closeDurable', url, options), options);
}

/** The call behind {@link closeDurable}. Only the keys of {@link CloseDetails} are looked at. */
export function closeCall(
  where: string,
  checked: CheckedDurable,
  { body, contentType }: CloseDetails,
  overrides?: Overrides,
): Observable<CloseResult> {
  if (body === undefined) return closing(checked, undefined, overrides);
  const draft = draftOf(where, body);
  if (contentType !== undefined) messageOf(where, draft, contentType);
  return typeOf(checked, contentType, overrides).pipe(
    concatMap((type) => {
      const bytes = joinMessages([messageOf(where, draft, type)], type);
      return closing(checked, { bytes, contentType: type }, overrides);
    }),
  );
}

interface LastBody {
  readonly bytes: Uint8Array;
  readonly contentType: string;
}

function closing(
  checked: CheckedDurable,
  last: LastBody | undefined,
  overrides: Overrides | undefined,
): Observable<CloseResult> {
  return durableCall(
    checked,
    {
      operation: 'close',
      method: 'POST',
      repeatable: last === undefined ? 'always' : 'if-not-processed',
      body: last?.bytes,
      headers: { 'content-type': last?.contentType, [streamHeaders.closed]: 'true' },
      read: (response) => ({ finalOffset: writtenOffset(response) }),
    },
    overrides,
  );
}
