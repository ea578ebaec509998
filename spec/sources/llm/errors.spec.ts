import { describe, expect, it } from '@jest/globals';
import { isStreamError, StreamError } from '../../../lib/errors.js';
import { LlmError, TruncatedStreamError } from '../../../sources/llm/errors.js';
import { streamAssembler } from '../../../sources/llm/assembler.js';

describe('LlmError', () => {
  it('is a StreamError with what the provider and the stream have said', () => {
    const partial = streamAssembler('anthropic').message;
    const error = new LlmError('overloaded', {
      ...{ errorType: 'server_error', code: 'overloaded', wire: 'anthropic', partial },
      ...{ providerType: 'overloaded_error', providerCode: 'x', usage: { outputTokens: 3, native: {} } },
    });
    expect(isStreamError(error) && error instanceof StreamError).toBe(true);
    expect(error).toMatchObject({
      ...{ name: 'LlmError', message: 'overloaded', isRetryable: true, wire: 'anthropic', partial },
      ...{ providerType: 'overloaded_error', providerCode: 'x', usage: { outputTokens: 3 } },
    });
  });

  it('has undefined for what nobody has said', () => {
    const error = new LlmError('m', { errorType: 'client_error', code: 'bad_request' });
    expect(error).toMatchObject({ wire: undefined, partial: undefined, usage: undefined, isRetryable: false });
  });
});

describe('TruncatedStreamError', () => {
  it('names the last event, and is recognised by its name and as an LlmError', () => {
    const details = { errorType: 'stream_interrupted', code: 'truncated', lastEvent: 'content_block_delta' } as const;
    const error = new TruncatedStreamError('cut', details);
    expect(error).toMatchObject({ name: 'TruncatedStreamError', lastEvent: 'content_block_delta', isRetryable: true });
    expect(error).toBeInstanceOf(LlmError);
  });
});
