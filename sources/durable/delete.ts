import { map, type Observable } from 'rxjs';
import { checkOptions } from '../../lib/check-options.js';
import { durableCall } from './call.js';
import type { DurableErrorCode } from './errors.js';
import type { Overrides } from './exchange.js';
import { unasked, valueOn } from './expected-errors.js';
import { type CheckedDurable, checkDurable, type DurableOptions, durableRules } from './options.js';

/** What a deletion met. */
export interface DeleteResult {
  /**
   * `false` where there was nothing to delete any more. Also after a deletion of our own whose answer was lost: the repetition cannot tell.
   */
  readonly existed: boolean;
}

/** To who wants the stream gone, gone is gone: missing (404), or deleted before and kept only for its forks (410). */
const absent: readonly DurableErrorCode[] = ['stream_not_found', 'stream_gone'];

/**
 * Deletes a stream. Cold, one value, complete; repeated on transient failures, which is safe: a second deletion changes nothing.
 *
 * Forks of the stream live on; its own path then answers 410 to everything and cannot be used again before they are gone too.
 *
 * Errors: `client_error` with `not_supported` (405), and as every call: `authentication_error`, `rate_limited`, `server_error`,
 * `connection_error`, `timeout`.
 *
 * @example
 * import { deleteDurable } from 'tailrace/sources/durable';
 *
 * deleteDurable('https://streams.example.com/orders').subscribe(({ existed }) => console.log(existed));
 */
export function deleteDurable(url: string | URL, options: DurableOptions = {}): Observable<DeleteResult> {
  checkOptions('deleteDurable', durableRules, options);
  return deleteCall(checkDurable('deleteDurable', url, options));
}

/** The call behind {@link deleteDurable}. */
export function deleteCall(checked: CheckedDurable, overrides?: Overrides): Observable<DeleteResult> {
  const call = { operation: 'delete', method: 'DELETE', read: () => true } as const;
  return durableCall(unasked(checked, absent), call, overrides).pipe(
    valueOn(absent, false),
    map((existed) => ({ existed })),
  );
}
