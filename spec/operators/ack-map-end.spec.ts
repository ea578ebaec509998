import { describe, expect, it } from '@jest/globals';
import { of, Subject, throwError } from 'rxjs';
import { ackMap } from '../../operators/ack-map.js';
import { deadLetter } from '../../operators/dead-letter.js';
import { deliver } from '../../operators/deliver.js';

/** What came, in words. */
function record(
  run: (observer: { next(value: unknown): void; error(error: unknown): void; complete(): void }) => void,
) {
  const seen: unknown[] = [];
  run({
    next: (value) => seen.push(value),
    error: (error: unknown) => seen.push(error instanceof Error && 'code' in error ? error.code : error),
    complete: () => seen.push('complete'),
  });
  return seen;
}

describe('ackMap, when a handler fails after its source is over', () => {
  it('errors: nobody upstream hears of the nack any more', () => {
    const handled = new Subject<string>();
    const seen = record((observer) =>
      of(1, 2)
        .pipe(
          deliver({ maxUnacked: 10 }),
          ackMap((value) => (value === 1 ? handled : of('two')), { ordered: false, concurrency: 2 }),
        )
        .subscribe(observer),
    );
    expect(seen).toEqual(['two']);
    handled.error(new Error('broken'));
    expect(seen).toEqual(['two', 'delivery_failed']);
  });

  it('completes where the dead letters took it', () => {
    const letters: unknown[] = [];
    const seen = record((observer) =>
      of(1, 2)
        .pipe(
          deliver({ maxUnacked: 10 }),
          deadLetter(({ value }) => void letters.push(value)),
          ackMap((value) => (value === 1 ? throwError(() => 'broken') : of('two'))),
        )
        .subscribe(observer),
    );
    expect([letters, seen]).toEqual([[1], ['two', 'complete']]);
  });
});
