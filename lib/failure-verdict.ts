import type { StreamErrorCode, StreamErrorType } from './errors.js';

/** What a failure of the platform is, before it is made an error. */
export type Verdict = readonly [errorType: StreamErrorType, code: StreamErrorCode, message: string];

/** The end of a connection means another thing before the headers than in the body. */
export function dropped(code: StreamErrorCode, signature: string, phase: 'request' | 'body'): Verdict {
  if (phase === 'body') {
    const reason = code === 'truncated' || code === 'protocol_error' ? code : 'interrupted';
    return ['stream_interrupted', reason, `the stream broke off: ${signature}`];
  }
  return ['connection_error', code, `no connection: ${signature}`];
}
