import { describe, expect, it } from '@jest/globals';
import { lostEvents } from '../../../sources/llm/lost-events.js';

describe('lostEvents', () => {
  it('is worth another try, and never a message', () => {
    expect(lostEvents('anthropic', 'why')).toMatchObject({
      ...{ name: 'LlmError', message: 'why', wire: 'anthropic', errorType: 'stream_interrupted' },
      ...{ code: 'interrupted', phase: 'body', isRetryable: true },
    });
  });
});
