import { classifyError } from '../../lib/classify.js';
import { classifyAnswer, type FailedAnswer, statusOf } from '../../lib/classify-status.js';
import type { StreamErrorDetails, StreamErrorType } from '../../lib/errors.js';
import {
  type DurableErrorCode,
  type DurableErrorDetails,
  DurableStreamError,
  FetchError,
  RetentionGoneError,
  SeqConflictError,
  SequenceGapError,
  StaleEpochError,
  StreamClosedError,
  StreamNotFoundError,
} from './errors.js';
import { metadataOf, streamHeaders, wholeNumber } from './wire.js';

/** What was asked: the same status says different things to a reader and to a writer. */
export type DurableOperation = 'read' | 'head' | 'create' | 'append' | 'close' | 'delete' | 'subscription';

/**
 * The protocol's reading of an answer (draft 1.0, 1.4 to 1.11); `undefined` where its status says it all. To a reader the offset of its errors
 * is where it is, `place`, whatever the answer says of the stream.
 */
export function classifyDurable(
  operation: DurableOperation,
  place?: string,
): (answer: FailedAnswer) => DurableStreamError | undefined {
  return (answer) => {
    const { status, headers } = answer;
    if (status === 403) {
      const currentEpoch = wholeNumber(headers.get(streamHeaders.producerEpoch));
      if (currentEpoch === undefined) return undefined;
      return new StaleEpochError('another producer has taken over', {
        ...detailsOf(answer, 'client_error', 'stale_epoch'),
        currentEpoch,
      });
    }
    if (status === 409) return conflictOf(operation, answer);
    if (status === 404 && operation !== 'subscription') {
      const details = detailsOf(answer, 'client_error', 'stream_not_found', place);
      return new StreamNotFoundError('there is no such stream', details);
    }
    if (status === 410) return goneOf(operation, answer, place);
    const code = plainCode(operation, answer);
    return code === undefined
      ? undefined
      : new DurableStreamError(
          classifyAnswer(answer).message,
          detailsOf(answer, statusOf(status).errorType, code, place),
        );
  };
}

/** Any other failure under the name that this ecosystem has for it, all fields kept. */
export function durableError(thrown: unknown, offset?: string): DurableStreamError | FetchError {
  const error = classifyError(thrown);
  if (error instanceof DurableStreamError || error instanceof FetchError) return error;
  const { errorType, code, statusCode, responseBody, retryAfter, phase, requestId, attempts, elapsed } = error;
  const cause = error.code === 'retries_exhausted' ? error.cause : error;
  const details = { errorType, code, statusCode, responseBody, retryAfter, phase, requestId, attempts, elapsed, cause };
  return new FetchError(error.message, { ...details, offset });
}

function conflictOf(operation: DurableOperation, answer: FailedAnswer): DurableStreamError | undefined {
  const { headers } = answer;
  if (operation === 'subscription' || operation === 'read') return undefined;
  if (operation === 'create') {
    const message = 'the stream exists with another configuration, or its path is blocked by a deleted one';
    return new DurableStreamError(message, detailsOf(answer, 'client_error', 'stream_exists'));
  }
  // First: it has precedence over what else the headers say.
  if (metadataOf(headers).closed) {
    return new StreamClosedError('the stream is closed', detailsOf(answer, 'client_error', 'stream_closed'));
  }
  const expectedSeq = wholeNumber(headers.get(streamHeaders.expectedSeq));
  if (expectedSeq !== undefined) {
    const receivedSeq = wholeNumber(headers.get(streamHeaders.receivedSeq));
    const details = { ...detailsOf(answer, 'client_error', 'sequence_gap'), expectedSeq, receivedSeq };
    return new SequenceGapError(`the server expects sequence number ${expectedSeq} of this producer`, details);
  }
  // Nothing but the body's words tells the two apart.
  if (/content.?type|media.?type/i.test(answer.body ?? '')) {
    const message = 'the body is of another media type than the stream';
    return new DurableStreamError(message, detailsOf(answer, 'client_error', 'content_type_mismatch'));
  }
  if (operation !== 'append') return undefined;
  const message = 'the sequence given with "seq" is not greater than the last one';
  return new SeqConflictError(message, detailsOf(answer, 'client_error', 'seq_conflict'));
}

function goneOf(operation: DurableOperation, answer: FailedAnswer, place: string | undefined): DurableStreamError {
  if (operation !== 'read') {
    return new DurableStreamError('the stream is deleted', detailsOf(answer, 'client_error', 'stream_gone'));
  }
  const message = 'the offset is no longer kept, or the stream is deleted; offset "-1" reads what is left';
  return new RetentionGoneError(message, detailsOf(answer, 'client_error', 'retention_gone', place));
}

function plainCode(operation: DurableOperation, { status, body }: FailedAnswer): DurableErrorCode | undefined {
  if (status === 400 && operation === 'read' && /offset/i.test(body ?? '')) return 'invalid_offset';
  if (status === 413) return 'payload_too_large';
  if (status === 405 || status === 501) return 'not_supported';
  return undefined;
}

function detailsOf(
  answer: FailedAnswer,
  errorType: StreamErrorType,
  code: DurableErrorCode,
  offset = metadataOf(answer.headers).nextOffset,
): DurableErrorDetails {
  const { statusCode, responseBody, phase, requestId }: StreamErrorDetails = classifyAnswer(answer);
  return { errorType, code, statusCode, responseBody, phase, requestId, offset };
}
