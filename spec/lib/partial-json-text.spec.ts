import { describe, expect, it } from '@jest/globals';
import { partialText } from '../../lib/partial-json-text.js';

/** What is shown after each piece, from behind the opening quote, and how it stands at the end. */
function after(...pieces: string[]): string[] {
  const text = partialText();
  text.begin();
  const shown = pieces.map((piece) => {
    text.read(piece, 0);
    return text.shown;
  });
  return [...shown, text.progress];
}

describe('partialText', () => {
  it('shows what has come, and is whole at its quote', () => {
    expect(after('a', 'b c', '"')).toEqual(['a', 'ab c', 'ab c', 'whole']);
    expect(after('"')).toEqual(['', 'whole']);
    expect(after('\u2028\u007f')).toEqual(['\u2028\u007f', 'open']);
  });

  it('resolves each escape of RFC 8259 section 7, wherever it is cut', () => {
    const escapes = [
      '\\"',
      '\\\\',
      '\\/',
      '\\b',
      '\\f',
      '\\n',
      '\\r',
      '\\t',
      '\\u0041',
      '\\u00e9',
      '\\uFFFF',
      '\\u0000',
    ];
    for (const escape of escapes) {
      const meant = String(JSON.parse(`"${escape}"`));
      for (let cut = 1; cut < escape.length; cut += 1) {
        expect(after('x', escape.slice(0, cut), `${escape.slice(cut)}y`)).toEqual(['x', 'x', `x${meant}y`, 'open']);
      }
    }
  });

  it('holds a high surrogate back until the next character has come', () => {
    expect(after('x\ud83d', '\ude00')).toEqual(['x', 'x\u{1f600}', 'open']);
    expect(after('\\ud83d', '\\ud', 'e00')).toEqual(['', '', '\u{1f600}', 'open']);
    expect(after('\ud83d', '\ud83d', 'x')).toEqual(['', '\ud83d', '\ud83d\ud83dx', 'open']);
    const text = partialText();
    text.begin();
    text.read('\ud83d"', 0);
    expect([text.shown, text.value]).toEqual(['', '\ud83d']);
  });

  it('stops behind its quote, or at the character that is wrong', () => {
    const cases: [string, number, string, string][] = [
      ['ab","c"', 3, 'ab', 'whole'],
      ['ab\ncd"', 2, 'ab', 'bad'],
      ['\u0000', 0, '', 'bad'],
      ['ab\\q"', 3, 'ab', 'bad'],
      ['ab\\U0041"', 3, 'ab', 'bad'],
      ['\\u00:0"', 4, '', 'bad'],
      ['\\u00@0"', 4, '', 'bad'],
      ['\\u00G0"', 4, '', 'bad'],
      ['\\u00`0"', 4, '', 'bad'],
      ['\\u00g0"', 4, '', 'bad'],
      ['\\u00/0"', 4, '', 'bad'],
    ];
    for (const [piece, stop, shown, progress] of cases) {
      const text = partialText();
      text.begin();
      expect([piece, text.read(piece, 0), text.shown, text.progress]).toEqual([piece, stop, shown, progress]);
    }
  });

  it('refuses every raw control character and nothing above', () => {
    for (let code = 0; code < 0x80; code += 1) {
      if (code === 0x22 || code === 0x5c) continue;
      expect([code, after(`a${String.fromCharCode(code)}`).at(-1)]).toEqual([code, code < 0x20 ? 'bad' : 'open']);
    }
  });

  it('forgets the last one when it begins again', () => {
    const text = partialText();
    text.begin();
    text.read('a\ud83d"', 0);
    text.begin();
    expect([text.progress, text.value, text.shown]).toEqual(['open', '', '']);
    expect(text.read('"b"', 1)).toBe(3);
    expect(text.value).toBe('b');
  });
});
