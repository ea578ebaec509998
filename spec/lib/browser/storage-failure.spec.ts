import { describe, expect, it } from '@jest/globals';
import { checkpointError } from '../../../lib/checkpoint.js';
import { storageFailure } from '../../../lib/browser/storage-failure.js';

describe('storageFailure', () => {
  it.each(['QuotaExceededError', 'NS_ERROR_DOM_QUOTA_REACHED'])('reads %s as a store without room', (name) => {
    const cause = new DOMException('no room', name);
    expect(storageFailure('here', cause)).toMatchObject({
      name: 'StreamError',
      errorType: 'fatal_error',
      code: 'quota_exceeded',
      cause,
    });
  });

  it.each([
    [new DOMException('denied', 'SecurityError'), 'here: the browser refused (SecurityError)'],
    [new TypeError('broken'), 'here: the browser refused (TypeError)'],
    ['a text', 'here: the browser refused (unknown)'],
    [undefined, 'here: the browser refused (unknown)'],
  ])('says of everything else what its name is: %s', (cause, message) => {
    const error = storageFailure('here', cause);
    expect(error).toMatchObject({ errorType: 'fatal_error', code: 'store_failed' });
    expect(error.message).toBe(message);
  });

  it('passes on what is an error of a store already', () => {
    const error = checkpointError('damaged', 'wrong');
    expect(storageFailure('here', error)).toBe(error);
  });
});
