import type { HeaderReader } from './retry-after.js';

/** One request, ready to be sent. */
export interface TransportRequest {
  readonly url: string;
  readonly method: string;
  /** Names in lower case; values are what goes over the wire, one character a byte. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array | undefined;
  /** Closes the socket at once, in every phase. */
  readonly signal: AbortSignal;
  /** `follow` only where the platform hides where a redirect leads and no credential is sent. */
  readonly redirect: 'manual' | 'follow';
}

/** Pulled piece by piece: while nobody reads, TCP makes the server wait. A web reader fits as it is. */
export interface ByteReader {
  read(): Promise<{ done: false; value: Uint8Array } | { done: true; value?: Uint8Array | undefined }>;
  cancel?(): Promise<void>;
}

/** Headers are in, the body is to come. */
export interface TransportResponse {
  readonly status: number;
  readonly headers: HeaderReader;
  /** `undefined` where an answer has no body. */
  readonly body: ByteReader | undefined;
  /** A redirect whose target the platform hides (browsers). */
  readonly hiddenRedirect: boolean;
}

/**
 * The door to the network, small enough to be replaced: by one with certificates of its own (`nodeTransport` in `tailrace/node`), or
 * by a scripted one in a simulation. It follows no redirect on its own, retries nothing and has no time limits; it rejects with
 * whatever its platform throws.
 */
export type Transport = (request: TransportRequest) => Promise<TransportResponse>;

/**
 * `fetch` as it is, and the default where there is no Node. Kept apart from ky, which {@link kyTransport} stands on: between it and a
 * stream there is nothing that a stream needs, and it costs half as much again as a small request itself.
 *
 * Node's own pool opens a new, unused connection in place of one that an abort has closed; at most two, for 4 s.
 */
export function fetchTransport(fetch?: typeof globalThis.fetch): Transport {
  return async ({ url, method, headers, body, signal, redirect }) => {
    // Looked up for each request: programs and tests replace the global one.
    const send = fetch ?? globalThis.fetch;
    const init: RequestInit = { method, headers, signal, redirect };
    if (body !== undefined) init.body = toBodyInit(body);
    return answerOf(await send(url, init));
  };
}

/** What a transport gives of a `Response`. */
export function answerOf(response: Response): TransportResponse {
  return {
    status: response.status,
    headers: response.headers,
    body: response.body?.getReader(),
    hiddenRedirect: response.type === 'opaqueredirect',
  };
}

/** fetch takes no view on shared memory, so bytes are copied; request bodies are small. */
export function toBodyInit(body: string | Uint8Array): string | Uint8Array<ArrayBuffer> {
  return typeof body === 'string' ? body : new Uint8Array(body);
}
