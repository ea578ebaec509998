import { type ByteReader, StreamError, type Transport } from '../../lib/index.js';

/** How fast a body may be read. */
export interface Pace {
  /** Resolves when there is room for what comes next; `undefined` where there is room now. */
  readonly room: () => Promise<void> | undefined;
  /** How long a read may take, in milliseconds; the wait for room does not count. @default no limit */
  readonly idleTimeout?: number | undefined;
}

/**
 * The same transport, whose bodies are read only while there is room: meanwhile TCP makes the server wait.
 *
 * The library's own limit of silence cannot tell this pause from a dead server, so `idleTimeout` is here. Errors: `timeout` with code
 * `idle_timeout`.
 */
export function pacedTransport(transport: Transport, pace: Pace): Transport {
  return async (request) => {
    const response = await transport(request);
    const { body } = response;
    return body === undefined ? response : { ...response, body: paced(body, pace) };
  };
}

function paced(body: ByteReader, { room, idleTimeout }: Pace): ByteReader {
  return {
    read: async () => {
      await room();
      return idleTimeout === undefined ? body.read() : within(body.read(), idleTimeout);
    },
    cancel: async () => body.cancel?.(),
  };
}

async function within<T>(read: Promise<T>, limit: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<never>((_, reject) => {
    const message = `no byte from the server for ${limit} ms`;
    const details = { errorType: 'timeout', code: 'idle_timeout', phase: 'body' } as const;
    timer = setTimeout(() => reject(new StreamError(message, details)), limit);
  });
  try {
    return await Promise.race([read, silence]);
  } finally {
    clearTimeout(timer);
  }
}
