import ky, { type KyInstance } from 'ky';
import { answerOf, toBodyInit, type Transport } from './transport.js';

/** Whose hooks are run, and what stands below it. */
export interface KyTransportOptions {
  /** An instance of your own: its hooks see every request and answer, its headers go along where a request has none of that name. @default ky */
  instance?: KyInstance | undefined;
  /** Replaces the global `fetch`. */
  fetch?: typeof globalThis.fetch | undefined;
}

/**
 * ky as a transport, its own retries, limits and errors off: it repeats whole requests and knows nothing of their bodies, so that is done above
 * it. This is the default of `jsonCall`; a stream takes it by `transport: kyTransport({ instance })`.
 *
 * @example
 * import ky from 'ky';
 * import { byteStream, kyTransport } from 'tailrace';
 *
 * const instance = ky.extend({ hooks: { beforeRequest: [(request) => request.headers.set('x-trace', '1')] } });
 * byteStream({ url: 'https://example.com/events', transport: kyTransport({ instance }) }).subscribe();
 */
export function kyTransport({ instance = ky, fetch }: KyTransportOptions = {}): Transport {
  return async ({ url, method, headers, body, signal, redirect }) => {
    const response = await instance(url, {
      method,
      headers,
      signal,
      redirect,
      retry: 0,
      timeout: false,
      throwHttpErrors: false,
      ...(body === undefined ? {} : { body: toBodyInit(body) }),
      ...(fetch === undefined ? {} : { fetch }),
    });
    return answerOf(response);
  };
}
