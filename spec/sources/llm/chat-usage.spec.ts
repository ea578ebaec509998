import { describe, expect, it } from '@jest/globals';
import { chunk, find, readChunks, say, short } from './chat-reading.js';

describe('usage', () => {
  it('is read wherever it stands, and the later counts, member by member', () => {
    const { parts } = readChunks([
      { ...chunk({ content: 'a' }), usage: { prompt_tokens: 5, completion_tokens: 1 } },
      { ...chunk({}, 'stop'), x_groq: { usage: { completion_tokens: 2, total_tokens: 7 } } },
      { choices: [], usage: { completion_tokens: 3, prompt_tokens: null, prompt_cache_hit_tokens: 4 } },
      { choices: [], usage: null },
    ]);
    expect(find(parts, 'usage').map(({ usage }) => usage)).toEqual([
      { inputTokens: 5, outputTokens: 1, native: { prompt_tokens: 5, completion_tokens: 1 } },
      {
        ...{ inputTokens: 5, outputTokens: 2, totalTokens: 7 },
        native: { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 },
      },
      {
        ...{ inputTokens: 5, outputTokens: 3, cachedInputTokens: 4, totalTokens: 7 },
        native: { prompt_tokens: 5, completion_tokens: 3, total_tokens: 7, prompt_cache_hit_tokens: 4 },
      },
    ]);
  });

  it('may stand in a choice', () => {
    const choice = { index: 0, delta: {}, finish_reason: 'stop', usage: { total_tokens: 9 } };
    expect(short(readChunks([{ choices: [choice] }]).parts)).toContain('usage 9');
  });

  it('has details', () => {
    expect(find(say('chat-openrouter').parts, 'usage')[0]?.usage).toMatchObject({
      ...{
        inputTokens: 12,
        outputTokens: 9,
        cachedInputTokens: 3,
        cacheWriteTokens: 2,
        reasoningTokens: 5,
        totalTokens: 21,
      },
      native: { cost: 0.0003 },
    });
  });
});
