import { browserSentences, type Sentence } from './error-sentences.js';
import type { StreamErrorCode } from './errors.js';

/** How a failure of the platform is recognised: `code`, or `name` where there is none. Facts from running each of them. */
export type Signature =
  { readonly kind: 'timeout' | 'drop'; readonly code: StreamErrorCode } | { readonly kind: 'tls' | 'redirect' };

const timeouts: readonly (readonly [signature: string, code: StreamErrorCode])[] = [
  ['UND_ERR_CONNECT_TIMEOUT', 'connect_timeout'],
  ['UND_ERR_HEADERS_TIMEOUT', 'headers_timeout'],
  ['UND_ERR_BODY_TIMEOUT', 'idle_timeout'],
  ['ETIMEDOUT', 'connect_timeout'],
  ['ESOCKETTIMEDOUT', 'idle_timeout'],
  ['ERR_SOCKET_CONNECTION_TIMEOUT', 'connect_timeout'],
  ['ERR_TLS_HANDSHAKE_TIMEOUT', 'connect_timeout'],
  ['Timeout', 'connect_timeout'],
  ['TimedOut', 'connect_timeout'],
];

/** Names of node and undici first, then those of Bun and Deno. */
const drops: readonly (readonly [signature: string, code: StreamErrorCode])[] = [
  ['ECONNREFUSED', 'connection_refused'],
  ['ENOTFOUND', 'dns'],
  ['EAI_AGAIN', 'dns'],
  ['EAI_NODATA', 'dns'],
  ['ECONNRESET', 'connection_reset'],
  ['EPIPE', 'connection_reset'],
  ['ECONNABORTED', 'connection_reset'],
  ['ERR_STREAM_PREMATURE_CLOSE', 'connection_reset'],
  ['UND_ERR_SOCKET', 'connection_reset'],
  ['UND_ERR_CLOSED', 'connection_reset'],
  ['UND_ERR_DESTROYED', 'connection_reset'],
  ['ERR_HTTP2_STREAM_ERROR', 'connection_reset'],
  ['ERR_HTTP2_SESSION_ERROR', 'connection_reset'],
  ['ERR_HTTP2_GOAWAY_SESSION', 'connection_reset'],
  ['EHOSTUNREACH', 'connection_failed'],
  ['ENETUNREACH', 'connection_failed'],
  ['ENETDOWN', 'connection_failed'],
  ['EADDRNOTAVAIL', 'connection_failed'],
  ['EMFILE', 'connection_failed'],
  ['UND_ERR_RES_CONTENT_LENGTH_MISMATCH', 'truncated'],
  ['Z_BUF_ERROR', 'truncated'],
  ['Z_DATA_ERROR', 'protocol_error'],
  ['UND_ERR_HEADERS_OVERFLOW', 'protocol_error'],
  // Node 24 gives it no code: its name is all there is.
  ['HTTPParserError', 'protocol_error'],
  ['ConnectionRefused', 'connection_refused'],
  ['ConnectionClosed', 'connection_reset'],
  ['ConnectionReset', 'connection_reset'],
  ['ConnectionAborted', 'connection_reset'],
  ['BrokenPipe', 'connection_reset'],
  ['UnexpectedEof', 'truncated'],
  // Bun says this of an unknown host as well as of a closed port.
  ['FailedToOpenSocket', 'connection_failed'],
];

const exact: ReadonlyMap<string, Signature> = new Map<string, Signature>([
  ...timeouts.map(([signature, code]) => [signature, { kind: 'timeout', code }] as const),
  ...drops.map(([signature, code]) => [signature, { kind: 'drop', code }] as const),
  ['TooManyRedirects', { kind: 'redirect' }],
  ['UnexpectedRedirect', { kind: 'redirect' }],
]);

/** OpenSSL's verdicts on certificates that share no beginning with the others. */
const certificates: ReadonlySet<string> = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'HOSTNAME_MISMATCH',
  'INVALID_CA',
  'INVALID_PURPOSE',
  'PATH_LENGTH_EXCEEDED',
  'UNKNOWN_CERTIFICATE_VERIFICATION_ERROR',
  'EPROTO',
]);

/** What a `code` or a `name` stands for. */
export function signatureOf(code: string): Signature | undefined {
  const known = exact.get(code);
  if (known !== undefined) return known;
  if (certificates.has(code) || /^(?:ERR_TLS_|ERR_SSL_|CERT_|CRL_|UNABLE_TO_|ERROR_IN_C)/.test(code)) {
    return { kind: 'tls' };
  }
  // ERR__ERROR_FORMAT_ is how node spells the errors of brotli.
  return /^(?:HPE_|ERR__ERROR_FORMAT_)/.test(code) ? { kind: 'drop', code: 'protocol_error' } : undefined;
}

/** What every platform says: browsers, then Deno, Bun and undici's last resorts. */
export const sentences: readonly Sentence[] = [
  // their refusals come first: Deno says "error sending request" of a bad certificate as well
  ...browserSentences,
  [/URL scheme must be/, 'fatal_error', 'redirect_refused'],
  [/bad port/, 'fatal_error', 'bad_url'],
  [/invalid header value|header content/, 'fatal_error', 'bad_header'],
  [/bad response/, 'connection_error', 'protocol_error'],
  [/onnection refused|Unable to connect/, 'connection_error', 'connection_refused'],
  [/dns error/, 'connection_error', 'dns'],
  [
    /other side closed|socket connection was closed|terminated|error reading a body|error decoding response body/,
    'connection_error',
    'connection_reset',
  ],
  [/fetch failed|error sending request/, 'connection_error', 'connection_failed'],
];
