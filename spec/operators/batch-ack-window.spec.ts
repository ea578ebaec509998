import { describe, expect, it } from '@jest/globals';
import { concat, NEVER, of, range } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { batchAck } from '../../operators/batch-ack.js';
import { checkpoint } from '../../operators/checkpoint.js';
import { deliver } from '../../operators/deliver.js';
import { redeliver } from '../../operators/redeliver.js';
import { memoryCheckpoint } from '../../lib/checkpoint.js';

describe('batchAck under a window smaller than its batch', () => {
  it('commits when the window is full, without waiting for age, however many operators stand between', () => {
    const scheduler = new TestScheduler(() => undefined);
    const sizes: number[] = [];
    concat(range(0, 250), NEVER)
      .pipe(
        deliver({ maxUnacked: 100, scheduler }),
        checkpoint(memoryCheckpoint(), 'k', { scheduler, every: 1_000_000, everyCount: 1_000_000 }),
        redeliver({ scheduler }),
        batchAck(
          (values) => {
            sizes.push(values.length);
            return of(undefined);
          },
          { maxSize: 500, scheduler },
        ),
      )
      .subscribe()
      .unsubscribe();
    expect(sizes).toEqual([100, 100]);
  });

  it('commits a single one where the window is one', () => {
    const sizes: number[] = [];
    range(0, 3)
      .pipe(
        deliver({ maxUnacked: 1 }),
        batchAck((values) => {
          sizes.push(values.length);
          return of(undefined);
        }),
      )
      .subscribe();
    expect(sizes).toEqual([1, 1, 1]);
  });
});
