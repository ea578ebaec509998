import { describe, expect, it } from '@jest/globals';
import { concat, defer, firstValueFrom, from, NEVER, type Observable, of, range, Subject, throwError } from 'rxjs';
import type { AppendBatch, AppendResult } from '../../../sources/durable/append.js';
import { type AppendQueue, appendQueue } from '../../../sources/durable/append-queue.js';
import { appendSource } from '../../../sources/durable/append-stream.js';
import { DurableStreamError } from '../../../sources/durable/errors.js';
import { eventually } from '../../servers/eventually.js';
import { rejectionOf, valuesIn } from './written.js';

const limits = { batching: true, maxBatchLength: 1_000, maxBatchItems: 3, maxQueuedItems: 10, maxQueuedLength: 10_000 };
const ahead = { items: 6, length: 2_000 };

/** A stream that stores what it gets when it is told to. */
function stream(changes: Partial<typeof limits> = {}) {
  const stored: unknown[] = [];
  const requests: { values: unknown[]; answer: Subject<AppendResult> }[] = [];
  const send = ({ body }: AppendBatch): Observable<AppendResult> =>
    defer(() => {
      const values = valuesIn(new TextDecoder().decode(body));
      const answer = new Subject<AppendResult>();
      requests.push({ values, answer });
      return answer;
    });
  const queue: AppendQueue = appendQueue(
    { contentType: () => 'application/json', learn: () => of(1), send },
    { ...limits, ...changes },
  );
  const store = (): void => {
    const request = requests.at(-1);
    if (request?.answer.observed !== true) return;
    stored.push(...request.values);
    request.answer.next({ nextOffset: String(stored.length) });
    request.answer.complete();
  };
  return { queue, stored, requests, store };
}

/** Numbers, counted as they are pulled. */
function counted(count: number, seen: { pulled: number; returned: number }): AsyncIterable<number> {
  return {
    async *[Symbol.asyncIterator]() {
      try {
        for (let n = 0; n < count; n += 1) {
          seen.pulled += 1;
          yield n;
        }
      } finally {
        seen.returned += 1;
      }
    },
  };
}

async function storeAll({ store }: { store: () => void }, call: Promise<unknown>): Promise<void> {
  let done = false;
  void call.finally(() => (done = true)).catch(() => undefined);
  await eventually(() => {
    store();
    return done;
  });
}

