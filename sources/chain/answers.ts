import { classifyError } from '../../lib/classify.js';
import { classifyAnswer, type FailedAnswer } from '../../lib/classify-status.js';
import type { StreamError } from '../../lib/errors.js';
import {
  type ChainErrorCode,
  type ChainErrorDetails,
  EventStreamerAuthError,
  EventStreamerConnectionError,
  EventStreamerError,
  EventStreamerSubscriptionError,
  EventStreamerTimeoutError,
  EventStreamerValidationError,
} from './errors.js';

/** What a call is about: the same 404 says different things. */
export type ChainSubject = 'subscription' | 'connection' | 'chain' | 'breaker' | 'service';

const missing: Readonly<Record<ChainSubject, ChainErrorCode>> = {
  subscription: 'subscription_not_found',
  connection: 'connection_lost',
  chain: 'chain_not_found',
  breaker: 'breaker_not_found',
  service: 'not_found',
};

/** The service's reading of an answer that is no success. The status decides, never the words of the body. */
export function classifyChain(subject: ChainSubject, operation: string): (answer: FailedAnswer) => EventStreamerError {
  return (answer) => {
    const error = classifyAnswer(answer);
    if (answer.status === 404) return chainError(error, { operation, subject, code: missing[subject] });
    const isInvalid = answer.status === 400 || answer.status === 422;
    return chainError(error, { operation, subject, code: isInvalid ? 'invalid_request' : undefined });
  };
}

/** What is known of the place where something failed. */
export interface ChainContext {
  readonly operation: string;
  readonly subject: ChainSubject;
  /** In place of the error's own. */
  readonly code?: ChainErrorCode | undefined;
}

/** Any failure under the name that this ecosystem has for it, all fields kept. Errors of this door pass as they are. */
export function chainError(thrown: unknown, { operation, subject, code }: ChainContext): EventStreamerError {
  if (thrown instanceof EventStreamerError) return thrown;
  const error = classifyError(thrown);
  const { errorType, statusCode, responseBody, retryAfter, phase, requestId, attempts, elapsed } = error;
  // On giving up the last failure is the cause already.
  const cause = error.code === 'retries_exhausted' ? error.cause : error;
  const details = { errorType, statusCode, responseBody, retryAfter, phase, requestId, attempts, elapsed, cause };
  return classOf(error, subject)(error.message, { ...details, operation, code: code ?? error.code });
}

type Maker = (message: string, details: ChainErrorDetails) => EventStreamerError;

function classOf(error: StreamError, subject: ChainSubject): Maker {
  const { errorType, statusCode } = error;
  if (errorType === 'authentication_error') return (message, details) => new EventStreamerAuthError(message, details);
  if (errorType === 'timeout') return (message, details) => new EventStreamerTimeoutError(message, details);
  const isMissing = statusCode === 404 || statusCode === 409 || statusCode === 410;
  if (subject === 'subscription' && isMissing) {
    return (message, details) => new EventStreamerSubscriptionError(message, details);
  }
  if (errorType === 'client_error' && statusCode !== 404) {
    return (message, details) => new EventStreamerValidationError(message, details);
  }
  if (errorType === 'rate_limited' || errorType === 'fatal_error') {
    return (message, details) => new EventStreamerError(message, details);
  }
  return (message, details) => new EventStreamerConnectionError(message, details);
}
