import { describe, expect, it } from '@jest/globals';
import { isStreamError } from '../../../lib/errors.js';
import {
  DurableStreamError,
  FetchError,
  RetentionGoneError,
  SeqConflictError,
  SequenceGapError,
  StaleEpochError,
  StreamClosedError,
  StreamConsumedError,
  StreamNotFoundError,
} from '../../../sources/durable/errors.js';

const details = { errorType: 'client_error', code: 'stream_gone', statusCode: 410, offset: '5_5' } as const;

describe('the errors of this source', () => {
  it.each([
    ['SeqConflictError', SeqConflictError],
    ['RetentionGoneError', RetentionGoneError],
    ['StreamConsumedError', StreamConsumedError],
    ['StreamClosedError', StreamClosedError],
    ['StreamNotFoundError', StreamNotFoundError],
    ['DurableStreamError', DurableStreamError],
  ])('are known by name, and as stream errors: %s', (name, Kind) => {
    const error = new Kind('no', details);
    expect(error).toMatchObject({ ...details, name, message: 'no', status: 410, isRetryable: false });
    expect(error).toBeInstanceOf(DurableStreamError);
    expect(isStreamError(error)).toBe(true);
    expect(String(error)).toBe(`${name}: no`);
  });

  it('say what their protocol says beside the code', () => {
    expect(new StaleEpochError('no', { ...details, currentEpoch: 3 })).toMatchObject({
      name: 'StaleEpochError',
      currentEpoch: 3,
    });
    expect(new SequenceGapError('no', { ...details, expectedSeq: 3, receivedSeq: undefined })).toMatchObject({
      name: 'SequenceGapError',
      expectedSeq: 3,
      receivedSeq: undefined,
    });
  });

  it('are no protocol errors where HTTP itself explains them', () => {
    const error = new FetchError('no', { ...details, errorType: 'server_error', code: 'overloaded' });
    expect(error).not.toBeInstanceOf(DurableStreamError);
    expect(error).toMatchObject({ name: 'FetchError', status: 410, offset: '5_5', isRetryable: true });
  });
});
