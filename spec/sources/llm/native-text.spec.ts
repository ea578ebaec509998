import { describe, expect, it } from '@jest/globals';
import { nativeText } from '../../../sources/llm/native-text.js';

describe('nativeText', () => {
  it.each([
    ['nothing', undefined, undefined],
    ['a text block of Anthropic', { type: 'text', text: 'a' }, 'a'],
    ['an empty text block', { type: 'text', text: '' }, ''],
    ['a message item', { type: 'message', content: [{ type: 'output_text', text: 'b' }] }, 'b'],
    ['a message item with a refusal', { type: 'message', content: [{ type: 'refusal', refusal: 'no' }] }, undefined],
    [
      'a message item with more than text',
      { content: [{ type: 'output_text', text: 'c' }, { type: 'x' }, 1, null] },
      'c',
    ],
    ['a block without text', { type: 'thinking', thinking: 'd' }, undefined],
  ])('reads %s', (_name, native, text) => {
    expect(nativeText(native)).toBe(text);
  });
});
