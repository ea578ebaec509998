import { describe, expect, it } from '@jest/globals';
import { IDBFactory } from 'fake-indexeddb';
import { indexedDbCheckpoint } from '../../../lib/browser/indexed-db-checkpoint.js';
import { describeCheckpoint, failureOf } from '../checkpoint-contract.js';

let factory = new IDBFactory();

describeCheckpoint(
  'indexedDbCheckpoint',
  async () => {
    factory = new IDBFactory();
    return indexedDbCheckpoint({ indexedDB: factory });
  },
  async () => indexedDbCheckpoint({ indexedDB: factory }),
);

/** A request of the database, as a promise. */
function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('the request failed'));
  });
}

describe('indexedDbCheckpoint', () => {
  it('opens nothing before it is used', async () => {
    const indexedDB = new IDBFactory();
    indexedDbCheckpoint({ indexedDB });
    expect(await indexedDB.databases()).toEqual([]);
  });

  it('keeps databases of different names apart', async () => {
    const indexedDB = new IDBFactory();
    const [one, other] = ['one', 'other'].map((name) => indexedDbCheckpoint({ name, indexedDB }));
    await one?.save('posts', '1');
    expect(await other?.load('posts')).toBeUndefined();
    expect((await indexedDB.databases()).map(({ name }) => name).sort()).toEqual(['one', 'other']);
  });

  it('makes way for whoever deletes the database, and opens it again at the next use', async () => {
    const indexedDB = new IDBFactory();
    const store = indexedDbCheckpoint({ indexedDB });
    await store.save('posts', '1');
    await done(indexedDB.deleteDatabase('tailrace'));
    expect(await store.load('posts')).toBeUndefined();
    await store.save('posts', '2');
    expect(await store.load('posts')).toBe('2');
  });

  it('fails where a later version has the database, and tries again at the next call', async () => {
    const indexedDB = new IDBFactory();
    (await done(indexedDB.open('tailrace', 2))).close();
    const store = indexedDbCheckpoint({ indexedDB });
    const error = await failureOf(() => store.load('posts'));
    expect(error).toMatchObject({ name: 'StreamError', errorType: 'fatal_error', code: 'store_failed' });
    expect(String(error)).toContain('VersionError');
    await done(indexedDB.deleteDatabase('tailrace'));
    expect(await store.load('posts')).toBeUndefined();
  });

  it('does not take what is no position for one', async () => {
    const indexedDB = new IDBFactory();
    const store = indexedDbCheckpoint({ indexedDB });
    await store.save('posts', '1');
    const database = await done(indexedDB.open('tailrace', 1));
    await done(database.transaction('positions', 'readwrite').objectStore('positions').put(7, 'posts'));
    expect(await failureOf(() => store.load('posts'))).toMatchObject({ code: 'damaged' });
  });

  it('says that there is no more room when the transaction ends for want of it', async () => {
    const indexedDB = new IDBFactory();
    const store = indexedDbCheckpoint({ indexedDB });
    await store.save('posts', '1');
    const full = new DOMException('full', 'QuotaExceededError');
    const open = indexedDB.open.bind(indexedDB);
    indexedDB.open = (name, version) => failWrites(open(name, version), full);
    const other = indexedDbCheckpoint({ indexedDB });
    expect(await failureOf(() => other.save('posts', '2'))).toMatchObject({ code: 'quota_exceeded', cause: full });
    expect(await store.load('posts')).toBe('1');
  });

  it('fails with an error of its own where there is no IndexedDB', async () => {
    const error = await failureOf(() => indexedDbCheckpoint().load('posts'));
    expect(error).toMatchObject({ name: 'StreamError', code: 'store_failed' });
  });

  it.each([{ name: '' }, { indexedDB: 7 }, { nam: 'a' }])('refuses %j at once', (options) => {
    expect(() => indexedDbCheckpoint(JSON.parse(JSON.stringify(options)))).toThrow(/^indexedDbCheckpoint: /);
  });
});

/** A full disc shows when the transaction is to be completed: its requests have succeeded by then. */
function failWrites(opening: IDBOpenDBRequest, error: DOMException): IDBOpenDBRequest {
  opening.addEventListener('success', () => {
    const database = opening.result;
    const begin = database.transaction.bind(database);
    database.transaction = (...args) => {
      const transaction = begin(...args);
      Object.defineProperty(transaction, 'error', { value: error });
      const positions = transaction.objectStore('positions');
      const put = positions.put.bind(positions);
      positions.put = (...values) => {
        const request = put(...values);
        request.addEventListener('success', () => transaction.abort());
        return request;
      };
      return transaction;
    };
  });
  return opening;
}
