import { describe, expect, it } from '@jest/globals';
import { lastValueFrom, of, throwError } from 'rxjs';
import { DurableStreamError, type DurableErrorCode } from '../../../sources/durable/errors.js';
import { hasCode, unasked, valueOn } from '../../../sources/durable/expected-errors.js';
import { checkDurable } from '../../../sources/durable/options.js';

function failure(code: DurableErrorCode): DurableStreamError {
  return new DurableStreamError('no', { errorType: 'client_error', code });
}

describe('an error that is an answer', () => {
  it('is a value, and every other one stays an error', async () => {
    const absent = valueOn<string, undefined>(['stream_not_found', 'stream_gone'], undefined);
    await expect(lastValueFrom(absent(of('a')))).resolves.toBe('a');
    await expect(lastValueFrom(absent(throwError(() => failure('stream_gone'))))).resolves.toBeUndefined();
    const other = failure('bad_request');
    await expect(lastValueFrom(absent(throwError(() => other)))).rejects.toBe(other);
    expect(hasCode(new Error('no'), ['stream_gone'])).toBe(false);
  });

  it('is none for the error handler', async () => {
    const recovery = { headers: { a: 'b' } };
    const checked = checkDurable('head', 'http://a.example', { onError: () => recovery });
    const { onError } = unasked(checked, ['stream_not_found']).options;
    await expect(Promise.resolve(onError?.(failure('stream_not_found')))).resolves.toBeUndefined();
    await expect(Promise.resolve(onError?.(failure('bad_request')))).resolves.toBe(recovery);
    const without = checkDurable('head', 'http://a.example', {});
    expect(unasked(without, ['stream_not_found'])).toBe(without);
  });
});
