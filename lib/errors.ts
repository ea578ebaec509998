/**
 * The eight classes of failure. The first five are worth another try, the last three are not:
 * `isRetryable` follows from the class alone.
 */
export const StreamErrorType = {
  /** The connection could not be made: refused, unreachable, DNS. */
  CONNECTION_ERROR: 'connection_error',
  /** Headers, bytes or content stayed away longer than their limit. */
  TIMEOUT: 'timeout',
  /** The server answered 5xx (but not 501 and 505), or said that it is overloaded. */
  SERVER_ERROR: 'server_error',
  /** 429, or a limit in the service's own words. */
  RATE_LIMITED: 'rate_limited',
  /** An open body broke off, or ended where it must not end. */
  STREAM_INTERRUPTED: 'stream_interrupted',
  /** 401 and 403. */
  AUTHENTICATION_ERROR: 'authentication_error',
  /** Every other 4xx: the request itself is wrong. */
  CLIENT_ERROR: 'client_error',
  /** Nothing that another try would change: TLS, redirects, a wrong content type, a broken program. */
  FATAL_ERROR: 'fatal_error',
} as const;

export type StreamErrorType = (typeof StreamErrorType)[keyof typeof StreamErrorType];

/** The codes that `tailrace` itself gives. A source adds its service's own words to them. */
export type StreamErrorCode =
  // before the body
  | 'connection_refused'
  | 'dns'
  | 'connection_reset'
  | 'connection_failed'
  | 'connect_timeout'
  | 'headers_timeout'
  | 'tls'
  | 'redirect_refused'
  | 'bad_url'
  | 'bad_header'
  | 'protocol_error'
  // answers
  | 'bad_request'
  | 'unauthorized'
  | 'payment_required'
  | 'forbidden'
  | 'not_found'
  | 'request_timeout'
  | 'conflict'
  | 'gone'
  | 'misdirected_request'
  | 'too_early'
  | 'rate_limited'
  | 'http_client_error'
  | 'not_implemented'
  | 'overloaded'
  | 'http_server_error'
  | 'unexpected_status'
  | 'content_type'
  | 'content_encoding'
  | 'response_too_large'
  // in the body
  | 'interrupted'
  | 'truncated'
  | 'stream_ended'
  | 'idle_timeout'
  | 'content_timeout'
  | 'frame_too_large'
  | 'malformed'
  | 'slow_consumer'
  | 'delivery_failed'
  | 'handler_timeout'
  | 'dead_letter_failed'
  | 'checkpoint_failed'
  // around it
  | 'heartbeat_failed'
  | 'retries_exhausted'
  | 'aborted'
  | 'unexpected';

/** What is known of a failure beyond its message. */
export interface StreamErrorDetails<Code extends string = StreamErrorCode> {
  readonly errorType: StreamErrorType;
  /** The precise reason, from a closed union per source. */
  readonly code: Code;
  /** HTTP status, where the server answered. */
  readonly statusCode?: number | undefined;
  /** What the server said, at most 64 KiB of it, known secrets replaced. */
  readonly responseBody?: string | undefined;
  /** The server's own wish: wait at least this long before the next try, in milliseconds. */
  readonly retryAfter?: number | undefined;
  /** Where it failed: before the first byte of the body, or in it. */
  readonly phase?: 'request' | 'body' | undefined;
  /** The server's id of the request, for its support. */
  readonly requestId?: string | undefined;
  /** On giving up: how many connections were tried. */
  readonly attempts?: number | undefined;
  /** On giving up: milliseconds since the first failure in a row. */
  readonly elapsed?: number | undefined;
  readonly cause?: unknown;
}

const retryable: ReadonlySet<string> = new Set<StreamErrorType>([
  'connection_error',
  'timeout',
  'server_error',
  'rate_limited',
  'stream_interrupted',
]);
const errorTypes: ReadonlySet<string> = new Set(Object.values(StreamErrorType));

/**
 * The one error of every stream. Programs read `errorType` and `code`, people read `message`.
 *
 * No field ever carries a header, a token or a query value. Recognise it with {@link isStreamError}: `instanceof` fails
 * where an application holds two copies of the package.
 */
export class StreamError<Code extends string = string> extends Error implements StreamErrorDetails<Code> {
  override readonly name: string = 'StreamError';
  readonly errorType: StreamErrorType;
  readonly code: Code;
  readonly statusCode: number | undefined;
  readonly responseBody: string | undefined;
  readonly retryAfter: number | undefined;
  readonly phase: 'request' | 'body' | undefined;
  readonly requestId: string | undefined;
  readonly attempts: number | undefined;
  readonly elapsed: number | undefined;
  /** Whether another try may help. */
  readonly isRetryable: boolean;

  constructor(message: string, details: StreamErrorDetails<Code>) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.errorType = details.errorType;
    this.code = details.code;
    this.statusCode = details.statusCode;
    this.responseBody = details.responseBody;
    this.retryAfter = details.retryAfter;
    this.phase = details.phase;
    this.requestId = details.requestId;
    this.attempts = details.attempts;
    this.elapsed = details.elapsed;
    this.isRetryable = retryable.has(details.errorType);
  }
}

/** Whether this is a {@link StreamError}, from this copy of the package or another, subclasses included. */
export function isStreamError(error: unknown): error is StreamError {
  return (
    typeof error === 'object' &&
    error !== null &&
    'errorType' in error &&
    typeof error.errorType === 'string' &&
    errorTypes.has(error.errorType) &&
    'code' in error &&
    typeof error.code === 'string' &&
    'isRetryable' in error &&
    'message' in error
  );
}

/** A clean end of a stream that has no end: a drop like any other. */
export function streamEnded(): StreamError<StreamErrorCode> {
  return new StreamError('the server has ended a stream that has no end', {
    errorType: 'stream_interrupted',
    code: 'stream_ended',
    phase: 'body',
  });
}

/** The same error with the server's wish for the next try in it, where it has none of its own. */
export function withRetryAfter(error: StreamError, retryAfter: number | undefined): StreamError {
  if (retryAfter === undefined || error.retryAfter !== undefined) return error;
  const { errorType, code, statusCode, responseBody, phase, requestId, attempts, elapsed, cause } = error;
  const details = { errorType, code, statusCode, responseBody, phase, requestId, attempts, elapsed, cause };
  return new StreamError(error.message, { ...details, retryAfter });
}
