import { describe, expect, it } from '@jest/globals';
import { wordsOf } from '../../../sources/chain/abi-words.js';
import { thrownBy } from './thrown-by.js';

const at = (text: string): ReturnType<typeof wordsOf> => wordsOf(text, () => 'abi[4]');

describe('wordsOf', () => {
  it('gives names, numbers and signs one after the other, whatever blanks there are', () => {
    const words = at(' event  $a_1(uint256[12]\n,\tb );');
    const all: string[] = [];
    while (words.next !== '') all.push(words.take());
    expect(all).toEqual(['event', '$a_1', '(', 'uint256', '[', '12', ']', ',', 'b', ')', ';']);
  });

  it('goes past a word only if it is the wanted one', () => {
    const words = at('a b');
    expect([words.accept('b'), words.next, words.accept('a'), words.next]).toEqual([false, 'a', true, 'b']);
  });

  it('says what it expected, what it found, and where', () => {
    const words = at('( é');
    expect(thrownBy(() => words.name('a type'))).toMatchObject({
      path: 'abi[4]',
      message: 'abi[4]: Invalid signature: expected a type, found "("',
    });
    words.expect('(');
    expect(() => words.expect(')')).toThrow('expected ")", found "é"');
  });

  it('has an end', () => {
    const words = at('');
    expect(words.next).toBe('');
    expect(words.accept(')')).toBe(false);
    expect(() => words.take()).toThrow('found the end');
    expect(() => words.expect(')')).toThrow('expected ")", found the end');
    expect(() => words.name('a name')).toThrow('found the end');
  });

  it('quotes little of a long word', () => {
    const error = thrownBy(() => at('a'.repeat(10_000)).expect('('));
    expect(String(error).length).toBeLessThan(200);
  });
});
