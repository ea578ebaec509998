import { describe, expect, it } from '@jest/globals';
import { isNoticeCode, streamingError } from '../../../sources/chain/streaming-error.js';

describe('streamingError', () => {
  it.each([
    ['CONNECTION_LOST', 'EventStreamerConnectionError', 'connection_lost', true],
    ['SUBSCRIPTION_NOT_FOUND', 'EventStreamerSubscriptionError', 'subscription_not_found', false],
    ['CIRCUIT_BREAKER_OPEN', 'EventStreamerConnectionError', 'circuit_breaker_open', true],
    ['RATE_LIMITED', 'EventStreamerError', 'rate_limited', true],
    ['PROCESSING_STOPPED', 'EventStreamerConnectionError', 'processing_stopped', true],
    ['INVALID_RESUME_TOKEN', 'EventStreamerValidationError', 'invalid_resume_token', false],
    ['STREAM_ERROR', 'EventStreamerConnectionError', 'stream_error', true],
  ])('makes %s an %s', (code, name, own, isRetryable) => {
    expect(isNoticeCode(code)).toBe(true);
    expect(streamingError(code, true)).toMatchObject({ name, code: own, isRetryable });
  });

  it('takes the word of the service for what it does not know', () => {
    expect(isNoticeCode('toString')).toBe(false);
    expect(streamingError('NEW', true)).toMatchObject({ code: 'stream_error', isRetryable: true });
    expect(streamingError('NEW', false)).toMatchObject({ code: 'stream_error', isRetryable: false });
  });

  it('repeats a code only where it is one', () => {
    expect(streamingError('NEW_CODE', true).message).toContain('NEW_CODE');
    expect(streamingError('rt_abc= is bad\n', true).message).toBe('the service reports an error');
  });
});
