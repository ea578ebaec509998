import { describe, expect, it } from '@jest/globals';
import { isStreamError, StreamError, StreamErrorType, streamEnded, withRetryAfter } from '../../lib/errors.js';

describe('StreamError', () => {
  it.each([
    ['connection_error', true],
    ['timeout', true],
    ['server_error', true],
    ['rate_limited', true],
    ['stream_interrupted', true],
    ['authentication_error', false],
    ['client_error', false],
    ['fatal_error', false],
  ] as const)('%s says of itself whether another try may help: %s', (errorType, isRetryable) => {
    expect(new StreamError('x', { errorType, code: 'c' }).isRetryable).toBe(isRetryable);
  });

  it('has eight types', () => {
    expect(Object.values(StreamErrorType)).toHaveLength(8);
    expect(new Set(Object.values(StreamErrorType)).size).toBe(8);
  });

  it('is an Error with name, message, stack, cause and all details', () => {
    const cause = new Error('why');
    const details = {
      errorType: 'rate_limited',
      code: 'usage_capped',
      statusCode: 429,
      responseBody: '{}',
      retryAfter: 5,
      phase: 'request',
      requestId: 'r',
      attempts: 2,
      elapsed: 3,
    } as const;
    const error = new StreamError('slow down', { ...details, cause });
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject(details);
    expect([error.name, error.message, error.cause]).toEqual(['StreamError', 'slow down', cause]);
    expect(error.stack).toContain('slow down');
  });

  it('has no cause where none is given', () => {
    expect('cause' in new StreamError('x', { errorType: 'timeout', code: 'c' })).toBe(false);
  });
});

describe('isStreamError', () => {
  it('knows its own and subclasses by what they carry', () => {
    class Other extends StreamError {
      override readonly name = 'Other';
    }
    expect(isStreamError(new StreamError('x', { errorType: 'timeout', code: 'c' }))).toBe(true);
    expect(isStreamError(new Other('x', { errorType: 'timeout', code: 'c' }))).toBe(true);
  });

  it('knows an error of a second copy of the module', async () => {
    const path: string = '../../lib/errors.js?second-copy';
    const copy: unknown = await import(path);
    const error = makeWith(copy);
    expect(error).not.toBeInstanceOf(StreamError);
    expect(isStreamError(error)).toBe(true);
  });

  it.each([
    ['undefined', undefined],
    ['null', null],
    ['a text', 'timeout'],
    ['an Error', new Error('x')],
    ['a node error', Object.assign(new Error('x'), { code: 'ECONNRESET' })],
    ['a type that is none', { errorType: 'nope', code: 'c', isRetryable: true, message: '' }],
    ['a code that is no text', { errorType: 'timeout', code: 1, isRetryable: true, message: '' }],
    ['no message', { errorType: 'timeout', code: 'c', isRetryable: true }],
  ])('does not take %s for one', (_name, value) => {
    expect(isStreamError(value)).toBe(false);
  });
});

describe('withRetryAfter', () => {
  const cause = new Error('why');
  const error = new StreamError('x', { errorType: 'server_error', code: 'c', statusCode: 503, cause });

  it('adds the wish and keeps everything else, the cause too', () => {
    const wished = withRetryAfter(error, 7);
    expect(wished).toMatchObject({
      message: 'x',
      errorType: 'server_error',
      code: 'c',
      statusCode: 503,
      retryAfter: 7,
    });
    expect(wished.cause).toBe(cause);
  });

  it('changes nothing where there is no wish, or one already', () => {
    expect(withRetryAfter(error, undefined)).toBe(error);
    const wished = withRetryAfter(error, 7);
    expect(withRetryAfter(wished, 9)).toBe(wished);
  });
});

describe('streamEnded', () => {
  it('is a retryable interruption', () => {
    expect(streamEnded()).toMatchObject({ errorType: 'stream_interrupted', code: 'stream_ended', isRetryable: true });
  });
});

/** Calls the constructor of a module that is known only at run time. */
function makeWith(module: unknown): unknown {
  if (typeof module !== 'object' || module === null || !('StreamError' in module)) throw new Error('no such export');
  const { StreamError: Copy } = module;
  if (typeof Copy !== 'function') throw new Error('no class');
  return Reflect.construct(Copy, ['x', { errorType: 'timeout', code: 'c' }]);
}
