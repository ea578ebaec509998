import { describe, expect, it } from '@jest/globals';
import { from, NEVER, Observable, of } from 'rxjs';
import { type CheckpointStore, memoryCheckpoint } from '../../lib/checkpoint.js';
import { ackMap } from '../../operators/ack-map.js';
import { checkpoint } from '../../operators/checkpoint.js';
import { deliver } from '../../operators/deliver.js';
import { drain } from '../../operators/drain.js';
import { fromCheckpoint } from '../../operators/from-checkpoint.js';
import { eventually } from '../servers/eventually.js';

function storeOf(load: () => string | undefined | Promise<string | undefined>): CheckpointStore {
  return { load, save: () => undefined, delete: () => undefined };
}

async function outcome<T>(source: Observable<T>): Promise<unknown[]> {
  const seen: unknown[] = [];
  return new Promise((resolve) => {
    source.subscribe({
      next: (value) => seen.push(value),
      error: (error) => resolve([...seen, error]),
      complete: () => resolve([...seen, '|']),
    });
  });
}

describe('fromCheckpoint', () => {
  it('opens the source at the saved position, or at none, whether the store answers at once or later', async () => {
    const open = (position: string | undefined) => of(position ?? 'none');
    expect(await outcome(fromCheckpoint(memoryCheckpoint(), 'posts', open))).toEqual(['none', '|']);
    expect(await outcome(fromCheckpoint(memoryCheckpoint({ posts: '7' }), 'posts', open))).toEqual(['7', '|']);
    expect(
      await outcome(
        fromCheckpoint(
          storeOf(() => ''),
          'posts',
          open,
        ),
      ),
    ).toEqual(['', '|']);
    expect(
      await outcome(
        fromCheckpoint(
          storeOf(() => '8'),
          'posts',
          async (position) => position,
        ),
      ),
    ).toEqual(['8', '|']);
  });

  it('does nothing before it is subscribed to, and loads for each subscription', async () => {
    let loads = 0;
    const store = storeOf(() => String((loads += 1)));
    const source = fromCheckpoint(store, 'posts', (position) => [position]);
    expect(loads).toBe(0);
    expect([await outcome(source), await outcome(source)]).toEqual([
      ['1', '|'],
      ['2', '|'],
    ]);
  });

  it.each<[string, () => Promise<string>]>([
    [
      'throws',
      () => {
        throw new Error('damaged');
      },
    ],
    ['rejects', async () => Promise.reject(new Error('damaged'))],
  ])('errors when the store %s, and opens nothing', async (_, load) => {
    let opened = false;
    const source = fromCheckpoint(storeOf(load), 'posts', () => {
      opened = true;
      return NEVER;
    });
    expect(await outcome(source)).toMatchObject([{ message: 'damaged' }]);
    expect(opened).toBe(false);
  });

  it('passes on what open throws, and the error of the source', async () => {
    const thrown = fromCheckpoint(memoryCheckpoint(), 'posts', () => {
      throw new Error('no such place');
    });
    expect(await outcome(thrown)).toMatchObject([{ message: 'no such place' }]);
    const broken = new Observable<number>((subscriber) => {
      subscriber.next(1);
      subscriber.error('broken');
    });
    expect(await outcome(fromCheckpoint(memoryCheckpoint(), 'posts', () => broken))).toEqual([1, 'broken']);
  });

  it('opens nothing when it is left during the load, and leaves the source when it is left later', async () => {
    const answers: ((position: string) => void)[] = [];
    const store = storeOf(async () => new Promise<string>((resolve) => answers.push(resolve)));
    let open = 0;
    const source = new Observable(() => {
      open += 1;
      return () => (open -= 1);
    });
    const left = fromCheckpoint(store, 'posts', () => source).subscribe();
    const kept = fromCheckpoint(store, 'posts', () => source).subscribe();
    left.unsubscribe();
    await eventually(() => answers.length === 2);
    for (const answer of answers) answer('7');
    await eventually(() => expect(open).toBe(1));
    kept.unsubscribe();
    expect(open).toBe(0);
  });

  it('goes on after a clean stop behind what was handled', async () => {
    const store = memoryCheckpoint();
    const all = Array.from({ length: 10 }, (_, index) => index);
    const handled: number[] = [];
    for (let round = 0; round < 5; round += 1) {
      const saved = checkpoint(store, 'numbers');
      const stopAt = handled.length + 3;
      const subscription = fromCheckpoint(store, 'numbers', (position) => {
        const rest = all.filter((value) => value > Number(position ?? -1));
        return from(rest).pipe(deliver({ maxUnacked: 2, positionOf: String }));
      })
        .pipe(
          saved,
          ackMap(async (value) => (handled.length < stopAt ? void handled.push(value) : new Promise(() => undefined))),
        )
        .subscribe();
      await eventually(() => handled.length === Math.min(stopAt, 10));
      await new Promise((resolve) => setImmediate(resolve));
      await drain(subscription, saved);
    }
    expect(handled).toEqual(all);
  });

  it.each<[string, unknown[]]>([
    ['store', [undefined, 'posts', () => NEVER]],
    ['key', [memoryCheckpoint(), '', () => NEVER]],
    ['open', [memoryCheckpoint(), 'posts']],
    ['open', [memoryCheckpoint(), 'posts', NEVER]],
  ])('refuses a senseless %s', (named, args) => {
    const call = (): unknown => Reflect.apply(fromCheckpoint, undefined, args);
    expect(call).toThrow(TypeError);
    expect(call).toThrow(named);
  });
});
