import { describe, expect, it } from '@jest/globals';
import { isStreamError } from '../../../lib/errors.js';
import {
  AbiDecodingError,
  AbiParsingError,
  EventStreamerAuthError,
  EventStreamerConnectionError,
  EventStreamerError,
  EventStreamerSubscriptionError,
  EventStreamerTimeoutError,
  EventStreamerValidationError,
} from '../../../sources/chain/errors.js';

describe('the errors of the Event Streamer', () => {
  it.each([
    ['EventStreamerError', EventStreamerError],
    ['EventStreamerConnectionError', EventStreamerConnectionError],
    ['EventStreamerAuthError', EventStreamerAuthError],
    ['EventStreamerTimeoutError', EventStreamerTimeoutError],
    ['EventStreamerValidationError', EventStreamerValidationError],
    ['EventStreamerSubscriptionError', EventStreamerSubscriptionError],
  ])('have %s, thin, with all fields of a StreamError', (name, Class) => {
    const cause = new Error('why');
    const details = { errorType: 'server_error', code: 'http_server_error', statusCode: 503, cause } as const;
    const error = new Class('no', { ...details, responseBody: '{"error":"no"}', operation: 'get subscription' });
    expect(error).toBeInstanceOf(EventStreamerError);
    expect(isStreamError(error)).toBe(true);
    expect(error).toMatchObject({ name, status: 503, body: '{"error":"no"}', operation: 'get subscription', cause });
    expect(error.isRetryable).toBe(true);
  });

  it('lead to the place in an ABI, and are of the validation kind', () => {
    const error = new AbiParsingError('abi[0].name: must be a text', { path: 'abi[0].name' });
    expect(error).toBeInstanceOf(EventStreamerValidationError);
    expect(error).toMatchObject({
      name: 'AbiParsingError',
      code: 'invalid_abi',
      path: 'abi[0].name',
      isRetryable: false,
    });
    const missing = new AbiParsingError('not found in ABI', { path: 'abi', code: 'event_not_found' });
    expect(missing.code).toBe('event_not_found');
  });

  it('lead to the parameter of a log', () => {
    const error = new AbiDecodingError('topics: 2 in place of 3', { path: 'topics' });
    expect(error).toMatchObject({ name: 'AbiDecodingError', code: 'invalid_log', path: 'topics', isRetryable: false });
  });
});
