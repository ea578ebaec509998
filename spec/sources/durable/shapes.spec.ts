import { describe, expect, it } from '@jest/globals';
import { type Observable, take } from 'rxjs';
import type { Malformed } from '../../../lib/decode.js';
import { createMonitor } from '../../../lib/state.js';
import { byteEvents, jsonBatches, jsonEvents, textEvents } from '../../../sources/durable/batch-shapes.js';
import type { DurableItemChecks } from '../../../sources/durable/item-check.js';
import { byteItems, jsonItems, textItems, wholeText } from '../../../sources/durable/item-shapes.js';
import { allMessages } from '../../../sources/durable/message-shape.js';
import type { PlaceMark } from '../../../sources/durable/places.js';
import { shaped, type Shaper } from '../../../sources/durable/shape.js';
import { at, bytes, items, open, parts } from './scripted-parts.js';

const even = (value: unknown): number => {
  if (typeof value !== 'number' || value % 2 !== 0) throw new Error(`canary ${String(value)}`);
  return value;
};

interface Seen<T> {
  readonly values: T[];
  /** As they are when everything has come: a position may become better known. */
  readonly positions: (string | undefined)[];
  readonly error: unknown;
  readonly ended: boolean;
}

function see<T>(source: Parameters<typeof shaped>[0], shaper: Shaper<T>, checks: DurableItemChecks = {}): Seen<T> {
  const mark: PlaceMark = { now: undefined };
  const values: T[] = [];
  const marks: PlaceMark['now'][] = [];
  let error: unknown;
  let ended = false;
  const report = createMonitor().report;
  shaped(source, shaper, { checks, report, mark }).subscribe({
    next: (value) => {
      values.push(value);
      marks.push(mark.now);
    },
    error: (failure: unknown) => (error = failure),
    complete: () => (ended = true),
  });
  const positions = marks.map((one) => (typeof one === 'object' ? one.position : one));
  return { values, positions, error, ended };
}

describe('items of a JSON stream', () => {
  it('come one by one, each with its own place, the last of a response with the offset behind it', () => {
    const seen = see(
      parts([
        [open('application/json'), items([1, [2]], 'a')],
        [items([3], 'a/2', 'b'), at('b')],
        [items([null], 'b')],
      ]),
      jsonItems,
    );
    expect(seen).toEqual({
      values: [1, [2], 3, null],
      positions: ['a/1', 'a/2', 'b', 'b/1'],
      error: undefined,
      ended: true,
    });
  });

  it('have the offset behind them also where it is said later than the last item', () => {
    expect(see(parts([[items([1, 2], 'a')], [at('b')], [items([3], 'b/4')]]), jsonItems).positions).toEqual([
      'a/1',
      'b',
      'b/5',
    ]);
  });

  it('that do not fit are told of and left out, and count in the places of the others', () => {
    const told: Malformed[] = [];
    const checks = { decode: even, onInvalid: (problem: Malformed) => void told.push(problem) };
    const seen = see(parts([[items([2, 3, 4, 5], 'a', 'b'), at('b')]]), jsonItems, checks);
    expect([seen.values, seen.positions]).toEqual([
      [2, 4],
      ['a/1', 'a/3'],
    ]);
    expect(told.map(({ code, message, length, raw }) => [code, message, length, raw()])).toEqual([
      ['schema_mismatch', 'decode has thrown', 1, '3'],
      ['schema_mismatch', 'decode has thrown', 1, '5'],
    ]);
    expect(JSON.stringify(told)).not.toContain('canary');
  });

  it('end the stream at the first that does not fit under malformed: error', () => {
    const seen = see(parts([[items([2, 3, 4], 'a')]]), jsonItems, { decode: even, malformed: 'error' });
    expect(seen.values).toEqual([2]);
    expect(seen.error).toMatchObject({ name: 'DurableStreamError', code: 'malformed', errorType: 'fatal_error' });
    expect(seen.ended).toBe(false);
  });

  it.each([
    ['text/plain; charset=utf-8', "mode: 'text'"],
    ['application/octet-stream', "mode: 'bytes'"],
  ])('refuse a stream of %s and name the mode to give', (contentType, mode) => {
    const { error } = see(parts([[open(contentType), bytes('a', 'a')]]), jsonItems);
    expect(error).toMatchObject({ code: 'content_type_mismatch', message: expect.stringContaining(mode) });
  });

  it('stop in the middle of a piece when the consumer leaves', () => {
    const values: unknown[] = [];
    const source: Observable<unknown> = shaped(parts([[items([1, 2, 3], 'a')]]), jsonItems, {
      checks: { decode: (value) => (values.push(value), value) },
      report: undefined,
      mark: undefined,
    });
    source.pipe(take(2)).subscribe();
    expect(values).toEqual([1, 2]);
  });
});

