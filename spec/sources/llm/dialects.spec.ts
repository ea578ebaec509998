import { describe, expect, it } from '@jest/globals';
import { chatFormat } from '../../../sources/llm/chat-parts.js';
import { type Dialect, dialectOf, dialectRule } from '../../../sources/llm/dialects.js';

const names: readonly Dialect[] = [
  ...(['auto', 'openai', 'azure', 'openrouter', 'groq', 'deepseek', 'qwen'] as const),
  ...(['xai', 'mistral', 'ollama', 'huggingface', 'lmstudio', 'vllm'] as const),
];

describe('a dialect', () => {
  it.each(names)('%s is known by name', (name) => {
    expect(dialectRule.test(name)).toBe(true);
    expect(Object.values(dialectOf('x', name)).every((fact) => fact !== undefined)).toBe(true);
    expect(chatFormat({ dialect: name }).wire).toBe('openai-chat');
  });

  it('is auto unless another is given', () => {
    expect(dialectOf('x')).toBe(dialectOf('x', 'auto'));
  });

  it('of one’s own takes what it does not say from auto', () => {
    const own = dialectOf('x', { doneMarker: 'required', inlineThinking: false, usagePlaces: undefined });
    expect(own).toEqual({ ...dialectOf('x'), doneMarker: 'required', inlineThinking: false });
  });

  it.each([
    ['brook', 'must be one of "auto"'],
    ['toString', 'must be one of "auto"'],
    [null, 'must be one of "auto"'],
    [7, 'got 7'],
    [[], 'must be one of "auto"'],
    [{ done: true }, 'unknown option "done"'],
    [{ doneMarker: 'yes' }, '"doneMarker" must be one of "required", "optional"'],
    [{ reasoningFields: 'reasoning' }, '"reasoningFields" must be a list of names'],
    [{ reasoningFields: [''] }, '"reasoningFields" must be a list of names'],
    [{ inlineThinking: { open: '', close: '>', where: 'start' } }, '"inlineThinking" must be false, or an object'],
    [{ inlineThinking: { open: '<', close: '>', where: 'end' } }, '"inlineThinking" must be false, or an object'],
    [{ errorShapes: ['text'] }, '"errorShapes" must be a list of member, event, flat'],
    [{ finishReasons: 'stop' }, '"finishReasons" must be an object'],
    [{ detailsField: true }, '"detailsField" must be a name or false'],
  ])('%j is refused at once', (dialect, words) => {
    // Callers in plain JavaScript: the types refuse these already.
    const options: object = { dialect };
    expect(() => chatFormat(options)).toThrow(TypeError);
    expect(() => chatFormat(options)).toThrow(words);
  });

  it('is the only option', () => {
    const options: object = { dialekt: 'auto' };
    expect(() => chatFormat(options)).toThrow('unknown option "dialekt"');
  });
});
