import type { StreamErrorCode, StreamErrorType } from '../../lib/errors.js';

/** What a platform throws: only the members that are read. */
export interface RawError {
  readonly name: string;
  readonly message: string;
  readonly code?: string | number;
  readonly cause?: unknown;
}

/** One failure as a platform reports it, and what it means before and after the headers. */
export interface RawCase {
  readonly from: string;
  readonly error: unknown;
  readonly request: readonly [StreamErrorType, StreamErrorCode];
  readonly body: readonly [StreamErrorType, StreamErrorCode];
}

/** `TypeError: fetch failed` or `terminated`, with the cause that undici gives. */
export function undici(cause: Partial<RawError>, message = 'fetch failed'): RawError {
  return { name: 'TypeError', message, cause: { name: 'Error', message: '', ...cause } };
}

const broken = ['stream_interrupted', 'interrupted'] as const;
const brokenProtocol = ['stream_interrupted', 'protocol_error'] as const;
const brokenShort = ['stream_interrupted', 'truncated'] as const;
const refused = ['connection_error', 'connection_refused'] as const;
const failed = ['connection_error', 'connection_failed'] as const;
const reset = ['connection_error', 'connection_reset'] as const;
const dns = ['connection_error', 'dns'] as const;
const protocol = ['connection_error', 'protocol_error'] as const;
const tls = ['fatal_error', 'tls'] as const;
const redirect = ['fatal_error', 'redirect_refused'] as const;
const badUrl = ['fatal_error', 'bad_url'] as const;
const idle = ['timeout', 'idle_timeout'] as const;

type Meaning = Pick<RawCase, 'request' | 'body'>;
const both = (meaning: RawCase['request']): Meaning => ({ request: meaning, body: meaning });
const means = (request: RawCase['request'], body: RawCase['body'] = broken): Meaning => ({ request, body });

const codes: readonly (readonly [string, Meaning])[] = [
  ['ECONNREFUSED', means(refused)],
  ['ENOTFOUND', means(dns)],
  ['EAI_AGAIN', means(dns)],
  ['ECONNRESET', means(reset)],
  ['EPIPE', means(reset)],
  ['EHOSTUNREACH', means(failed)],
  ['ENETUNREACH', means(failed)],
  ['UND_ERR_SOCKET', means(reset)],
  ['UND_ERR_CONNECT_TIMEOUT', means(['timeout', 'connect_timeout'], idle)],
  ['UND_ERR_HEADERS_TIMEOUT', means(['timeout', 'headers_timeout'], idle)],
  ['UND_ERR_BODY_TIMEOUT', both(idle)],
  ['ETIMEDOUT', means(['timeout', 'connect_timeout'], idle)],
  ['ERR_TLS_HANDSHAKE_TIMEOUT', means(['timeout', 'connect_timeout'], idle)],
  ['UND_ERR_HEADERS_OVERFLOW', means(protocol, brokenProtocol)],
  ['HPE_INVALID_CONSTANT', means(protocol, brokenProtocol)],
  ['HPE_INVALID_CHUNK_SIZE', means(protocol, brokenProtocol)],
  ['HPE_UNEXPECTED_CONTENT_LENGTH', means(protocol, brokenProtocol)],
  ['HPE_INVALID_HEADER_TOKEN', means(protocol, brokenProtocol)],
  ['Z_DATA_ERROR', means(protocol, brokenProtocol)],
  ['Z_BUF_ERROR', means(['connection_error', 'truncated'], brokenShort)],
  ['UND_ERR_RES_CONTENT_LENGTH_MISMATCH', means(['connection_error', 'truncated'], brokenShort)],
  ['ERR_SSL_WRONG_VERSION_NUMBER', means(tls)],
  ['ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC', means(tls)],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', means(tls)],
  ['SELF_SIGNED_CERT_IN_CHAIN', means(tls)],
  ['CERT_HAS_EXPIRED', means(tls)],
  ['CERT_CHAIN_TOO_LONG', means(tls)],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', means(tls)],
  ['ERR_TLS_CERT_ALTNAME_INVALID', means(tls)],
];

const sentence = (name: string, message: string): RawError => ({ name, message });
const deno = (rest: string): RawError =>
  sentence('TypeError', `error sending request for url (https://a.example/redirects/certificate?q=1): ${rest}`);

