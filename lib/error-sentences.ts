import type { StreamErrorCode, StreamErrorType } from './errors.js';

/** Parts of sentences, and what they stand for. */
export type Sentence = readonly [parts: RegExp, errorType: StreamErrorType, code: StreamErrorCode];

/**
 * A browser's `TypeError` from `fetch` carries nothing but a sentence, in each engine another one; this comes last because
 * sentences change.
 */
export const browserSentences: readonly Sentence[] = [
  [/redirect/, 'fatal_error', 'redirect_refused'],
  [/Failed to parse URL|Invalid URL|is not a valid URL|URL is invalid|includes credentials/, 'fatal_error', 'bad_url'],
  [/Invalid header value|has invalid value/, 'fatal_error', 'bad_header'],
  [/certificate|SSL error/, 'fatal_error', 'tls'],
  [/Could not connect to the server/, 'connection_error', 'connection_refused'],
  [/hostname could not be found/, 'connection_error', 'dns'],
  [/appears to be offline|Failed to fetch|NetworkError|Load failed/, 'connection_error', 'connection_failed'],
  [
    /network connection was lost|network error|Error in body stream|Error in input stream/,
    'connection_error',
    'connection_reset',
  ],
];

/** What a sentence of the platform stands for. Addresses in it are left out: `/redirects/2` is no redirect. */
export function sentenceIn(
  sentences: readonly Sentence[],
  message: string,
): { readonly errorType: StreamErrorType; readonly code: StreamErrorCode } | undefined {
  const words = message.slice(0, 2_000).replace(/\b[a-z]{2,8}:\/\/\S+/gi, '');
  const found = sentences.find(([parts]) => parts.test(words));
  return found === undefined ? undefined : { errorType: found[1], code: found[2] };
}
