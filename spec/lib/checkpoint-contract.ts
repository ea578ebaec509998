import { describe, expect, it } from '@jest/globals';
import type { CheckpointStore } from '../../lib/checkpoint.js';

const texts: [name: string, text: string][] = [
  ['an empty text', ''],
  ['spaces', '  \t '],
  ['line breaks', 'a\nb\r\nc\u2028d'],
  ['a NUL and other control characters', 'a\u0000b\u001b\u007f'],
  ['text beyond ASCII', 'Grüße, 世界 \u{1f30a} \u202e'],
  ['quotes and backslashes', `"'\\\\"\\n`],
  ['the names of what every object has', '__proto__'],
  ['60 KiB', '0123456789abcdef'.repeat(60 * 64)],
  ['60 KiB of three bytes each', '世'.repeat(20 * 1_024)],
];

/** What every store must do. `open` gives a store with nothing in it; `again` what is in it, seen anew. */
export function describeCheckpoint(
  name: string,
  open: () => Promise<CheckpointStore>,
  again: (store: CheckpointStore) => Promise<CheckpointStore> = async (store) => store,
): void {
  describe(`${name}, as a checkpoint store`, () => {
    describeSaving(open, again);
    describeRefusing(open);
  });
}

function describeSaving(
  open: () => Promise<CheckpointStore>,
  again: (store: CheckpointStore) => Promise<CheckpointStore>,
): void {
  it('knows no position of a key that was never saved', async () => {
    expect(await (await open()).load('posts')).toBeUndefined();
  });

  it('gives back what was saved last', async () => {
    const store = await open();
    await store.save('posts', '1');
    expect(await store.load('posts')).toBe('1');
    await store.save('posts', '2');
    expect(await store.load('posts')).toBe('2');
    expect(await (await again(store)).load('posts')).toBe('2');
  });

  it('forgets what was deleted, and may forget what is not there', async () => {
    const store = await open();
    await store.delete('never');
    await store.save('posts', '1');
    await store.save('kept', '2');
    await store.delete('posts');
    expect(await store.load('posts')).toBeUndefined();
    const later = await again(store);
    expect([await later.load('posts'), await later.load('kept')]).toEqual([undefined, '2']);
  });

  it('keeps many keys apart', async () => {
    const store = await open();
    const keys = Array.from({ length: 50 }, (_, index) => `stream ${index}`);
    await Promise.all(keys.map(async (key) => store.save(key, `at ${key}`)));
    const later = await again(store);
    expect(await Promise.all(keys.map(async (key) => later.load(key)))).toEqual(keys.map((key) => `at ${key}`));
  });

  it.each(texts)('keeps %s as a position', async (_, text) => {
    const store = await open();
    await store.save('posts', text);
    expect(await (await again(store)).load('posts')).toBe(text);
  });

  it.each(texts.filter(([, text]) => text !== '' && text.length < 1_000))('keeps %s as a key', async (_, text) => {
    const store = await open();
    expect(await store.load(text)).toBeUndefined();
    await store.save(text, '1');
    expect(await (await again(store)).load(text)).toBe('1');
  });

  it('has the last of several saves that were called at once', async () => {
    const store = await open();
    const positions = Array.from({ length: 30 }, (_, index) => String(index));
    await Promise.all(positions.map(async (position) => store.save('posts', position)));
    expect(await (await again(store)).load('posts')).toBe('29');
  });

  it('takes saves, deletes and loads in the order in which they were called', async () => {
    const store = await open();
    const loads: Promise<string | undefined>[] = [];
    const changes: Promise<void>[] = [];
    for (let round = 0; round < 5; round += 1) {
      const save = async (position: string): Promise<void> => store.save('posts', position);
      const forget = async (): Promise<void> => store.delete('posts');
      const load = async (): Promise<string | undefined> => store.load('posts');
      changes.push(save(String(round)));
      loads.push(load());
      changes.push(forget(), save(`again ${round}`));
    }
    await Promise.all(changes);
    // A load sees at least what was called before it, and may see more.
    expect((await Promise.all(loads)).every((position) => position !== undefined)).toBe(true);
    expect(await (await again(store)).load('posts')).toBe('again 4');
  });
}

function describeRefusing(open: () => Promise<CheckpointStore>): void {
  const canary = 'canary-5d1f';

  it.each([
    ['an empty text', ''],
    ['more than 1,024 bytes', canary.repeat(100)],
    ['half a surrogate pair', `${canary}\ud800`],
    ['a number', JSON.parse('7')],
    ['null', JSON.parse('null')],
  ])('refuses %s as a key, for every call', async (_, key) => {
    const store = await open();
    for (const call of [() => store.load(key), () => store.save(key, '1'), () => store.delete(key)]) {
      const error = await failureOf(call);
      expect(error).toMatchObject({ name: 'TypeError', message: expect.stringMatching(/^checkpoint: the key /) });
      expect(String(error)).not.toContain(canary);
    }
  });

  it.each([
    ['half a surrogate pair', `${canary}\udfff`],
    ['a number', JSON.parse('7')],
    ['null', JSON.parse('null')],
  ])('refuses %s as a position and keeps what it has', async (_, position) => {
    const store = await open();
    await store.save('posts', '1');
    const error = await failureOf(() => store.save('posts', position));
    expect(error).toMatchObject({ name: 'TypeError', message: expect.stringMatching(/^checkpoint: the position /) });
    expect(String(error)).not.toContain(canary);
    expect(await store.load('posts')).toBe('1');
  });

  it.each([
    ['65,537 bytes', 'x'.repeat(65_537)],
    ['fewer letters, but more bytes than that', 'ü'.repeat(32_769)],
  ])('refuses a position of %s and keeps what it has', async (_, position) => {
    const store = await open();
    await store.save('posts', 'x'.repeat(65_536));
    const error = await failureOf(() => store.save('posts', position));
    expect(error).toMatchObject({ name: 'StreamError', errorType: 'fatal_error', code: 'position_too_large' });
    expect(await store.load('posts')).toBe('x'.repeat(65_536));
  });
}

/** What a call threw or rejected with. */
export async function failureOf(call: () => unknown): Promise<unknown> {
  try {
    await call();
  } catch (error) {
    return error;
  }
  throw new Error('the call did not fail');
}
