import { catchError, defer, type Observable, throwError } from 'rxjs';
import { checkOptions, oneOf, type OptionRules, text } from '../../lib/check-options.js';
import { eachOf } from '../../lib/each-of.js';
import { durableError } from './answers.js';
import { noOverrides } from './exchange.js';
import { openParts, type PartsContext, type PartsRequest } from './open-parts.js';
import { type DurablePart, resumePlace } from './parts.js';
import { checkRead, type DurableReadOptions, durableReadRules, ownMonitor } from './read-options.js';
import type { ReadProgress } from './read-progress.js';

/** What one request takes. */
export interface OpenDurableOptions extends Pick<DurableReadOptions, OneRequest> {
  /** @default false (catch-up: what is there now) */
  live?: false | 'long-poll' | 'sse' | undefined;
  /** The stream's media type, which an SSE answer does not tell. @default undefined (text, unless `mode` says json) */
  contentType?: string | undefined;
}

type OneRequest =
  | ('offset' | 'cursor' | 'mode' | 'maxItemLength' | 'maxBatchLength')
  | ('headers' | 'params' | 'allowSecretInQuery' | 'fetch' | 'transport')
  | ('timeout' | 'chunkSize' | 'monitor' | 'scheduler');

const { offset, cursor, mode, maxItemLength, maxBatchLength } = durableReadRules;
const { headers, params, allowSecretInQuery, fetch, transport } = durableReadRules;
const { timeout, chunkSize, monitor, scheduler } = durableReadRules;
const openRules: OptionRules<OpenDurableOptions> = {
  ...{ offset, cursor, mode, maxItemLength, maxBatchLength },
  ...{ headers, params, allowSecretInQuery, fetch, transport },
  ...{ timeout, chunkSize, monitor, scheduler },
  live: oneOf(false, 'long-poll', 'sse'),
  contentType: text,
};

/**
 * One request for the data of a stream, and all that its answer says: `open`, data, and where the stream stands behind it. Cold; nothing
 * is retried, and no second page is asked for. {@link durableStream} is the same kept going.
 *
 * Parts come synchronously, in order, as the body arrives; data of SSE waits for its control event. Completes with the body, and an SSE
 * answer also when the stream is closed. Not whole messages and SSE data without a control event are dropped at the end; nothing is held
 * after unsubscription, which closes the socket.
 *
 * Errors: `DurableStreamError` with code `parse_error`, `offset_regression`, `frame_too_large`, `content_type_mismatch`, and of a status
 * `stream_not_found`, `retention_gone`, `invalid_offset`, `not_supported`; `FetchError` for all else. A `TypeError` at once for options
 * that can never work.
 *
 * @example
 * import { openDurable } from 'tailrace/sources/durable';
 *
 * openDurable('https://streams.example.com/orders', { offset: '-1' }).subscribe((part) => {
 *   if (part.type === 'items') console.log(part.items);
 *   if (part.type === 'position') console.log('resume at', part.nextOffset);
 * });
 */
export function openDurable(url: string | URL, options: OpenDurableOptions = {}): Observable<DurablePart> {
  checkOptions('openDurable', openRules, options);
  const { live = false, contentType, ...others } = options;
  const read = checkRead('openDurable', url, others);
  return defer(() => {
    const at: ReadProgress = { ...read.start };
    const context: PartsContext = { read, overrides: noOverrides(), monitor: ownMonitor(read), gate: undefined };
    const kind = live === false ? 'catch-up' : live;
    const request: PartsRequest = { live: kind, at, cursor: read.cursor, contentType, whole: false };
    return openParts(context, request).pipe(
      eachOf(),
      catchError((error: unknown) => throwError(() => durableError(error, resumePlace(at)))),
    );
  });
}
