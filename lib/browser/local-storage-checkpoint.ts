import { checkOptions, instance, type OptionRules } from '../check-options.js';
import { checkCheckpointKey, checkCheckpointPosition, checkpointError, type CheckpointStore } from '../checkpoint.js';
import { storageFailure } from './storage-failure.js';

/** What is used of a `Storage`: `localStorage`, `sessionStorage`, or something like them. */
export interface TextStorage {
  /** The text stored under the key; `null` where there is none. */
  getItem(key: string): string | null;
  /** Throws a `QuotaExceededError` where there is no room. */
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

/** Where in which storage. */
export interface LocalStorageCheckpointOptions {
  /** Stands before every key, so that a page's other data stays apart. @default 'tailrace:checkpoint:' */
  prefix?: string | undefined;
  /** @default globalThis.localStorage, looked up at each call */
  storage?: TextStorage | undefined;
}

const rules: OptionRules<LocalStorageCheckpointOptions> = {
  prefix: { expected: 'a text', test: (value) => typeof value === 'string' },
  storage: instance,
};

/**
 * Keeps positions in `localStorage`. A save has happened by the time the call returns, so it works while a page is being left
 * (`pagehide`); the promise is for the sake of the interface.
 *
 * The browser writes to disc when it likes: a position survives the end of the page and of the browser, and may be lost when the
 * machine loses power. The room is some 5 MB per site, shared with everything else there. Tabs share it and are **not** kept apart: give
 * each stream that may run twice a key of its own, or run it under `navigator.locks`.
 *
 * Errors: `quota_exceeded`; `position_too_large`; `store_failed` where the browser has no storage or forbids it (private windows,
 * blocked cookies, workers). A `TypeError` at once for wrong options.
 *
 * @example
 * import { localStorageCheckpoint } from 'tailrace/browser';
 *
 * const store = localStorageCheckpoint();
 * await store.save('posts', '1234');
 */
export function localStorageCheckpoint(options: LocalStorageCheckpointOptions = {}): CheckpointStore {
  checkOptions('localStorageCheckpoint', rules, options);
  const { prefix = 'tailrace:checkpoint:', storage } = options;
  const within = <T>(use: (storage: TextStorage) => T): T => {
    try {
      return use(storage ?? browserStorage());
    } catch (error) {
      throw storageFailure('localStorageCheckpoint', error);
    }
  };
  return {
    load: async (key) => {
      checkCheckpointKey(key);
      return within((items) => items.getItem(prefix + key) ?? undefined);
    },
    save: async (key, position) => {
      checkCheckpointKey(key);
      checkCheckpointPosition(position);
      within((items) => items.setItem(prefix + key, position));
    },
    delete: async (key) => {
      checkCheckpointKey(key);
      within((items) => items.removeItem(prefix + key));
    },
  };
}

/** The getter itself throws where storage is forbidden; on other platforms there is none, whatever the types say. */
function browserStorage(): TextStorage {
  const { localStorage }: { localStorage?: TextStorage } = globalThis;
  if (localStorage !== undefined) return localStorage;
  throw checkpointError('store_failed', 'localStorageCheckpoint: there is no localStorage here; pass option "storage"');
}
