import { isStreamError, type StreamError } from '../../lib/errors.js';
import { LlmError, type LlmErrorDetails, TruncatedStreamError } from './errors.js';
import { llmError } from './provider-answers.js';
import type { LlmWire } from './vocabulary.js';

/** The same failure with more known of it; it stays a {@link TruncatedStreamError} where it is one. What is `undefined` takes nothing away. */
export function failureWith(error: LlmError, more: Partial<LlmErrorDetails>): LlmError {
  const { requestId = error.requestId, partial = error.partial, usage = error.usage, code = error.code } = more;
  const { errorType = error.errorType, cause = error.cause } = more;
  const details = { ...detailsOf(error), requestId, partial, usage, code, errorType, cause };
  return error instanceof TruncatedStreamError
    ? new TruncatedStreamError(error.message, { ...details, lastEvent: error.lastEvent })
    : new LlmError(error.message, details);
}

/** What came of the retries. Giving up makes a plain error of the last one, which knew more: the two are put together again. */
export function afterRetries(wire: LlmWire, error: StreamError): LlmError {
  const { cause: last } = error;
  if (error instanceof LlmError || !(last instanceof LlmError)) return llmError(wire, error);
  const { attempts, elapsed, message } = error;
  const details = { ...detailsOf(last), code: error.code, attempts, elapsed, cause: last };
  return last instanceof TruncatedStreamError
    ? new TruncatedStreamError(message, { ...details, lastEvent: last.lastEvent })
    : new LlmError(message, details);
}

function detailsOf(error: LlmError): LlmErrorDetails {
  const { errorType, code, statusCode, responseBody, retryAfter, phase, requestId, attempts, elapsed } = error;
  const { wire, providerType, providerCode, partial, usage } = error;
  return {
    ...{ errorType, code, statusCode, responseBody, retryAfter, phase, requestId, attempts, elapsed },
    ...{ wire, providerType, providerCode, partial, usage },
  };
}

/** Whether this is an {@link LlmError}, from this copy of the package or another, subclasses included. */
export function isLlmError(error: unknown): error is LlmError {
  return isStreamError(error) && 'wire' in error && 'partial' in error;
}
