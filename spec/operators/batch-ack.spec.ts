import { describe, expect, it } from '@jest/globals';
import { EMPTY, NEVER, of, Subject, type Subscription, take, throwError, VirtualTimeScheduler } from 'rxjs';
import { readGate } from '../../lib/read-gate.js';
import type { Delivery } from '../../lib/delivery.js';
import { batchAck, type BatchAckOptions, type CommittedBatch } from '../../operators/batch-ack.js';
import { deliver } from '../../operators/deliver.js';
import { creditSource } from './credit-source.js';

/** A subject through `batchAck`, with commits that end by hand. */
function harness(options: BatchAckOptions<number> = {}) {
  const scheduler = new VirtualTimeScheduler();
  const root = creditSource({ total: 0, now: () => scheduler.now() });
  const source = new Subject<Delivery<number>>();
  const commits: { values: readonly number[]; end: Subject<unknown>; deliveries: readonly Delivery<number>[] }[] = [];
  const seen: unknown[] = [];
  const commit = (values: readonly number[], deliveries: readonly Delivery<number>[]): Subject<unknown> => {
    const end = new Subject<unknown>();
    commits.push({ values, deliveries, end });
    return end;
  };
  const subscription = source.pipe(batchAck(commit, { scheduler, ...options })).subscribe({
    next: ({ acked, nacked }) => seen.push(`${acked}+${nacked}`),
    error: (error) => seen.push(error),
    complete: () => seen.push('complete'),
  });
  const push = (...values: number[]): void => values.forEach((value) => source.next(root.make(value)));
  const done = (index: number, value?: unknown): void => {
    if (value !== undefined) commits[index]?.end.next(value);
    commits[index]?.end.complete();
  };
  const batches = (): unknown => commits.map(({ values }) => values);
  return { scheduler, root, source, commits, batches, seen, subscription, push, done };
}

