import { Agent as HttpAgent, type ClientRequest, type IncomingMessage, request as requestHttp } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import { checkOptions, flag, instance, type OptionRules } from '../check-options.js';
import { StreamError } from '../errors.js';
import type { HeaderReader } from '../retry-after.js';
import type { Transport, TransportRequest, TransportResponse } from '../transport.js';
import { decoded, readerOf } from './node-body.js';

/** How connections are made and kept. */
export interface NodeTransportOptions {
  /** Keep the connection of a finished answer for the next request, for 4 s. @default true */
  keepAlive?: boolean | undefined;
  /** Certificates in PEM that are trusted in place of the system's. @default undefined: the system's */
  ca?: string | readonly string[] | undefined;
}

const rules: OptionRules<NodeTransportOptions> = {
  keepAlive: flag,
  ca: { expected: 'PEM text, or a list of it', test: (value) => typeof value === 'string' || instance.test(value) },
};

/** Node's own server drops an idle connection after 5 s: a request sent just then would be lost. No limit for one in use. */
const idleSocketLife = 4_000;

/**
 * `node:http` and `node:https` as a transport: less than half of what `fetch` costs for each small request. What names no transport has
 * one in Node already; one of your own has connections of its own, and certificates.
 *
 * Unlike `fetch` it has no limit of 300 s for a silent body, and a body that came encoded (gzip, deflate, br), although none
 * was asked for, must be whole: cut off, it is an error. A `deflate` body is a zlib stream (RFC 9110 8.4.1.2), never a raw one.
 *
 * Nothing is opened before the first request. Each transport has connections of its own; idle ones let the process exit. While
 * nobody reads, the socket is paused after some 64 KiB. Follows no redirect, repeats nothing, has no proxy. Names itself `node`, as
 * `fetch` does there, where the request does not say `user-agent`.
 *
 * Errors: rejects with what Node gives, which `classifyError` reads. A `TypeError` at once for wrong options.
 *
 * @example
 * import { byteStream } from 'tailrace';
 * import { nodeTransport } from 'tailrace/node';
 *
 * const transport = nodeTransport({ keepAlive: false });
 * byteStream({ url: 'https://example.com/events', transport }).subscribe((bytes) => console.log(bytes.byteLength));
 */
export function nodeTransport(options: NodeTransportOptions = {}): Transport {
  checkOptions('nodeTransport', rules, options);
  const { keepAlive = true, ca } = options;
  const settings = { keepAlive, timeout: idleSocketLife };
  const plain = new HttpAgent(settings);
  const secure = new HttpsAgent({
    ...settings,
    ...(ca === undefined ? {} : { ca: typeof ca === 'string' ? ca : [...ca] }),
  });
  return (message) =>
    message.url.startsWith('https:')
      ? exchangeOver((url, request) => requestHttps(url, { ...request, agent: secure }), message)
      : exchangeOver((url, request) => requestHttp(url, { ...request, agent: plain }), message);
}

interface RequestHead {
  readonly method: string;
  readonly headers: Record<string, string | number>;
}

function exchangeOver(
  open: (url: URL, head: RequestHead) => ClientRequest,
  message: TransportRequest,
): Promise<TransportResponse> {
  const { url, method, headers, body, signal } = message;
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    // Without a length Node sends the body of a GET unframed: the server would read it as the next request.
    const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
    const request = open(new URL(url), { method, headers: { 'user-agent': 'node', ...headers, ...length } });
    const abort = (): void => {
      const reason: unknown = signal.reason;
      reject(reason);
      request.destroy();
    };
    const forget = (): void => signal.removeEventListener('abort', abort);
    signal.addEventListener('abort', abort, { once: true });
    request.on('close', forget);
    request.on('error', reject);
    // Without a listener Node closes the socket and says nothing of it, neither `error` nor `close`.
    request.on('upgrade', (_response, socket) => {
      forget();
      socket.destroy();
      reject(switched());
    });
    request.on('response', (response) => {
      // What breaks from here on, the parser included, is a matter of the body.
      request.on('error', (error) => {
        if (!response.complete) response.destroy(error);
      });
      resolve(responseOf(response, method));
    });
    // Text would go out in one piece with the headers, and they as UTF-8 with it: twice encoded.
    request.end(body === undefined ? undefined : Buffer.from(body));
  });
}

function switched(): StreamError {
  return new StreamError('the server has switched to another protocol', {
    errorType: 'connection_error',
    code: 'protocol_error',
    phase: 'request',
  });
}

function responseOf(response: IncomingMessage, method: string): TransportResponse {
  const { statusCode: status = 0 } = response;
  const headers = headerReader(response);
  const bodiless = method === 'HEAD' || status === 204 || status === 304;
  // Read to its end, or the connection would never be free again.
  if (bodiless) response.resume();
  return { status, headers, body: bodiless ? undefined : readerOf(decoded(response)), hiddenRedirect: false };
}

function headerReader({ headers }: IncomingMessage): HeaderReader {
  const get = (name: string): string | null => {
    const value = headers[name.toLowerCase()];
    if (Array.isArray(value)) return value.join(', ');
    // Node's object has the names of every object, too.
    return typeof value === 'string' ? value : null;
  };
  return { get, entries: () => Object.keys(headers).map((name) => [name, get(name) ?? '']) };
}
