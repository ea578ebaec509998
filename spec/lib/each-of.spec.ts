import { describe, expect, it } from '@jest/globals';
import { concat, from, NEVER, of, repeat, Subject, take, throwError } from 'rxjs';
import { eachOf } from '../../lib/each-of.js';

describe('eachOf', () => {
  it('emits the values of every array in order, empty ones none', () => {
    const seen: unknown[] = [];
    from([[1, 2], [], [3]])
      .pipe(eachOf())
      .subscribe({ next: (value) => seen.push(value), complete: () => seen.push('complete') });
    expect(seen).toEqual([1, 2, 3, 'complete']);
  });

  it('passes errors after what came before them', () => {
    const seen: unknown[] = [];
    concat(
      of([1]),
      throwError(() => 'broken'),
    )
      .pipe(eachOf())
      .subscribe({ next: (value) => seen.push(value), error: (error: unknown) => seen.push(error) });
    expect(seen).toEqual([1, 'broken']);
  });

  it('stops inside an array, and leaves an endless synchronous source', () => {
    const seen: number[] = [];
    of([1, 2, 3])
      .pipe(repeat(), eachOf(), take(5))
      .subscribe((value) => seen.push(value));
    expect(seen).toEqual([1, 2, 3, 1, 2]);
  });

  it('survives a consumer that re-enters', () => {
    const source = new Subject<number[]>();
    const seen: number[] = [];
    source.pipe(eachOf()).subscribe((value) => {
      seen.push(value);
      if (value === 1) source.next([10]);
    });
    source.next([1, 2]);
    expect(seen).toEqual([1, 10, 2]);
  });

  it('never emits from a silent source, and unsubscribes from it', () => {
    const seen: number[] = [];
    const subscription = NEVER.pipe(eachOf<number>()).subscribe((value) => seen.push(value));
    subscription.unsubscribe();
    from([[...Array(3).keys()]])
      .pipe(eachOf())
      .subscribe((value) => seen.push(value));
    expect(seen).toEqual([0, 1, 2]);
  });
});
