import { describe, expect, it } from '@jest/globals';
import { chatBlocks, ofChoice } from '../../../sources/llm/chat-blocks.js';
import type { LlmPart } from '../../../sources/llm/parts.js';

describe('the blocks of an answer', () => {
  const collected = () => {
    const parts: LlmPart[] = [];
    return { parts, sink: { part: (part: LlmPart): void => void parts.push(part) } };
  };

  it('end where another begins, and once', () => {
    const { parts, sink } = collected();
    const blocks = chatBlocks(0, false);
    blocks.text('a', sink);
    blocks.thinking('b', undefined, sink);
    blocks.refusal('c', sink);
    blocks.text('d', sink);
    expect(blocks.next(sink)).toBe('0.4');
    blocks.finish(sink);
    blocks.finish(sink);
    expect(parts.map((part) => `${part.type} ${'key' in part ? part.key : ''}`)).toEqual([
      ...['text.start 0.0', 'text.delta 0.0', 'text.end 0.0'],
      ...['thinking.start 0.1', 'thinking.delta 0.1', 'thinking.end 0.1', 'refusal.delta 0.2'],
      ...['text.start 0.3', 'text.delta 0.3', 'text.end 0.3'],
    ]);
  });

  it('take citations under the last text, and under an empty one where there is none', () => {
    const { parts, sink } = collected();
    const blocks = chatBlocks(0, false);
    blocks.citation({ n: 1 }, sink);
    blocks.thinking('b', undefined, sink);
    blocks.citation({ n: 2 }, sink);
    const cited = parts.filter(({ type }) => type === 'citation');
    expect(parts[0]).toEqual({ type: 'text.start', key: '0.0' });
    expect(cited).toEqual([1, 2].map((n) => ({ type: 'citation', key: '0.0', citation: { n } })));
  });

  it('name their choice where it is not the first', () => {
    const { parts, sink } = collected();
    for (const index of [0, 2]) ofChoice(index)({ type: 'text.end', key: 'k' }, sink);
    chatBlocks(2, false).text('a', sink);
    expect(parts).toEqual([
      { type: 'text.end', key: 'k' },
      { type: 'text.end', key: 'k', choice: 2 },
      { type: 'text.start', key: '2.0', choice: 2 },
      { type: 'text.delta', key: '2.0', text: 'a', choice: 2 },
    ]);
  });
});
