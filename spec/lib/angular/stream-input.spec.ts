import { describe, expect, it } from '@jest/globals';
import { lastValueFrom, of, toArray } from 'rxjs';
import { fromInput } from '../../../lib/angular/stream-input.js';
import { eventually } from '../../servers/eventually.js';

describe('fromInput', () => {
  it('passes an Observable', () => {
    const source = of(1);
    expect(fromInput(source)).toBe(source);
  });

  it('gives what an async iterable gives, and its end', async () => {
    async function* numbers(): AsyncGenerator<number> {
      yield 1;
      yield 2;
    }
    expect(await lastValueFrom(fromInput(numbers()).pipe(toArray()))).toEqual([1, 2]);
  });

  it('fails with what the iterable throws', async () => {
    async function* broken(): AsyncGenerator<number> {
      yield 1;
      throw new RangeError('no');
    }
    await expect(lastValueFrom(fromInput(broken()))).rejects.toThrow('no');
  });

  it('calls return when it is left, and nothing comes of what that throws', async () => {
    const log: string[] = [];
    const iterable: AsyncIterable<number> = {
      [Symbol.asyncIterator]: () => ({
        next: () => new Promise(() => undefined),
        return: () => {
          log.push('return');
          throw new Error('unheard');
        },
      }),
    };
    const subscription = fromInput(iterable).subscribe();
    expect(log).toEqual([]);
    subscription.unsubscribe();
    await eventually(() => log.length === 1);
  });

  it('reads no further once it is left', async () => {
    let reads = 0;
    const iterable: AsyncIterable<number> = {
      [Symbol.asyncIterator]: () => ({ next: async () => ({ done: false, value: reads++ }) }),
    };
    const subscription = fromInput(iterable).subscribe((value) => {
      if (value === 3) subscription.unsubscribe();
    });
    await eventually(() => subscription.closed);
    await new Promise((resolve) => setImmediate(resolve));
    expect(reads).toBe(4);
  });
});
