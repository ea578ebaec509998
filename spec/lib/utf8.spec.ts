import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { utf8Decoder } from '../../lib/utf8.js';

const encoder = new TextEncoder();

describe('utf8Decoder', () => {
  it('gives the same text by line and by region, ASCII and not in any order', () => {
    const lines = fc.array(fc.oneof(fc.string(), fc.string({ unit: 'grapheme' })), { maxLength: 12 });
    fc.assert(
      fc.property(lines, (texts) => {
        const decoder = utf8Decoder(false);
        for (const text of texts) {
          const clean = `${text.replaceAll('\n', '').replaceAll(/\p{Surrogate}/gu, '')}\n`;
          const bytes = encoder.encode(clean);
          expect(decoder.region(bytes)).toBe(clean);
          expect(decoder.line(bytes)).toBe(clean);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('keeps byte order marks: which one is the first is not its business', () => {
    const bytes = encoder.encode('\ufeffa\ufeff\n');
    expect(utf8Decoder(true).region(bytes)).toBe('\ufeffa\ufeff\n');
  });

  it('replaces what is no UTF-8, or throws with fatal, and goes on with a clean state', () => {
    const bad = Uint8Array.of(0x61, 0xe3, 0x81, 0x0a);
    expect(utf8Decoder(false).region(bad)).toBe('a\ufffd\n');
    const fatal = utf8Decoder(true);
    // Text beyond ASCII first, so that the streaming decoder is the one that fails.
    expect(fatal.region(encoder.encode('é\n'))).toBe('é\n');
    expect(() => fatal.region(bad)).toThrow();
    expect(fatal.region(encoder.encode('日本\n'))).toBe('日本\n');
  });
});
