import { checkpointError, type CheckpointErrorCode } from '../checkpoint.js';
import { isStreamError, type StreamError } from '../errors.js';

/**
 * What a browser's storage said, as an error of a store: `quota_exceeded` where it has no more room, else `store_failed`.
 *
 * Told by the name, which all browsers share; Firefox had one of its own for localStorage.
 */
export function storageFailure(where: string, error: unknown): StreamError<CheckpointErrorCode> | StreamError {
  if (isStreamError(error)) return error;
  const name: unknown = typeof error === 'object' && error !== null && 'name' in error ? error.name : undefined;
  return name === 'QuotaExceededError' || name === 'NS_ERROR_DOM_QUOTA_REACHED'
    ? checkpointError('quota_exceeded', `${where}: the browser gives this site no more room`, error)
    : checkpointError(
        'store_failed',
        `${where}: the browser refused (${typeof name === 'string' ? name : 'unknown'})`,
        error,
      );
}
