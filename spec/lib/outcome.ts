import type { Observable } from 'rxjs';
import { isStreamError, type StreamError } from '../../lib/errors.js';

/** What came of one subscription, to its end. */
export interface Outcome {
  readonly pieces: readonly Uint8Array[];
  /** The pieces as text. */
  readonly text: string;
  readonly completed: boolean;
  readonly error: StreamError | undefined;
}

/** Subscribes, and resolves at the end. Rejects where the error is not a `StreamError`: no stream may end so. */
export function outcomeOf(stream: Observable<Uint8Array>): Promise<Outcome> {
  const pieces: Uint8Array[] = [];
  const end = (error: StreamError | undefined): Outcome => ({
    pieces,
    text: Buffer.concat(pieces).toString(),
    completed: error === undefined,
    error,
  });
  return new Promise((resolve, reject) => {
    stream.subscribe({
      next: (piece) => pieces.push(piece),
      error: (error: unknown) => (isStreamError(error) ? resolve(end(error)) : reject(asError(error))),
      complete: () => resolve(end(undefined)),
    });
  });
}

/** For streams that must fail. */
export async function failureOf(stream: Observable<Uint8Array>): Promise<StreamError> {
  const { error } = await outcomeOf(stream);
  if (error === undefined) throw new Error('the stream completed');
  return error;
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
