import { describe, expect, it } from '@jest/globals';
import { concat, from, NEVER, type Observable, of, Subject, take, throwError } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { isStreamError } from '../../lib/errors.js';
import { jsonArray } from '../../lib/json-array.js';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const nameOf = (error: unknown): string => (isStreamError(error) ? `${error.errorType} ${error.code}` : String(error));

describe('jsonArray', () => {
  const marbles = (source: string, texts: Record<string, string>, expected: string, batches: object): void =>
    new TestScheduler((actual, wanted) => expect(actual).toEqual(wanted)).run(({ cold, expectObservable }) => {
      const chunks = Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, bytes(text)]));
      expectObservable(cold(source, chunks, 'own').pipe(jsonArray())).toBe(expected, { ...batches }, 'own');
    });

  const outcomeOf = (source: Observable<Uint8Array>): unknown[] => {
    const got: unknown[] = [];
    source.pipe(jsonArray()).subscribe({
      next: (batch) => got.push(batch),
      error: (error: unknown) => got.push(nameOf(error)),
      complete: () => got.push('complete'),
    });
    return got;
  };

  it('emits what each chunk completes, and the last element alone on completion', () => {
    const texts = { a: '[1,2', b: '3', c: ',{"a":1},', d: '4]' };
    marbles('a-b-c-d-|', texts, 'x---y---(z|)', { x: [1], y: [23, { a: 1 }], z: [4] });
    marbles('a-|', { a: '[]' }, '--|', {});
  });

  it('drops the last element before an error of the source', () => {
    marbles('a-b-#', { a: '[1,2', b: ']' }, 'x---#', { x: [1] });
  });

  it('tells what is broken right behind what stands before it, without waiting for the next chunk', () => {
    expect(outcomeOf(concat(of(bytes('[1,2,x,')), NEVER))).toEqual([[1, 2], 'fatal_error malformed']);
    expect(outcomeOf(concat(of(bytes('[1,2')), NEVER))).toEqual([[1]]);
    expect(outcomeOf(of(bytes('[1,2')))).toEqual([[1], 'stream_interrupted truncated']);
    expect(outcomeOf(of())).toEqual(['stream_interrupted truncated']);
    expect(outcomeOf(throwError(() => 'own'))).toEqual(['own']);
  });

  it('reads each subscription from the start and stops with it', () => {
    const source = from([bytes('[1,'), bytes('2,'), bytes('3]')]).pipe(jsonArray());
    for (let time = 0; time < 2; time += 1) {
      const got: unknown[] = [];
      source.pipe(take(2)).subscribe((batch) => got.push(...batch));
      expect(got).toEqual([1, 2]);
    }
    const chunks = new Subject<Uint8Array>();
    const subscription = chunks.pipe(jsonArray()).subscribe();
    expect(chunks.observed).toBe(true);
    subscription.unsubscribe();
    expect(chunks.observed).toBe(false);
  });

  it('keeps the order for a consumer that sends the next chunk while it handles a batch', () => {
    const chunks = new Subject<Uint8Array>();
    const got: unknown[] = [];
    chunks.pipe(jsonArray()).subscribe({
      next: (batch) => {
        got.push(...batch);
        if (got.length === 1) chunks.next(bytes('2,3]'));
      },
      complete: () => got.push('complete'),
    });
    chunks.next(bytes('[1,'));
    chunks.complete();
    expect(got).toEqual([1, 2, 3, 'complete']);
  });
});
