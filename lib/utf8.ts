/** Both keep byte order marks: only the first of a stream is one, and only the caller knows where the stream began. */
export interface Utf8Decoder {
  /** Any bytes, taken as complete. */
  line(bytes: Uint8Array): string;
  /** Bytes that end with a line end, so that no sequence is open behind them. Faster for text beyond ASCII. */
  region(bytes: Uint8Array): string;
}

const streaming = { stream: true } as const;

/**
 * Decodes UTF-8; bytes that are none become U+FFFD or, with `fatal`, a `TypeError` of the platform.
 *
 * Node decodes ASCII eight times as fast in one piece as in streaming mode, and other text half as fast, so the last region
 * decides how the next is read. Both ways give the same text: behind a line end a streaming decoder holds nothing.
 */
export function utf8Decoder(fatal: boolean): Utf8Decoder {
  const options = { fatal, ignoreBOM: true };
  const whole = new TextDecoder('utf-8', options);
  let pieces: TextDecoder | undefined;
  let isAscii = true;
  const decodePieces = (bytes: Uint8Array): string => {
    const decoder = pieces ?? new TextDecoder('utf-8', options);
    // A streaming decoder that has thrown may still hold bytes.
    pieces = undefined;
    const text = decoder.decode(bytes, streaming);
    pieces = decoder;
    return text;
  };
  return {
    line: (bytes) => whole.decode(bytes),
    region: (bytes) => {
      const text = isAscii ? whole.decode(bytes) : decodePieces(bytes);
      isAscii = text.length === bytes.length;
      return text;
    },
  };
}
