import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { InlineTags } from '../../../sources/llm/dialects.js';
import { inlineThinking } from '../../../sources/llm/inline-thinking.js';
import { inTurns } from '../../servers/in-turns.js';

type Where = InlineTags['where'];

/** Pieces of one kind put together: `T` text, `H` thinking. */
function split(pieces: readonly string[], where: Where): string[] {
  const said: [kind: string, text: string][] = [];
  const add = (kind: string) => (text: string) => {
    expect(text).not.toBe('');
    const last = said.at(-1);
    if (last?.[0] === kind) last[1] += text;
    else said.push([kind, text]);
  };
  const splitter = inlineThinking(
    { open: '<think>', close: '</think>', where },
    { text: add('T'), thinking: add('H') },
  );
  for (const piece of pieces) splitter.feed(piece);
  splitter.flush();
  return said.map(([kind, text]) => `${kind}:${text}`);
}

const cases: readonly (readonly [text: string, where: Where, expected: readonly string[]])[] = [
  ['<think>a</think>b', 'start', ['H:a', 'T:b']],
  ['<think>\na\n</think>\n\nb', 'start', ['H:\na\n', 'T:\n\nb']],
  ['\n <think>a</think>b', 'start', ['H:a', 'T:b']],
  ['b <think>a</think>', 'start', ['T:b <think>a</think>']],
  ['b <think>a</think>c', 'anywhere', ['T:b ', 'H:a', 'T:c']],
  ['<think>a</think>b<think>c</think>d', 'anywhere', ['H:a', 'T:b', 'H:c', 'T:d']],
  ['<think>a</think>b<think>c</think>d', 'start', ['H:a', 'T:b<think>c</think>d']],
  ['a</think>b</think>', 'opened', ['H:a', 'T:b</think>']],
  ['<think>1 < 2 </b> </think', 'start', ['H:1 < 2 </b> </think']],
  ['<think></think>b', 'start', ['T:b']],
  ['<<think>a', 'anywhere', ['T:<', 'H:a']],
  ['<think>a<</think>b', 'start', ['H:a<', 'T:b']],
  ['<thin air', 'start', ['T:<thin air']],
  ['<thi', 'start', ['T:<thi']],
  ['  ', 'start', ['T:  ']],
  ['', 'start', []],
  [' '.repeat(65) + '<think>a', 'start', [`T:${' '.repeat(65)}<think>a`]],
];

describe('thinking between tags', () => {
  it.each(cases)('of %j (%s) is told apart wherever the text is cut', (text, where, expected) => {
    expect(split([text], where)).toEqual(expected);
    expect(split(Array.from(text), where)).toEqual(expected);
    for (let at = 0; at <= text.length; at++)
      expect(split([text.slice(0, at), text.slice(at)], where)).toEqual(expected);
  });

  it('is the same for every cutting of every text', () => {
    const bits = fc.constantFrom('<think>', '</think>', '<', 'th', 'a', ' ', '\n', '</', '>', '<thi', 'nk>');
    const texts = fc.array(bits, { maxLength: 12 }).map((all) => all.join(''));
    const wheres = fc.constantFrom<Where>('start', 'anywhere', 'opened');
    fc.assert(
      fc.property(texts, wheres, fc.array(fc.nat(60), { maxLength: 6 }), (text, where, cuts) => {
        const ends = [0, ...cuts.map((cut) => Math.min(cut, text.length)).sort((a, b) => a - b), text.length];
        const pieces = ends.slice(1).map((end, n) => text.slice(ends[n], end));
        expect(split(pieces, where)).toEqual(split([text], where));
      }),
      { numRuns: 300 },
    );
  });

  it('holds back no more than what may be a tag', () => {
    const said: string[] = [];
    const sink = { text: (text: string) => void said.push(text), thinking: (text: string) => void said.push(text) };
    const splitter = inlineThinking({ open: '<think>', close: '</think>', where: 'start' }, sink);
    splitter.feed('<think>ab<');
    expect(said).toEqual(['ab']);
    splitter.feed('c');
    expect(said).toEqual(['ab', '<c']);
  });

  it.each(['anywhere', 'start'] as const)('stays linear where nothing but beginnings come (%s)', async (where) => {
    let length = 0;
    const count = (text: string): void => void (length += text.length);
    const tags = { open: '<think>', close: '</think>', where };
    const splitter = inlineThinking(tags, { text: count, thinking: count });
    await inTurns(1_000_000, () => splitter.feed(where === 'start' ? ' ' : '<'));
    splitter.flush();
    expect(length).toBe(1_000_000);
  });
});
