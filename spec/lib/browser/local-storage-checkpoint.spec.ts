import { afterEach, describe, expect, it } from '@jest/globals';
import { localStorageCheckpoint, type TextStorage } from '../../../lib/browser/local-storage-checkpoint.js';
import { describeCheckpoint, failureOf } from '../checkpoint-contract.js';

/**
 * WHATWG HTML 12.2.1: a missing key is `null`, and an item that does not fit
 * throws a `QuotaExceededError` and changes nothing. Browsers count 16 bits for each code unit of key and value.
 */
function fakeStorage(quota = 5 * 1_024 * 1_024): TextStorage & { readonly items: Map<string, string> } {
  const items = new Map<string, string>();
  const taken = (without: string): number =>
    [...items].reduce((sum, [key, value]) => (key === without ? sum : sum + key.length + value.length), 0);
  return {
    items,
    getItem: (key) => items.get(key) ?? null,
    setItem: (key, value) => {
      if (taken(key) + key.length + value.length > quota) throw new DOMException('full', 'QuotaExceededError');
      items.set(key, value);
    },
    removeItem: (key) => void items.delete(key),
  };
}

const real = Object.getOwnPropertyDescriptor(globalThis, 'localStorage');
function provide(descriptor: PropertyDescriptor | undefined): void {
  Reflect.deleteProperty(globalThis, 'localStorage');
  if (descriptor !== undefined)
    Object.defineProperty(globalThis, 'localStorage', { ...descriptor, configurable: true });
}
afterEach(() => provide(real));

describeCheckpoint('localStorageCheckpoint', async () => localStorageCheckpoint({ storage: fakeStorage() }));

describe('localStorageCheckpoint', () => {
  it('has saved by the time the call returns, so that a page may be left', () => {
    const storage = fakeStorage();
    void localStorageCheckpoint({ storage }).save('posts', '1');
    expect([...storage.items]).toEqual([['tailrace:checkpoint:posts', '1']]);
  });

  it('keeps what belongs to others apart by its prefix', async () => {
    const storage = fakeStorage();
    const [one, other] = ['one:', 'other:'].map((prefix) => localStorageCheckpoint({ prefix, storage }));
    await one?.save('posts', '1');
    await other?.save('posts', '2');
    await other?.delete('posts');
    expect([...storage.items]).toEqual([['one:posts', '1']]);
  });

  it('says that there is no more room, and keeps what it has', async () => {
    const store = localStorageCheckpoint({ storage: fakeStorage(100) });
    await store.save('posts', '1');
    const error = await failureOf(() => store.save('posts', 'x'.repeat(100)));
    expect(error).toMatchObject({ name: 'StreamError', errorType: 'fatal_error', code: 'quota_exceeded' });
    expect(String(error)).not.toContain('xx');
    expect(await store.load('posts')).toBe('1');
  });

  it('uses the localStorage of the page', async () => {
    const storage = fakeStorage();
    const store = localStorageCheckpoint();
    provide({ value: storage });
    await store.save('posts', '1');
    expect(storage.items.size).toBe(1);
  });

  it('fails with an error of its own where the browser has none, or forbids it', async () => {
    const store = localStorageCheckpoint();
    provide(undefined);
    expect(await failureOf(() => store.load('posts'))).toMatchObject({ name: 'StreamError', code: 'store_failed' });
    const forbidden = (): never => {
      throw new DOMException('denied', 'SecurityError');
    };
    provide({ get: forbidden });
    for (const call of [() => store.load('posts'), () => store.save('posts', '1'), () => store.delete('posts')]) {
      expect(await failureOf(call)).toMatchObject({ name: 'StreamError', code: 'store_failed' });
    }
  });

  it.each([{ prefix: 7 }, { storage: null }, { storage: 'local' }, { prefx: 'a' }])('refuses %j at once', (options) => {
    expect(() => localStorageCheckpoint(JSON.parse(JSON.stringify(options)))).toThrow(/^localStorageCheckpoint: /);
  });
});