describe('a source of appends', () => {
  it.each([
    ['an async iterable', () => counted(20, { pulled: 0, returned: 0 })],
    ['an Observable', () => from(new Array(8).keys())],
  ])('is stored whole and in order: %s', async (_name, source) => {
    const target = stream();
    const call = firstValueFrom(appendSource('append', target.queue, source(), ahead));
    await storeAll(target, call);
    const count = target.stored.length;
    await expect(call).resolves.toEqual({ nextOffset: String(count), appended: count });
    expect(target.stored).toEqual([...new Array(count).keys()]);
    expect(target.requests.length).toBeLessThan(count);
  });

  it('may be empty', async () => {
    const { queue } = stream();
    const empty = appendSource('append', queue, from([]), ahead);
    await expect(firstValueFrom(empty)).resolves.toEqual({ nextOffset: undefined, appended: 0 });
  });

  it('is pulled only while there is room', async () => {
    const seen = { pulled: 0, returned: 0 };
    const target = stream();
    const call = firstValueFrom(appendSource('append', target.queue, counted(50, seen), ahead));
    await eventually(() => seen.pulled >= 6);
    for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    expect(seen.pulled).toBeLessThanOrEqual(6);
    await storeAll(target, call);
    await expect(call).resolves.toMatchObject({ appended: 50 });
  });

  it('waits for room in a queue that others have filled', async () => {
    const target = stream({ maxQueuedItems: 2 });
    const seen = { pulled: 0, returned: 0 };
    const others = from([100, 101, 102]).subscribe((value) =>
      target.queue.append('append', { kind: 'json', text: String(value) }).subscribe(),
    );
    const call = firstValueFrom(appendSource('append', target.queue, counted(4, seen), ahead));
    for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    expect(seen.pulled).toBe(0);
    await storeAll(target, call);
    expect(target.stored).toEqual([100, 101, 102, 0, 1, 2, 3]);
    others.unsubscribe();
  });

  it('waits again where others fill the queue while a value is pulled', async () => {
    const target = stream({ maxQueuedItems: 2 });
    let give: (value: IteratorResult<number>) => void = () => undefined;
    const next = (): Promise<IteratorResult<number>> => new Promise((resolve) => (give = resolve));
    const source: AsyncIterable<number> = { [Symbol.asyncIterator]: () => ({ next }) };
    const call = firstValueFrom(appendSource('append', target.queue, source, ahead));
    await eventually(() => give.length === 1);
    for (const value of [100, 101, 102]) {
      target.queue.append('append', { kind: 'json', text: String(value) }).subscribe();
    }
    give({ done: false, value: 0 });
    await new Promise((resolve) => setImmediate(resolve));
    give = () => undefined;
    target.store();
    await eventually(() => give.length === 1);
    give({ done: true, value: undefined });
    await storeAll(target, call);
    expect(target.stored).toEqual([100, 101, 102, 0]);
  });

  it('is pulled no further than the length that may be ahead, and on when it is stored', async () => {
    const target = stream();
    const seen = { pulled: 0, returned: 0 };
    const call = firstValueFrom(appendSource('append', target.queue, counted(10, seen), { items: 6, length: 2 }));
    await eventually(() => seen.pulled >= 2);
    await new Promise((resolve) => setImmediate(resolve));
    expect(seen.pulled).toBe(2);
    await storeAll(target, call);
    await expect(call).resolves.toMatchObject({ appended: 10 });
  });

  it('fails as an Observable that is faster than the queue is long, and leaves it', async () => {
    const target = stream();
    const call = firstValueFrom(appendSource('append', target.queue, range(0, 1e9), ahead));
    await expect(rejectionOf(call)).resolves.toMatchObject({ code: 'queue_full' });
  });

  it('stores what it has given before it failed, then tells its error', async () => {
    const target = stream();
    const fault = new Error('source');
    const source = concat(
      of(1, 2),
      throwError(() => fault),
    );
    const call = firstValueFrom(appendSource('append', target.queue, source, ahead));
    await storeAll(target, call);
    await expect(call).rejects.toBe(fault);
    expect(target.stored).toEqual([1, 2]);
    async function* failing(): AsyncGenerator<number> {
      yield 3;
      throw fault;
    }
    const pulled = firstValueFrom(appendSource('append', target.queue, failing(), ahead));
    await storeAll(target, pulled);
    await expect(pulled).rejects.toBe(fault);
    expect(target.stored).toEqual([1, 2, 3]);
  });

  it('stores nothing behind a value that failed, and closes its source', async () => {
    const target = stream();
    const seen = { pulled: 0, returned: 0 };
    const call = firstValueFrom(appendSource('append', target.queue, counted(50, seen), ahead));
    await eventually(() => seen.pulled >= 6);
    target.requests[0]?.answer.error(
      new DurableStreamError('no', { errorType: 'fatal_error', code: 'outcome_unknown' }),
    );
    await expect(rejectionOf(call)).resolves.toMatchObject({ code: 'outcome_unknown' });
    await eventually(() => seen.returned === 1);
    expect(target.requests).toHaveLength(1);
    expect(target.queue.isFull).toBe(false);
  });

  it('fails with a value that no stream can hold', async () => {
    const target = stream();
    const call = firstValueFrom(appendSource('append', target.queue, of(undefined, 1), ahead));
    await expect(call).rejects.toBeInstanceOf(TypeError);
    expect(target.requests).toHaveLength(0);
  });

  it('is left at once on unsubscription, though a value is awaited', async () => {
    const target = stream();
    let returned = 0;
    const source: AsyncIterable<number> = {
      [Symbol.asyncIterator]: () => ({
        next: () => new Promise(() => undefined),
        return: async () => {
          returned += 1;
          throw new Error('nobody hears of this');
        },
      }),
    };
    appendSource('append', target.queue, source, ahead).subscribe().unsubscribe();
    const observable = new Subject<number>();
    const subscription = appendSource('append', target.queue, observable, ahead).subscribe();
    observable.next(1);
    expect(target.requests[0]?.answer.observed).toBe(true);
    subscription.unsubscribe();
    expect([returned, observable.observed, target.requests[0]?.answer.observed]).toEqual([1, false, false]);
  });

  it('must be one', () => {
    const { queue } = stream();
    expect(() => appendSource('append', queue, JSON.parse('[1]'), ahead)).toThrow(/async iterable or an Observable/);
    expect(() => appendSource('append', queue, NEVER, ahead)).not.toThrow();
  });
});
