import { describe, expect, it } from '@jest/globals';
import {
  concat,
  EMPTY,
  from,
  lastValueFrom,
  map,
  NEVER,
  type Observable,
  of,
  range,
  Subject,
  take,
  throwError,
  toArray,
} from 'rxjs';
import type { Delivery } from '../../../lib/delivery.js';
import { createMonitor } from '../../../lib/state.js';
import { deliver } from '../../../operators/deliver.js';
import { redeliver } from '../../../operators/redeliver.js';
import { appendTo } from '../../../sources/durable/append-to.js';
import { IdempotentProducer } from '../../../sources/durable/idempotent-producer.js';
import { startProducerLog } from '../../servers/producer-log.js';

/** A target whose appends are settled by hand. */
function handTarget() {
  const appends: { value: unknown; resolve(result: string): void; reject(error: unknown): void }[] = [];
  let flushes = 0;
  return {
    appends,
    get flushes() {
      return flushes;
    },
    append: (value: unknown) => new Promise<string>((resolve, reject) => appends.push({ value, resolve, reject })),
    flush: async () => {
      flushes += 1;
      throw new Error('each append says so itself');
    },
  };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** What a subscriber hears. */
function heard<T>(source: Observable<T>) {
  const said: unknown[] = [];
  const subscription = source.subscribe({
    next: (value) => said.push(value),
    error: (error: unknown) => said.push(error),
    complete: () => said.push('complete'),
  });
  return { said, subscription };
}

function deliveryOf(value: number) {
  const settled: string[] = [];
  const delivery: Delivery<number> = {
    ...{ value, position: undefined, attempt: 1 },
    ack: () => void settled.push('ack'),
    nack: (reason) => void settled.push(`nack ${String(reason)}`),
    release: () => void settled.push('release'),
  };
  return { delivery, settled };
}

describe('appendTo', () => {
  it('appends at once, and emits in the order of the source whatever order the answers come in', async () => {
    const target = handTarget();
    const { said } = heard(of('a', 'b', 'c').pipe(appendTo(target)));
    expect(target.appends.map(({ value }) => value)).toEqual(['a', 'b', 'c']);
    expect(target.flushes).toBe(1);
    target.appends[2]?.resolve('C');
    target.appends[1]?.resolve('B');
    await turn();
    expect(said).toEqual([]);
    target.appends[0]?.resolve('A');
    await turn();
    expect(said).toEqual([
      { value: 'a', result: 'A' },
      { value: 'b', result: 'B' },
      { value: 'c', result: 'C' },
      'complete',
    ]);
  });

  it('passes the end of an empty source at once, and nothing of one that never speaks', () => {
    expect(heard(EMPTY.pipe(appendTo(handTarget()))).said).toEqual(['complete']);
    expect(heard(NEVER.pipe(appendTo(handTarget()))).said).toEqual([]);
  });

  it('waits for what is under way before an error of the source passes', async () => {
    const target = handTarget();
    const { said } = heard(
      concat(
        of(1),
        throwError(() => 'broken'),
      ).pipe(appendTo(target)),
    );
    expect(said).toEqual([]);
    target.appends[0]?.resolve('stored');
    await turn();
    expect(said).toEqual([{ value: 1, result: 'stored' }, 'broken']);
  });

  it('errors with the first plain value that is not stored, after the outcomes before it', async () => {
    const target = handTarget();
    const source = new Subject<number>();
    const { said } = heard(source.pipe(appendTo(target)));
    for (const value of [1, 2, 3]) source.next(value);
    target.appends[1]?.reject('full');
    target.appends[2]?.resolve('stored');
    await turn();
    expect(said).toEqual([]);
    target.appends[0]?.resolve('stored');
    await turn();
    expect(said).toEqual([{ value: 1, result: 'stored' }, 'full']);
    expect(source.observed).toBe(false);
  });

  it('leaves a plain source that outruns it, and says so after what was taken', async () => {
    const target = handTarget();
    const source = new Subject<number>();
    const { said } = heard(source.pipe(appendTo(target, { maxPending: 2 })));
    for (const value of [1, 2, 3, 4]) source.next(value);
    expect(source.observed).toBe(false);
    for (const { resolve } of target.appends) resolve('stored');
    await turn();
    expect(target.appends.length).toBe(2);
    expect(said).toMatchObject([{ value: 1 }, { value: 2 }, { code: 'queue_full' }]);
  });

  it('acknowledges a delivery when it is stored, refuses it when it is not, and goes on', async () => {
    const target = handTarget();
    const [one, two] = [deliveryOf(1), deliveryOf(2)];
    const { said } = heard(of(one.delivery, two.delivery).pipe(appendTo(target)));
    target.appends[1]?.resolve('stored');
    await turn();
    expect([one.settled, two.settled, said]).toEqual([[], ['ack'], []]);
    target.appends[0]?.reject('full');
    await turn();
    expect([one.settled, two.settled]).toEqual([['nack full'], ['ack']]);
    expect(said).toEqual([{ value: 2, result: 'stored' }, 'complete']);
  });

  it('lets deliveries wait their turn', async () => {
    const target = handTarget();
    heard(from([1, 2, 3].map((value) => deliveryOf(value).delivery)).pipe(appendTo(target, { maxPending: 1 })));
    expect(target.appends.length).toBe(1);
    target.appends[0]?.resolve('stored');
    await turn();
    expect(target.appends.map(({ value }) => value)).toEqual([1, 2]);
  });

  it('releases deliveries when it is left, those that wait too, and settles nothing later', async () => {
    const target = handTarget();
    const all = [1, 2, 3].map(deliveryOf);
    const source = concat(from(all.map(({ delivery }) => delivery)), NEVER);
    const { said, subscription } = heard(source.pipe(appendTo(target, { maxPending: 2 })));
    subscription.unsubscribe();
    target.appends[0]?.resolve('stored');
    target.appends[1]?.reject('late');
    await turn();
    expect(all.map(({ settled }) => settled)).toEqual([['release'], ['release'], ['release']]);
    expect(said).toEqual([]);
  });

  it('stops a synchronous source when its consumer leaves, and takes values from inside a consumer', async () => {
    const quick = { append: async (value: unknown) => value };
    await expect(lastValueFrom(range(1, 50).pipe(appendTo(quick), take(3), toArray()))).resolves.toHaveLength(3);
    const source = new Subject<number>();
    const seen: unknown[] = [];
    source.pipe(appendTo(quick)).subscribe(({ value }) => {
      seen.push(value);
      if (value < 4) source.next(value + 1);
      else source.complete();
    });
    source.next(1);
    await turn();
    await turn();
    expect(seen).toEqual([1, 2, 3, 4]);
  });

  it('takes a target that throws for one that rejects', async () => {
    const thrower = {
      append: (): Promise<string> => {
        throw new Error('at once');
      },
    };
    await expect(lastValueFrom(of(1).pipe(appendTo(thrower)))).rejects.toThrow('at once');
  });

  it('copies a stream with credit: never more under way than the window, refused values again, nothing lost', async () => {
    let refused = 0;
    await using log = await startProducerLog({
      fault: (_, { items }) => (items.includes(7) && refused++ === 0 ? { status: 400 } : undefined),
    });
    const producer = new IdempotentProducer(log.url, 'p', { lingerMs: 0, maxBatchItems: 2 });
    const monitor = createMonitor();
    let most = 0;
    const values = await lastValueFrom(
      range(0, 40).pipe(
        deliver({ maxUnacked: 50, monitor }),
        redeliver({ max: 3, backoff: { initialBackoff: 1 } }),
        map((delivery) => {
          most = Math.max(most, producer.pending);
          return delivery;
        }),
        appendTo(producer, { maxPending: 5 }),
        map(({ value, result }): number => (result.seq >= 0 ? value : Number.NaN)),
        toArray(),
      ),
    );
    expect([...values].sort((a, b) => a - b)).toEqual(Array.from({ length: 40 }, (_, value) => value));
    expect([...log.stored].sort((a, b) => Number(a) - Number(b))).toEqual(
      Array.from({ length: 40 }, (_, value) => value),
    );
    expect(most).toBeLessThanOrEqual(5);
    expect(monitor.state.outstanding).toBe(0);
    producer.detach();
  });

  it.each<[string, unknown[]]>([
    ['maxPending 0', [handTarget(), { maxPending: 0 }]],
    ['an unknown option', [handTarget(), { concurrency: 2 }]],
    ['a target that cannot append', [{}]],
    ['no target', []],
  ])('refuses %s when it is made', (_, args) => {
    expect(() => Reflect.apply(appendTo, undefined, args)).toThrow(TypeError);
  });
});
