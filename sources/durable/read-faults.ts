import { DurableStreamError } from './errors.js';
import { resumePlace } from './parts.js';
import type { ReadProgress } from './read-progress.js';

/** A body, an event or a header that is not what the protocol says. Asking again would bring the same. */
export function parseError(what: string, at: ReadProgress): DurableStreamError {
  return new DurableStreamError(what, {
    ...{ errorType: 'fatal_error', code: 'parse_error', phase: 'body' },
    offset: resumePlace(at),
  });
}

export function tooLong(what: string, limit: number, at: ReadProgress): DurableStreamError {
  return new DurableStreamError(`${what} is longer than ${limit} bytes`, {
    ...{ errorType: 'fatal_error', code: 'frame_too_large', phase: 'body' },
    offset: resumePlace(at),
  });
}

export function wrongType(what: string, at: ReadProgress): DurableStreamError {
  return new DurableStreamError(what, {
    ...{ errorType: 'client_error', code: 'content_type_mismatch', phase: 'body' },
    offset: resumePlace(at),
  });
}

/** There is no event stream to be had here; long-poll does the same. */
export function noEventStream(what: string): DurableStreamError {
  return new DurableStreamError(what, { errorType: 'fatal_error', code: 'content_type', phase: 'request' });
}

/** Server-minted offsets are in bytewise order within one stream (draft 1.0, 1.3): one that goes back is of another stream. */
export function refuseRegression(at: ReadProgress, nextOffset: string): void {
  if (at.offset === '-1' || at.offset === 'now' || nextOffset >= at.offset) return;
  const message = 'the position went back: the stream was deleted and made again, or has lost data';
  throw regression(message, at);
}

/** A reader has seen more behind its offset than there is. */
export function refuseLostData(at: ReadProgress): void {
  if (at.skip > 0) throw regression('the stream has lost data that was read before, or was made again', at);
}

function regression(message: string, at: ReadProgress): DurableStreamError {
  return new DurableStreamError(message, {
    ...{ errorType: 'fatal_error', code: 'offset_regression', phase: 'body' },
    offset: resumePlace(at),
  });
}
