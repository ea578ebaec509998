import { describe, expect, it } from '@jest/globals';
import { EMPTY, NEVER, of, range, Subject, take, throwError } from 'rxjs';
import { classifyErrors } from '../../operators/classify-errors.js';
import { failure, marbles } from './retry-harness.js';

describe('classifyErrors', () => {
  it('passes values, completion and silence untouched', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('a-b-c|');
      const subs = '       ^--!';
      const expected = '   a-b-';
      expectObservable(cold('a-b-c|').pipe(classifyErrors())).toBe('a-b-c|');
      expectObservable(source.pipe(classifyErrors()), '---!').toBe(expected);
      expectSubscriptions(source.subscriptions).toBe(subs);
      expectObservable(EMPTY.pipe(classifyErrors())).toBe('|');
      expectObservable(NEVER.pipe(classifyErrors())).toBe('-');
      expectObservable(of(1).pipe(classifyErrors())).toBe('(a|)', { a: 1 });
      expectObservable(range(1, Infinity).pipe(classifyErrors(), take(2))).toBe('(ab|)', { a: 1, b: 2 });
    });
  });

  it('makes a StreamError of what comes, in the context that is given', () => {
    marbles(({ cold, expectObservable }) => {
      const raw = { name: 'TypeError', message: 'terminated', cause: { code: 'ECONNRESET' } };
      const guard = classifyErrors<string>({ phase: 'body', target: 'https://a.example/x' });
      const message = 'the stream broke off: ECONNRESET (https://a.example/x)';
      const error = expect.objectContaining({ errorType: 'stream_interrupted', code: 'interrupted', message });
      expectObservable(cold('a-#', undefined, raw).pipe(guard)).toBe('a-#', undefined, error);
    });
  });

  it('passes a StreamError as it is', () => {
    const error = failure();
    const errors: unknown[] = [];
    throwError(() => error)
      .pipe(classifyErrors())
      .subscribe({ error: (seen: unknown) => errors.push(seen) });
    expect(errors[0]).toBe(error);
  });

  it('completes at an abort', () => {
    marbles(({ cold, expectObservable }) => {
      const abort = new DOMException('gone', 'AbortError');
      expectObservable(cold('a-#', undefined, abort).pipe(classifyErrors())).toBe('a-|');
    });
  });

  it('lets a consumer re-enter', () => {
    const subject = new Subject<number>();
    const seen: number[] = [];
    subject.pipe(classifyErrors()).subscribe((value) => {
      seen.push(value);
      if (value < 2) subject.next(value + 1);
    });
    subject.next(1);
    expect(seen).toEqual([1, 2]);
  });
});
