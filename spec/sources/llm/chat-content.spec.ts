import { describe, expect, it } from '@jest/globals';
import { chunk, readChunks, short } from './chat-reading.js';

const begins = '<thi';

describe('the beginning of a tag that is none', () => {
  it.each([
    ['thinking', { reasoning: 'b' }, 'thinking.start 0.1'],
    ['a refusal', { refusal: 'b' }, 'refusal.delta 0.1 b'],
    ['a call', { tool_calls: [{ index: 0, id: 'a', function: { name: 'f' } }] }, 'tool.start 0.1 a f'],
    ['a server tool', { executed_tools: [{ index: 0, type: 'search' }] }, 'serverTool 0.1 search'],
    ['a citation', { annotations: [{ type: 'url_citation' }] }, 'citation 0.0'],
  ])('is said before %s', (_, delta, then) => {
    const parts = short(readChunks([chunk({ content: begins }), chunk(delta), chunk({}, 'stop')]).parts);
    expect(parts.indexOf(`text.delta 0.0 ${begins}`)).toBe(2);
    expect(parts.indexOf(then)).toBeGreaterThan(2);
  });

  it('is said at the end', () => {
    expect(short(readChunks([chunk({ content: begins }, 'stop')]).parts)).toContain(`text.delta 0.0 ${begins}`);
  });
});

describe('a list of parts', () => {
  it.each([
    ['bare texts', ['a', 'b'], ['text.delta 0.0 ab']],
    ['thinking as text', [{ type: 'thinking', thinking: 'a' }], ['thinking.delta 0.0 a']],
    ['a refusal', [{ type: 'refusal', refusal: 'a' }], ['refusal.delta 0.0 a']],
    ['another kind', [{ type: 'image_url', image_url: 'x' }], ['unknown']],
    ['nothing', [{ type: 'text', text: '' }, null, 7], []],
  ])('has %s', (_, content, expected) => {
    const parts = short(readChunks([chunk({ content }), chunk({}, 'stop')]).parts);
    expect(parts.filter((part) => /delta|unknown/.test(part))).toEqual(expected);
  });
});
