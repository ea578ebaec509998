import { Observable } from 'rxjs';
import { isStreamError } from '../../lib/errors.js';
import { createSseParser } from '../../lib/sse-parser.js';
import { subscribeWithin } from '../../lib/subscribe-within.js';
import { DurableStreamError } from './errors.js';
import type { DurablePart } from './parts.js';
import { tooLong } from './read-faults.js';
import { sseBatch, type SseReading, takeEvent } from './sse-batch.js';

/** Room for the longest batch in base64 and the name of its event. */
const framing = 64;

/**
 * What one SSE connection brings: data with the control event behind it, so that its position is known. One array per piece of the body.
 * Completes when the stream is closed, or with the connection; data without its control event is dropped then, to be read again.
 *
 * Errors: `parse_error`, `frame_too_large`, `offset_regression`, behind what stands before them.
 */
export function sseParts(bytes: Observable<Uint8Array>, reading: SseReading): Observable<readonly DurablePart[]> {
  return new Observable((subscriber) => {
    const batch = sseBatch(reading);
    const { maxBatchLength } = reading.limits;
    // The parser counts bytes, of which base64 has a third more; what it holds is counted here once more.
    const maxLength = Math.min(2 ** 29 - 64, Math.ceil((maxBatchLength / 3) * 4) + framing);
    const parser = createSseParser({ onEvent: (event) => takeEvent(batch, event) }, { maxLength });
    subscriber.add(() => parser.close());
    const emit = (): void => {
      const { parts } = batch;
      if (parts.length === 0) return;
      batch.parts = [];
      subscriber.next(parts);
    };
    subscribeWithin(bytes, subscriber, {
      next: (piece) => {
        try {
          parser.feed(piece);
        } catch (error) {
          emit();
          return subscriber.error(isTooLong(error) ? tooLong('an SSE batch', maxBatchLength, reading.at) : error);
        }
        emit();
        if (batch.closed) subscriber.complete();
      },
      error: (error) => subscriber.error(error),
      complete: () => subscriber.complete(),
    });
  });
}

/** In the words of the parser, which knows no batches. */
function isTooLong(error: unknown): boolean {
  return isStreamError(error) && error.code === 'frame_too_large' && !(error instanceof DurableStreamError);
}
