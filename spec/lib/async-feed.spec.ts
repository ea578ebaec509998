import { getEventListeners } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { BehaviorSubject, concat, from, NEVER, Observable, of, range, Subject, throwError } from 'rxjs';
import { toAsyncIterable } from '../../lib/async-iterable.js';

async function collect<T>(values: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const value of values) all.push(value);
  return all;
}

/** What a promise came to within this turn of the event loop: nothing here may take longer. */
async function outcome(promise: Promise<IteratorResult<unknown>> | undefined): Promise<unknown> {
  if (promise === undefined) return 'no such method';
  const soon = new Promise<string>((resolve) => setImmediate(() => resolve('pending')));
  const settled = promise.then(
    (result) => (result.done === true ? 'done' : result.value),
    (error: unknown) => ({ rejected: error }),
  );
  return Promise.race([settled, soon]);
}

describe('each', () => {
  it('gives every value in order, of synchronous and asynchronous sources', async () => {
    expect(await collect(toAsyncIterable(range(0, 1_000)))).toEqual(Array.from({ length: 1_000 }, (_, index) => index));
    expect(await collect(toAsyncIterable(from(Promise.resolve('a'))))).toEqual(['a']);
    expect(await collect(toAsyncIterable(of(undefined, null, 0)))).toEqual([undefined, null, 0]);
  });

  it('answers several pending calls in order', async () => {
    const source = new Subject<number>();
    const values = toAsyncIterable(source);
    const pending = [values.next(), values.next(), values.next()];
    source.next(1);
    source.next(2);
    source.complete();
    expect(await Promise.all(pending.map(outcome))).toEqual([1, 2, 'done']);
  });

  it('gives what arrived before an error first', async () => {
    const boom = new Error('boom');
    const values = toAsyncIterable(
      concat(
        of(1, 2),
        throwError(() => boom),
      ),
    );
    expect(await outcome(values.next())).toBe(1);
    expect(await outcome(values.next())).toBe(2);
    expect(await outcome(values.next())).toEqual({ rejected: boom });
    expect(await outcome(values.next())).toBe('done');
  });

  it('waits on a source that never says anything', async () => {
    const values = toAsyncIterable(NEVER);
    expect(await outcome(values.next())).toBe('pending');
    await values.return?.();
  });

  it('serves a source that asks for more while it emits', async () => {
    const answers: Promise<unknown>[] = [];
    const source = new Observable<number>((subscriber) => {
      answers.push(outcome(values.next()));
      subscriber.next(1);
      answers.push(outcome(values.next()));
      subscriber.next(2);
      subscriber.next(3);
    });
    const values: AsyncIterableIterator<number> = toAsyncIterable(source);
    const last = outcome(values.next());
    expect(await Promise.all([...answers, last])).toEqual([1, 2, 3]);
    await values.return?.();
  });

  it('gives up past maxBuffered: unsubscribes at once, gives what it holds, then slow_consumer', async () => {
    const source = new Subject<number>();
    const { signal } = new AbortController();
    const values = toAsyncIterable(source, { maxBuffered: 2, signal });
    const first = values.next();
    for (const value of [1, 2, 3]) source.next(value);
    expect(source.observed).toBe(true);
    source.next(4);
    expect(source.observed).toBe(false);
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
    expect(await outcome(first)).toBe(1);
    expect(await outcome(values.next())).toBe(2);
    expect(await outcome(values.next())).toBe(3);
    const error = await values.next().catch((cause: unknown) => cause);
    expect(error).toMatchObject({ name: 'StreamError', errorType: 'fatal_error', code: 'slow_consumer' });
    expect(String(error)).toMatch(/more than 2 values.*'latest'.*maxUnacked/);
    expect(await outcome(values.next())).toBe('done');
  });

  it('stops a synchronous source without end at maxBuffered', async () => {
    let emitted = 0;
    const source = new Observable<number>((subscriber) => {
      while (!subscriber.closed) subscriber.next((emitted += 1));
    });
    const values = toAsyncIterable(source, { maxBuffered: 100 });
    await values.next();
    expect(emitted).toBe(101);
  });

  it('holds 65,536 values by default', async () => {
    const most = await collect(toAsyncIterable(range(0, 65_536)));
    expect(most).toHaveLength(65_536);
    await expect(collect(toAsyncIterable(range(0, 65_537)))).rejects.toMatchObject({ code: 'slow_consumer' });
  });

  it('hands out 300,000 held values', async () => {
    let count = 0;
    for await (const value of toAsyncIterable(range(0, 300_000), { maxBuffered: 300_000 })) count += Number(value >= 0);
    expect(count).toBe(300_000);
  });
});

