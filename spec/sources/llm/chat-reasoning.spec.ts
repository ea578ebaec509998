import { describe, expect, it } from '@jest/globals';
import { chatThought, detailsText } from '../../../sources/llm/chat-reasoning.js';

describe('opaque reasoning', () => {
  const text = (said: string, index = 0) => ({ type: 'reasoning.text', text: said, index });

  it.each([
    ['pieces of one text', [text('a'), text('b')], [text('ab')]],
    ['texts of two indices', [text('a'), text('b', 1)], [text('a'), text('b', 1)]],
    [
      'a signature behind its text',
      [text('a'), { type: 'reasoning.text', signature: 's', index: 0 }],
      [{ ...text('a'), signature: 's' }],
    ],
    [
      'an empty member behind a full one',
      [
        { ...text('a'), id: 'i' },
        { ...text(''), id: null },
      ],
      [{ ...text('a'), id: 'i' }],
    ],
    [
      'encrypted data, which is whole',
      [
        { type: 'e', data: 'x' },
        { type: 'e', data: 'y' },
      ],
      [
        { type: 'e', data: 'x' },
        { type: 'e', data: 'y' },
      ],
    ],
    ['a shape that is not known', [{ type: 'new', thing: 1 }], [{ type: 'new', thing: 1 }]],
    ['what is no piece', [null, 7, 'x'], undefined],
    ['empty pieces', [text('')], undefined],
  ])('goes back whole: %s', (_, pieces, expected) => {
    const thought = chatThought('d');
    for (const piece of pieces) thought.details([piece]);
    expect(thought.hasDetails).toBe(expected !== undefined);
    expect(thought.take().native).toEqual(expected === undefined ? undefined : { d: expected });
    expect(thought.hasDetails).toBe(false);
    expect(thought.take()).toEqual({ signature: undefined, native: undefined });
  });

  it('leaves the pieces as they came', () => {
    const first = Object.freeze(text('a'));
    const thought = chatThought('d');
    thought.details([first, Object.freeze(text('b'))]);
    expect(first.text).toBe('a');
  });

  it('has text in some of its pieces', () => {
    expect(detailsText([text('a'), { summary: 'b' }, { data: 'c' }, null])).toBe('ab');
  });
});
