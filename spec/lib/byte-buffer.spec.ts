import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { byteBuffer, indexOfByte, lastIndexOfByte, partOf } from '../../lib/byte-buffer.js';

describe('byteBuffer', () => {
  it('holds what was appended, whatever the pieces, and nothing after clear', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 3_000 }), { maxLength: 30 }), (pieces) => {
        const buffer = byteBuffer(1_000_000);
        for (const piece of pieces) buffer.append(piece);
        expect(Buffer.from(buffer.bytes()).equals(Buffer.concat(pieces))).toBe(true);
        expect(buffer.at(buffer.length)).toBeUndefined();
        buffer.clear();
        expect(buffer.length).toBe(0);
        expect(buffer.bytes()).toHaveLength(0);
      }),
      { numRuns: 50 },
    );
  });

  it('copies: the piece may be used again', () => {
    const buffer = byteBuffer(100);
    const piece = Uint8Array.of(1, 2);
    buffer.append(piece);
    piece.fill(9);
    expect([...buffer.bytes()]).toEqual([1, 2]);
    expect(buffer.at(1)).toBe(2);
  });

  it('takes no more room than the limit, unless more is appended', () => {
    const buffer = byteBuffer(1_500);
    buffer.append(new Uint8Array(1_000));
    expect(buffer.bytes().buffer.byteLength).toBe(1_024);
    buffer.append(new Uint8Array(200));
    expect(buffer.bytes().buffer.byteLength).toBe(1_500);
    buffer.append(new Uint8Array(500));
    expect(buffer.length).toBe(1_700);
  });

  it('gives a very large store back when it is cleared', () => {
    const buffer = byteBuffer(10_000_000);
    buffer.append(new Uint8Array(1_100_000));
    buffer.clear();
    expect(buffer.bytes().buffer.byteLength).toBe(0);
  });

  it('keeps a large store while frames need it, and gives it back after 16 that do not', () => {
    const buffer = byteBuffer(1_000_000);
    const roomAfter = (length: number): number => {
      buffer.append(new Uint8Array(length));
      buffer.clear();
      return buffer.bytes().buffer.byteLength;
    };
    expect(roomAfter(100_000)).toBe(100_000);
    for (let frame = 0; frame < 40; frame += 1) expect(roomAfter(frame % 2 === 0 ? 90_000 : 10)).toBe(100_000);
    for (let frame = 0; frame < 14; frame += 1) expect(roomAfter(10)).toBe(100_000);
    expect(roomAfter(10)).toBe(0);
  });
});

describe('looking for a byte', () => {
  it('finds what the platform finds, in short and long arrays', () => {
    const bytes = fc.uint8Array({ maxLength: 60, max: 3 });
    fc.assert(
      fc.property(bytes, fc.nat({ max: 3 }), fc.nat({ max: 60 }), (all, byte, start) => {
        const from = Math.min(start, all.length);
        expect(indexOfByte(all, byte, from)).toBe(all.indexOf(byte, from));
        expect(lastIndexOfByte(all, byte)).toBe(all.lastIndexOf(byte));
      }),
    );
  });

  it('takes a part, or the whole as it is', () => {
    const all = Uint8Array.of(1, 2, 3);
    expect(partOf(all, 0, 3)).toBe(all);
    expect([...partOf(all, 1, 3)]).toEqual([2, 3]);
  });
});
