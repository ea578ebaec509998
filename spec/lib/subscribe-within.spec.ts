import { describe, expect, it } from '@jest/globals';
import {
  BehaviorSubject,
  concat,
  finalize,
  NEVER,
  Observable,
  of,
  range,
  Subject,
  Subscription,
  throwError,
} from 'rxjs';
import { subscribeWithin } from '../../lib/subscribe-within.js';

function seenFrom<T>(
  source: Observable<T>,
  scope: Subscription,
  onNext: (value: T) => void = () => undefined,
): unknown[] {
  const seen: unknown[] = [];
  subscribeWithin(source, scope, {
    next: (value) => {
      seen.push(value);
      onNext(value);
    },
    error: (error: unknown) => seen.push(['error', error]),
    complete: () => seen.push('complete'),
  });
  return seen;
}

describe('subscribeWithin', () => {
  it('passes values and the end', () => {
    expect(seenFrom(of(1, 2), new Subscription())).toEqual([1, 2, 'complete']);
    expect(
      seenFrom(
        throwError(() => 'x'),
        new Subscription(),
      ),
    ).toEqual([['error', 'x']]);
  });

  it('stops a source that emits while it is being subscribed to', () => {
    const scope = new Subscription();
    const stopAt = (value: number): void => {
      if (value === 3) scope.unsubscribe();
    };
    expect(seenFrom(range(1, Infinity), scope, stopAt)).toEqual([1, 2, 3]);
  });

  it('unsubscribes with its scope and says nothing afterwards', () => {
    const scope = new Subscription();
    const source = new Subject<number>();
    const seen = seenFrom(source, scope);
    source.next(1);
    scope.unsubscribe();
    expect(source.observed).toBe(false);
    source.next(2);
    expect(seen).toEqual([1]);
  });

  it('ends the source with what next throws, also while it is being subscribed to', () => {
    const bad = new Error('bad');
    for (const source of [range(1, Infinity), concat(of(1, 2), NEVER), new BehaviorSubject(2)]) {
      let isLeft = false;
      const onNext = (value: number): void => {
        if (value === 2) throw bad;
      };
      const seen = seenFrom(source.pipe(finalize(() => (isLeft = true))), new Subscription(), onNext);
      expect(seen.slice(-2)).toEqual([2, ['error', bad]]);
      expect(isLeft).toBe(true);
    }
  });

  it('says nothing of what next throws once its scope is closed', () => {
    const scope = new Subscription();
    const onNext = (): void => {
      scope.unsubscribe();
      throw new Error('late');
    };
    expect(seenFrom(of(1, 2), scope, onNext)).toEqual([1]);
  });

  it('does not even subscribe within a scope that is closed', () => {
    const scope = new Subscription();
    scope.unsubscribe();
    let subscribed = false;
    const seen = seenFrom(new Observable(() => void (subscribed = true)), scope);
    expect([subscribed, seen]).toEqual([false, []]);
  });
});