describe('batchAck', () => {
  it('commits at maxSize and acknowledges all, in order, no sooner than the commit has completed', () => {
    const { push, batches, done, root, seen, commits } = harness({ maxSize: 3 });
    push(0, 1);
    expect(batches()).toEqual([]);
    push(2);
    expect(batches()).toEqual([[0, 1, 2]]);
    commits[0]?.end.next('stored');
    expect(root.log()).toEqual([]);
    done(0);
    expect(root.log()).toEqual(['ack 0', 'ack 1', 'ack 2']);
    expect(seen).toEqual(['3+0']);
  });

  it('commits at the age of the oldest, and after a silence', () => {
    const ages = harness({ maxWait: 100 });
    ages.push(0);
    ages.scheduler.schedule(() => ages.push(1), 60);
    ages.scheduler.schedule(() => ages.done(0), 100);
    ages.scheduler.flush();
    expect(ages.batches()).toEqual([[0, 1]]);
    expect(ages.root.settled.map(({ at }) => at)).toEqual([100, 100]);
    const silences: number[] = [];
    const silent = harness({ maxWait: 1_000, idleFlush: 50 });
    silent.push(0);
    for (const at of [20, 40, 60]) silent.scheduler.schedule(() => silent.push(at), at);
    for (let at = 0; at < 300; at += 10) silent.scheduler.schedule(() => silences.push(silent.commits.length), at);
    silent.scheduler.flush();
    expect(silent.batches()).toEqual([[0, 20, 40, 60]]);
    expect(silences.indexOf(1) * 10).toBe(160);
  });

  it('commits before the values pass maxBytes', () => {
    const { push, batches, done } = harness({ maxBytes: 10, sizeOf: (value) => value });
    push(4, 5, 6);
    expect(batches()).toEqual([[4, 5]]);
    done(0);
    push(99, 10);
    done(1);
    done(2);
    expect(batches()).toEqual([[4, 5], [6], [99], [10]]);
  });

  it('refuses a value whose size cannot be told, and goes on', () => {
    const { push, batches, root, subscription } = harness({ maxBytes: 3, sizeOf: (value) => (value === 1 ? NaN : 1) });
    push(0, 1, 2, 3);
    expect(batches()).toEqual([[0, 2, 3]]);
    expect(root.settled).toMatchObject([{ value: 1, outcome: 'nack', reason: expect.any(TypeError) }]);
    subscription.unsubscribe();
  });

  it('commits once per full window where maxSize is larger, the delivery that fills it included', async () => {
    const gate = readGate();
    const sizes: number[] = [];
    const values = Array.from({ length: 250 }, (_, index) => index);
    const stream = of(...values).pipe(
      deliver({ maxUnacked: 100, gate }),
      batchAck((batch) => of(sizes.push(batch.length)), { maxSize: 500, maxWait: 60_000, flushOn: gate.paused$ }),
    );
    await new Promise<void>((resolve) => stream.subscribe({ complete: resolve }));
    expect(sizes).toEqual([100, 100, 50]);
  });

  it('runs one commit at a time while the next batches gather, and splits what is more than maxSize', () => {
    const { push, batches, done, scheduler, seen } = harness({ maxSize: 2, maxWait: 100 });
    push(0, 1, 2, 3, 4);
    scheduler.flush();
    push(5, 6);
    expect(batches()).toEqual([[0, 1]]);
    done(0);
    done(1);
    done(2);
    expect(batches()).toEqual([
      [0, 1],
      [2, 3],
      [4, 5],
    ]);
    expect(seen).toEqual(['2+0', '2+0', '2+0']);
  });

  it('lets a batch that is due by age grow until the commit before it has ended', () => {
    const { push, batches, done, scheduler } = harness({ maxSize: 3, maxWait: 100 });
    push(0, 1, 2, 3);
    scheduler.flush();
    push(4);
    done(0);
    expect(batches()).toEqual([
      [0, 1, 2],
      [3, 4],
    ]);
  });

  it('refuses all of a failing commit and goes on', () => {
    for (const commit of [() => throwError(() => boom), failing]) {
      const root = creditSource({ total: 3, end: 'never' });
      const results: CommittedBatch<never>[] = [];
      root.source.pipe(batchAck(commit, { maxSize: 3 })).subscribe((result) => results.push(result));
      expect(root.log()).toEqual(['nack 0', 'nack 1', 'nack 2']);
      expect(root.settled[0]?.reason).toBe(boom);
      expect(results).toEqual([{ acked: 0, nacked: 3, result: undefined, error: boom }]);
    }
  });

  it("errors and releases with onCommitError: 'error'", () => {
    const { push, commits, root, seen, source } = harness({ maxSize: 2, onCommitError: 'error' });
    push(0, 1, 2);
    commits[0]?.end.error('full');
    expect(seen).toEqual(['full']);
    expect(root.log()).toEqual(['release 0', 'release 1', 'release 2']);
    expect(source.observed).toBe(false);
  });

  it('refuses what a commit names, by place or itself, and acknowledges the others', () => {
    const { push, commits, done, root, seen } = harness({ maxSize: 4 });
    push(0, 1, 2, 3);
    done(0, { failed: [1, commits[0]?.deliveries[3], 1], reason: 'too long' });
    expect(root.log()).toEqual(['ack 0', 'nack 1', 'ack 2', 'nack 3']);
    expect(root.settled[1]?.reason).toBe('too long');
    expect(seen).toEqual(['2+2']);
  });

  it.each([[[4]], [[-1]], [[0.5]], [['0']], [[{}]]])('takes a commit that names %j for a failed one', (failed) => {
    const { push, done, root } = harness({ maxSize: 2 });
    push(0, 1);
    done(0, { failed });
    expect(root.log()).toEqual(['nack 0', 'nack 1']);
  });

  it('takes any other last value as a result', () => {
    const results: unknown[] = [];
    const root = creditSource({ total: 2 });
    root.source
      .pipe(batchAck(() => of('a', { failed: 0 }), { maxSize: 2 }))
      .subscribe(({ result }) => results.push(result));
    expect([results, root.log()]).toEqual([[{ failed: 0 }], ['ack 0', 'ack 1']]);
  });

  it.each(['complete', 'broken'])('commits what is held before the end (%s), and waits for it', (end) => {
    const { push, batches, done, seen, source, scheduler } = harness({ maxSize: 2 });
    push(0, 1, 2);
    if (end === 'complete') source.complete();
    else source.error(end);
    done(0);
    expect(batches()).toEqual([[0, 1], [2]]);
    expect(seen).toEqual(['2+0']);
    done(1);
    expect(seen).toEqual(['2+0', '1+0', end]);
    expect(scheduler.actions).toHaveLength(0);
  });

  it('errors itself with what is refused after the source has completed, after committing the rest', () => {
    const { push, done, seen, source } = harness({ maxSize: 1 });
    push(0, 1);
    source.complete();
    done(0, { failed: [0], reason: 'too long' });
    done(1);
    expect(seen).toEqual(['0+1', '1+0', expect.objectContaining({ code: 'delivery_failed', cause: 'too long' })]);
  });

  it('unsubscribes the running commit and releases all that is held on unsubscription', () => {
    const { push, commits, root, subscription, scheduler } = harness({ maxSize: 2 });
    push(0, 1, 2, 3, 4);
    subscription.unsubscribe();
    expect(commits[0]?.end.observed).toBe(false);
    expect(root.log()).toEqual(['release 0', 'release 1', 'release 2', 'release 3', 'release 4']);
    expect(scheduler.actions).toHaveLength(0);
  });

  it('acknowledges a whole committed batch even if the consumer leaves in the middle of it', () => {
    const root = creditSource({ total: 0 });
    const source = new Subject<Delivery<number>>();
    const subscription: Subscription = source.pipe(batchAck(() => EMPTY, { maxSize: 2 })).subscribe();
    const first = root.make(0);
    source.next({
      ...root.make(7),
      value: 7,
      position: '',
      attempt: 1,
      release() {},
      nack() {},
      ack: () => subscription.unsubscribe(),
    });
    source.next(first);
    expect(root.log()).toEqual(['ack 0']);
  });

  it('keeps the order when an acknowledgment makes the source emit', () => {
    const root = creditSource({ total: 10, window: 4 });
    const batches: (readonly number[])[] = [];
    root.source.pipe(batchAck((values) => of(batches.push(values)), { maxSize: 2 })).subscribe();
    expect(batches).toEqual([
      [0, 1],
      [2, 3],
      [4, 5],
      [6, 7],
      [8, 9],
    ]);
    expect(root.out()).toBe(0);
  });

  it('passes nothing, nothing at all and errors on, those of flushOn too, and stops a synchronous source', () => {
    const seen: unknown[] = [];
    const commit = () => EMPTY;
    EMPTY.pipe(batchAck(commit)).subscribe({ complete: () => seen.push('complete') });
    NEVER.pipe(batchAck(commit)).subscribe({ complete: () => seen.push('never') });
    throwError(() => 'boom')
      .pipe(batchAck(commit))
      .subscribe({ error: (error) => seen.push(error) });
    NEVER.pipe(batchAck(commit, { flushOn: throwError(() => 'gate') })).subscribe({
      error: (error) => seen.push(error),
    });
    expect(seen).toEqual(['complete', 'boom', 'gate']);
    const root = creditSource({ total: Infinity, window: 10 });
    root.source.pipe(batchAck(commit, { maxSize: 2 }), take(2)).subscribe();
    expect([root.emitted(), root.log()]).toEqual([4, ['ack 0', 'ack 1', 'ack 2', 'ack 3']]);
  });

  it.each([1, 100])('takes 100,000 synchronous deliveries in batches of %d', (maxSize) => {
    const root = creditSource({ total: 100_000, window: 100 });
    let count = 0;
    root.source.pipe(batchAck((values) => of((count += values.length)), { maxSize })).subscribe();
    expect([count, root.out()]).toEqual([100_000, 0]);
  });

  it('works off 50,000 batches that have gathered behind a slow commit', () => {
    const root = creditSource({ total: 50_000 });
    const slow = new Subject<void>();
    let commits = 0;
    root.source
      .pipe(batchAck<number, unknown>(() => ((commits += 1) === 1 ? slow : EMPTY), { maxSize: 1 }))
      .subscribe();
    expect(commits).toBe(1);
    slow.complete();
    expect([commits, root.out()]).toEqual([50_000, 0]);
  });

  it.each<[string, unknown, object]>([
    ['commit', undefined, {}],
    ['maxSize', of, { maxSize: 0 }],
    ['maxWait', of, { maxWait: NaN }],
    ['"maxBytes" and "sizeOf" go together', of, { maxBytes: 1 }],
    ['flushOn', of, { flushOn: true }],
    ['idleFlush', of, { idleFlush: 0 }],
    ['onCommitError', of, { onCommitError: 'throw' }],
    ['scheduler', of, { scheduler: 'async' }],
    ['unknown option "size"', of, { size: 1 }],
  ])('refuses a senseless %s (%p, %j)', (named, commit, options) => {
    const call = (): unknown => Reflect.apply(batchAck, undefined, [commit, options]);
    expect(call).toThrow(TypeError);
    expect(call).toThrow(named);
  });
});

const boom = new Error('full');

function failing(): never {
  throw boom;
}
