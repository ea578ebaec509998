import type { StreamErrorType } from '../../lib/errors.js';
import {
  type ChainErrorCode,
  type ChainErrorDetails,
  type ChainNoticeCode,
  EventStreamerConnectionError,
  EventStreamerError,
  EventStreamerSubscriptionError,
  EventStreamerValidationError,
} from './errors.js';

interface Reading {
  readonly errorType: StreamErrorType;
  readonly code: ChainErrorCode;
}

const readings: Readonly<Record<ChainNoticeCode, Reading>> = {
  CONNECTION_LOST: { errorType: 'stream_interrupted', code: 'connection_lost' },
  SUBSCRIPTION_NOT_FOUND: { errorType: 'client_error', code: 'subscription_not_found' },
  CIRCUIT_BREAKER_OPEN: { errorType: 'server_error', code: 'circuit_breaker_open' },
  RATE_LIMITED: { errorType: 'rate_limited', code: 'rate_limited' },
  PROCESSING_STOPPED: { errorType: 'stream_interrupted', code: 'processing_stopped' },
  INVALID_RESUME_TOKEN: { errorType: 'client_error', code: 'invalid_resume_token' },
  STREAM_ERROR: { errorType: 'stream_interrupted', code: 'stream_error' },
};

export function isNoticeCode(code: string): code is ChainNoticeCode {
  return Object.hasOwn(readings, code);
}

/** The service's `error` message as an error. Its words are not quoted: they may hold a token. */
export function streamingError(errorCode: string, recoverable: boolean): EventStreamerError {
  const isKnown = isNoticeCode(errorCode);
  const { errorType, code } = isKnown ? readings[errorCode] : unknownReading(recoverable);
  // A code is a word; what is none is not repeated.
  const said = /^\w{1,64}$/.test(errorCode) ? errorCode : 'an error';
  const details = { errorType, code, operation: 'stream events', phase: 'body' } as const;
  return madeOf(code)(`the service reports ${said}`, details);
}

function unknownReading(recoverable: boolean): Reading {
  return { errorType: recoverable ? 'stream_interrupted' : 'fatal_error', code: 'stream_error' };
}

function madeOf(code: ChainErrorCode): (message: string, details: ChainErrorDetails) => EventStreamerError {
  if (code === 'subscription_not_found')
    return (message, details) => new EventStreamerSubscriptionError(message, details);
  if (code === 'invalid_resume_token') return (message, details) => new EventStreamerValidationError(message, details);
  if (code === 'rate_limited') return (message, details) => new EventStreamerError(message, details);
  return (message, details) => new EventStreamerConnectionError(message, details);
}
