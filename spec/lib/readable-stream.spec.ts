import { getEventListeners } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { concat, EMPTY, map, Observable, of, range, Subject, throwError } from 'rxjs';
import { toReadableStream } from '../../lib/readable-stream.js';

async function collect<T>(stream: ReadableStream<T>): Promise<T[]> {
  const all: T[] = [];
  const reader = stream.getReader();
  for (let result = await reader.read(); !result.done; result = await reader.read()) all.push(result.value);
  return all;
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('toReadableStream', () => {
  it.each([0, 1, 5])('gives every value in order and closes, with a mark of %d', async (highWaterMark) => {
    expect(await collect(toReadableStream(EMPTY, { highWaterMark }))).toEqual([]);
    expect(await collect(toReadableStream(of('a'), { highWaterMark }))).toEqual(['a']);
    expect(await collect(toReadableStream(range(0, 100), { highWaterMark }))).toHaveLength(100);
  });

  it('subscribes at the first read, or at once when it may queue', async () => {
    const source = new Subject<number>();
    const lazy = toReadableStream(source);
    await turn();
    expect(source.observed).toBe(false);
    const reader = lazy.getReader();
    const pending = reader.read();
    expect(source.observed).toBe(true);
    await reader.cancel();
    await pending;
    const eager = toReadableStream(source, { highWaterMark: 1 });
    await turn();
    expect(source.observed).toBe(true);
    await eager.cancel();
  });

  it.each([0, 1, 3])('gives values before an error, then the error, with a mark of %d', async (highWaterMark) => {
    const boom = new Error('boom');
    const stream = toReadableStream(
      concat(
        of(1, 2),
        throwError(() => boom),
      ),
      { highWaterMark },
    );
    await turn();
    const reader = stream.getReader();
    expect(await reader.read()).toEqual({ value: 1, done: false });
    expect(await reader.read()).toEqual({ value: 2, done: false });
    await expect(reader.read()).rejects.toBe(boom);
    await expect(reader.closed).rejects.toBe(boom);
  });

  it('gives queued values before an error that comes while nobody reads', async () => {
    const boom = new Error('boom');
    const source = new Subject<number>();
    const stream = toReadableStream(source, { highWaterMark: 3 });
    await turn();
    source.next(1);
    await turn();
    source.error(boom);
    await turn();
    const reader = stream.getReader();
    expect(await reader.read()).toEqual({ value: 1, done: false });
    await expect(reader.read()).rejects.toBe(boom);
  });

  it('errors at once when it is waiting and nothing is queued', async () => {
    const boom = new Error('boom');
    const source = new Subject<number>();
    const reader = toReadableStream(source, { highWaterMark: 2 }).getReader();
    const pending = reader.read();
    await turn();
    source.error(boom);
    await expect(pending).rejects.toBe(boom);
  });

  it.each([0, 2])('unsubscribes at cancel() before it returns, with a mark of %d', async (highWaterMark) => {
    const source = new Subject<number>();
    const stream = toReadableStream(source, { highWaterMark });
    const reader = stream.getReader();
    const pending = reader.read();
    await turn();
    expect(source.observed).toBe(true);
    const cancelled = reader.cancel(new Error('enough'));
    expect(source.observed).toBe(false);
    expect(await pending).toEqual({ value: undefined, done: true });
    await cancelled;
    await reader.closed;
  });

  it('does nothing to a source that nobody has read when it is cancelled', async () => {
    let subscribed = false;
    const source = new Observable<number>(() => {
      subscribed = true;
    });
    await toReadableStream(source).cancel();
    expect(subscribed).toBe(false);
  });

  it('errors with the reason of an abort and leaves no listener', async () => {
    const source = new Subject<number>();
    const controller = new AbortController();
    const reader = toReadableStream(source, { signal: controller.signal }).getReader();
    const pending = reader.read();
    await turn();
    const reason = new Error('enough');
    controller.abort(reason);
    expect(source.observed).toBe(false);
    await expect(pending).rejects.toBe(reason);
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0);
  });

  it('errors at the next read when the abort came while nobody was reading', async () => {
    const source = new Subject<number>();
    const controller = new AbortController();
    const reader = toReadableStream(source, { signal: controller.signal }).getReader();
    const first = reader.read();
    await turn();
    source.next(1);
    await first;
    source.next(2);
    const reason = new Error('enough');
    controller.abort(reason);
    await expect(reader.read()).rejects.toBe(reason);
  });

  it('gives up past maxBuffered: unsubscribes at once, gives what it holds, then slow_consumer', async () => {
    const source = new Subject<number>();
    const reader = toReadableStream(source, { maxBuffered: 2 }).getReader();
    const first = reader.read();
    await turn();
    for (const value of [1, 2, 3]) source.next(value);
    expect(source.observed).toBe(true);
    source.next(4);
    expect(source.observed).toBe(false);
    expect(await first).toEqual({ value: 1, done: false });
    expect(await reader.read()).toEqual({ value: 2, done: false });
    expect(await reader.read()).toEqual({ value: 3, done: false });
    await expect(reader.read()).rejects.toMatchObject({ code: 'slow_consumer', errorType: 'fatal_error' });
  });

  it('answers several reads in order', async () => {
    const source = new Subject<number>();
    const reader = toReadableStream(source).getReader();
    const reads = [reader.read(), reader.read(), reader.read()];
    await turn();
    for (const value of [1, 2]) source.next(value);
    source.complete();
    expect((await Promise.all(reads)).map(({ value }) => value)).toEqual([1, 2, undefined]);
  });

  it('is the body of a Response', async () => {
    const lines = range(1, 3).pipe(map((value) => `${value}\n`));
    const body = toReadableStream(lines).pipeThrough(new TextEncoderStream());
    expect(await new Response(body).text()).toBe('1\n2\n3\n');
  });

  it('does not acknowledge what it reads ahead', async () => {
    const acks: string[] = [];
    const delivery = (id: string) => ({ ack: () => acks.push(id), release: () => undefined });
    await collect(toReadableStream(of(delivery('a'), delivery('b'))));
    expect(acks).toEqual([]);
  });

  it.each<[string, object]>([
    ['highWaterMark', { highWaterMark: -1 }],
    ['highWaterMark', { highWaterMark: Number.NaN }],
    ['highWaterMark', { highWaterMark: Infinity }],
    ['maxBuffered', { maxBuffered: 0 }],
    ['maxBuffered', { maxBuffered: '10' }],
    ['signal', { signal: null }],
    ['unknown option "strategy"', { strategy: 'each' }],
  ])('refuses a senseless %s (%j)', (named, options) => {
    const call = (): unknown => Reflect.apply(toReadableStream, undefined, [EMPTY, options]);
    expect(call).toThrow(TypeError);
    expect(call).toThrow(named);
  });
});
