import { Readable } from 'node:stream';
import type { Input } from './durable-values.js';

/**
 * The same input, which may be left while it is silent: when `signal` is aborted, whoever waits for the next piece gets the signal's reason as
 * an error, and the input is closed.
 */
export function inputUntil(input: Input, signal: AbortSignal): Input {
  return {
    [Symbol.asyncIterator]: () => {
      const pieces = input[Symbol.asyncIterator]();
      return {
        next: () => pieceUntil(pieces, signal, () => leave(input, pieces)),
        return: () => {
          leave(input, pieces);
          return Promise.resolve({ done: true, value: undefined });
        },
      };
    },
  };
}

type Pieces = AsyncIterator<Uint8Array | string>;

/** No race with one promise for all: each race would stay with it, one for every piece. */
function pieceUntil(
  pieces: Pieces,
  signal: AbortSignal,
  left: () => void,
): Promise<IteratorResult<Uint8Array | string>> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      const reason: unknown = signal.reason;
      reject(reason);
      left();
    };
    if (signal.aborted) return stop();
    const settled = (): void => signal.removeEventListener('abort', stop);
    signal.addEventListener('abort', stop, { once: true });
    pieces.next().then(resolve, reject).finally(settled);
  });
}

/** A generator that waits for its next piece cannot return before that has come; only its stream can be closed now. */
function leave(input: Input, pieces: Pieces): void {
  if (input instanceof Readable) input.destroy();
  void pieces.return?.().catch(() => undefined);
}
