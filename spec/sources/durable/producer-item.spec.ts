import { describe, expect, it } from '@jest/globals';
import { encoded, promisedItem, quiet } from '../../../sources/durable/producer-item.js';

function spied(value: unknown, contentType?: string) {
  const told: unknown[] = [];
  const events = { onSettled: () => void told.push('settled'), onFailed: (error: unknown) => void told.push(error) };
  return { told, ...promisedItem(value, contentType, events) };
}

describe('an appended value', () => {
  it('settles once, and its producer hears of it before its caller', async () => {
    const { item, promise, told } = spied(1, 'application/json');
    item.reject('no');
    item.reject('again');
    item.resolve({ duplicate: false, nextOffset: undefined, epoch: 0, seq: 0 });
    expect(told).toEqual(['settled', 'no']);
    await expect(promise).rejects.toBe('no');
  });

  it('is encoded at once where the type is known, and later where it is not', async () => {
    expect(spied({ a: 1 }, 'application/json').item).toMatchObject({ size: 7, message: expect.any(Uint8Array) });
    const [good, bad] = [spied('text'), spied({ a: 1 })];
    expect(encoded([good.item, bad.item], 'text/plain')).toEqual([good.item]);
    expect(new TextDecoder().decode(good.item.message)).toBe('text');
    await expect(bad.promise).rejects.toThrow(TypeError);
  });

  it('may be the lack of one', () => {
    expect(spied(undefined, 'application/json').item).toMatchObject({ draft: undefined, message: undefined, size: 0 });
  });

  it('is refused where it has no form', () => {
    expect(() => spied(Symbol('x'))).toThrow(TypeError);
    expect(() => spied(1, 'text/plain')).toThrow(TypeError);
  });
});

describe('quiet', () => {
  it('passes the rejection on to whoever looks', async () => {
    await expect(quiet(Promise.reject(new Error('no')))).rejects.toThrow('no');
  });
});