describe('text and bytes', () => {
  const [first = 0, second = 0, third = 0] = new TextEncoder().encode('€');

  it('come in pieces whose characters are whole, across responses, with places before what is held back', () => {
    const seen = see(
      parts([
        [bytes([0x61, first], 'a', 'b'), at('b')],
        [bytes([second], 'b', 'c'), at('c')],
        [bytes([third, 0x62], 'c'), at('d')],
      ]),
      textItems,
    );
    expect([seen.values, seen.positions]).toEqual([
      ['a', '€b'],
      ['a/1', 'd'],
    ]);
  });

  it('end a closed stream with U+FFFD for half a character, and one that goes on without', () => {
    const half = [bytes([0x61, first], 'a', 'b')];
    const closed = see(parts([[...half, at('b', { closed: true, upToDate: true })]]), textItems);
    expect([closed.values, closed.positions]).toEqual([
      ['a', '\ufffd'],
      ['a/1', 'b'],
    ]);
    const open = parts([[...half, at('b', { upToDate: true })]]);
    expect(see(open, textItems).values).toEqual(['a']);
    expect(see(open, wholeText).values).toEqual(['a', '\ufffd']);
  });

  it('as bytes come as they are', () => {
    const seen = see(parts([[bytes([1, 2], 'a')], [bytes([], 'a/2'), bytes([3], 'a/2', 'b'), at('b')]]), byteItems);
    expect([seen.values, seen.positions]).toEqual([
      [Uint8Array.of(1, 2), Uint8Array.of(3)],
      ['a/2', 'b'],
    ]);
  });
});

describe('batches', () => {
  it('keep their boundaries, and empty ones do not come', () => {
    const seen = see(
      parts([
        [items([1, 2], 'a', 'b'), at('b')],
        [at('b', { upToDate: true })],
        [items([3], 'b'), items([4], 'b/1')],
        [at('c')],
      ]),
      jsonBatches,
    );
    expect([seen.values, seen.positions]).toEqual([
      [
        [1, 2],
        [3, 4],
      ],
      ['b', 'c'],
    ]);
  });

  it('hold only what fits', () => {
    const source = parts([
      [items([1, 2], 'a', 'b'), at('b')],
      [items([3], 'b', 'c'), at('c')],
    ]);
    expect(see(source, jsonBatches, { decode: even }).values).toEqual([[2]]);
  });
});

describe('events', () => {
  const source = parts([
    [items([1, 2], 'a', 'b'), at('b', { cursor: '7' })],
    [at('b', { cursor: '8', upToDate: true })],
    [at('b', { cursor: '9', upToDate: true })],
    [at('b', { closed: true, upToDate: true })],
  ]);

  it('say where the stream stands, without data only where that is news', () => {
    const { values, positions } = see(source, jsonEvents);
    expect(values).toEqual([
      { data: [1, 2], nextOffset: 'b', cursor: '7', upToDate: false, closed: false },
      { data: [], nextOffset: 'b', cursor: '8', upToDate: true, closed: false },
      { data: [], nextOffset: 'b', cursor: undefined, upToDate: true, closed: true },
    ]);
    expect(positions).toEqual(['b', 'b', 'b']);
  });

  it('carry text and bytes whole', () => {
    const pieces = parts([
      [bytes([0x61, 0xe2], 'a'), bytes([0x82], 'a/2'), at('b')],
      [bytes([0xac], 'b'), at('c')],
    ]);
    const text = see(pieces, textEvents);
    expect([text.values.map(({ data }) => data), text.positions]).toEqual([
      ['a', '€'],
      ['a/1', 'c'],
    ]);
    const binary = see(pieces, byteEvents);
    expect([binary.values.map(({ data }) => [...data]), binary.positions]).toEqual([
      [[0x61, 0xe2, 0x82], [0xac]],
      ['b', 'c'],
    ]);
  });
});

describe('messages', () => {
  it('are everything that is said, items cut apart where one does not fit', () => {
    const source = parts([[open('application/json'), items([2, 3, 4, 6], 'a/1', 'b'), at('b')]]);
    const { values } = see(source, allMessages, { decode: even });
    expect(values.map((value) => (value.type === 'items' ? { ...value } : value.type))).toEqual([
      'open',
      { type: 'items', items: [2], from: { offset: 'a', skip: 1 }, nextOffset: undefined },
      'malformed',
      { type: 'items', items: [4, 6], from: { offset: 'a', skip: 3 }, nextOffset: 'b' },
      'position',
    ]);
    expect(see(parts([[open('text/plain'), bytes('x', 'a'), at('b')]]), allMessages).values).toHaveLength(3);
  });
});
