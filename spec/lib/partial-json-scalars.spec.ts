import { describe, expect, it } from '@jest/globals';
import { partialLiteral, partialNumber } from '../../lib/partial-json-scalars.js';

const isNumber = (text: string): boolean => /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(text);

function* words(alphabet: string, length: number): Generator<string> {
  yield '';
  if (length === 0) return;
  for (const word of words(alphabet, length - 1)) for (const letter of alphabet) yield letter + word;
}

describe('partialNumber', () => {
  it('may end exactly where it is a number, for every text of up to five marks', () => {
    const wrong: string[] = [];
    for (const rest of words('019.eE+-', 4)) {
      for (const first of '-05') {
        const number = partialNumber();
        number.begin(first.charCodeAt(0));
        const stop = number.read(rest, 0);
        const taken = first + rest.slice(0, stop);
        const sound = number.mayEnd === isNumber(taken) && (!number.mayEnd || Object.is(number.value, Number(taken)));
        const expected = stop === rest.length ? 'open' : isNumber(taken) ? 'whole' : 'bad';
        if (!sound || number.progress !== expected || (stop < rest.length && isNumber(first + rest))) {
          wrong.push(first + rest);
        }
      }
    }
    expect(wrong).toEqual([]);
  });

  it('is the same number wherever it is cut', () => {
    for (const text of ['0', '-0', '120', '-1.5e-3', '1E+2', '9007199254740993', '1e400', '0.1']) {
      const number = partialNumber();
      number.begin(text.charCodeAt(0));
      for (const character of Array.from(text).slice(1)) number.read(character, 0);
      expect(number.progress).toBe('open');
      expect(number.read(',', 0)).toBe(0);
      expect([number.progress, number.value]).toEqual(['whole', JSON.parse(text)]);
    }
  });

  it('ends at whatever does not belong to it, and leaves it', () => {
    for (const mark of [',', ']', '}', ' ', '\n', '/', ':', 'x']) {
      const number = partialNumber();
      number.begin('1'.charCodeAt(0));
      expect([mark, number.read(`x2${mark}3`, 1), number.progress, number.value]).toEqual([mark, 2, 'whole', 12]);
    }
  });
});

describe('partialLiteral', () => {
  it('is whole at its last letter, wherever it is cut', () => {
    for (const text of ['true', 'false', 'null']) {
      const literal = partialLiteral();
      expect(literal.begin(text.charCodeAt(0))).toBe(true);
      for (const letter of text.slice(1, -1)) {
        expect(literal.read(letter, 0)).toBe(1);
        expect(literal.progress).toBe('open');
      }
      expect(literal.read(`${text.slice(-1)},`, 0)).toBe(1);
      expect([literal.progress, literal.value]).toEqual(['whole', JSON.parse(text)]);
    }
  });

  it('is bad at its first wrong letter, and does not begin with any other', () => {
    const literal = partialLiteral();
    literal.begin('n'.charCodeAt(0));
    expect([literal.read('uLl', 0), literal.progress]).toEqual([1, 'bad']);
    for (const letter of 'TFNuNIx"') expect(literal.begin(letter.charCodeAt(0))).toBe(false);
  });
});
