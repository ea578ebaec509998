import { describe, expect, it } from '@jest/globals';
import { sentenceIn } from '../../lib/error-sentences.js';

const sentences = [
  [/redirect/, 'fatal_error', 'redirect_refused'],
  [/connection/, 'connection_error', 'connection_failed'],
] as const;

describe('sentenceIn', () => {
  it('takes the first that is a part of the sentence', () => {
    expect(sentenceIn(sentences, 'a redirect of the connection')).toEqual({
      errorType: 'fatal_error',
      code: 'redirect_refused',
    });
    expect(sentenceIn(sentences, 'no connection')?.code).toBe('connection_failed');
    expect(sentenceIn(sentences, 'nothing that is known')).toBeUndefined();
  });

  it('does not read addresses', () => {
    expect(sentenceIn(sentences, 'see https://a.example/redirect')).toBeUndefined();
  });
});
