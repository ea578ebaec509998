import { defer, type Observable, tap } from 'rxjs';
import { flag, integer, type OptionRules } from '../../lib/check-options.js';
import { appendCall, type AppendResult, repeatableOf } from './append.js';
import { draftOf } from './append-body.js';
import { type AppendQueue, appendQueue } from './append-queue.js';
import { appendSource, type AppendStreamResult } from './append-stream.js';
import { closeCall, type CloseDetails, type CloseResult } from './close.js';
import { contentTypeRule, defaultContentType } from './content-type.js';
import { createCall, type CreateDetails, type CreateResult } from './create.js';
import { deleteCall, type DeleteResult } from './delete.js';
import { noOverrides } from './exchange.js';
import { hasCode, unasked } from './expected-errors.js';
import { headCall, headOrAbsent, type HeadResult, type StreamHead } from './head.js';
import { checkDurable, type DurableOptions } from './options.js';
import { sharedRecovery } from './recoveries.js';

/** What a handle takes beside the options of every request. */
export interface HandleDetails {
  /** The stream's media type. @default learned by `create`, `connect` or `head`, or asked of the server before the first append */
  contentType?: string | undefined;
  /** Send appends that wait for an answer together. `false`: one request for each, still in order. @default true */
  batching?: boolean | undefined;
  /** Bytes of one request; a single message may be longer. @default 1_048_576 */
  maxBatchLength?: number | undefined;
  /** Messages of one request. @default 1_000 */
  maxBatchItems?: number | undefined;
  /** Appends that may wait; the next one is refused with `queue_full`. @default 10_000 */
  maxQueuedItems?: number | undefined;
  /** The same in bytes, text counted as characters; passed by one append at most. @default 16_777_216 */
  maxQueuedLength?: number | undefined;
  /** Repeat appends that may be stored already, too: see `AppendDetails`. `close` with a body is not one of them. @default false */
  retryAppends?: boolean | undefined;
}

/** What a handle takes: the options of every request, and how it appends. */
export interface DurableStreamOptions extends DurableOptions, HandleDetails {}

export const handleRules: OptionRules<HandleDetails> = {
  contentType: contentTypeRule,
  batching: flag,
  maxBatchLength: integer(1),
  maxBatchItems: integer(1),
  maxQueuedItems: integer(1),
  maxQueuedLength: integer(1),
  retryAppends: flag,
};

/** What the calls of one handle share: the queue, the media type as far as it is known, and what the error handler has given last. */
export interface DurableHandle {
  readonly contentType: string | undefined;
  /** Of the options of every request, those that what the error handler has given changes. */
  readonly recovering: Pick<DurableOptions, 'onError' | 'headers' | 'params'>;
  create(where: string, details: CreateDetails): Observable<CreateResult>;
  connect(): Observable<StreamHead>;
  head(): Observable<HeadResult>;
  append(where: string, value: unknown, seq: string | undefined): Observable<AppendResult>;
  appendStream(where: string, source: AsyncIterable<unknown> | Observable<unknown>): Observable<AppendStreamResult>;
  close(where: string, details: CloseDetails): Observable<CloseResult>;
  delete(): Observable<DeleteResult>;
}

/** Every method is a cold Observable of one value. Errors: `TypeError` for a URL and options that can never work. */
export function durableHandle(where: string, url: string | URL, options: DurableStreamOptions): DurableHandle {
  const checked = checkDurable(where, url, options);
  const overrides = noOverrides();
  const { contentType: given, batching = true, maxBatchLength = 1_048_576, maxBatchItems = 1_000 } = options;
  const { maxQueuedItems = 10_000, maxQueuedLength = 16_777_216, retryAppends } = options;
  let learned: string | undefined;
  const typeNow = (): string | undefined => learned ?? given;
  const learn = (contentType: string | undefined): void => {
    learned = contentType ?? given ?? defaultContentType;
  };
  const forget = (error: unknown): void => {
    // Another stream may be made under this URL.
    if (hasCode(error, ['content_type_mismatch', 'stream_not_found'])) learned = undefined;
  };
  const connect = (): Observable<StreamHead> =>
    headCall(checked, overrides).pipe(tap(({ contentType }) => learn(contentType)));
  const queue: AppendQueue = appendQueue(
    {
      contentType: typeNow,
      learn: connect,
      send: (batch, messages) => {
        // Of several messages "too large" is no failure yet.
        const call = messages === 1 ? checked : unasked(checked, ['payload_too_large']);
        return appendCall(call, batch, overrides, repeatableOf(retryAppends)).pipe(tap({ error: forget }));
      },
    },
    { batching, maxBatchLength, maxBatchItems, maxQueuedItems, maxQueuedLength },
  );
  return {
    get contentType() {
      return typeNow();
    },
    recovering: sharedRecovery(options, overrides),
    create: (where, details) =>
      createCall(where, checked, { contentType: given, ...defined(details) }, overrides).pipe(
        tap(({ contentType }) => learn(contentType)),
      ),
    connect,
    head: () => headOrAbsent(checked, overrides).pipe(tap((head) => head.exists && learn(head.contentType))),
    append: (where, value, seq) => defer(() => queue.append(where, draftOf(where, value), seq)),
    appendStream: (where, source) =>
      appendSource(where, queue, source, { items: 2 * maxBatchItems, length: 2 * maxBatchLength }),
    close: (where, { body, contentType }) => {
      const call = (): Observable<CloseResult> =>
        closeCall(where, checked, { body, contentType: contentType ?? typeNow() }, overrides);
      return queue.turn(defer(call));
    },
    delete: () => deleteCall(checked, overrides),
  };
}

/** `undefined` means the default, so it must not cover one. */
function defined({ contentType, ...details }: CreateDetails): CreateDetails {
  return contentType === undefined ? details : { contentType, ...details };
}
