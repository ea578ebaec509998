import { describe, expect, it } from '@jest/globals';
import { concat, type Observable, Subject, throwError } from 'rxjs';
import { toAsyncIterable } from '../../../lib/async-iterable.js';
import { readGate } from '../../../lib/read-gate.js';
import { deliver } from '../../../operators/deliver.js';
import { jsonEvents } from '../../../sources/durable/batch-shapes.js';
import { jsonItems } from '../../../sources/durable/item-shapes.js';
import { partIterator } from '../../../sources/durable/part-iterator.js';
import type { DurablePart } from '../../../sources/durable/parts.js';
import type { Shaper } from '../../../sources/durable/shape.js';
import { at, items, parts } from './scripted-parts.js';

function iterate<I>(
  source: Observable<readonly DurablePart[]>,
  shaper: Shaper<I>,
  decode?: (value: unknown) => unknown,
) {
  const gate = readGate();
  const moves: string[] = [];
  const pieces = toAsyncIterable(source.pipe(deliver({ maxUnacked: 1, gate })));
  const iterator = partIterator(pieces, {
    shaper,
    context: { checks: { decode, malformed: 'error' }, report: undefined, mark: undefined },
    moved: ({ nextOffset }) => void moves.push(nextOffset),
  });
  return { iterator, moves, gate };
}

describe('an iterator over parts', () => {
  it('moves the position with the last value before it, and not earlier', async () => {
    const { iterator, moves } = iterate(
      parts([[items([1, 2], 'a'), at('b'), items([3], 'b')], [at('c'), at('d')], [items([4], 'd')]]),
      jsonItems,
    );
    const seen: unknown[] = [];
    for await (const value of iterator) seen.push([value, moves.join('')]);
    expect(seen).toEqual([
      [1, ''],
      [2, 'b'],
      [3, 'b'],
      [4, 'bcd'],
    ]);
  });

  it('moves with the event that carries the position', async () => {
    const { iterator, moves } = iterate(parts([[items([1], 'a'), at('b'), items([2], 'b'), at('c')]]), jsonEvents);
    const seen: string[] = [];
    for await (const { nextOffset } of iterator) seen.push(`${nextOffset}:${moves.join('')}`);
    expect(seen).toEqual(['b:b', 'c:bc']);
  });

  it('answers calls in order, also those that do not wait for each other', async () => {
    const source = new Subject<readonly DurablePart[]>();
    const { iterator } = iterate(source, jsonItems);
    const calls = [1, 2, 3, 4].map(() => iterator.next());
    source.next([items([1, 2], 'a')]);
    source.next([items([3], 'a/2')]);
    source.complete();
    expect(await Promise.all(calls)).toEqual([
      { value: 1, done: false },
      { value: 2, done: false },
      { value: 3, done: false },
      { value: undefined, done: true },
    ]);
  });

  it('shuts the gate while a piece is in hand, and opens it for the next', async () => {
    const source = new Subject<readonly DurablePart[]>();
    const { iterator, gate } = iterate(source, jsonItems);
    const first = iterator.next();
    source.next([items([1, 2], 'a')]);
    expect(await first).toEqual({ value: 1, done: false });
    expect(gate.isOpen).toBe(false);
    await iterator.next();
    expect(gate.isOpen).toBe(false);
    const third = iterator.next();
    // The call that finds nothing at hand acknowledges the piece.
    await new Promise((resolve) => setImmediate(resolve));
    expect(gate.isOpen).toBe(true);
    source.next([items([3], 'a/2')]);
    expect(await third).toEqual({ value: 3, done: false });
    await iterator.return?.();
  });

  it('unsubscribes at return, also while a call waits, and then is done', async () => {
    const source = new Subject<readonly DurablePart[]>();
    const { iterator } = iterate(source, jsonItems);
    const waiting = iterator.next();
    await new Promise((resolve) => setImmediate(resolve));
    expect(source.observed).toBe(true);
    await iterator.return?.();
    expect(source.observed).toBe(false);
    expect([(await waiting).done, (await iterator.next()).done]).toEqual([true, true]);
    const { iterator: other } = iterate(source, jsonItems);
    await expect(other.throw?.(new Error('mine'))).rejects.toThrow('mine');
  });

  it('gives out the values before a failure, tells it once, and leaves the source', async () => {
    const source = new Subject<readonly DurablePart[]>();
    const { iterator } = iterate(source, jsonItems, (value) => {
      if (value === 2) throw new Error('no');
      return value;
    });
    const first = iterator.next();
    source.next([items([1, 2, 3], 'a')]);
    expect(await first).toEqual({ value: 1, done: false });
    await expect(iterator.next()).rejects.toMatchObject({ code: 'malformed' });
    expect(source.observed).toBe(false);
    expect((await iterator.next()).done).toBe(true);
  });

  it('passes the error of the source behind its last value', async () => {
    const { iterator } = iterate(
      concat(
        parts([[items([1], 'a')]]),
        throwError(() => new Error('gone')),
      ),
      jsonItems,
    );
    expect(await iterator.next()).toEqual({ value: 1, done: false });
    await expect(iterator.next()).rejects.toThrow('gone');
    expect((await iterator.next()).done).toBe(true);
  });
});
