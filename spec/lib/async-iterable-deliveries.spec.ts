import { describe, expect, it } from '@jest/globals';
import { concat, from, NEVER, of, Subject } from 'rxjs';
import { toAsyncIterable } from '../../lib/async-iterable.js';

async function collect<T>(values: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const value of values) all.push(value);
  return all;
}

describe('toAsyncIterable on deliveries', () => {
  it('acknowledges a delivery when the next one is asked for, the last one too', async () => {
    const log: string[] = [];
    const source = from([delivery('a', log), delivery('b', log)]);
    for await (const { value } of toAsyncIterable(source)) log.push(`handled ${value}`);
    expect(log).toEqual(['handled a', 'ack a', 'handled b', 'ack b']);
  });

  it('acknowledges once, however many calls follow', async () => {
    const log: string[] = [];
    const values = toAsyncIterable(concat(of(delivery('a', log)), NEVER));
    await values.next();
    const pending = [values.next(), values.next()];
    await values.return?.();
    await Promise.all(pending);
    expect(log).toEqual(['ack a']);
  });

  it('does not acknowledge what is left with break or throw', async () => {
    const log: string[] = [];
    for await (const { value } of toAsyncIterable(from([delivery('a', log), delivery('b', log)]))) {
      if (value === 'b') break;
    }
    expect(log).toEqual(['ack a']);
  });

  it('acknowledges what was handled when an abort comes during the handling', async () => {
    const log: string[] = [];
    const controller = new AbortController();
    const values = toAsyncIterable(concat(of(delivery('a', log)), NEVER), { signal: controller.signal });
    await values.next();
    controller.abort(new Error('stop'));
    expect(log).toEqual([]);
    await expect(values.next()).rejects.toThrow('stop');
    expect(log).toEqual(['ack a']);
  });

  it('acknowledges nothing with acknowledge manual, and never anything that is no delivery', async () => {
    const log: string[] = [];
    await collect(toAsyncIterable(from([delivery('a', log)]), { acknowledge: 'manual' }));
    await collect(toAsyncIterable(of({ ack: true }, { ack: () => log.push('someone else') }, null, 'ack')));
    expect(log).toEqual([]);
  });

  it('serves a source that emits the next delivery inside ack()', async () => {
    const source = new Subject<Acknowledgeable>();
    const log: string[] = [];
    const first = { ...delivery('a', log), ack: () => source.next(delivery('b', log)) };
    const values = toAsyncIterable(source);
    const pending = values.next();
    source.next(first);
    await pending;
    expect(await values.next()).toMatchObject({ done: false, value: { value: 'b' } });
  });
});

interface Acknowledgeable {
  readonly value: string;
  ack(): void;
  release(): void;
}

function delivery(value: string, log: string[]): Acknowledgeable {
  return { value, ack: () => void log.push(`ack ${value}`), release: () => undefined };
}
