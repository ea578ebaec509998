import { describe, expect, it } from '@jest/globals';
import { chatChoice, hasUnknown } from '../../../sources/llm/chat-choice.js';
import { dialectOf } from '../../../sources/llm/dialects.js';
import type { LlmPart } from '../../../sources/llm/parts.js';

describe('one answer', () => {
  it('stops once: the first reason counts', () => {
    const parts: LlmPart[] = [];
    const sink = { part: (part: LlmPart): void => void parts.push(part) };
    const choice = chatChoice(1, dialectOf('x'));
    expect(choice.stop).toBeUndefined();
    expect(choice.read({ delta: { content: 'a' } }, sink)).toBe(true);
    expect(choice.read({ delta: { role: 'assistant', content: '' } }, sink)).toBe(false);
    choice.finish({ reason: 'length', native: 'length' }, sink);
    choice.finish({ reason: 'end', native: 'stop' }, sink);
    const stop = { reason: 'length', native: 'length' };
    expect(choice.stop).toEqual(stop);
    expect(parts.filter(({ type }) => type === 'stop')).toEqual([{ type: 'stop', stop, choice: 1 }]);
  });

  it('tells of a server tool under one key, as often as the server does', () => {
    const parts: LlmPart[] = [];
    const sink = { part: (part: LlmPart): void => void parts.push(part) };
    const choice = chatChoice(0, dialectOf('x'));
    const ran = [
      { index: 0, name: 'go' },
      { index: 1, type: 'search' },
      { index: 0, name: 'go', output: '' },
      { output: 'x' },
    ];
    for (const native of ran) choice.read({ delta: { executed_tools: [native] } }, sink);
    expect(parts).toEqual([
      { type: 'serverTool', key: '0.0', name: 'go', isFinal: false, native: ran[0] },
      { type: 'serverTool', key: '0.1', name: 'search', isFinal: false, native: ran[1] },
      { type: 'serverTool', key: '0.0', name: 'go', isFinal: true, native: ran[2] },
      { type: 'serverTool', key: '0.2', name: 'tool', isFinal: true, native: ran[3] },
    ]);
  });

  it.each([
    [{ a: 1 }, false],
    [{ a: 1, b: null, c: undefined, d: '', e: [], f: {} }, false],
    [{ b: 0 }, true],
    [{ b: [1] }, true],
  ])('has something unknown in %j: %j', (object, expected) => {
    expect(hasUnknown(object, new Set(['a']))).toBe(expected);
  });
});
