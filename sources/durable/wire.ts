import type { HeaderReader } from '../../lib/retry-after.js';

/** Header names of the protocol, draft 1.0, in lower case as the toolkit sends them. */
export const streamHeaders = {
  nextOffset: 'stream-next-offset',
  cursor: 'stream-cursor',
  upToDate: 'stream-up-to-date',
  closed: 'stream-closed',
  seq: 'stream-seq',
  ttl: 'stream-ttl',
  expiresAt: 'stream-expires-at',
  sseEncoding: 'stream-sse-data-encoding',
  forkedFrom: 'stream-forked-from',
  forkOffset: 'stream-fork-offset',
  forkSubOffset: 'stream-fork-sub-offset',
  producerId: 'producer-id',
  producerEpoch: 'producer-epoch',
  producerSeq: 'producer-seq',
  expectedSeq: 'producer-expected-seq',
  receivedSeq: 'producer-received-seq',
} as const;

/** What a response says of the stream. */
export interface StreamMetadata {
  /** Resume here; the tail after a write. Missing where the server does not say (a producer's duplicate). */
  readonly nextOffset: string | undefined;
  readonly cursor: string | undefined;
  /** The response reaches the tail as of now. */
  readonly upToDate: boolean;
  /** Nothing will ever follow. Implies `upToDate`. */
  readonly closed: boolean;
}

export function metadataOf(headers: HeaderReader): StreamMetadata {
  const closed = isTrue(headers.get(streamHeaders.closed));
  return {
    nextOffset: filled(headers.get(streamHeaders.nextOffset)),
    cursor: filled(headers.get(streamHeaders.cursor)),
    upToDate: closed || isTrue(headers.get(streamHeaders.upToDate)),
    closed,
  };
}

/** A whole number from 0 to 2^53-1, as producers and lifetimes have it. */
export function wholeNumber(text: string | null): number | undefined {
  const value = text !== null && /^\d{1,16}$/.test(text.trim()) ? Number(text) : undefined;
  return value !== undefined && Number.isSafeInteger(value) ? value : undefined;
}

/** Media type without parameters, in lower case. */
export function mediaTypeOf(contentType: string | null | undefined): string | undefined {
  return filled(contentType ?? null)
    ?.split(';', 1)[0]
    ?.trim()
    .toLowerCase();
}

/** Whether messages of this type are JSON values, so that bodies are arrays of them. */
export function isJsonType(contentType: string | null | undefined): boolean {
  return mediaTypeOf(contentType) === 'application/json';
}

/** The literal `true` in any case; everything else counts as absent. */
function isTrue(value: string | null): boolean {
  return value?.trim().toLowerCase() === 'true';
}

function filled(value: string | null): string | undefined {
  return value === null || value === '' ? undefined : value;
}
