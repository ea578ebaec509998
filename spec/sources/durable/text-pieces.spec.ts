import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { joined, textPieces } from '../../../sources/durable/text-pieces.js';

const encoder = new TextEncoder();

function cut(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const sorted = [0, ...places.map((place) => place % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
  return sorted.slice(1).map((end, at) => bytes.subarray(sorted[at] ?? 0, end));
}

describe('textPieces', () => {
  it('gives the same text however the bytes are cut, valid or not', () => {
    const valid = fc.string({ unit: 'binary', maxLength: 20 }).map((text) => encoder.encode(text));
    const bytes = fc.oneof(
      valid,
      fc.uint8Array({ maxLength: 24 }),
      fc
        .array(fc.constantFrom(0x61, 0x80, 0xbf, 0xc2, 0xe2, 0x82, 0xac, 0xed, 0xa0, 0xf0, 0x9f, 0xf4, 0xf8), {
          maxLength: 16,
        })
        .map((all) => Uint8Array.from(all)),
    );
    fc.assert(
      fc.property(bytes, fc.array(fc.nat(), { maxLength: 6 }), (all, places) => {
        const pieces = textPieces();
        const text =
          cut(all, places)
            .map((piece) => pieces.add(piece))
            .join('') + pieces.flush();
        expect(text).toBe(new TextDecoder('utf-8', { ignoreBOM: true }).decode(all));
      }),
      { numRuns: 500 },
    );
  });

  it('says how many bytes it holds, and holds none that are a whole character', () => {
    const pieces = textPieces();
    const euro = encoder.encode('€');
    expect([pieces.add(euro.subarray(0, 1)), pieces.pending]).toEqual(['', 1]);
    expect([pieces.add(euro.subarray(1, 2)), pieces.pending]).toEqual(['', 2]);
    expect([pieces.add(euro.subarray(2)), pieces.pending]).toEqual(['€', 0]);
    expect([pieces.add(Uint8Array.of(0x41, 0xf0, 0x9f, 0x98)), pieces.pending]).toEqual(['A', 3]);
    expect([pieces.flush(), pieces.pending, pieces.flush()]).toEqual(['\ufffd', 0, '']);
  });

  it("keeps byte order marks, the first too, and takes a caller's buffer back unread", () => {
    const pieces = textPieces();
    expect(pieces.add(encoder.encode('\ufeffa'))).toBe('\ufeffa');
    const buffer = encoder.encode('é');
    const first = buffer.slice(0, 1);
    pieces.add(first);
    first.fill(0x41);
    expect(pieces.add(buffer.subarray(1))).toBe('é');
  });
});

describe('joined', () => {
  it('makes one array of any number of pieces', () => {
    expect(joined([])).toEqual(new Uint8Array(0));
    const many = Array.from({ length: 200_000 }, () => Uint8Array.of(7));
    expect(joined(many)).toHaveLength(200_000);
    expect(joined([Uint8Array.of(1, 2), Uint8Array.of(), Uint8Array.of(3)])).toEqual(Uint8Array.of(1, 2, 3));
  });
});
