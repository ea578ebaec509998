import type { IncomingMessage } from 'node:http';
import { pipeline, type Readable, type Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { StreamError } from '../errors.js';
import type { ByteReader } from '../transport.js';

const decoders: ReadonlyMap<string, () => Transform> = new Map<string, () => Transform>([
  ['gzip', createGunzip],
  ['x-gzip', createGunzip],
  ['deflate', createInflate],
  ['br', createBrotliDecompress],
]);

/**
 * The body without its content encoding, piece by piece. One that ends too early is an error; an encoding that is not known
 * here is left as it is.
 */
export function decoded(response: IncomingMessage): Readable {
  const encoding = response.headers['content-encoding']?.trim().toLowerCase() ?? '';
  const decoder = decoders.get(encoding)?.();
  if (decoder === undefined) return response;
  // What goes wrong reaches the reader through the decoder.
  return pipeline(response, decoder, () => undefined);
}

/**
 * Pulls a stream piece by piece. In between the stream reads ahead no further than its own mark (16 to 64 KiB), then pauses
 * its socket.
 */
export function readerOf(stream: Readable): ByteReader {
  let wake = (): void => undefined;
  const next = (): void => wake();
  for (const event of ['readable', 'end', 'error', 'close']) stream.on(event, next);
  return {
    read: async () => {
      for (;;) {
        const piece: unknown = stream.read();
        if (Buffer.isBuffer(piece)) return { done: false, value: piece };
        if (stream.errored !== null) throw stream.errored;
        if (stream.readableEnded) return { done: true };
        if (stream.destroyed) throw closed();
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
    cancel: async () => void stream.destroy(),
  };
}

function closed(): StreamError {
  return new StreamError('the body was closed before its end', {
    errorType: 'stream_interrupted',
    code: 'interrupted',
    phase: 'body',
  });
}
