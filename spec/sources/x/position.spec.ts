import { describe, expect, it } from '@jest/globals';
import { decodePosition, encodePosition, positionTracker, type XPosition } from '../../../sources/x/position.js';

const where = 'X stream "filtered"';
const at = 1_800_000_000_000;
const minute = 60_000;
const idOf = (n: number): string => String(1_872_000_000_000_000_000n + BigInt(n));

function read(text: string | undefined): XPosition {
  return decodePosition(where, text ?? '');
}

describe('the text of a position', () => {
  it('comes back as it was', () => {
    const position = { at, seen: ['1', 'delete 7  2026-01-01T00:00:00Z', '"\\\u2028é'] };
    expect(read(encodePosition(position))).toEqual(position);
    expect(read(encodePosition({ at: 0, seen: [] }))).toEqual({ at: 0, seen: [] });
  });

  it.each([
    '',
    '7',
    'canary',
    '{"canary":1}',
    '[]',
    'null',
    '{"x":2,"at":1,"seen":[]}',
    '{"x":1,"at":"1","seen":[]}',
    '{"x":1,"at":1e999,"seen":[]}',
    '{"x":1,"at":1}',
    '{"x":1,"at":1,"seen":{"canary":1}}',
    '{"x":1,"at":1,"seen":["canary"',
  ])('is refused where no stream of X has given it: %s', (text) => {
    const call = (): unknown => decodePosition(where, text);
    expect(call).toThrow(TypeError);
    expect(call).toThrow(`${where}: option "position" must be a position that a stream of X has given`);
    expect(call).not.toThrow('canary');
  });
});

describe('positionTracker', () => {
  it('gives an item its time, and the keys up to its own, oldest first', () => {
    const tracker = positionTracker(undefined, 10);
    const positions = [1, 2, 3].map((n) => tracker.enter(`k${n}`, at + n));
    expect(positions.map(({ position }) => read(position))).toEqual([
      { at: at + 1, seen: ['k1'] },
      { at: at + 2, seen: ['k1', 'k2'] },
      { at: at + 3, seen: ['k1', 'k2', 'k3'] },
    ]);
  });

  it('is right when it is read late, after as many items as it was told of', () => {
    const tracker = positionTracker(undefined, 10_000);
    for (let n = 0; n < 3_000; n += 1) tracker.enter(idOf(n), at);
    const early = tracker.enter('mine', at);
    const told = early.position;
    for (let n = 3_000; n < 13_000; n += 1) tracker.enter(idOf(n), at + n);
    expect(early.position).toBe(told);
    expect(read(told).seen).toHaveLength(2_500);
    expect(read(told).seen.slice(-2)).toEqual([idOf(2_999), 'mine']);
    // One more than that, and it knows fewer: a restart repeats more, and misses nothing.
    tracker.enter('late', at);
    expect(read(early.position)).toEqual({ at, seen: read(told).seen.slice(1) });
  });

  it('leaves out what is too old to come again', () => {
    const tracker = positionTracker(undefined, 10);
    tracker.enter('old', at - 6 * minute - 1);
    tracker.enter('young', at - 6 * minute);
    expect(read(tracker.enter('mine', at).position).seen).toEqual(['young', 'mine']);
  });

  it('begins with what an earlier run has seen', () => {
    const resumed = { at: at - minute, seen: ['a', 'b'] };
    const tracker = positionTracker(resumed, 10);
    expect(read(tracker.enter('c', at).position)).toEqual({ at, seen: ['a', 'b', 'c'] });
    expect(read(tracker.enter(undefined, at + 10 * minute).position).seen).toEqual([]);
  });

  it('adds no key for an item without one, and gives no position without a time', () => {
    const tracker = positionTracker(undefined, 10);
    expect(read(tracker.enter(undefined, at).position)).toEqual({ at, seen: [] });
    expect(tracker.enter('a', undefined).position).toBeUndefined();
  });

  it.each([
    ['ids', (n: number) => idOf(n)],
    ['long keys', (n: number) => `tweet ${n} ${'x'.repeat(500)}`],
  ])('fits into every store with %s', (_, keyOf) => {
    const tracker = positionTracker(undefined, 10);
    for (let n = 0; n < 6_000; n += 1) tracker.enter(keyOf(n), at);
    const text = tracker.enter('last', at).position ?? '';
    expect(new TextEncoder().encode(text).byteLength).toBeLessThanOrEqual(65_536);
    expect(read(text).seen.length).toBeGreaterThan(100);
  });
});