describe('latest', () => {
  it('gives the last value of a burst, whether or not a call was waiting', async () => {
    const source = new Subject<number>();
    const values = toAsyncIterable(source, { strategy: 'latest' });
    const pending = values.next();
    for (const value of [1, 2, 3]) source.next(value);
    expect(await outcome(pending)).toBe(3);
    for (const value of [4, 5]) source.next(value);
    expect(await outcome(values.next())).toBe(5);
    await values.return?.();
  });

  it('never gives a value twice', async () => {
    const values = toAsyncIterable(new BehaviorSubject(1), { strategy: 'latest' });
    expect(await outcome(values.next())).toBe(1);
    expect(await outcome(values.next())).toBe('pending');
    await values.return?.();
  });

  it('gives the last value before completion and before an error', async () => {
    const boom = new Error('boom');
    expect(await collect(toAsyncIterable(of(1, 2, 3), { strategy: 'latest' }))).toEqual([3]);
    const source = new Subject<number>();
    const values = toAsyncIterable(source, { strategy: 'latest' });
    const pending = [values.next(), values.next()];
    source.next(1);
    source.next(2);
    source.error(boom);
    expect(await Promise.all(pending.map(outcome))).toEqual([2, { rejected: boom }]);
  });

  it('keeps one value however slow the consumer is', async () => {
    const source = new Subject<number>();
    const values = toAsyncIterable(source, { strategy: 'latest' });
    const pending = values.next();
    for (let value = 0; value < 100_000; value += 1) source.next(value);
    await pending;
    source.next(-1);
    expect(await outcome(values.next())).toBe(-1);
    await values.return?.();
  });
});

describe('buffered', () => {
  it('gives all values since the last call, in order and none twice', async () => {
    const source = new Subject<number>();
    const values = toAsyncIterable(source, { strategy: 'buffered' });
    const pending = values.next();
    source.next(1);
    source.next(2);
    expect(await outcome(pending)).toEqual([1, 2]);
    source.next(3);
    source.next(4);
    expect(await outcome(values.next())).toEqual([3, 4]);
    source.next(5);
    source.complete();
    expect(await outcome(values.next())).toEqual([5]);
    expect(await outcome(values.next())).toBe('done');
  });

  it('gives what arrived before an error first', async () => {
    const boom = new Error('boom');
    const values = toAsyncIterable(
      concat(
        of(1, 2),
        throwError(() => boom),
      ),
      { strategy: 'buffered' },
    );
    expect(await outcome(values.next())).toEqual([1, 2]);
    expect(await outcome(values.next())).toEqual({ rejected: boom });
  });

  it('gives up past maxBuffered: unsubscribes at once, gives what it holds, then slow_consumer', async () => {
    const source = new Subject<number>();
    const values = toAsyncIterable(source, { strategy: 'buffered', maxBuffered: 3 });
    const pending = values.next();
    source.next(1);
    await pending;
    for (const value of [2, 3, 4]) source.next(value);
    expect(source.observed).toBe(true);
    source.next(5);
    expect(source.observed).toBe(false);
    expect(await outcome(values.next())).toEqual([2, 3, 4]);
    expect(await outcome(values.next())).toMatchObject({ rejected: { code: 'slow_consumer' } });
    expect(await outcome(values.next())).toBe('done');
  });

  it('counts what waits, not what has passed', async () => {
    const source = new Subject<number>();
    const values = toAsyncIterable(source, { strategy: 'buffered', maxBuffered: 2 });
    for (let value = 0; value < 20; value += 1) {
      const pending = values.next();
      source.next(value);
      source.next(value);
      expect(await outcome(pending)).toEqual([value, value]);
    }
    await values.return?.();
  });
});

describe('each and buffered', () => {
  it('lose and double nothing, however calls and values fall', async () => {
    const steps = fc.array(fc.constantFrom('emit', 'ask', 'turn'), { maxLength: 40 });
    const run = async (order: readonly string[], strategy: 'each' | 'buffered'): Promise<void> => {
      const source = new Subject<number>();
      const values: AsyncIterableIterator<number | number[]> =
        strategy === 'each' ? toAsyncIterable(source) : toAsyncIterable(source, { strategy });
      const answers = [values.next()];
      let emitted = 0;
      for (const step of order) {
        if (step === 'emit') source.next((emitted += 1));
        else if (step === 'ask') answers.push(values.next());
        else await new Promise((resolve) => setImmediate(resolve));
      }
      source.complete();
      const asked: (number | number[])[] = [];
      for (const result of await Promise.all(answers)) if (result.done !== true) asked.push(result.value);
      const all = [...asked, ...(await collect(values))].flat();
      expect(all).toEqual(Array.from({ length: emitted }, (_, index) => index + 1));
    };
    await fc.assert(fc.asyncProperty(steps, fc.constantFrom('each', 'buffered'), run), { numRuns: 80 });
  });
});

describe('next', () => {
  it('gives the first value after each call and drops the others', async () => {
    const source = new Subject<number>();
    const values = toAsyncIterable(source, { strategy: 'next' });
    const pending = values.next();
    for (const value of [1, 2]) source.next(value);
    expect(await outcome(pending)).toBe(1);
    source.next(3);
    const later = values.next();
    source.next(4);
    expect(await outcome(later)).toBe(4);
    await values.return?.();
  });
});
