import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type SmoothUnit, textCutters } from '../../../sources/llm/text-cutter.js';
import { inTurns } from '../../servers/in-turns.js';

function cut(by: SmoothUnit, pieces: readonly string[], maxHeld = 2_000, locale = 'en'): readonly string[] {
  const cutter = textCutters({ by, locale, maxHeld })();
  const units = pieces.flatMap((piece) => cutter.feed(piece));
  const rest = cutter.flush();
  return rest === '' ? units : [...units, rest];
}

const family = '\u{1f468}\u200d\u{1f469}\u200d\u{1f467}';
const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });
const charactersOf = (text: string): string[] => Array.from(graphemes.segment(text), ({ segment }) => segment);

describe('text cutters', () => {
  it.each([
    ['words with what follows them', ['Hel', 'lo, wor', 'ld! Yes'], ['Hello, ', 'world! ', 'Yes']],
    ['signs before the first word with it', ['  "Oh', '" she'], ['  "Oh" ', 'she']],
    ['a word that goes on behind its sign', ["I can'", 't 3.', '14'], ['I ', "can't ", '3.14']],
    ['signs alone', ['...', '!?'], ['...!?']],
    ['nothing', [''], []],
  ])('cut %s', (_, pieces, units) => {
    expect(cut('word', pieces)).toEqual(units);
  });

  it('cut languages without spaces into words', () => {
    const units = cut('word', ['私は学', '生です。', '今日は'], 2_000, 'ja');
    expect(units.join('')).toBe('私は学生です。今日は');
    expect(units.length).toBeGreaterThan(3);
  });

  it('cut lines behind their LF', () => {
    expect(cut('line', ['a', 'b\nc\r', '\n\nd', 'e'])).toEqual(['ab\n', 'c\r\n', '\n', 'de']);
  });

  it.each([
    ['a pair of surrogates', ['\ud83d', '\ude00!'], ['\u{1f600}', '!']],
    ['a family', family.split(/(?=[\u200d\udc00-\udfff])/).concat('x'), [family, 'x']],
    ['a flag', ['\ud83c\uddf3', '\ud83c\uddf4', '\ud83c\uddf3'], ['\u{1f1f3}\u{1f1f4}', '\u{1f1f3}']],
    ['a letter and its marks', ['e', '\u0301\u0323', 'e'], ['e\u0301\u0323', 'e']],
    ['a syllable of Hangul', ['\u1112', '\u1161', '\u11ab', '.'], ['\u1112\u1161\u11ab', '.']],
    ['CR and LF', ['\r', '\n'], ['\r\n']],
  ])('never cut %s', (_, pieces, units) => {
    expect(cut('grapheme', pieces)).toEqual(units);
  });

  it('cut what is too long to wait for between two characters, and one of many marks in the middle', () => {
    const long = cut('word', ['x'.repeat(1_000), family, 'y']);
    expect(long.join('')).toBe(`${'x'.repeat(1_000)}${family}y`);
    expect(long[0]).toHaveLength(999);
    expect(cut('line', ['abc', 'def', 'g\n'], 4)).toEqual(['abcde', 'fg\n']);
    const marks = cut('grapheme', ['e', ...Array.from({ length: 300 }, () => '\u0301'), '\ud83d', '\ude00']);
    expect(marks.join('')).toBe(`e${'\u0301'.repeat(300)}\u{1f600}`);
    expect(marks.some((unit) => /[\ud800-\udbff]$/.test(unit))).toBe(false);
  });

  it('keep a pair of surrogates together where they cut a character of many marks', () => {
    const units = cut('grapheme', [`e${'\u0301'.repeat(299)}`, '\ud83d', '\ude00']);
    expect(units.at(-1)).toBe('\u{1f600}');
    // A variation selector after a high surrogate that is never followed: still the same text.
    expect(cut('grapheme', ['\ud83d'.repeat(600)]).join('')).toBe('\ud83d'.repeat(600));
  });

  it('read a long line once, not again with every piece', async () => {
    const cutter = textCutters({ by: 'line', locale: 'en', maxHeld: 10_000_000 })();
    await inTurns(500_000, () => cutter.feed('abcdefgh'));
    expect(cutter.held).toBe(4_000_000);
  });

  it('give the same text back, and the same characters, however it was cut on the way', () => {
    const atoms = fc.constantFrom(
      'a',
      'bc',
      ' ',
      '. ',
      '\n',
      '\r\n',
      family,
      'e\u0301',
      '日本',
      '\u{1f1f3}\u{1f1f4}',
      "n't",
      '3.14',
    );
    const texts = fc.array(atoms, { maxLength: 30 }).map((parts) => parts.join(''));
    const units = fc.constantFrom<SmoothUnit>('word', 'line', 'grapheme');
    fc.assert(
      fc.property(texts, units, fc.array(fc.nat(4), { minLength: 1, maxLength: 10 }), (text, by, sizes) => {
        const pieces: string[] = [];
        for (let at = 0, turn = 0; at < text.length; turn += 1) {
          const size = (sizes[turn % sizes.length] ?? 0) + 1;
          pieces.push(text.slice(at, at + size));
          at += size;
        }
        const found = cut(by, pieces);
        expect(found.join('')).toBe(text);
        expect(found.flatMap(charactersOf)).toEqual(charactersOf(text));
        if (by === 'grapheme') expect(found).toEqual(charactersOf(text));
        if (by === 'line') expect(found).toEqual(text.match(/[^\n]*\n|[^\n]+$/g) ?? []);
      }),
      { numRuns: 300 },
    );
  });

  it('say at once that the runtime has no segmenter, and which locale is none', () => {
    const { Segmenter } = Intl;
    try {
      Reflect.deleteProperty(Intl, 'Segmenter');
      expect(() => textCutters({ by: 'word', locale: undefined, maxHeld: 10 })).toThrow(/no Intl.Segmenter/);
    } finally {
      Object.assign(Intl, { Segmenter });
    }
    expect(() => textCutters({ by: 'word', locale: '!', maxHeld: 10 })).toThrow(RangeError);
  });
});
