import type { Transport, TransportRequest, TransportResponse } from '../../lib/transport.js';

/** One answer that two readers share: the first sees its status and headers, the second reads its body. */
export interface Handover {
  /** For the reader that waits for an answer. Bodies of good answers stay unread. */
  readonly first: Transport;
  /** The answer outlives its reader: call it before that one unsubscribes. */
  keep(): void;
  /** For the reader that consumes: its first request is answered by what was kept, if it asks for the same. */
  readonly second: Transport;
  /** Closes the socket of what nobody has taken. */
  drop(): void;
}

interface Kept {
  readonly url: string;
  readonly response: TransportResponse;
  readonly controller: AbortController;
  /** No longer follows the signal of the first reader. */
  readonly detach: () => void;
}

/**
 * A response object must know how its first answer turned out before anybody says what is to be made of the body; asking twice would cost
 * the server the same page again.
 */
export function handover(transport: Transport): Handover {
  let answered: Kept | undefined;
  let kept: Kept | undefined;
  const drop = (): void => {
    const unused = kept;
    kept = undefined;
    unused?.controller.abort();
  };
  return {
    first: async (request) => {
      const controller = new AbortController();
      const detach = follow(request.signal, controller);
      const response = await transport({ ...request, signal: controller.signal });
      if (response.status < 200 || response.status > 299) return response;
      answered = { url: request.url, response, controller, detach };
      const { status, headers, hiddenRedirect } = response;
      return { status, headers, hiddenRedirect, body: response.body && unread };
    },
    keep: () => {
      kept = answered;
      kept?.detach();
    },
    second: (request) => {
      const held = kept;
      if (held === undefined || !isSame(held.url, request)) {
        drop();
        return transport(request);
      }
      kept = undefined;
      follow(request.signal, held.controller);
      return Promise.resolve(held.response);
    },
    drop,
  };
}

/** Never answers: whoever reads it leaves before. */
const unread: NonNullable<TransportResponse['body']> = { read: () => new Promise(() => undefined) };

/** One controller per connection, so the listener lives no longer than that. */
function follow(signal: AbortSignal, controller: AbortController): () => void {
  const abort = (): void => controller.abort(signal.reason);
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort);
  return () => signal.removeEventListener('abort', abort);
}

/** What the caller adds to the query may differ with each request; what the protocol says must not. */
function isSame(url: string, request: TransportRequest): boolean {
  const asked = new URL(url).searchParams;
  const asks = new URL(request.url).searchParams;
  return ['offset', 'live', 'cursor'].every((name) => asked.get(name) === asks.get(name));
}