/** Every signature, of every platform. */
export const rawCases: readonly RawCase[] = [
  ...codes.map(([code, meaning]) => ({ from: `undici ${code}`, error: undici({ code }), ...meaning })),
  ...codes.map(([code, meaning]) => ({
    from: `terminated ${code}`,
    error: undici({ code }, 'terminated'),
    ...meaning,
  })),
  ...codes.map(([code, meaning]) => ({ from: `node ${code}`, error: { ...sentence('Error', ''), code }, ...meaning })),
  {
    from: 'Node 24, a parser error without a code',
    error: undici({ name: 'HTTPParserError', message: 'Response does not match the HTTP/1.1 protocol' }),
    ...means(protocol, brokenProtocol),
  },
  { from: 'undici redirects', error: undici({ message: 'redirect count exceeded' }), ...both(redirect) },
  { from: 'undici scheme', error: undici({ message: 'URL scheme must be a HTTP(S) scheme' }), ...both(redirect) },
  { from: 'undici port', error: undici({ message: 'bad port' }), ...both(badUrl) },
  { from: 'undici 100 Continue', error: undici({ message: 'bad response' }), ...means(protocol, brokenProtocol) },
  { from: 'undici, nothing known', error: sentence('TypeError', 'fetch failed'), ...means(failed) },
  { from: 'undici, nothing known in the body', error: sentence('TypeError', 'terminated'), ...means(reset) },
  {
    from: 'undici header',
    error: sentence('TypeError', 'Headers.append: "x\u0000" is an invalid header value.'),
    ...both(['fatal_error', 'bad_header']),
  },
  {
    from: 'Bun refused',
    error: { ...sentence('Error', 'Unable to connect.'), code: 'ConnectionRefused' },
    ...means(refused),
  },
  { from: 'Bun socket', error: { ...sentence('Error', ''), code: 'FailedToOpenSocket' }, ...means(failed) },
  { from: 'Bun closed', error: { ...sentence('Error', ''), code: 'ConnectionClosed' }, ...means(reset) },
  { from: 'Bun lost', error: sentence('Error', 'The socket connection was closed unexpectedly.'), ...means(reset) },
  { from: 'Bun redirects', error: { ...sentence('Error', ''), code: 'TooManyRedirects' }, ...both(redirect) },
  { from: 'Deno refused', error: deno('tcp connect error: Connection refused (os error 111)'), ...means(refused) },
  { from: 'Deno dns', error: deno('dns error: failed to lookup address information'), ...means(dns) },
  { from: 'Deno closed', error: deno('connection closed before message completed'), ...means(failed) },
  { from: 'Deno tls', error: deno('invalid peer certificate: UnknownIssuer'), ...both(tls) },
  { from: 'Deno body', error: sentence('TypeError', 'error reading a body from connection: reset'), ...means(reset) },
  { from: 'Deno os error', error: sentence('ConnectionReset', 'connection reset by peer'), ...means(reset) },
  { from: 'Chrome', error: sentence('TypeError', 'Failed to fetch'), ...means(failed) },
  { from: 'Chrome body', error: sentence('TypeError', 'network error'), ...means(reset) },
  {
    from: 'Firefox',
    error: sentence('TypeError', 'NetworkError when attempting to fetch resource.'),
    ...means(failed),
  },
  { from: 'Firefox body', error: sentence('TypeError', 'Error in body stream'), ...means(reset) },
  { from: 'Firefox input', error: sentence('TypeError', 'Error in input stream'), ...means(reset) },
  { from: 'Safari', error: sentence('TypeError', 'Load failed'), ...means(failed) },
  { from: 'Safari lost', error: sentence('TypeError', 'The network connection was lost.'), ...means(reset) },
  { from: 'Safari refused', error: sentence('TypeError', 'Could not connect to the server.'), ...means(refused) },
  {
    from: 'Safari dns',
    error: sentence('TypeError', 'A server with the specified hostname could not be found.'),
    ...means(dns),
  },
  {
    from: 'a time limit',
    error: sentence('TimeoutError', 'The operation was aborted due to timeout'),
    ...means(['timeout', 'headers_timeout'], idle),
  },
  { from: 'an abort', error: { ...sentence('AbortError', 'aborted'), code: 20 }, ...both(['fatal_error', 'aborted']) },
  { from: 'JSON', error: new SyntaxError('bad'), ...both(['fatal_error', 'malformed']) },
  {
    from: 'a body read twice',
    error: sentence('TypeError', 'Response body object should not be disturbed or locked'),
    ...both(['fatal_error', 'unexpected']),
  },
  { from: 'a broken program', error: new RangeError('x'), ...both(['fatal_error', 'unexpected']) },
  { from: 'a text', error: 'oops', ...both(['fatal_error', 'unexpected']) },
  { from: 'nothing', error: undefined, ...both(['fatal_error', 'unexpected']) },
  { from: 'null', error: null, ...both(['fatal_error', 'unexpected']) },
];
