import { type AppendDraft, draftLength, draftOf, messageOf } from './append-body.js';
import type { ProducerResult, QueuedItem } from './producer-batch.js';

const where = 'IdempotentProducer';

/** One value and the promise that its caller holds. */
export interface PromisedItem {
  readonly item: QueuedItem;
  readonly promise: Promise<ProducerResult>;
}

/** What is done with every item when it settles, once, before its caller hears of it. */
export interface ItemEvents {
  readonly onSettled: (item: QueuedItem) => void;
  readonly onFailed: (error: unknown) => void;
}

/** `undefined` is a close without a value. Errors: `TypeError` for what no stream can hold, or not one of this type. */
export function promisedItem(value: unknown, contentType: string | undefined, events: ItemEvents): PromisedItem {
  const draft = value === undefined ? undefined : draftOf(where, value);
  const message = messageFor(draft, contentType);
  const size = message?.byteLength ?? (draft === undefined ? 0 : draftLength(draft));
  let isSettled = false;
  const { promise, resolve, reject } = deferred<ProducerResult>();
  const settle = (tell: () => void): void => {
    if (isSettled) return;
    isSettled = true;
    events.onSettled(item);
    tell();
  };
  const item: QueuedItem = {
    ...{ draft, message, size },
    resolve: (result) => settle(() => resolve(result)),
    reject: (error) =>
      settle(() => {
        events.onFailed(error);
        reject(error);
      }),
  };
  return { item, promise };
}

/** The items that suit the type, which is known by now. The others are rejected. */
export function encoded(items: readonly QueuedItem[], contentType: string): QueuedItem[] {
  return items.filter((item) => {
    try {
      item.message ??= messageFor(item.draft, contentType);
      return true;
    } catch (error) {
      item.reject(error);
      return false;
    }
  });
}

/** A promise whose rejection ends no process: an append that nobody awaits is told of by `flush` and `errors$`. */
export function quiet<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}

function messageFor(draft: AppendDraft | undefined, contentType: string | undefined): Uint8Array | undefined {
  return draft === undefined || contentType === undefined ? undefined : messageOf(where, draft, contentType);
}

function deferred<T>(): { promise: Promise<T>; resolve: (value: T) => void; reject: (error: unknown) => void } {
  let resolve: (value: T) => void = () => undefined;
  let reject: (error: unknown) => void = () => undefined;
  const promise = new Promise<T>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise: quiet(promise), resolve, reject };
}
