import type { ByteReader, Transport, TransportRequest } from '../../../lib/transport.js';

/** How a connection to a scripted provider goes. */
export interface ScriptedStream {
  /** @default 200 */
  readonly status?: number;
  /** @default an event stream */
  readonly headers?: Readonly<Record<string, string>>;
  /** Each text or piece of bytes arrives by itself. */
  readonly body?: readonly (string | Uint8Array)[];
  /** What follows the body: its regular end, a broken socket, or nothing more. @default 'clean' */
  readonly end?: 'clean' | 'broken' | 'open';
}

/** A provider without sockets, for chunkings that no socket promises to keep. */
export interface ScriptedLlm {
  readonly transport: Transport;
  readonly requests: readonly TransportRequest[];
  /** Connections that have neither ended nor been closed. */
  readonly open: number;
}

export function scriptedLlm(answerOf: (n: number) => ScriptedStream): ScriptedLlm {
  const requests: TransportRequest[] = [];
  const open = new Set<TransportRequest>();
  const transport: Transport = async (request) => {
    requests.push(request);
    open.add(request);
    const close = (): void => void open.delete(request);
    request.signal.addEventListener('abort', close, { once: true });
    const answer = answerOf(requests.length);
    const headers = new Headers(answer.headers ?? { 'content-type': 'text/event-stream' });
    return {
      status: answer.status ?? 200,
      headers,
      body: reader(answer, request.signal, close),
      hiddenRedirect: false,
    };
  };
  return {
    transport,
    requests,
    get open() {
      return open.size;
    },
  };
}

function reader({ body = [], end = 'clean' }: ScriptedStream, signal: AbortSignal, close: () => void): ByteReader {
  const pieces = body.values();
  return {
    read: async () => {
      const piece = pieces.next();
      if (piece.done !== true) return { done: false, value: Buffer.from(piece.value) };
      if (end === 'broken')
        throw new TypeError('terminated', { cause: Object.assign(new Error(), { code: 'ECONNRESET' }) });
      if (end === 'open') await new Promise((resolve) => signal.addEventListener('abort', resolve));
      else close();
      return { done: true };
    },
  };
}
