import { checkOptions, instance, type OptionRules, text } from '../check-options.js';
import { checkCheckpointKey, checkCheckpointPosition, checkpointError, type CheckpointStore } from '../checkpoint.js';
import { storageFailure } from './storage-failure.js';

/** Which database. */
export interface IndexedDbCheckpointOptions {
  /** Name of the database; nothing else should be kept in it. @default 'tailrace' */
  name?: string | undefined;
  /** @default globalThis.indexedDB, looked up when it is first used */
  indexedDB?: IDBFactory | undefined;
}

const rules: OptionRules<IndexedDbCheckpointOptions> = { name: text, indexedDB: instance };

/** Changing what is in the database needs another number here and a way from the old one. */
const version = 1;
const objectStore = 'positions';

/**
 * Keeps positions in IndexedDB, in pages and in workers. `save` and `delete` resolve when the transaction is complete, asked for
 * with `durability: 'strict'`: where the browser heeds that, the position is on the disc.
 *
 * Opens the database at the first use and keeps it open; it makes way when another page deletes the database or changes
 * its version, and opens it again at the next use. A save needs a millisecond or so and does not survive a page that is being
 * left: use `localStorageCheckpoint` for that. Tabs share the database and are **not** kept apart: give each stream that may
 * run twice a key of its own, or run it under `navigator.locks`. A browser may clear it when room is short, unless the page was granted
 * `navigator.storage.persist()`.
 *
 * Errors: `quota_exceeded`; `position_too_large`; `damaged` where something that is no position stands under the key; `store_failed`
 * where the browser has no IndexedDB or forbids it. A `TypeError` at once for wrong options.
 *
 * @example
 * import { indexedDbCheckpoint } from 'tailrace/browser';
 *
 * const store = indexedDbCheckpoint({ name: 'my-page' });
 * await store.save('posts', '1234');
 */
export function indexedDbCheckpoint(options: IndexedDbCheckpointOptions = {}): CheckpointStore {
  checkOptions('indexedDbCheckpoint', rules, options);
  const { name = 'tailrace', indexedDB } = options;
  let database: Promise<IDBDatabase> | undefined;
  const forget = (): void => {
    database = undefined;
  };
  const opened = (): Promise<IDBDatabase> => {
    database ??= openDatabase(indexedDB ?? browserDatabases(), name, forget).catch((error: unknown) => {
      forget();
      throw error;
    });
    return database;
  };
  const within = async (mode: IDBTransactionMode, ask: Ask): Promise<unknown> => {
    try {
      return await transact(await opened(), mode, ask);
    } catch (error) {
      throw storageFailure('indexedDbCheckpoint', error);
    }
  };
  return {
    load: async (key) => {
      checkCheckpointKey(key);
      return positionIn(await within('readonly', (positions) => positions.get(key)));
    },
    save: async (key, position) => {
      checkCheckpointKey(key);
      checkCheckpointPosition(position);
      await within('readwrite', (positions) => positions.put(position, key));
    },
    delete: async (key) => {
      checkCheckpointKey(key);
      await within('readwrite', (positions) => positions.delete(key));
    },
  };
}

function browserDatabases(): IDBFactory {
  const { indexedDB }: { indexedDB?: IDBFactory } = globalThis;
  if (indexedDB !== undefined) return indexedDB;
  throw checkpointError('store_failed', 'indexedDbCheckpoint: there is no IndexedDB here; pass option "indexedDB"');
}

function openDatabase(factory: IDBFactory, name: string, onClosed: () => void): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = factory.open(name, version);
    request.onupgradeneeded = () => void request.result.createObjectStore(objectStore);
    request.onerror = () => reject(failureOf(request.error));
    request.onsuccess = () => {
      const database = request.result;
      // Another page waits for us to let go; a save that is under way is finished first.
      database.onversionchange = () => {
        onClosed();
        database.close();
      };
      database.onclose = onClosed;
      resolve(database);
    };
  });
}

type Ask = (positions: IDBObjectStore) => IDBRequest;

/** Resolves on `complete`, not on the request's success: until then the transaction may still fail, for want of room above all. */
function transact(database: IDBDatabase, mode: IDBTransactionMode, ask: Ask): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(objectStore, mode, { durability: 'strict' });
    const request = ask(transaction.objectStore(objectStore));
    transaction.oncomplete = () => resolve(request.result);
    transaction.onabort = () => reject(failureOf(transaction.error ?? request.error));
  });
}

/** A transaction that the browser ends on its own account says no reason. */
function failureOf(error: DOMException | null): Error {
  return error ?? checkpointError('store_failed', 'indexedDbCheckpoint: the browser gave up the transaction');
}

function positionIn(found: unknown): string | undefined {
  if (found === undefined || typeof found === 'string') return found;
  throw checkpointError('damaged', 'indexedDbCheckpoint: what is stored under the key is no position');
}
