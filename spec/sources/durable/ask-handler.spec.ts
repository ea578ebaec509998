import { describe, expect, it } from '@jest/globals';
import { concat, defer, lastValueFrom, Observable, of, throwError, toArray } from 'rxjs';
import { StreamError } from '../../../lib/errors.js';
import { askHandler } from '../../../sources/durable/ask-handler.js';
import { noOverrides } from '../../../sources/durable/exchange.js';
import type { ErrorHandler } from '../../../sources/durable/options.js';
import { rejectionOf } from './written.js';

const unauthorized = new StreamError('401', {
  errorType: 'authentication_error',
  code: 'unauthorized',
  statusCode: 401,
});

/** Fails `failures` times, then gives its number. */
function flaky(failures: number): Observable<number> {
  let count = 0;
  return defer(() => (count++ < failures ? throwError(() => unauthorized) : of(count)));
}

describe('the error handler', () => {
  it('is asked with the name that this source gives the error, and its answer tried', async () => {
    const overrides = noOverrides();
    const seen: unknown[] = [];
    const onError: ErrorHandler = async (error) => {
      seen.push(error);
      return { headers: { a: 'b' }, params: { c: 'd' } };
    };
    await expect(lastValueFrom(flaky(1).pipe(askHandler(onError, overrides)))).resolves.toBe(2);
    expect(seen).toMatchObject([{ name: 'FetchError', code: 'unauthorized', statusCode: 401 }]);
    expect(overrides).toEqual({ headers: { a: 'b' }, params: { c: 'd' } });
  });

  it('keeps what it gave before where it gives only part', async () => {
    const overrides = { headers: { a: '1' }, params: { b: '2' } };
    await lastValueFrom(flaky(1).pipe(askHandler(() => ({ params: { b: '3' } }), overrides)));
    expect(overrides).toEqual({ headers: { a: '1' }, params: { b: '3' } });
  });

  it('passes the error on by undefined, or by not being there', async () => {
    for (const onError of [undefined, () => undefined, async () => undefined]) {
      const call = lastValueFrom(flaky(1).pipe(askHandler(onError, noOverrides())));
      await expect(rejectionOf(call)).resolves.toMatchObject({ name: 'FetchError', code: 'unauthorized' });
    }
  });

  it('makes no loop of a server that takes no answer', async () => {
    let asked = 0;
    const onError: ErrorHandler = () => ((asked += 1), {});
    const call = lastValueFrom(flaky(1_000).pipe(askHandler(onError, noOverrides())));
    await expect(rejectionOf(call)).resolves.toMatchObject({ code: 'unauthorized' });
    expect(asked).toBe(5);
  });

  it('is asked as often as it takes where values come between', async () => {
    let count = 0;
    const source = defer(() => {
      count += 1;
      return count < 20
        ? concat(
            of(count),
            throwError(() => unauthorized),
          )
        : of(count);
    });
    const all = await lastValueFrom(
      source.pipe(
        askHandler(() => ({}), noOverrides()),
        toArray(),
      ),
    );
    expect(all).toHaveLength(20);
  });

  it('has not helped an error behind a good answer with the answer alone, only with progress', async () => {
    const broken = new StreamError('broken', { errorType: 'fatal_error', code: 'parse_error', phase: 'body' });
    const answers = (values: readonly string[]): Observable<string> =>
      concat(
        of(...values),
        throwError(() => broken),
      );
    for (const [values, most] of [
      [['open'], 5],
      [['open', 'data'], 30],
    ] as const) {
      let asked = 0;
      const onError: ErrorHandler = () => ((asked += 1) === 30 ? undefined : {});
      const read = answers(values).pipe(askHandler(onError, noOverrides(), (value) => value === 'data'));
      await expect(lastValueFrom(read)).rejects.toMatchObject({ code: 'parse_error' });
      expect(asked).toBe(most);
    }
  });

  it('may throw, and that is the error then', async () => {
    const fault = new Error('handler');
    const onError: ErrorHandler = () => {
      throw fault;
    };
    await expect(lastValueFrom(flaky(1).pipe(askHandler(onError, noOverrides())))).rejects.toBe(fault);
  });

  it('tries nothing any more after unsubscription', async () => {
    let answer: (value: undefined) => void = () => undefined;
    const onError: ErrorHandler = () => new Promise((resolve) => (answer = resolve));
    let subscriptions = 0;
    const source = new Observable<number>((subscriber) => {
      subscriptions += 1;
      subscriber.error(unauthorized);
    });
    source.pipe(askHandler(onError, noOverrides())).subscribe().unsubscribe();
    answer(undefined);
    await new Promise((resolve) => setImmediate(resolve));
    expect(subscriptions).toBe(1);
  });
});
