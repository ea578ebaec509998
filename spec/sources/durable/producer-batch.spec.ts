import { describe, expect, it } from '@jest/globals';
import { halvesOf, newBatch, rejectItems, renumber } from '../../../sources/durable/producer-batch.js';
import { spiedItem } from './producer-values.js';

const json = 'application/json';
const textOf = (body: Uint8Array | undefined): string => new TextDecoder().decode(body);

describe('a batch', () => {
  it('joins its values into one body, and has none without values', () => {
    expect(textOf(newBatch(0, [spiedItem(1), spiedItem([2])], json, false).body)).toBe('[1,[2]]');
    const { draft: _draft, message: _message, ...rest } = spiedItem(1);
    expect(newBatch(0, [{ ...rest, draft: undefined, message: undefined }], json, true).body).toBeUndefined();
  });

  it('falls in halves that keep the order', () => {
    const halves = halvesOf(
      newBatch(
        4,
        [1, 2, 3].map((value) => spiedItem(value)),
        json,
        false,
      ),
      json,
    );
    expect(halves.map(({ seq, body }) => [seq, textOf(body)])).toEqual([
      [4, '[1]'],
      [5, '[2,3]'],
    ]);
  });

  it('gets a number without holes from a place on, free of old doubts', () => {
    const batches = [3, 5, 5, 9].map((seq) => ({ ...newBatch(seq, [], json, false), inDoubt: true }));
    expect(renumber(batches, 5, 5)).toBe(8);
    expect(batches.map(({ seq, inDoubt }) => [seq, inDoubt])).toEqual([
      [3, true],
      [5, false],
      [6, false],
      [7, false],
    ]);
    expect(renumber([], 5, 5)).toBe(5);
  });

  it('tells all of its callers of a failure', () => {
    const told: unknown[] = [];
    rejectItems(newBatch(0, [spiedItem(1, told), spiedItem(2, told)], json, false), 'no');
    expect(told).toEqual(['no', 'no']);
  });
});
